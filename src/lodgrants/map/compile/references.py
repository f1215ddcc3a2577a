"""Which references a mapping makes to each of its sources: only those are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from lodgrants.map.model import (
    Expression,
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


def references_of(mapping: Mapping) -> dict[Abstract, tuple[str, ...]]:
    """Return the references of all triples maps and joins, by the source or view they are made to."""
    found: dict[Abstract, dict[str, None]] = defaultdict(dict)
    for triples_map in mapping.triples_maps:
        here = found[triples_map.source]
        for reference in _of_triples_map(triples_map):
            here[reference] = None
        for child_or_parent, reference in _of_parents(mapping, triples_map):
            found[child_or_parent.source][reference] = None
    return {source: tuple(references) for source, references in found.items()}


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
            yield from _of_object(item)


def _of_object(item: ObjectMap) -> Iterator[str]:
    if isinstance(item, TermMap):
        yield from of_term_map(item)
        return
    for condition in item.joins:
        yield from of_expression(condition.child)
    for expression in item.conditions:
        yield from of_expression(expression)


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


def _of_triples_map(triples_map: TriplesMap) -> Iterator[str]:
    for each in term_maps(triples_map):
        yield from _of_object(each)


def _of_parents(mapping: Mapping, triples_map: TriplesMap) -> Iterator[tuple[TriplesMap, str]]:
    """Yield what joins need: of the parent or, without a condition, of the child's own row."""
    for each in ref_objects(triples_map):
        parent = mapping.triples_map(each.parent)
        assert parent is not None
        holder = parent if each.joins else triples_map
        for reference in of_term_map(parent.subject):
            yield holder, reference
        for condition in each.joins:
            for reference in of_expression(condition.parent):
                yield parent, reference
