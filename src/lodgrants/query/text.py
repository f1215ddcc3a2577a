"""The text of a query: what in it is refused, and where a mistake is (SPARQL 1.1, section 19)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

from lodgrants.errors import Problem, QueryError, UnsupportedError, Where

_TOKEN = re.compile(
    r"""
      (?P<skip> \s+ | \#[^\n]* )
    | (?P<iri> <[^<>"{}|^`\\\s]*> )
    | (?P<string> \"{3}(?:[^\\]|\\.)*?\"{3} | '{3}(?:[^\\]|\\.)*?'{3}
        | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' )
    | (?P<variable> [?$]\w+ )
    | (?P<tag> @[A-Za-z0-9-]+ )
    | (?P<name> (?P<prefix> (?:[^\W\d_][\w.-]*)? ) : (?:[\w:.%-]|\\.)* )
    | (?P<word> [^\W\d_]\w* )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_UPDATES = {"ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE", "WITH"}
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the query that is no blank and no comment."""

    kind: str
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Source:
    """A query and the name it is known by in messages (a file, or None for the command line)."""

    text: str
    file: str | None = None


def check_query(source: Source) -> None:
    """Refuse what would leave this machine or change data: SERVICE and every update.

    :raises UnsupportedError: naming the keyword and its place.
    """
    found = list(tokens(source.text))
    leading = next(iter(_keywords_after_prologue(found)), None)
    for token in found:
        word = token.text.upper()
        if token.kind == "word" and (word == "SERVICE" or (token is leading and word in _UPDATES)):
            why = "it would ask another server" if word == "SERVICE" else "it would change data"
            message = f"{word} is refused: {why}\n{_shown(source.text, token.start)}"
            hint = "name the other data with --data" if word == "SERVICE" else "queries only read"
            raise UnsupportedError(
                Problem("LG-QRY-002", message, _where(source, token.start), word, hint=hint)
            )


def syntax_problem(source: Source, error: SyntaxError, prefixes: Mapping[str, str]) -> QueryError:
    """Return the error for a query that does not parse: line, column, a caret, and what was expected."""
    if unknown := _undeclared(source.text, prefixes):
        name = unknown.text.partition(":")[0]
        near = get_close_matches(name, prefixes, n=1)
        return _syntax_error(
            source, unknown.start, f"the prefix {name}: is not declared", near[0] + ":" if near else None
        )
    match = _PLACE.match(str(error))
    if match is None:
        return _syntax_error(source, 0, str(error), None)
    line, column, said = int(match[1]), int(match[2]), _expectation(match[3])
    end = _offset(source.text, line, column)
    return _syntax_error(source, min(_first_unread(source.text), end), said, None, end)


def _first_unread(text: str) -> int:
    """Return where the part that cannot be read begins: the engine only tells how far it got."""
    from pyparsing import ParseException
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        parseQuery(text)
    except ParseException as error:
        return _offset(text, error.lineno, error.col)
    return len(text)


def _offset(text: str, line: int, column: int) -> int:
    lines = text.split("\n")
    return min(sum(len(each) + 1 for each in lines[: line - 1]) + column - 1, len(text))


def _expectation(said: str) -> str:
    """Return what the parser expected, without its own signs and without what would be refused anyway."""
    words = said.removeprefix("expected ").removeprefix("one of ").split(", ")
    known = [word for word in words if word not in ("[_]", "SERVICE", "LATERAL")]
    if known and known[0].startswith("The "):
        return known[0]
    return f"expected {' or '.join(known)}" if known else "this does not belong here, or something is missing"


def _syntax_error(
    source: Source, start: int, said: str, near: str | None, end: int | None = None
) -> QueryError:
    hint = f"did you mean {near}?" if near else None
    shown = f"the query is not well-formed: {said}\n{_shown(source.text, start, end)}"
    return QueryError(Problem("LG-QRY-001", shown, _where(source, start), hint=hint))


def keywords(source: Source) -> set[str]:
    """Return the keywords of a query, and whatever else stands there as a bare word, in capitals."""
    return {token.text.upper() for token in tokens(source.text) if token.kind == "word"}


def tokens(text: str) -> Iterator[Token]:
    """Yield the pieces of a query in their order."""
    # Escapes of code points count everywhere in a query (section 19.2), so a keyword can hide behind them.
    plain = _ESCAPE.sub(_unescaped, text)
    for match in _TOKEN.finditer(plain):
        kind = next(name for name, value in match.groupdict().items() if value is not None)
        if kind != "skip":
            yield Token(kind, match.group(), match.start())


def _unescaped(match: re.Match[str]) -> str:
    try:
        return chr(int(match[1] or match[2], 16))
    except (ValueError, OverflowError):
        return match.group()


def _keywords_after_prologue(found: list[Token]) -> Iterator[Token]:
    prologue = {"PREFIX", "BASE", "VERSION"}
    return (token for token in found if token.kind == "word" and token.text.upper() not in prologue)


def _undeclared(text: str, prefixes: Mapping[str, str]) -> Token | None:
    found = list(tokens(text))
    declared = {after.text for before, after in pairwise(found) if before.text.upper() == "PREFIX"}
    names = {name.partition(":")[0] for name in declared} | set(prefixes) | {"_"}
    used = (token for token in found if token.kind == "name")
    return next((token for token in used if token.text.partition(":")[0] not in names), None)


def _position(text: str, start: int) -> tuple[int, int]:
    before = text[:start]
    return before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1


def _where(source: Source, start: int) -> Where:
    line, column = _position(source.text, start)
    return Where(source.file or "query", line, column)


def _shown(text: str, start: int, end: int | None = None) -> str:
    """Return the line of a place with a caret under it, and a wave to the end of what is meant."""
    line, column = _position(text, start)
    lines = text.split("\n")
    last = min(end or start, start + len(lines[line - 1]) - column)
    wave = "~" * (last - start)
    return f"    {lines[line - 1].rstrip()}\n    {' ' * (column - 1)}^{wave}"
