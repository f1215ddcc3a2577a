"""Regular expressions of XPath (as sh:pattern has them) in the syntax of RE2, which the database runs."""

from __future__ import annotations

import re

from lodgrants.errors import Problem, ShapeError, UnsupportedError, Where

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
    "c": r"[\p{L}\p{M}\p{N}._:\x{B7}-]",
    "C": r"[^\p{L}\p{M}\p{N}._:\x{B7}-]",
}
_INSIDE = {name: text[1:-1] for name, text in _OUTSIDE.items() if text[0] == "[" and text[1] != "^"}
_INSIDE |= {"d": r"\p{Nd}", "D": r"\P{Nd}", "c": r"\p{L}\p{M}\p{N}._:\x{B7}\-"}
_TOKEN = re.compile(r"\\p\{[^}]*\}|\\P\{[^}]*\}|\\.|\[\^?|\]|\(\?[=!<]|.", re.DOTALL)


def to_re2(pattern: str, flags: str, shape: str) -> str:
    """Return a pattern with its flags as one RE2 expression.

    :raises ShapeError: when the flags are not those of https://www.w3.org/TR/xpath-functions/#flags.
    :raises UnsupportedError: when RE2 has no such expression.
    """
    where = Where(detail=f"shape {shape}, sh:pattern")
    if unknown := set(flags) - set("smixq"):
        raise ShapeError(
            Problem("LG-VAL-001", f"unknown flag {min(unknown)!r}", where, flags, "of s, m, i, x, q")
        )
    inline = "".join(flag for flag in "ims" if flag in flags)
    prefix = f"(?{inline})" if inline else ""
    if "q" in flags:
        return prefix + "".join(re.escape(char) for char in pattern)
    text = re.sub(r"[\t\n\r ]", "", pattern) if "x" in flags else pattern
    return prefix + _translated(text, where)


def _translated(pattern: str, where: Where) -> str:
    parts, depth = [], 0
    for token in _TOKEN.findall(pattern):
        if (
            token.startswith(("(?", r"\p{Is", r"\P{Is"))
            or re.fullmatch(r"\\[1-9]", token)
            or (depth and token in ("[", "[^"))
        ):
            raise UnsupportedError(
                Problem(
                    "LG-VAL-004",
                    f"the regular expression uses {token!r}, which is not supported",
                    where,
                    pattern,
                    hint="look-around, back-references and class subtraction are not available",
                )
            )
        depth += {"[": 1, "[^": 1, "]": -1 if depth else 0}.get(token, 0)
        escape = token[1:] if token[0] == "\\" else ""
        parts.append((_INSIDE if depth else _OUTSIDE).get(escape, token) if escape else token)
    return "".join(parts)
