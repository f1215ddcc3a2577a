"""Which shapes take part, in an order in which every shape stands before those it refers to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lodgrants.errors import Problem, UnsupportedError, Where
from lodgrants.validate.components.shape import sibling_shapes
from lodgrants.validate.model import Constraint, Shape, Shapes, Term


def references(shapes: Shapes, shape: Shape, constraint: Constraint) -> list[Term]:
    """Return the shapes that a constraint needs the conformance of (siblings included)."""
    return [*constraint.shapes, *sibling_shapes(shapes, shape, constraint)]


def reachable(shapes: Shapes, start: Iterable[Term]) -> list[Shape]:
    """Return the shapes reachable from some, every shape before those it refers to.

    :raises UnsupportedError: when shapes refer to each other in a circle, whose meaning
        https://www.w3.org/TR/shacl/#shapes-recursion leaves undefined.
    """
    done: dict[Term, Shape] = {}

    def visit(node: Term, above: tuple[Term, ...]) -> None:
        if node in above:
            raise _recursive(above[above.index(node) :])
        if node in done:
            return
        # Backwards, as the whole is turned around at the end: shapes then stand as they were written.
        for constraint in reversed(active_constraints(shapes[node])):
            for other in reversed(references(shapes, shapes[node], constraint)):
                visit(other, (*above, node))
        done[node] = shapes[node]

    for node in reversed(list(start)):
        visit(node, ())
    return list(reversed(done.values()))


def active_constraints(shape: Shape) -> Sequence[Constraint]:
    """Return a shape's constraints; none when it is deactivated (https://www.w3.org/TR/shacl/#deactivated)."""
    return () if shape.deactivated else shape.constraints


def entries(shapes: Shapes, only: Iterable[Term]) -> tuple[list[Term], Callable[[Term], bool]]:
    """Return the shapes with targets to start from, and which shapes' results count.

    With ``only`` some shapes, results of these and of the shapes below them count.
    """
    starts = [shape.node for shape in shapes if shape.targets and not shape.deactivated]
    chosen = list(only)
    if not chosen:
        return starts, lambda node: True
    below = {shape.node for shape in reachable(shapes, chosen)}
    leading = [start for start in starts if _reaches(shapes, start, set(chosen))]
    return leading, below.__contains__


def _reaches(shapes: Shapes, start: Term, wanted: set[Term]) -> bool:
    return any(shape.node in wanted for shape in reachable(shapes, [start]))


def _recursive(circle: Iterable[Term]) -> UnsupportedError:
    names = list(circle)
    return UnsupportedError(
        Problem(
            "LG-VAL-005",
            "recursive shapes are not supported",
            Where(detail=f"shape {names[0]}"),
            " -> ".join([*names, names[0]]),
            hint="break the circle, for instance by sh:class or sh:nodeKind instead of sh:node",
        )
    )
