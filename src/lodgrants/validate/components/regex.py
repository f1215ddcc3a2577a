"""Regular expressions of XPath (as sh:pattern has them), in the syntax of one of two engines.

RE2, which the database runs, is fast and takes nearly all of them. Those with back-references, look-around
(which XPath does not have, but shapes in the wild do), class subtraction or Unicode blocks need an engine
that backtracks: Python's ``regex``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lodgrants.errors import Problem, ShapeError, Where

# XPath's escapes are Unicode-aware; "_" counts as a word character, as in every regular expression library.
_OUTSIDE = {
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "w": r"[\p{L}\p{M}\p{N}_]",
    "W": r"[^\p{L}\p{M}\p{N}_]",
    "s": r"[ \t\n\r]",
    "S": r"[^ \t\n\r]",
    "i": r"[\p{L}_:]",
    "I": r"[^\p{L}_:]",
    "c": "[\\p{L}\\p{M}\\p{N}._:\u00b7-]",
    "C": "[^\\p{L}\\p{M}\\p{N}._:\u00b7-]",
}
_INSIDE = {name: text[1:-1] for name, text in _OUTSIDE.items() if text[0] == "[" and text[1] != "^"}
_INSIDE |= {"d": r"\p{Nd}", "D": r"\P{Nd}", "c": "\\p{L}\\p{M}\\p{N}._:\u00b7\\-"}
_TOKEN = re.compile(
    r"\\[pP]\{[^}]*\}|\\.|-\[\^?|\[\^?|\]|\(\?<?[=!]|\{\d+(?:,\d*)?\}|.",
    re.DOTALL,
)
_NOT_LINEAR = re.compile(r"\\[pP]\{Is.*|\\[1-9]|\(\?<?[=!]")
# https://github.com/google/re2/wiki/Syntax: more repetitions are too much for it.
_MOST_REPEATED = 1000


@dataclass(frozen=True, slots=True)
class Expression:
    """A pattern with its flags, for RE2 when it is ``linear``, else for the engine that backtracks."""

    text: str
    linear: bool = True


def translated(pattern: str, flags: str, shape: str) -> Expression:
    """Return a pattern with its flags (https://www.w3.org/TR/xpath-functions/#flags) for one of the engines.

    :raises ShapeError: for flags that there are not.
    """
    where = Where(detail=f"shape {shape}, sh:pattern")
    if unknown := set(flags) - set("smixq"):
        raise ShapeError(
            Problem("LG-VAL-001", f"unknown flag {min(unknown)!r}", where, flags, "of s, m, i, x, q")
        )
    inline = "".join(flag for flag in "ims" if flag in flags)
    prefix = f"(?{inline})" if inline else ""
    if "q" in flags:
        return Expression(prefix + "".join(re.escape(char) for char in pattern))
    pieces = _pieces(pattern, extended="x" in flags)
    if not any(_needs_backtracking(piece, depth) for piece, depth in pieces):
        return Expression(prefix + "".join(_for_re2(piece, depth) for piece, depth in pieces))
    end = "$" if "m" in flags else r"\Z"  # "$" alone also stands before a last line break
    text = "".join(_for_regex(pieces, end))
    return Expression(f"(?V1){prefix}{text}", linear=False)


def _pieces(pattern: str, extended: bool) -> list[tuple[str, int]]:
    """Return the tokens of a pattern, each with the number of character classes that it stands in."""
    found, depth = [], 0
    for token in _TOKEN.findall(pattern):
        if extended and not depth and token in "\t\n\r ":
            continue  # the flag x
        if token.startswith("-[") and not depth:
            found.append(("-", 0))
            token = token[1:]
        found.append((token, depth))
        depth += 1 if token in ("[", "[^", "-[", "-[^") else -1 if token == "]" and depth else 0
    return found


def _needs_backtracking(piece: str, depth: int) -> bool:
    if piece[0] == "{" and len(piece) > 1 and not depth:
        return any(int(number) > _MOST_REPEATED for number in re.findall(r"\d+", piece))
    return bool(_NOT_LINEAR.fullmatch(piece)) or (depth > 0 and piece.lstrip("-") in ("[", "[^"))


def _for_re2(piece: str, depth: int) -> str:
    escape = piece[1:] if piece[0] == "\\" else ""
    return (_INSIDE if depth else _OUTSIDE).get(escape, piece) if escape else piece


def _for_regex(pieces: list[tuple[str, int]], end: str) -> Iterator[str]:
    """Yield the pieces in the syntax of `regex`.

    There ``[^a--[b]]`` is all but what ``[a--[b]]`` is, and XPath's ``[^a-[b]]`` is ``[^a]`` without b.
    """
    negated: list[bool] = []  # for every open class, whether it stands in brackets of its own
    for piece, depth in pieces:
        if piece.startswith("-["):
            yield "]--" if negated[-1] else "--"
            negated[-1] = False
        if piece.lstrip("-") in ("[", "[^"):
            negated.append(piece.endswith("^"))
            yield "[[^" if negated[-1] else "["
        elif piece == "]" and depth:
            yield "]]" if negated.pop() else "]"
        elif depth and piece in ("&", "|", "~"):
            yield f"\\{piece}"  # doubled, these are operators there
        elif piece == "$" and not depth:
            yield end
        else:
            yield re.sub(r"^(\\[pP]\{)Is", r"\1In", _for_re2(piece, depth))
