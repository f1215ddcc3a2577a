"""Which references a mapping makes to each of its sources: only those are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lodgrants.errors import Where
from lodgrants.map.model import (
    IRI,
    URI,
    Expression,
    ExpressionField,
    FunctionCall,
    LogicalSource,
    LogicalView,
    Mapping,
    ObjectMap,
    Reference,
    RefObjectMap,
    Template,
    TermMap,
    TriplesMap,
)

Abstract = LogicalSource | LogicalView


@dataclass(frozen=True, slots=True)
class Usage:
    """A reference that a triples map makes, the source or view it is made to, and its place."""

    triples_map: TriplesMap
    source: Abstract
    path: str
    where: Where | None = None


def references_of(mapping: Mapping) -> dict[Abstract, tuple[str, ...]]:
    """Return the references of all triples maps and joins, by the source or view they are made to."""
    found: dict[Abstract, dict[str, None]] = {each.source: {} for each in mapping.triples_maps}
    for usage in usages(mapping):
        found[usage.source][usage.path] = None
    return {source: tuple(references) for source, references in found.items()}


def usages(mapping: Mapping) -> Iterator[Usage]:
    """Yield every reference of a mapping."""
    for triples_map in mapping.triples_maps:
        for each in term_maps(triples_map):
            for path, where in placed(each):
                yield Usage(triples_map, triples_map.source, path, where or triples_map.where)
        for each in ref_objects(triples_map):
            yield from _of_parent(mapping, triples_map, each)


def places_of(mapping: Mapping) -> dict[tuple[Abstract, str], list[Where]]:
    """Return where each reference to a source or view stands, those of views' fields too."""
    found: dict[tuple[Abstract, str], dict[Where, None]] = {}
    for each in usages(mapping):
        if each.where is not None:
            found.setdefault((each.source, each.path), {})[each.where] = None
    for view in views_of(mapping):
        for field in view.fields:
            if isinstance(field, ExpressionField) and field.where is not None:
                for path in of_expression(field.expression):
                    found.setdefault((view.on, path), {})[field.where] = None
    return {key: list(places) for key, places in found.items()}


def source_names(mapping: Mapping) -> set[str]:
    """Return the names under which the sources of a mapping can be bound to other data."""
    found = {"database"}
    sources = {each.source for each in mapping.triples_maps} | {each.on for each in views_of(mapping)}
    for each in sources:
        given = each.source if isinstance(each, LogicalSource) else None
        names = (getattr(given, key, None) for key in ("path", "name", "dsn"))
        found |= {name for name in names if name is not None}
    return found


def iris_of(mapping: Mapping) -> set[tuple[Abstract, str]]:
    """Return the references whose values are taken as IRIs."""
    return {
        (each.source, term_map.expression.path)
        for each in mapping.triples_maps
        for term_map in term_maps(each)
        if isinstance(term_map, TermMap)
        and isinstance(term_map.expression, Reference)
        and term_map.term_type in (IRI, URI)
    }


def views_of(mapping: Mapping) -> list[LogicalView]:
    """Return the views of a mapping, and those that they are on or joined with."""
    found: list[LogicalView] = []
    waiting: list[Abstract] = [each.source for each in mapping.triples_maps]
    while waiting:
        each = waiting.pop()
        if isinstance(each, LogicalView) and each not in found:
            found.append(each)
            waiting += [each.on, *(join.parent for join in each.joins)]
    return found


def of_expression(expression: Expression | None) -> Iterator[str]:
    """Yield the references of an expression."""
    if isinstance(expression, Reference):
        yield expression.path
    elif isinstance(expression, Template):
        yield from expression.references
    elif isinstance(expression, FunctionCall):
        for _, given in expression.inputs:
            yield from of_term_map(given)


def of_term_map(term_map: TermMap) -> Iterator[str]:
    """Yield the references of a term map, of what qualifies it and of what it gathers."""
    for expression in (term_map.expression, term_map.language, term_map.datatype, *term_map.conditions):
        yield from of_expression(expression)
    if term_map.gather is not None:
        for item in term_map.gather.items:
            yield from (path for path, _ in placed(item))


def placed(item: ObjectMap) -> Iterator[tuple[str, Where | None]]:
    """Yield the references of a term map, or those of a join to the child, with their places."""
    if isinstance(item, TermMap):
        for expression in (item.expression, item.language, item.datatype, *item.conditions):
            yield from _placed_in(expression, item.where)
        for each in item.gather.items if item.gather is not None else ():
            yield from placed(each)
        return
    for condition in item.joins:
        yield from _placed_in(condition.child, condition.where or item.where)
    for expression in item.conditions:
        yield from _placed_in(expression, item.where)


def _placed_in(expression: Expression | None, where: Where | None) -> Iterator[tuple[str, Where | None]]:
    if isinstance(expression, FunctionCall):
        for _, given in expression.inputs:
            for path, place in placed(given):
                yield path, place or where
    else:
        yield from ((path, where) for path in of_expression(expression))


def term_maps(triples_map: TriplesMap) -> Iterator[ObjectMap]:
    """Yield all term maps of a triples map."""
    yield from (triples_map.subject, *triples_map.graphs)
    for pom in triples_map.predicate_objects:
        yield from (*pom.predicates, *pom.objects, *pom.graphs)


def ref_objects(triples_map: TriplesMap) -> Iterator[RefObjectMap]:
    """Yield all referencing object maps of a triples map, those within gather maps too."""
    waiting = list(term_maps(triples_map))
    while waiting:
        each = waiting.pop()
        if isinstance(each, RefObjectMap):
            yield each
        elif each.gather is not None:
            waiting += each.gather.items


def _of_parent(mapping: Mapping, triples_map: TriplesMap, each: RefObjectMap) -> Iterator[Usage]:
    """Yield what a join needs of the parent or, without a condition, of the child's own row."""
    parent = mapping.triples_map(each.parent)
    assert parent is not None
    for path, where in placed(parent.subject):
        holder = parent if each.joins else triples_map
        yield Usage(triples_map, holder.source, path, where if each.joins else each.where)
    for condition in each.joins:
        for path, where in _placed_in(condition.parent, condition.parent_where or each.where):
            yield Usage(triples_map, parent.source, path, where)
