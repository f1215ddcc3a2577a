"""What SPARQL constraints read for a focus node: their triple patterns as walks from ``$this``.

A pattern is read from an end that is sure to be reached: ``$this``, or a variable that patterns of the same
group (or of one that it is joined with) lead to. A query with a pattern that nothing leads to may read
anything. https://www.w3.org/TR/sparql11-query/#sparqlAlgebra says what is joined with what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from lodgrants.rdf.query_tree import parts_of, query_tree
from lodgrants.validate.footprint import ANY, END, Walks
from lodgrants.validate.model import (
    REPEATED,
    Alternative,
    Inverse,
    Path,
    Predicate,
    Sequence,
    Term,
    Validator,
)
from lodgrants.validate.paths import inverted
from lodgrants.validate.query_predicates import PATH, with_path

if TYPE_CHECKING:
    # A node of rdflib's tree: it has a name, and None for what it lacks.
    Tree = Any

_EXISTS = ("Builtin_EXISTS", "Builtin_NOTEXISTS")
_SHAPES_GRAPH = "?shapesGraph"


class _AnythingError(Exception):
    """A part of a query that nothing leads to from ``$this``."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A triple pattern; an end is a variable's name, or empty for a term."""

    subject: str
    path: Path
    object: str


def add_query(
    walks: Walks, validator: Validator, path: Path | None, options: Mapping[str, Term], at: tuple[int, int]
) -> None:
    """Add the walks of a SPARQL validator ``at`` the states of its focus nodes and value nodes."""
    focus, values = at
    # Literals of results are looked up among the objects of their focus node (see `as_stated`).
    walks.path(ANY, focus, END)
    prebound = {"?this": focus, "?value": values} if validator.ask else {"?this": focus}
    try:
        _Reader(walks, path, options, frozenset(prebound)).query(_tree(validator.query), prebound)
    except _AnythingError:
        walks.unbounded.add(focus)


