"""Looking a mapping over before it is run: what is wrong, and what is odd, with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from lodgrants.errors import InputError, MappingError, Problem, UnsupportedError, Where
from lodgrants.map.compile.references import (
    placed,
    places_of,
    ref_objects,
    references_of,
    source_names,
    term_maps,
    views_of,
)
from lodgrants.map.compile.scope import Scope, rows_of
from lodgrants.map.compile.terms import compile_value
from lodgrants.map.compile.triples import CHILD, PARENT, World, join_sides, subject_term
from lodgrants.map.compile.views import view_needs
from lodgrants.map.model import (
    LITERAL,
    Expression,
    LogicalSource,
    LogicalView,
    Mapping,
    PredicateObjectMap,
    RefObjectMap,
    TermMap,
    TriplesMap,
)
from lodgrants.map.nearest import nearest
from lodgrants.map.parse.build import with_parents
from lodgrants.map.repeated import repeated_rules
from lodgrants.map.report import source_report
from lodgrants.map.run import Prepared, prepared, unbound
from lodgrants.map.settings import Settings
from lodgrants.rdf.sql import Expr, not_null, value

# What is only odd: a mapping with such findings runs.
NOTES = frozenset({"LG-MAP-008", "LG-MAP-009", "LG-MAP-010", "LG-MAP-011", "LG-MAP-012", "LG-MAP-013"})
_SAMPLES = 3


def check_mapping(mapping: Mapping, settings: Settings, mentioned: str = "") -> list[Problem]:
    """Return all that is wrong or odd about a mapping and its sources; no triples are made.

    What cannot be run is left aside, so that the rest can be looked over. A mapping that is only the sound
    part of a document comes with its text: what is `mentioned` there is not called unused.
    """
    problems: list[Problem] = [*unbound(mapping, settings), *_idle(mapping)]
    rest = mapping
    while rest.triples_maps:
        try:
            known = source_names(rest)
            sources = {name: each for name, each in settings.sources.items() if name in known}
            with prepared(rest, replace(settings, skip_invalid=True, sources=sources)) as ready:
                problems += [
                    *_unused_columns(mapping, ready, mentioned),
                    *_empty_references(rest, ready, settings),
                ]
                problems += _odd_maps(rest, ready)
                break
        except (InputError, MappingError, UnsupportedError) as error:
            problems += [each for each in error.problems if each not in problems]
            rest = _without(rest, error.problems)
    return problems + list(repeated_rules(mapping))


def _idle(mapping: Mapping) -> Iterator[Problem]:
    """Yield a finding for each language or datatype of a term that is no literal: nothing comes of it."""
    for triples_map in mapping.triples_maps:
        for each in term_maps(triples_map):
            if isinstance(each, TermMap) and each.term_type != LITERAL and (each.language or each.datatype):
                what = "language" if each.language else "datatype"
                message = f"the {what} has no effect: the term is of the type {each.term_type}"
                yield Problem(
                    "LG-MAP-013", message, each.where or triples_map.where, hint="make the term a literal"
                )


def _without(mapping: Mapping, problems: Sequence[Problem]) -> Mapping:
    """Return a mapping without the rules that problems are about; without any if that is not known."""
    wrong = {each.where for each in problems if each.where is not None}
    left = [
        replace(each, predicate_objects=tuple(pom for pom in each.predicate_objects if not wrong & _of(pom)))
        for each in mapping.triples_maps
        if not wrong & set(_places(each))
    ]
    return replace(mapping, triples_maps=with_parents(left) if tuple(left) != mapping.triples_maps else ())


def _of(pom: PredicateObjectMap) -> set[Where | None]:
    """Return where the terms, references and joins of a predicate-object map stand."""
    term_maps = (*pom.predicates, *pom.objects, *pom.graphs)
    places = {each.where for each in term_maps} | {where for each in term_maps for _, where in placed(each)}
    joins = (join for each in pom.objects if isinstance(each, RefObjectMap) for join in each.joins)
    return places | {join.parent_where for join in joins}


def _places(triples_map: TriplesMap) -> Iterator[Where | None]:
    """Yield where a triples map and its subject, its source, and the views and sources below that stand."""
    yield triples_map.where
    for each in (triples_map.subject, *triples_map.graphs):
        yield each.where
        yield from (where for _, where in placed(each))
    waiting: list[LogicalSource | LogicalView] = [triples_map.source]
    while waiting:
        source = waiting.pop()
        yield source.where
        if isinstance(source, LogicalView):
            yield from (field.where for field in source.fields)
            waiting += [source.on, *(join.parent for join in source.joins)]


def _unused_columns(mapping: Mapping, ready: Prepared, mentioned: str) -> Iterator[Problem]:
    """Yield a finding for each source with columns that no map uses."""
    used: dict[object, set[str]] = {}
    for source, references in references_of(mapping).items():
        if isinstance(source, LogicalSource):
            used.setdefault(source.source, set()).update(references)
    for view in views_of(mapping):
        if isinstance(view.on, LogicalSource):
            needed = (path for _, paths in view_needs(view) for path in paths)
            used.setdefault(view.on.source, set()).update(needed)
    seen = set()
    for source, relation in ready.world.relations.items():
        if not isinstance(source, LogicalSource) or source.source in seen:
            continue
        seen.add(source.source)
        left = [each for each in relation.complete if each not in used[source.source]]
        unused = [each for each in left if each not in mentioned]
        if unused:
            message = f"{len(unused)} columns of the source are used by no map"
            yield Problem("LG-MAP-008", message, source.where, ", ".join(unused))


def _empty_references(mapping: Mapping, ready: Prepared, settings: Settings) -> Iterator[Problem]:
    """Yield a finding for each reference that has no value in any record: what is made of it never is."""
    places = places_of(mapping)
    for source in ready.world.relations:
        report = source_report(source, ready)
        for column in report.columns:
            if column.missing == report.records:
                where = next(iter(places.get((source, column.name), ())), source.where)
                message = f"none of the {report.records:,} records has a value for the reference"
                near = None
                if isinstance(source, LogicalSource):
                    near = nearest(column.name, source, settings, mapping.file)
                hint = f"did you mean {near!r}?" if near else None
                yield Problem("LG-MAP-012", message, where, column.name, hint=hint)


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
