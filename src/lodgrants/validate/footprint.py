"""What validating a node reads of the data: the walks over statements that begin at the node.

The walks are an automaton. From a node in a state an edge reads the node's statements with a predicate, and
leads to their other ends in another state. Every shape whose results are reported has a state to start from.
A statement that no walk from a node reads cannot change what is found of the node.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from lodgrants.rdf.graph import SUBCLASS_OF, TYPE
from lodgrants.validate.components import COMPONENTS
from lodgrants.validate.model import (
    Alternative,
    Constraint,
    Inverse,
    OneOrMore,
    Path,
    Predicate,
    Sequence,
    Shape,
    Shapes,
    Target,
    TargetKind,
    Term,
    ZeroOrMore,
    ZeroOrOne,
    sh,
)
from lodgrants.validate.needs import CLOSED, PAIRS
from lodgrants.validate.order import active_constraints, entries, references
from lodgrants.validate.paths import inverted

# A predicate in a path of these walks that stands for all.
ANY = Predicate("")
# The state of nodes of which nothing more is read.
END = 0
_PROPERTY = sh("PropertyConstraintComponent")
_CLASS = sh("ClassConstraintComponent")


@dataclass(frozen=True, slots=True)
class Edge:
    """A step from a node in state ``start`` to the other ends of its statements, in state ``end``.

    The statements are those with a predicate (None: with any) that have the node as subject, or as object
    when ``inverse``. ``of`` narrows them to those whose object is a class or one of its subclasses.
    """

    start: int
    end: int
    predicate: Term | None
    inverse: bool = False
    of: Term | None = None


@dataclass(frozen=True, slots=True)
class Footprint:
    """All walks of some shapes: where those of each shape start, and the shapes that may read anything.

    ``classes`` names, for shapes whose focus nodes are instances of classes and nothing else, these classes.
    """

    edges: tuple[Edge, ...]
    starts: Mapping[Term, int]
    unbounded: frozenset[Term]
    classes: Mapping[Term, tuple[Term, ...]]

    def as_json(self) -> dict[str, Any]:
        """Return the footprint as values that JSON has."""
        return {**asdict(self), "unbounded": sorted(self.unbounded)}


def footprint_of(found: Mapping[str, Any]) -> Footprint:
    """Return the footprint that `Footprint.as_json` has put down."""
    edges = tuple(Edge(**edge) for edge in found["edges"])
    classes = {shape: tuple(names) for shape, names in found["classes"].items()}
    return Footprint(edges, found["starts"], frozenset(found["unbounded"]), classes)


@dataclass(slots=True)
class Walks:
    """An automaton in the making: edges, steps that read nothing, and states from which all may be read."""

    edges: list[Edge] = field(default_factory=list)
    silent: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    unbounded: set[int] = field(default_factory=set)
    states: int = END + 1

    def state(self) -> int:
        """Return a new state."""
        self.states += 1
        return self.states - 1

    def path(self, path: Path, start: int, end: int) -> None:
        """Add the walks of a property path."""
        match path:
            case Predicate(iri):
                self.edges.append(Edge(start, end, iri or None))
            case Inverse(Predicate(iri)):
                self.edges.append(Edge(start, end, iri or None, inverse=True))
            case Inverse(inner):
                self.path(inverted(inner), start, end)
            case Sequence(paths):
                for part in paths[:-1]:
                    middle = self.state()
                    self.path(part, start, middle)
                    start = middle
                self.path(paths[-1], start, end)
            case Alternative(paths):
                for part in paths:
                    self.path(part, start, end)
            case ZeroOrOne(inner):
                self.silent[start].add(end)
                self.path(inner, start, end)
            case ZeroOrMore(inner) | OneOrMore(inner):
                self._repeat(inner, start, end, isinstance(path, ZeroOrMore))

    def _repeat(self, inner: Path, start: int, end: int, may_be_zero: bool) -> None:
        again = self.state()
        self.path(inner, start, again)
        self.path(inner, again, again)
        self.silent[again].add(end)
        if may_be_zero:
            self.silent[start].add(end)

    def finished(self, starts: Mapping[Term, int]) -> tuple[tuple[Edge, ...], frozenset[Term]]:
        """Return the edges without steps that read nothing, and the shapes that may read anything."""
        leaving: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            leaving[edge.start].append(edge)
        edges: dict[Edge, None] = {}
        unbounded = set()
        for shape, start in starts.items():
            seen, todo = {start}, [start]
            while todo:
                state = todo.pop()
                together = self._together(state)
                if together & self.unbounded:
                    unbounded.add(shape)
                for edge in (replace(edge, start=state) for one in together for edge in leaving[one]):
                    edges[edge] = None
                    todo += {edge.end} - seen
                    seen.add(edge.end)
        going_on = {edge.start for edge in edges}
        ended = (edge if edge.end in going_on else replace(edge, end=END) for edge in edges)
        return tuple(dict.fromkeys(ended)), frozenset(unbounded)

    def _together(self, state: int) -> set[int]:
        found, todo = {state}, [state]
        while todo:
            new = self.silent[todo.pop()] - found
            found |= new
            todo += new
        return found


def compile_footprint(shapes: Shapes) -> Footprint:
    """Return the walks of all shapes that have targets and of those that report results for them."""
    starts, _ = entries(shapes, ())
    builder = _Builder(shapes, frozenset(starts))
    for node in starts:
        builder.report(node)
    edges, unbounded = builder.walks.finished(builder.starts)
    return Footprint(edges, builder.starts, unbounded, builder.classes())


@dataclass(slots=True)
class _Builder:
    """Shapes have walks of their own where results are reported, and where only conformance is asked."""

    shapes: Shapes
    targeted: frozenset[Term]
    walks: Walks = field(default_factory=Walks)
    starts: dict[Term, int] = field(default_factory=dict)
    focus: dict[Term, int] = field(default_factory=dict)
    asked: dict[Term, int] = field(default_factory=dict)
    of_class: dict[Term, int] = field(default_factory=dict)
    above: dict[Term, list[Shape]] = field(default_factory=lambda: defaultdict(list))

    def report(self, node: Term) -> None:
        """Add the walks of a shape that reports results, and of the property shapes that it has.

        What makes a node a focus node, and how often, is read from it as well: the way back to the nodes of
        the shape above, and from these to their targets.
        """
        if node in self.starts:
            return
        shape = self.shapes[node]
        start, focus = self.walks.state(), self.walks.state()
        self.starts[node], self.focus[node] = start, focus
        self.walks.silent[start].add(focus)
        for target in shape.targets if node in self.targeted else ():
            self._target(target, focus)
        self._constraints(shape, start, reporting=True)
        for constraint in active_constraints(shape):
            if constraint.component == _PROPERTY:
                self._property(shape, constraint.value)

    def _property(self, parent: Shape, node: Term) -> None:
        self.report(node)
        self.above[node].append(parent)
        if parent.path:
            self.walks.path(inverted(parent.path), self.focus[node], self.focus[parent.node])
        else:
            self.walks.silent[self.focus[node]].add(self.focus[parent.node])

    def _target(self, target: Target, focus: int) -> None:
        match target.kind:
            case TargetKind.CLASS:
                self._instance(focus, target.term)
            case TargetKind.SUBJECTS_OF:
                self.walks.path(Predicate(target.term), focus, END)
            case TargetKind.OBJECTS_OF:
                self.walks.path(Inverse(Predicate(target.term)), focus, END)

    def _instance(self, node: int, class_: Term) -> None:
        """Add the walk to a node's types of a class, and on to what these are subclasses of."""
        if class_ not in self.of_class:
            state = self.of_class[class_] = self.walks.state()
            self.walks.edges.append(Edge(state, state, SUBCLASS_OF, of=class_))
        self.walks.edges.append(Edge(node, self.of_class[class_], TYPE, of=class_))

    def _constraints(self, shape: Shape, focus: int, reporting: bool) -> None:
        values = focus
        if shape.path:
            values = self.walks.state()
            self.walks.path(shape.path, focus, values)
        for constraint in active_constraints(shape):
            if constraint.component != _PROPERTY or not reporting:
                self._constraint(shape, constraint, focus, values)

    def _constraint(self, shape: Shape, constraint: Constraint, focus: int, values: int) -> None:
        for other in references(self.shapes, shape, constraint):
            self.walks.silent[values].add(self._asked(other))
        if constraint.component == _CLASS:
            self._instance(values, constraint.value)
        elif constraint.component in PAIRS:
            self.walks.path(Predicate(constraint.value), focus, END)
        elif constraint.component == CLOSED:
            self.walks.path(ANY, values, END)
        elif constraint.component not in COMPONENTS:
            from lodgrants.validate.query_walks import add_query

            validator = self.shapes.validators[constraint.value]
            add_query(self.walks, validator, shape.path, constraint.options, (focus, values))

    def _asked(self, node: Term) -> int:
        if node not in self.asked:
            self.asked[node] = self.walks.state()
            self._constraints(self.shapes[node], self.asked[node], reporting=False)
        return self.asked[node]

    def classes(self) -> dict[Term, tuple[Term, ...]]:
        """Return the target classes of shapes whose focus nodes come from nothing else."""
        found = {node: self._classes(node) for node in self.starts}
        return {node: tuple(sorted(names)) for node, names in found.items() if names is not None}

    def _classes(self, node: Term) -> set[Term] | None:
        targets = self.shapes[node].targets if node in self.targeted else ()
        if any(target.kind is not TargetKind.CLASS for target in targets):
            return None
        found = {target.term for target in targets}
        for parent in self.above[node]:
            more = self._classes(parent.node)
            if parent.path or more is None:
                return None
            found |= more
        return found