def _tree(query: str) -> Tree:
    """Return a query as a tree; None for one that is wrong, which is reported when it is run."""
    text = with_path(query)
    try:
        ox.Store().query(text)
    except SyntaxError:
        return None
    return query_tree(text)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one query; ``prebound`` variables have their value in every group that uses them."""

    walks: Walks
    path: Path | None
    options: Mapping[str, Term]
    prebound: frozenset[str]

    def query(self, tree: Tree, reached: Mapping[str, int]) -> None:
        """Add the walks of a query or subquery, given the states of variables that it is joined with."""
        if tree is None or tree.datasetClause or tree.valuesClause:
            raise _AnythingError
        rest = (tree.projection, tree.groupby, tree.having, tree.orderby)
        if any(True for part in rest for _ in _exists_in(part)):
            raise _AnythingError
        self._group(tree.where, reached)

    def _group(self, tree: Tree, joined: Mapping[str, int]) -> None:
        if tree.name == "SubSelect":
            return self._subquery(tree, joined)
        if tree.name != "GroupGraphPatternSub":
            raise _AnythingError
        parts = list(tree.part or ())
        blocks = [list(self._patterns(part)) for part in parts]
        reached = _Reached(self.walks, dict(joined))
        reached.add([pattern for block in blocks for pattern in block])
        own = self.prebound | _variables(blocks)
        for position, part in enumerate(parts):
            before = self.prebound | _variables(blocks[:position])
            self._part(part, reached, own, before)
        return None

    def _part(self, part: Tree, reached: _Reached, own: Collection[str], before: Collection[str]) -> None:
        """Read what is no triple pattern: it sees variables of the whole group, or of what stands before."""
        match part.name:
            case "TriplesBlock":
                pass
            case "GroupOrUnionGraphPattern":
                for group in part.graph:
                    self._group(group, reached.states)
            case "OptionalGraphPattern":
                self._group(part.graph, reached.only(before))
            case "Filter" | "Bind":
                for exists in _exists_in(part.expr):
                    self._group(exists.graph, reached.only(own if part.name == "Filter" else before))
            case "GraphGraphPattern" if _name(part.term) == _SHAPES_GRAPH:
                pass
            case _:
                raise _AnythingError

    def _subquery(self, tree: Tree, joined: Mapping[str, int]) -> None:
        shown = [_name(part.var) for part in tree.projection or () if part.var]
        reached = {name: state for name, state in joined.items() if name in self.prebound}
        if tree.projection:
            reached = {name: state for name, state in reached.items() if name in shown}
        self.query(tree, reached)

    def _patterns(self, part: Tree) -> Iterator[_Pattern]:
        if part.name != "TriplesBlock":
            return
        for block in part.triples:
            terms = list(parts_of(block))
            for subject, verb, object_ in zip(terms[::3], terms[1::3], terms[2::3], strict=True):
                yield _Pattern(_name(subject), self._path(verb), _name(object_))

    def _path(self, verb: Tree) -> Path:
        from rdflib import URIRef, Variable

        if isinstance(verb, Variable):
            return Predicate(self.options[str(verb)]) if str(verb) in self.options else ANY
        if isinstance(verb, URIRef):
            return self._predicate(verb)
        match verb.name:
            case "PathAlternative" if len(verb.part) > 1:
                return Alternative(tuple(self._path(part) for part in verb.part))
            case "PathSequence" if len(verb.part) > 1:
                return Sequence(tuple(self._path(part) for part in verb.part))
            case "PathAlternative" | "PathSequence":
                return self._path(verb.part[0])
            case "PathElt":
                inner = self._path(verb.part)
                return repeated(inner) if (repeated := REPEATED.get(verb.mod)) else inner
            case "PathEltOrInverse":
                return Inverse(self._path(verb.part))
            case "PathNegatedPropertySet":
                return Alternative((ANY, Inverse(ANY)))
        raise _AnythingError

    def _predicate(self, iri: str) -> Path:
        if f"<{iri}>" == PATH and self.path:
            return self.path
        if ":" not in iri:  # relative to a BASE
            raise _AnythingError
        return Predicate(f"<{iri}>")


@dataclass(slots=True)
class _Reached:
    """The variables of a group that walks lead to, each with its state, in the order of being reached."""

    walks: Walks
    states: dict[str, int] = field(default_factory=dict)

    def only(self, names: Collection[str]) -> dict[str, int]:
        """Return some of the variables."""
        return {name: state for name, state in self.states.items() if name in names}

    def add(self, patterns: list[_Pattern]) -> None:
        """Add the walks of patterns that are all joined, from subject to object where that is possible."""
        left = list(dict.fromkeys(patterns))
        while left:
            pattern = next((one for one in left if one.subject in self.states), None)
            if pattern is not None:
                self._walk(self.states[pattern.subject], pattern.path, pattern.object)
            else:
                order = list(self.states)
                known = [one for one in left if one.object in self.states]
                if not known:
                    raise _AnythingError
                pattern = min(known, key=lambda one: order.index(one.object))
                self._walk(self.states[pattern.object], inverted(pattern.path), pattern.subject)
            left.remove(pattern)

    def _walk(self, start: int, path: Path, name: str) -> None:
        end = END
        if name and name not in self.states:
            end = self.states[name] = self.walks.state()
        self.walks.path(path, start, end)


def _variables(blocks: list[list[_Pattern]]) -> frozenset[str]:
    ends = ((pattern.subject, pattern.object) for block in blocks for pattern in block)
    return frozenset(name for pair in ends for name in pair if name)


def _exists_in(node: Tree) -> Iterator[Tree]:
    """Yield the outermost EXISTS and NOT EXISTS in an expression."""
    if getattr(node, "name", "") in _EXISTS:
        yield node
        return
    for part in parts_of(node):
        yield from _exists_in(part)


def _name(term: Tree) -> str:
    """Return the name of a variable or of a blank node, which is one too; nothing for other terms."""
    from rdflib import BNode, Variable

    return f"?{term}" if isinstance(term, Variable) else f"_:{term}" if isinstance(term, BNode) else ""
