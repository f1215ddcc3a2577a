"""Named graphs and outputs that have none: there the same triple of several graphs is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lodgrants.map.compile.patterns import Pattern
from lodgrants.map.compile.terms import Term
from lodgrants.map.compile.triples import Statement

# Serializations of triples, not of quads.
GRAPHLESS = frozenset({"N-Triples", "Turtle", "N3", "RDF_XML"})


def for_outputs(statements: Iterable[Statement], default: str) -> Iterator[Statement]:
    """Yield the statements as their outputs need them; `default` is the default output's serialization.

    What goes to outputs of both kinds becomes two statements, one with the graph and one without.
    """
    for each in statements:
        if each.graph is None:
            yield each
        elif not each.targets:
            yield merged(each) if default in GRAPHLESS else each
        else:
            plain = tuple(target for target in each.targets if target.serialization in GRAPHLESS)
            named = tuple(target for target in each.targets if target.serialization not in GRAPHLESS)
            if named:
                yield replace(each, targets=named)
            if plain:
                yield replace(merged(each), targets=plain)


def merged(statement: Statement) -> Statement:
    """Return a statement that makes its triples in no graph, of the same records: those that have a graph."""
    assert statement.graph is not None
    made = Term(statement.object.text, (*statement.object.nullable, *statement.graph.nullable))
    patterns = (*statement.patterns[:3], Pattern("none", exact=True))
    return replace(statement, object=made, graph=None, patterns=patterns)
