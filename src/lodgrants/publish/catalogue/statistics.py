"""What a catalogue says is in a graph: for the whole, and for each source by the graphs it states.

A *scope* is the IRI of the data set for the whole, that of the source for what its records state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lodgrants.publish.catalogue.tally import OBJECTS, PROPERTY_OBJECTS, Tally
from lodgrants.publish.materialise import load_hierarchy


@dataclass(frozen=True, slots=True)
class Totals:
    """A scope's distinct triples, subjects that are IRIs, subjects, objects, predicates and classes."""

    scope: str
    triples: int
    entities: int
    subjects: int
    objects: int
    properties: int
    classes: int


@dataclass(frozen=True, slots=True)
class PropertyCount:
    """How often a predicate is used in a scope."""

    scope: str
    property: str
    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many things of a class a scope has, and the first of them."""

    scope: str
    type: str
    things: int
    example: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the things of a class in a scope, how many have a property (perhaps none, where others have it).

    ``unfilled``: how often the scope's records have a label for it and no words behind the label.
    """

    scope: str
    type: str
    property: str
    things: int
    having: int
    unfilled: int = 0


@dataclass(frozen=True, slots=True)
class Links:
    """How many triples with a predicate lead from a scope to IRIs of another host."""

    scope: str
    property: str
    target: str
    triples: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """All counts, each in a fixed order."""

    totals: tuple[Totals, ...]
    properties: tuple[PropertyCount, ...]
    classes: tuple[ClassCount, ...]
    coverage: tuple[Coverage, ...]
    links: tuple[Links, ...]


def statistics(tally: Tally, unfilled: Mapping[tuple[str, str, str], int]) -> Statistics:
    """Return what is told of the numbers of a tally; IRIs have no brackets.

    ``unfilled`` counts labels without a value by scope, class and property.
    """
    return Statistics(
        tuple(_totals(tally)),
        tuple(_properties(tally)),
        tuple(_classes(tally)),
        tuple(_coverage(tally, unfilled)),
        tuple(Links(_iri(scope), _iri(p), target, n) for (scope, p, target), n in tally.of("links").items()),
    )


def _iri(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term


def _totals(tally: Tally) -> Iterator[Totals]:
    counts, properties, classes = tally.counts, tally.of("property triples"), tally.of("things")
    for (scope,), triples in tally.of("triples").items():
        yield Totals(
            _iri(scope),
            triples,
            counts["entities", scope],
            counts["subjects", scope],
            counts[OBJECTS, scope],
            sum(key[0] == scope for key in properties),
            sum(key[0] == scope for key in classes),
        )


def _properties(tally: Tally) -> Iterator[PropertyCount]:
    for key, triples in tally.of("property triples").items():
        subjects, objects = (tally.counts[name, *key] for name in ("property subjects", PROPERTY_OBJECTS))
        yield PropertyCount(_iri(key[0]), _iri(key[1]), triples, subjects, objects)


def _classes(tally: Tally) -> Iterator[ClassCount]:
    for (scope, class_), things in tally.of("things").items():
        if class_.startswith("<"):
            yield ClassCount(_iri(scope), _iri(class_), things, _iri(tally.examples[scope, class_]))


def _coverage(tally: Tally, unfilled: Mapping[tuple[str, str, str], int]) -> Iterator[Coverage]:
    """Yield the coverage of own terms, leaving out what only repeats them higher up in the hierarchy.

    A property that things of a class have in any scope is told of in all.
    """
    hierarchy = load_hierarchy()
    above = {higher for _, higher in (*hierarchy.classes, *hierarchy.properties)}
    known: dict[str, set[str]] = {}
    for _, class_, property_ in tally.of("having"):
        known.setdefault(class_, set()).add(property_)
    for (scope, class_), things in tally.of("things").items():
        for property_ in sorted(known.get(class_, ())):
            if class_ not in above and property_ not in above:
                place = (_iri(scope), _iri(class_), _iri(property_))
                having = tally.counts["having", scope, class_, property_]
                yield Coverage(*place, things, having, unfilled.get(place, 0))
