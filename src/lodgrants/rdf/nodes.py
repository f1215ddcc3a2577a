"""Blank nodes that look alike from near by, told apart from far: Hash N-Degree Quads of RDFC-1.0.

Implements https://www.w3.org/TR/rdf-canon/#hash-nd-quads for the few nodes whose first degree hash they share
with others. Some graphs would take longer than the universe has; the work is counted, and a limit set to it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import NamedTuple, TypeAlias

from lodgrants.errors import InputError, Problem

_WORK, _WORK_PER_NODE = 100_000, 50


class Quad(NamedTuple):
    """A statement of N-Triples terms; the graph is None in the default graph."""

    s: str
    p: str
    o: str
    g: str | None


class Issuer(dict[str, str]):
    """Names given to blank nodes, in the order in which they were asked for (section 4.5)."""

    def __init__(self, prefix: str, issued: Mapping[str, str] | None = None) -> None:
        super().__init__(issued or {})
        self.prefix = prefix

    def issue(self, node: str) -> str:
        """Return a node's name, a new one when it has none."""
        return self.setdefault(node, f"_:{self.prefix}{len(self)}")

    def copy(self) -> Issuer:
        """Return an issuer that gives the same names, and goes its own way from here."""
        return Issuer(self.prefix, self)


Result: TypeAlias = "tuple[str, Issuer]"
# A step asks for the hash of another node by yielding that step: no depth is too deep for Python's stack.
Step: TypeAlias = "Generator[Step, Result, Result]"


@dataclass(slots=True)
class _Search:
    """All that the hashing of one data set's nodes looks at."""

    quads: Mapping[str, list[Quad]]
    hashes: Mapping[str, str]
    canonical: Issuer
    algorithm: str
    work: int
    done: int = field(default=0)

    def count(self) -> None:
        self.done += 1
        if self.done > self.work:
            raise InputError(
                Problem(
                    "LG-RDF-005",
                    "the blank nodes of this graph cannot be told apart with reasonable effort",
                    value=f"{len(self.hashes):,} look alike; gave up after {self.work:,} steps",
                    hint="give the nodes IRIs, or take the repeated parts out",
                )
            )


def issue_alike(
    quads: Iterable[Quad],
    hashes: Mapping[str, str],
    canonical: Issuer,
    algorithm: str,
    work: int | None = None,
) -> None:
    """Issue canonical names to nodes that share their first degree hash, in order (section 4.4.3, step 5).

    ``quads`` are all those that mention such a node, ``hashes`` the nodes with their hashes; ``canonical``
    has the names issued so far. ``work`` limits the steps; by default it grows with the number of nodes.

    :raises InputError: when the limit is reached (LG-RDF-005).
    """
    limit = _WORK + _WORK_PER_NODE * len(hashes) if work is None else work
    search = _Search(_mentions(quads, hashes), hashes, canonical, algorithm, limit)
    groups: dict[str, list[str]] = defaultdict(list)
    for node, digest in hashes.items():
        groups[digest].append(node)
    for digest in sorted(groups):
        for issuer in _ranked(search, groups[digest]):
            for node in issuer:
                canonical.issue(node)


def _ranked(search: _Search, nodes: list[str]) -> list[Issuer]:
    found = []
    for node in nodes:
        if node not in search.canonical:
            issuer = Issuer("b")
            issuer.issue(node)
            found.append(_run(_hash_node(search, node, issuer)))
    return [issuer for _, issuer in sorted(found, key=lambda result: result[0])]


def _run(first: Step) -> Result:
    """Run a step and those that it asks for, on a stack of our own."""
    stack = [first]
    result: Result | None = None
    while True:
        try:
            # The first thing sent to a generator must be None.
            asked = stack[-1].send(result)  # type: ignore[arg-type]
        except StopIteration as stopped:
            stack.pop()
            result = stopped.value
            if not stack:
                return result
        else:
            stack.append(asked)
            result = None


def _hash_node(search: _Search, node: str, issuer: Issuer) -> Step:
    """Hash N-Degree Quads (section 4.8.3)."""
    search.count()
    data = []
    for digest, related in sorted(_related(search, node, issuer).items()):
        path, issuer = yield from _best(search, related, issuer)
        data += [digest, path]
    return _hash("".join(data), search.algorithm), issuer


def _best(search: _Search, related: list[str], issuer: Issuer) -> Generator[Step, Result, Result]:
    """Try the related nodes in every order and return the least path, with the names given on it."""
    chosen: Result | None = None
    for order in permutations(related):
        search.count()
        tried = yield from _path(search, order, issuer.copy(), chosen[0] if chosen else None)
        if tried and (chosen is None or tried[0] < chosen[0]):
            chosen = tried
    assert chosen is not None
    return chosen


def _path(
    search: _Search, order: tuple[str, ...], issuer: Issuer, least: str | None
) -> Generator[Step, Result, Result | None]:
    """Return the path of one order, None as soon as it cannot be the least (sections 5.4.4 and 5.4.5)."""
    path, unknown = "", []
    for node in order:
        if node in search.canonical:
            path += search.canonical[node]
        else:
            if node not in issuer:
                unknown.append(node)
            path += issuer.issue(node)
        if _beyond(path, least):
            return None
    for node in unknown:
        name = issuer[node]
        digest, issuer = yield _hash_node(search, node, issuer)
        path += f"{name}<{digest}>"
        if _beyond(path, least):
            return None
    return path, issuer


def _beyond(path: str, least: str | None) -> bool:
    return least is not None and len(path) >= len(least) and path > least


def _related(search: _Search, node: str, issuer: Issuer) -> dict[str, list[str]]:
    """Return the blank nodes that share a quad with a node, by Hash Related Blank Node (section 4.7.3)."""
    related: dict[str, list[str]] = defaultdict(list)
    for quad in search.quads[node]:
        for position, other in _blank(quad):
            if other != node:
                name = search.canonical.get(other) or issuer.get(other) or search.hashes[other]
                predicate = "" if position == "g" else quad.p
                related[_hash(f"{position}{predicate}{name}", search.algorithm)].append(other)
    return related


def _mentions(quads: Iterable[Quad], hashes: Mapping[str, str]) -> dict[str, list[Quad]]:
    found: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        for node in {node for _, node in _blank(quad)}:
            if node in hashes:
                found[node].append(quad)
    return found


def _blank(quad: Quad) -> Iterator[tuple[str, str]]:
    for position, term in (("s", quad.s), ("o", quad.o), ("g", quad.g)):
        if term is not None and term.startswith("_:"):
            yield position, term


def _hash(text: str, algorithm: str) -> str:
    return hashlib.new(algorithm, text.encode()).hexdigest()
