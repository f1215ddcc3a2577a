"""The table that a logical source becomes, and the SQL that makes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sqlglot import exp

from lodgrants.db.engine import Engine
from lodgrants.errors import Problem, Where
from lodgrants.map.compile.values import Column
from lodgrants.map.settings import Settings


@dataclass(frozen=True, slots=True)
class Relation:
    """A table with a column for each reference; its rows are the records of a logical source, in order.

    `complete` lists every name that the source has, where a source has such names (CSV, tables).
    """

    table: str
    columns: Mapping[str, Column]
    complete: tuple[str, ...] = ()


@dataclass(slots=True)
class Room:
    """What loading sources needs: the database, a folder for temporary files, and the settings."""

    engine: Engine
    folder: Path
    settings: Settings
    mapping_file: str | None = None
    tables: int = 0
    # Where each reference to a source stands in the mapping, for what is to be said of it.
    places: Mapping[tuple[Any, str], Sequence[Where]] = field(default_factory=dict)
    # The references whose values are taken as IRIs.
    iris: Collection[tuple[Any, str]] = ()

    def name(self, kind: str) -> str:
        """Return a name for a new table."""
        self.tables += 1
        return f"{kind}_{self.tables}"

    def create(self, table: str, query: exp.Query) -> None:
        """Run a query into a new table; only the first rows of it when `head` is set."""
        if self.settings.head is not None:
            query = query.limit(self.settings.head)
        self.engine.run(create_table(table, query))


def create_table(table: str, query: exp.Query) -> exp.Create:
    """Return the statement that makes a temporary table of a query's rows."""
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    return exp.Create(this=exp.to_table(table), kind="TABLE", properties=temporary, expression=query)


def table_function(name: str, *args: exp.Expr, **options: Any) -> exp.Table:
    """Return a call of a table function as a table to select from; options are named parameters."""
    named = [exp.EQ(this=exp.column(key), expression=_plain(given)) for key, given in options.items()]
    return exp.Table(this=exp.Anonymous(this=name, expressions=[*args, *named]))


def struct(fields: Mapping[str, str]) -> exp.Struct:
    """Return a DuckDB struct of texts."""
    pairs = [
        exp.PropertyEQ(this=exp.Literal.string(key), expression=exp.Literal.string(given))
        for key, given in fields.items()
    ]
    return exp.Struct(expressions=pairs)


def unknown_reference(path: str, known: tuple[str, ...], where: Where | None) -> Problem:
    """Return the problem of a reference that the source does not have."""
    near = [each for each in known if each.lower() == path.lower()]
    near += get_close_matches(path, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else None
    shown = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
    return Problem("LG-MAP-003", f"the source has no {path!r}", where, path, f"one of {shown}", hint)


def _plain(given: Any) -> exp.Expr:
    return given if isinstance(given, exp.Expr) else exp.convert(given)
