"""Shapes as data: what a shapes graph says, in the words of the SHACL recommendation.

Every term is its N-Triples text; a shape is named by its node in the shapes graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from lodgrants.rdf.namespaces import SH

Term = str


def sh(name: str) -> Term:
    """Return the N-Triples text of a term of the SHACL vocabulary."""
    return f"<{SH}{name}>"


@dataclass(frozen=True, slots=True)
class Predicate:
    """A predicate path (https://www.w3.org/TR/shacl/#property-path-predicate)."""

    iri: Term


@dataclass(frozen=True, slots=True)
class Inverse:
    """An inverse path (https://www.w3.org/TR/shacl/#property-path-inverse)."""

    path: Path


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence path (https://www.w3.org/TR/shacl/#property-path-sequence)."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """An alternative path (https://www.w3.org/TR/shacl/#property-path-alternative)."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class ZeroOrMore:
    """A zero-or-more path (https://www.w3.org/TR/shacl/#property-path-zero-or-more)."""

    path: Path


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """A one-or-more path (https://www.w3.org/TR/shacl/#property-path-one-or-more)."""

    path: Path


@dataclass(frozen=True, slots=True)
class ZeroOrOne:
    """A zero-or-one path (https://www.w3.org/TR/shacl/#property-path-zero-or-one)."""

    path: Path


Path = Predicate | Inverse | Sequence | Alternative | ZeroOrMore | OneOrMore | ZeroOrOne
# What SPARQL writes behind a path (https://www.w3.org/TR/sparql11-query/#propertypaths).
REPEATED: Mapping[str, Callable[[Path], Path]] = {"*": ZeroOrMore, "+": OneOrMore, "?": ZeroOrOne}


class TargetKind(Enum):
    """How a target names its focus nodes (https://www.w3.org/TR/shacl/#targets)."""

    NODE = "targetNode"
    CLASS = "targetClass"
    SUBJECTS_OF = "targetSubjectsOf"
    OBJECTS_OF = "targetObjectsOf"


@dataclass(frozen=True, slots=True)
class Target:
    """One target declaration; an implicit class target is a CLASS target of the shape itself."""

    kind: TargetKind
    term: Term


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint: a component with its parameter values.

    ``value`` is the value of the component's main parameter, ``members`` that value's list members,
    ``options`` the component's other parameters by local name (or by variable name for a custom one).
    """

    component: Term
    value: Term = ""
    members: tuple[Term, ...] = ()
    options: Mapping[str, Term] = field(default_factory=dict)

    @property
    def shapes(self) -> tuple[Term, ...]:
        """Return the shapes that this constraint refers to."""
        if self.component in SHAPE_LISTS:
            return self.members
        return (self.value,) if self.component in SHAPE_VALUES else ()


SHAPE_LISTS = frozenset(sh(f"{name}ConstraintComponent") for name in ("And", "Or", "Xone"))
SHAPE_VALUES = frozenset(
    sh(f"{name}ConstraintComponent")
    for name in ("Not", "Node", "Property", "QualifiedMinCount", "QualifiedMaxCount")
)


VIOLATION = sh("Violation")


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape (no path) or property shape (https://www.w3.org/TR/shacl/#shapes)."""

    node: Term
    path: Path | None = None
    targets: tuple[Target, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    severity: Term = VIOLATION
    messages: tuple[Term, ...] = ()
    deactivated: bool = False


@dataclass(frozen=True, slots=True)
class Validator:
    """A SPARQL query that finds violations (SELECT) or tests one value (ASK), with its prologue."""

    node: Term
    query: str
    ask: bool
    messages: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Shapes:
    """All shapes of a shapes graph by node, and the SPARQL validators by the node of their constraint."""

    shapes: Mapping[Term, Shape]
    validators: Mapping[Term, Validator] = field(default_factory=dict)

    def __getitem__(self, node: Term) -> Shape:
        return self.shapes[node]

    def __iter__(self) -> Iterator[Shape]:
        return iter(self.shapes.values())
