"""Where a term map finds the values of its references, and what to do with a value that is no term."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from lodgrants.errors import InternalError, Problem
from lodgrants.map.compile.values import Column, Value
from lodgrants.rdf.sql import Expr, call, concat, null


@dataclass(slots=True)
class Scope:
    """One relation that expressions are compiled against.

    A column that holds lists is unnested: `lists` collects, for the term that is compiled, the lists and
    the names under which their members are read.
    """

    alias: str
    columns: Mapping[str, Column]
    base: str
    skip_invalid: bool = False
    prefix: str = ""
    lists: dict[str, Expr] = field(default_factory=dict)

    def fresh(self, prefix: str) -> Scope:
        """Return the same scope for another term, with a prefix of its own for unnested lists."""
        return Scope(self.alias, self.columns, self.base, self.skip_invalid, prefix)

    def based(self, base: str | None) -> Scope:
        """Return the same scope with another base IRI, when one is given."""
        return Scope(self.alias, self.columns, base or self.base, self.skip_invalid, self.prefix)

    def value(self, path: str) -> Value:
        """Return the values of a reference."""
        column = self.columns.get(path)
        if column is None:
            raise InternalError(Problem("LG-MAP-003", "a reference was not read from its source", value=path))
        given = exp.column(column.name, table=self.alias, quoted=True)
        if column.many:
            member = self.member(given, column.name)
            return Value(member, column.kind, (member,))
        return Value(given, column.kind, () if column.required else (given,), column.absolute)

    def member(self, values: Expr, name: str) -> Expr:
        """Return the name under which the members of a list are read, one row each."""
        alias = f"{self.prefix}_{name}"
        self.lists[alias] = values
        return exp.column("v", table=alias, quoted=True)

    def invalid(self, message: str, given: Expr) -> Expr:
        """Return what stands for a value that makes no valid term: an error, or nothing and a count."""
        if self.skip_invalid:
            return null()
        return call("error", concat(f"LG-MAP-005|{message}|", given.copy()))


def rows_of(table: str, alias: str, lists: Mapping[str, Expr], parent: Expr | None = None) -> exp.Table:
    """Return what to select from: the rows of a table and, beside each, its parents' and unnested lists."""
    base = exp.alias_(exp.to_table(table), alias, table=True)
    assert isinstance(base, exp.Table)
    joins = [exp.Join(this=parent)] if parent is not None else []
    for name, values in lists.items():
        member = exp.Anonymous(this="unnest", expressions=[values.copy()])
        joins.append(exp.Join(this=exp.select(member.as_("v")).subquery(name)))
    base.set("joins", joins)
    return base
