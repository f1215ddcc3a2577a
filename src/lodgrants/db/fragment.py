"""SQL as text with holes: for rooms that make statements by the hundred and take none apart again.

A template is constant text in DuckDB's own dialect. What goes into a hole is a value, which is quoted
here, or SQL made the same way, which comes in parentheses: text of users never becomes SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import LiteralString, Protocol, TypeAlias


class Statement(Protocol):
    """What gives its SQL in a dialect: a text made here, or a tree of sqlglot."""

    def sql(self, dialect: str, *, pretty: bool = False) -> str:
        """Return the SQL."""
        ...


@dataclass(frozen=True, slots=True)
class Sql:
    """A statement, query or expression of SQL as text."""

    text: str

    def sql(self, dialect: str = "duckdb", *, pretty: bool = False) -> str:
        """Return the text as it is; it is DuckDB's dialect."""
        return self.text


Part: TypeAlias = (
    Statement
    | str
    | int
    | float
    | bool
    | Sequence[str | None]
    | Sequence[Sql]
    | Mapping[str, str]
    | Mapping[str, Sql]
    | None
)

_PIECE = re.compile(
    r"'(?:[^']|'')*'|(?:\bIN |\bENUM)\(:(?P<members>\w+)\)"
    r"|(?<![\w:\])]):(?P<value>[A-Za-z]\w*)|\b(?P<table>_\w+)"
)


def sql(template: LiteralString, /, **parts: Part) -> Sql:
    """Return a constant template with its parts filled in.

    ``:name`` stands for a value or an expression, ``IN (:name)`` and ``ENUM(:name)`` for the members of a
    sequence (or ``IN`` for a query); ``_name`` for a table or column by its name, a subquery, or several
    expressions side by side.
    """
    return Sql(
        "".join(text if kind is None else _FILL[kind](text, parts) for kind, text in _pieces(template))
    )


def call(function: LiteralString, *arguments: Part) -> Sql:
    """Return a call of an SQL function."""
    return Sql(f"{function}({', '.join(_value(each) for each in arguments)})")


def all_of(conditions: Iterable[Statement]) -> Sql:
    """Return the condition that all of some conditions hold; true when there is none."""
    return Sql(" AND ".join(_enclosed(one) for one in conditions) or "TRUE")


def any_of(conditions: Iterable[Statement]) -> Sql:
    """Return the condition that any of some conditions holds; false when there is none."""
    return Sql(" OR ".join(_enclosed(one) for one in conditions) or "FALSE")


def case(branches: Iterable[tuple[Statement, Statement]], otherwise: Part) -> Sql:
    """Return the value of the first branch whose condition holds, else another."""
    whens = "".join(f" WHEN {_enclosed(when)} THEN {_enclosed(then)}" for when, then in branches)
    return Sql(f"CASE{whens} ELSE {_value(otherwise)} END" if whens else _value(otherwise))


def union(queries: Iterable[Statement]) -> Sql:
    """Return the rows of all queries, repeated rows included."""
    return Sql(" UNION ALL ".join(_enclosed(one) for one in queries))


def column(name: str, table: str | None = None) -> Sql:
    """Return a column by its name."""
    return Sql(f"{_identifier(table)}.{_identifier(name)}" if table else _identifier(name))


@cache
def _pieces(template: str) -> tuple[tuple[str | None, str], ...]:
    pieces: list[tuple[str | None, str]] = []
    end = 0
    for found in _PIECE.finditer(template):
        if found.lastgroup:
            pieces += [(None, template[end : found.start()]), (found.lastgroup, found[0])]
            end = found.end()
    return (*pieces, (None, template[end:]))


def _fill_value(text: str, parts: Mapping[str, Part]) -> str:
    return _value(parts[text[1:]])


def _fill_members(text: str, parts: Mapping[str, Part]) -> str:
    head, _, name = text.rstrip(")").partition("(:")
    part = parts[name]
    if isinstance(part, Sequence) and not isinstance(part, str):
        return f"{head}({', '.join(_value(member) for member in part)})"
    return f"{head}{_value(part)}"


def _fill_table(text: str, parts: Mapping[str, Part]) -> str:
    if text not in parts:
        return text
    part = parts[text]
    if isinstance(part, str):
        return _identifier(part)
    if isinstance(part, Sequence):
        return ", ".join(each.text for each in part if isinstance(each, Sql))
    return _value(part)


_FILL = {"value": _fill_value, "members": _fill_members, "table": _fill_table}


def _value(part: Part) -> str:
    match part:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if part else "FALSE"
        case str():
            return _quoted(part)
        case int() | float():
            return repr(part)
        case Mapping():
            return f"{{{', '.join(f'{_quoted(key)}: {_value(value)}' for key, value in part.items())}}}"
        case Sequence():
            return f"[{', '.join(_value(member) for member in part)}]"
    return _enclosed(part)


def _enclosed(part: Statement) -> str:
    return f"({part.sql('duckdb')})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
