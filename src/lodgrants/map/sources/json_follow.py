"""Following a path through JSON in the database: names, positions, wildcards and filters as SQL."""

from __future__ import annotations

from sqlglot import exp

from lodgrants.map.sources.jsonpath import WILD, Segment, Selected, duckdb_paths, is_many
from lodgrants.rdf.sql import Expr, call, not_null, value

Path_ = tuple[Segment, ...]


def extracted(item: Expr, paths: list[Path_]) -> Expr:
    """Return the list of what several paths find, from one parsing of the item."""
    texts = [value(each) for path in paths for each in duckdb_paths(path)]
    return call("json_extract", item, exp.Array(expressions=texts))


def nth(index: int) -> Expr:
    member = exp.Bracket(this=exp.column("v"), expressions=[value(index + 1)], offset=1)
    return _scalar(exp.cast(member, "VARCHAR"))


def json_value(item: Expr, path: Path_) -> Expr:
    """Return the value or, for a path with wildcards, the list of values that a path finds."""
    if not path:
        return _scalar(exp.cast(item.copy(), "VARCHAR"))
    if not is_many(path):
        return _scalar(exp.cast(call("json_extract", item.copy(), duckdb_paths(path)[0]), "VARCHAR"))
    texts = exp.cast(found_values(item, path), "VARCHAR[]")
    present = exp.Lambda(
        this=exp.NEQ(this=exp.column("x"), expression=value("null")), expressions=[exp.to_identifier("x")]
    )
    return call("list_filter", texts, present)


def members_in(item: Expr, path: Path_) -> Expr:
    """Return what an iterator finds: one row each."""
    if not is_many(path):
        return call("json_extract", item.copy(), duckdb_paths(path)[0])
    return call("unnest", found_values(item, path))


def found_values(item: Expr, path: Path_) -> Expr:
    """Return the list of what a path with wildcards or filters finds, nulls among it."""
    if any(isinstance(each, Selected) for each in path):
        return _found_selected(item, path)
    found = [call("json_extract", item.copy(), each) for each in duckdb_paths(path)]
    joined = found[0]
    for each in found[1:]:
        joined = call("list_concat", joined, each)
    return joined


def _found_selected(item: Expr, path: Path_) -> Expr:
    """Return what a path with filters finds: the members that pass, and what is in each of them."""
    from lodgrants.map.sources.jsonpath_filter import holds

    at = next(i for i, each in enumerate(path) if isinstance(each, Selected))
    test, rest = path[at], path[at + 1 :]
    assert isinstance(test, Selected)
    # A member within a member needs another name.
    name = f"m{len(rest)}"
    members = found_values(item, (*path[:at], WILD))
    kept = call("list_filter", members, _each(name, holds(test, exp.column(name))))
    if not rest:
        return kept
    if is_many(rest):
        inner = call("list_transform", kept, _each(name, found_values(exp.column(name), rest)))
        return call("flatten", inner)
    inner = call("list_transform", kept, _each(name, members_in(exp.column(name), rest)))
    return call("list_filter", inner, _each(name, not_null(exp.column(name))))


def _each(name: str, body: Expr) -> Expr:
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name)])


def _scalar(text: Expr) -> Expr:
    return call("nullif", text, value("null"))
