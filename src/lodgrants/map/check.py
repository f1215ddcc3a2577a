"""Looking a mapping over before it is run: what is wrong, and what is odd, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from lodgrants.errors import Problem
from lodgrants.map.compile.references import ref_objects
from lodgrants.map.compile.scope import Scope, rows_of
from lodgrants.map.compile.terms import compile_value
from lodgrants.map.compile.triples import CHILD, PARENT, World, join_sides, subject_term
from lodgrants.map.model import Expression, LogicalSource, Mapping, RefObjectMap, TriplesMap
from lodgrants.map.run import Prepared, prepared
from lodgrants.map.settings import Settings
from lodgrants.rdf.sql import Expr, not_null, value

_SAMPLES = 3


def check_mapping(mapping: Mapping, settings: Settings) -> list[Problem]:
    """Return what is odd about a mapping and its sources; no triples are made.

    Raises what running it would: all faults of the document, or all of its sources, at once.
    """
    with prepared(mapping, replace(settings, skip_invalid=True)) as ready:
        return [*_unused_columns(ready), *_odd_maps(mapping, ready)]


def _unused_columns(ready: Prepared) -> Iterator[Problem]:
    """Yield a finding for each source with columns that no map uses."""
    used: dict[object, set[str]] = {}
    for source, relation in ready.world.relations.items():
        if isinstance(source, LogicalSource) and relation.complete:
            used.setdefault(source.source, set()).update(relation.columns)
    seen = set()
    for source, relation in ready.world.relations.items():
        if not isinstance(source, LogicalSource) or source.source in seen:
            continue
        seen.add(source.source)
        unused = [each for each in relation.complete if each not in used[source.source]]
        if unused:
            message = f"{len(unused)} columns of the source are used by no map"
            yield Problem("LG-MAP-008", message, source.where, ", ".join(unused))


def _odd_maps(mapping: Mapping, ready: Prepared) -> Iterator[Problem]:
    for triples_map in mapping.triples_maps:
        if triples_map.subject.gather is None and not _yields(triples_map, ready):
            message = "the triples map yields nothing: no record gives it a subject"
            yield Problem("LG-MAP-010", message, triples_map.where, triples_map.name)
        for each in ref_objects(triples_map):
            if each.joins and not _matches(triples_map, each, ready.world, ready):
                yield _never(triples_map, each, ready)


def _yields(triples_map: TriplesMap, ready: Prepared) -> bool:
    scope = ready.world.scope(triples_map.source, CHILD).fresh("s")
    term = subject_term(triples_map.subject, scope, triples_map, ready.world)
    query = exp.select(value(1)).from_(rows_of(ready.world.table(triples_map), CHILD, scope.lists))
    return _any(query.where(not_null(term.guarded())), ready)


def _matches(triples_map: TriplesMap, each: RefObjectMap, world: World, ready: Prepared) -> bool:
    parent = world.mapping.triples_map(each.parent)
    assert parent is not None
    lists: dict[str, Expr] = {}
    conditions = []
    for number, condition in enumerate(each.joins):
        child = world.scope(triples_map.source, CHILD).fresh(f"c{number}")
        other = world.scope(parent.source, PARENT).fresh(f"p{number}")
        (left, right), more = join_sides(condition, child, other)
        lists.update(more)
        conditions.append(exp.EQ(this=left, expression=right))
    other_rows = exp.to_table(world.relations[parent.source].table).as_(PARENT)
    rows = rows_of(world.table(triples_map), CHILD, lists, other_rows)
    return _any(exp.select(value(1)).from_(rows).where(*conditions), ready)


def _never(triples_map: TriplesMap, each: RefObjectMap, ready: Prepared) -> Problem:
    parent = ready.world.mapping.triples_map(each.parent)
    assert parent is not None
    condition = each.joins[0]
    left = _samples(
        condition.child, ready.world.table(triples_map), ready.world.scope(triples_map.source, CHILD), ready
    )
    table = ready.world.relations[parent.source].table
    right = _samples(condition.parent, table, ready.world.scope(parent.source, CHILD), ready)
    return Problem(
        "LG-MAP-009",
        "the join never matches",
        condition.where or each.where,
        f"child {left}; parent {right}",
        hint="compare the values: often one side needs a prefix, another case or another column",
    )


def _samples(expression: Expression, table: str, scope: Scope, ready: Prepared) -> str:
    mine = scope.fresh("x")
    text = compile_value(expression, mine).lexical()
    rows = rows_of(table, CHILD, mine.lists)
    query = exp.select(text.as_("v")).from_(rows).where(not_null(text)).limit(_SAMPLES)
    return ", ".join(repr(row[0]) for row in ready.engine.rows(query)) or "without values"


def _any(query: exp.Select, ready: Prepared) -> bool:
    return bool(ready.engine.rows(query.limit(1)))
