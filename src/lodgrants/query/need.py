"""What of the data a query can match: the rest need not be in the store that answers it.

A triple pattern matches the triples with its predicate, so those suffice unless a predicate is open or
something is asked of all nodes or of all graphs. Where that is not sure, everything is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from lodgrants.query.text import Source, keywords, tokens
from lodgrants.rdf.graph import TYPE
from lodgrants.rdf.namespaces import PREFIXES

# Subject, verb and object, as the reader of queries has them.
Pattern: TypeAlias = tuple[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Need:
    """Quads with some ``predicates`` (None for any), types that are some ``classes``, and perhaps the graphs.

    Where types may be any class, their predicate is one of the others.
    """

    predicates: frozenset[str] | None = None
    classes: frozenset[str] = frozenset()
    graphs: bool = True

    @property
    def kept(self) -> tuple[str, ...] | None:
        """The predicates of all that is needed, None for any."""
        if self.predicates is None:
            return None
        return tuple(sorted({*self.predicates, *([TYPE] if self.classes else [])}))

    def covers(self, other: Need) -> bool:
        """Whether a store that has this answers what needs the other."""
        if other.graphs and not self.graphs:
            return False
        if self.predicates is None or other.predicates is None:
            return self.predicates is None
        types = TYPE in self.predicates or other.classes <= self.classes
        return types and other.predicates <= self.predicates


EVERYTHING = Need()


def need_of(source: Source) -> Need:
    """Return what a well-formed query needs."""
    graphs = not keywords(source).isdisjoint({"GRAPH", "FROM"})
    patterns = None if _is_beyond_reading(source) else _patterns(source.text)
    if patterns is None:
        return Need(graphs=graphs)
    predicates: set[str] = set()
    classes: set[str] = set()
    for verb, class_ in patterns:
        if class_ is not None:
            classes.add(class_)
        else:
            predicates |= verb
    return Need(frozenset(predicates), frozenset(classes) if TYPE not in predicates else frozenset(), graphs)


def _is_beyond_reading(source: Source) -> bool:
    """Whether the other reader of queries may take a name for another, or the query asks of all nodes."""
    escaped = any("\\" in token.text for token in tokens(source.text) if token.kind != "string")
    return escaped or not keywords(source).isdisjoint({"BASE", "DESCRIBE"})


def _patterns(text: str) -> list[tuple[set[str], str | None]] | None:
    """Return the predicates of each triple pattern, and its class where it asks for that; None for open ones.

    rdflib is the only reader of queries that shows what it has read.
    """
    from pyparsing import ParseBaseException
    from rdflib import URIRef
    from rdflib.plugins.sparql.algebra import translatePName, translatePrologue, traverse
    from rdflib.plugins.sparql.parser import parseQuery

    declared = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())
    try:
        prologue, body = parseQuery(declared + text)
    except (ParseBaseException, RecursionError):
        return None
    names = translatePrologue(prologue, None)
    tree = traverse(body, visitPost=lambda node: translatePName(node, names))
    groups = list(_groups(tree))
    found = [pattern for group in groups for pattern in group]
    if (
        any(_is_open(verb) for _, verb, _ in found)
        or any(map(_asks_of_all_nodes, groups))
        or not _are_bound(tree)
    ):
        return None
    return [
        (
            {f"<{iri}>" for iri in _iris(verb)},
            f"<{end}>" if _is_type(verb) and isinstance(end, URIRef) else None,
        )
        for _, verb, end in found
    ]


def _groups(node: Any) -> Iterator[list[Pattern]]:
    """Yield the triple patterns that stand in one group, for each group anywhere under a node of the tree."""
    blocks = [part["triples"] for part in _members(node) if isinstance(part, dict) and "triples" in part]
    if blocks:
        terms = [list(triples) for block in blocks for triples in block]
        yield [pattern for each in terms for pattern in zip(each[::3], each[1::3], each[2::3], strict=True)]
    for part in _parts(node):
        yield from _groups(part)


def _asks_of_all_nodes(group: list[Pattern]) -> bool:
    """Whether a path of a group may lead from any node to itself, and no other pattern tells from which.

    A node that another pattern has to match as well is one of a triple that is needed anyway.
    """
    from rdflib import Variable

    told = {end for start, verb, end_ in group if not _may_be_empty(verb) for end in (start, end_)}
    return any(
        _may_be_empty(verb) and not any(isinstance(end, Variable) and end in told for end in (start, end_))
        for start, verb, end_ in group
    )


def _is_open(verb: object) -> bool:
    """Whether a verb matches predicates that it does not name."""
    from rdflib import Variable

    return (
        isinstance(verb, Variable)
        or getattr(verb, "name", "") == "PathNegatedPropertySet"
        or any(_is_open(part) for part in _parts(verb))
    )


def _is_type(verb: Any) -> bool:
    """Whether a verb is ``rdf:type`` alone, neither turned nor repeated nor a step of a path."""
    while getattr(verb, "name", "") in ("PathAlternative", "PathSequence", "PathElt") and verb.mod is None:
        members = list(_members(verb))
        verb = members[0] if len(members) == 1 else None
    return isinstance(verb, str) and f"<{verb}>" == TYPE


def _may_be_empty(path: Any) -> bool:
    """Whether a path leads from every node of the graph to itself."""
    if getattr(path, "mod", None) in ("*", "?"):
        return True
    steps = [_may_be_empty(step) for step in _members(path)]
    return any(steps) if getattr(path, "name", "") == "PathAlternative" else bool(steps) and all(steps)


def _are_bound(node: Any) -> bool:
    """Whether a triple must match in each graph that is asked for by GRAPH: its being there is not enough."""
    asks = getattr(node, "name", "") == "GraphGraphPattern"
    if asks and not any("triples" in part for part in _members(node.graph)):
        return False
    return all(_are_bound(part) for part in _parts(node))


def _iris(verb: object) -> Iterator[str]:
    from rdflib import URIRef

    if isinstance(verb, URIRef):
        yield str(verb)
    for part in _parts(verb):
        yield from _iris(part)


def _members(node: object) -> Iterable[Any]:
    """Return what a group or a path consists of."""
    part = getattr(node, "part", None)
    return _parts(part) if isinstance(part, list) else () if part is None else (part,)


def _parts(node: object) -> Iterable[object]:
    """Return what stands directly under a node of a query's tree."""
    from pyparsing import ParseResults

    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list | tuple | set | ParseResults) else ()
