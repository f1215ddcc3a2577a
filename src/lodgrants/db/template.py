"""SQL templates: constant text, parsed once, into which expressions are put as trees, never as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import LiteralString, TypeVar

import sqlglot
from sqlglot import exp

from lodgrants.db.fragment import Sql

Node = TypeVar("Node", bound=exp.Expr)
Part = exp.Expr | Sql | str | int | float | bool | Sequence[str] | None


def sql(template: LiteralString, **parts: Part) -> exp.Expr:
    """Return the statement of a constant template with its parts filled in.

    ``:name`` stands for a value (quoted by sqlglot) or an expression; a table called ``name`` stands
    for a table name (a string) or a subquery, and keeps the alias the template gives it. A sequence of
    strings stands for the members of ``IN (:name)``, and for a list elsewhere.
    """
    return _fill(_parsed(template).copy(), parts)


def condition(template: LiteralString, **parts: Part) -> exp.Expr:
    """Return an expression (not a statement) made from a constant template, as `sql` does."""
    return _fill(_parsed_condition(template).copy(), parts)


@cache
def _parsed(template: str) -> exp.Expr:
    return sqlglot.parse_one(template, dialect="duckdb")


@cache
def _parsed_condition(template: str) -> exp.Expr:
    # In a select list DuckDB would read a leading ":name" as an alias.
    return exp.Paren(
        this=sqlglot.parse_one(f"SELECT 1 WHERE {template}", dialect="duckdb").args["where"].this
    )


def _fill(tree: exp.Expr, parts: Mapping[str, Part]) -> exp.Expr:
    for node in list(tree.find_all(exp.Placeholder, exp.Table)):
        if isinstance(node, exp.Placeholder):
            _replace(node, _values(parts[node.name], node.parent))
        elif node.name in parts:
            node.replace(_relation(parts[node.name], node.alias or None, node.name))
    return tree


def _replace(node: exp.Expr, values: list[exp.Expr]) -> None:
    if len(values) == 1:
        node.replace(values[0])
    elif node.parent is not None:
        node.parent.set("expressions", values)


def _values(part: Part, parent: exp.Expr | None) -> list[exp.Expr]:
    if isinstance(part, Sequence) and not isinstance(part, str) and isinstance(parent, exp.In):
        return [exp.convert(member) for member in part]
    return [_value(part)]


def _value(part: Part) -> exp.Expr:
    if isinstance(part, exp.Query):
        return _free(part).subquery(copy=False)
    if isinstance(part, Sql):
        return exp.Var(this=f"({part.text})")
    return _free(part) if isinstance(part, exp.Expr) else exp.convert(part)


def _relation(part: Part, alias: str | None, name: str) -> exp.Expr:
    if isinstance(part, str):
        return exp.table_(part, alias=alias)
    if isinstance(part, exp.Query):
        return _free(part).subquery(alias or name, copy=False)
    if isinstance(part, Sql):
        named = exp.TableAlias(this=exp.to_identifier(alias or name))
        return exp.Subquery(this=exp.Var(this=part.text), alias=named)
    raise TypeError(f"not a relation: {part!r}")


def _free(part: Node) -> Node:
    """Return an expression that stands in no tree yet: itself at its first use, then copies."""
    return part if part.parent is None else part.copy()
