"""What of the data a query can match: the rest need not be in the store that answers it.

A triple pattern matches the triples with its predicate, and with its subject and object where these are IRIs.
Those of all patterns suffice unless something is asked of all nodes or of all graphs; where that is not sure,
everything is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from lodgrants.query.text import Source, keywords, tokens
from lodgrants.rdf.namespaces import PREFIXES
from lodgrants.rdf.query_tree import parts_of, query_tree

# Subject, predicate and object as N-Triples terms; None stands for any.
Pattern: TypeAlias = tuple[str | None, str | None, str | None]
# The same as the reader of queries has it; the predicate may be a path.
Read: TypeAlias = tuple[Any, Any, Any]
ANY: Pattern = (None, None, None)


@dataclass(frozen=True, slots=True)
class Need:
    """All triples that match one of some patterns, and perhaps which graphs they are in."""

    patterns: frozenset[Pattern]
    graphs: bool

    @property
    def predicates(self) -> tuple[str, ...] | None:
        """The predicates of all that is needed; None for any."""
        found = {predicate for _, predicate, _ in self.patterns}
        return None if None in found else tuple(sorted(filter(None, found)))

    def covers(self, other: Need) -> bool:
        """Whether a store that has this answers what needs the other."""
        if other.graphs and not self.graphs:
            return False
        return all(any(_covers(one, another) for one in self.patterns) for another in other.patterns)


EVERYTHING = Need(frozenset([ANY]), graphs=True)


def _covers(one: Pattern, other: Pattern) -> bool:
    return all(given in (None, wanted) for given, wanted in zip(one, other, strict=True))


def need_of(source: Source) -> Need:
    """Return what a well-formed query needs."""
    graphs = not keywords(source).isdisjoint({"GRAPH", "FROM"})
    found = None if _is_beyond_reading(source) else _read(source.text)
    patterns = [ANY] if found is None else [each for read in found for each in _matching(*read)]
    return Need(frozenset([ANY] if ANY in patterns else patterns), graphs)


def _is_beyond_reading(source: Source) -> bool:
    """Whether the other reader of queries may take a name for another, or the query asks of all nodes."""
    escaped = any("\\" in token.text for token in tokens(source.text) if token.kind != "string")
    return escaped or not keywords(source).isdisjoint({"BASE", "DESCRIBE"})


def _matching(start: object, verb: object, end: object) -> Iterator[Pattern]:
    """Yield what is to be matched for one pattern; the steps of a path start and end anywhere."""
    if (step := _only_step(verb)) is not None:
        yield _iri(start), _iri(step), _iri(end)
    else:
        yield from ((None, f"<{iri}>", None) for iri in _iris(verb))


def _iri(term: object) -> str | None:
    from rdflib import URIRef

    return f"<{term}>" if isinstance(term, URIRef) else None


def _read(text: str) -> list[Read] | None:
    """Return the triple patterns of a query, or None when they do not tell what it needs."""
    tree = query_tree("".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items()) + text)
    groups = list(_groups(tree))
    if tree is None or any(map(_asks_of_all_nodes, groups)) or not _are_bound(tree):
        return None
    found = [pattern for group in groups for pattern in group]
    return None if any(_is_negated(verb) for _, verb, _ in found) else found


def _groups(node: Any) -> Iterator[list[Read]]:
    """Yield the triple patterns that stand in one group, for each group anywhere under a node of the tree."""
    blocks = [part["triples"] for part in _members(node) if isinstance(part, dict) and "triples" in part]
    if blocks:
        terms = [list(triples) for block in blocks for triples in block]
        yield [pattern for each in terms for pattern in zip(each[::3], each[1::3], each[2::3], strict=True)]
    for part in parts_of(node):
        yield from _groups(part)


def _asks_of_all_nodes(group: list[Read]) -> bool:
    """Whether a path of a group may lead from any node to itself, and no other pattern tells from which.

    A node that another pattern has to match as well is one of a triple that is needed anyway.
    """
    from rdflib import Variable

    told = {end for start, verb, end_ in group if not _may_be_empty(verb) for end in (start, end_)}
    return any(
        _may_be_empty(verb) and not any(isinstance(end, Variable) and end in told for end in (start, end_))
        for start, verb, end_ in group
    )


def _is_negated(verb: object) -> bool:
    """Whether a path has steps of predicates that it does not name."""
    is_set = getattr(verb, "name", "") == "PathNegatedPropertySet"
    return is_set or any(_is_negated(part) for part in parts_of(verb))


def _only_step(verb: Any) -> object:
    """Return the IRI or variable that a verb is, None for a path that is more than a step forwards."""
    while getattr(verb, "name", "") in ("PathAlternative", "PathSequence", "PathElt") and verb.mod is None:
        members = list(_members(verb))
        verb = members[0] if len(members) == 1 else None
    return verb if isinstance(verb, str) else None


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
    return all(_are_bound(part) for part in parts_of(node))


def _iris(verb: object) -> Iterator[str]:
    from rdflib import URIRef

    if isinstance(verb, URIRef):
        yield str(verb)
    for part in parts_of(verb):
        yield from _iris(part)


def _members(node: object) -> Iterable[Any]:
    """Return what a group or a path consists of."""
    part = getattr(node, "part", None)
    return parts_of(part) if isinstance(part, list) else () if part is None else (part,)
