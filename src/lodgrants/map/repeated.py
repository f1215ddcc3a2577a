"""Rules that a mapping has twice: what the second makes is there already."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from lodgrants.errors import Problem, Where
from lodgrants.map.compile.triples import class_maps, graphs_of
from lodgrants.map.model import Mapping, ObjectMap, TermMap, TriplesMap


def repeated_rules(mapping: Mapping) -> Iterator[Problem]:
    """Yield a finding for each rule that another one, before it, is equal to.

    Rules with equal sources, subjects, predicates, objects and graphs make the same triples of the same
    records, be they in one triples map or in two.
    """
    known: dict[object, Where | None] = {}
    for triples_map in mapping.triples_maps:
        same = (triples_map.source, triples_map.subject, triples_map.base_iri)
        for rule in _rules(triples_map):
            where = rule[1].where or triples_map.where
            if (same, rule) in known:
                message = "the rule is there twice: what it makes is made already"
                first = f"the first is at {known[same, rule] or 'another place'}"
                yield Problem("LG-MAP-011", message, where, first)
            known.setdefault((same, rule), where)


def _rules(triples_map: TriplesMap) -> Iterator[tuple[TermMap, ObjectMap, TermMap | None]]:
    for pom in (*class_maps(triples_map), *triples_map.predicate_objects):
        for graph in graphs_of(triples_map, pom):
            yield from product(pom.predicates, pom.objects, [graph])
