"""Which predicates of the data some shapes look at: the others need not be loaded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from lodgrants.rdf.graph import SUBCLASS_OF, TYPE
from lodgrants.rdf.namespaces import DCTERMS, LG, OA, RDF, SCHEMA
from lodgrants.validate.components import COMPONENTS
from lodgrants.validate.model import Shape, TargetKind, Term, sh
from lodgrants.validate.shape_paths import predicates_of

PAIRS = frozenset(
    sh(f"{name}ConstraintComponent") for name in ("Equals", "Disjoint", "LessThan", "LessThanOrEquals")
)
CLOSED = sh("ClosedConstraintComponent")
# By these a result finds the words of the source that it is about (see `evidence`).
HAS_EVIDENCE = f"<{LG}evidence>"
EVIDENCE = frozenset(
    f"<{namespace}{name}>"
    for namespace, names in {
        LG: ("evidence", "supports", "supportsProperty"),
        OA: ("hasSelector", "start", "end", "exact", "hasSource"),
        SCHEMA: ("url", "name"),
        DCTERMS: ("source",),
        RDF: ("type",),
    }.items()
    for name in names
)


def needed_predicates(shapes: Iterable[Shape], queried: Collection[Term] | None = None) -> set[Term] | None:
    """Return the predicates that validation against some shapes reads; None when it may read any.

    ``queried`` are those that the SPARQL constraints may ask for, when that is known.
    """
    shapes = list(shapes)
    components = {constraint.component for shape in shapes for constraint in shape.constraints}
    if CLOSED in components or (queried is None and not components <= COMPONENTS.keys()):
        return None
    return {TYPE, SUBCLASS_OF, *EVIDENCE, *own_predicates(shapes), *(queried or ())}


def own_predicates(shapes: Iterable[Shape]) -> set[Term]:
    """Return the predicates that the paths, targets and Core constraints of some shapes name."""
    return {predicate for shape in shapes for predicate in _predicates(shape)}


def _predicates(shape: Shape) -> Iterator[Term]:
    if shape.path:
        yield from predicates_of(shape.path)
    for target in shape.targets:
        if target.kind in (TargetKind.SUBJECTS_OF, TargetKind.OBJECTS_OF):
            yield target.term
    for constraint in shape.constraints:
        if constraint.component in PAIRS:
            yield constraint.value
