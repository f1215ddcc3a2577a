"""Which shapes say the same, and which say nothing but what a test of a single node can tell.

Profiles write the same small shapes over and over, in lists of ``sh:or`` for instance. Those that say the
same need to be looked at once; those that only test a node need no table of the nodes that fail.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping

from lodgrants.db.fragment import Sql, all_of, sql
from lodgrants.validate.components import COMPONENTS
from lodgrants.validate.components.scope import Scope, Test
from lodgrants.validate.components.shape import sibling_shapes
from lodgrants.validate.components.string import is_matched_outside
from lodgrants.validate.model import Constraint, Shape, Shapes, Term, sh
from lodgrants.validate.order import active_constraints

# A longer condition than this is not repeated wherever its shape is referred to.
_LONGEST = 2_000
_CLOSED = sh("ClosedConstraintComponent")


def alike_shapes(shapes: Shapes, order: Iterable[Shape]) -> Mapping[Term, Term]:
    """Return for every shape the one to ask instead for conformance: the last in order that says the same.

    ``order`` has each shape before those that it refers to; so has that of the shapes returned.
    """
    said: dict[Hashable, Term] = {}
    instead: dict[Term, Term] = {}
    for shape in reversed(list(order)):
        constraints = frozenset(
            (said_by(c, instead), shape.node if _is_own(shapes, shape, c) else None)
            for c in active_constraints(shape)
        )
        instead[shape.node] = said.setdefault((shape.path, constraints), shape.node)
    return instead


def said_by(constraint: Constraint, instead: Mapping[Term, Term]) -> Hashable:
    """Return what a constraint says, whatever its lists and shapes are called."""
    members = tuple(instead.get(member, member) for member in constraint.members)
    value = instead.get(constraint.value, constraint.value)
    return constraint.component, members or value, frozenset(constraint.options.items())


def _is_own(shapes: Shapes, shape: Shape, constraint: Constraint) -> bool:
    """Whether what a constraint asks also depends on the shape that it stands on."""
    return (
        constraint.component not in COMPONENTS
        or constraint.component == _CLOSED
        or bool(sibling_shapes(shapes, shape, constraint))
    )


def node_tests(
    order: Iterable[Shape], scope_of: Callable[[Shape, Mapping[Term, Sql]], Scope]
) -> Mapping[Term, Sql]:
    """Return the conditions on ``v.value`` of those shapes that are but tests of a single node.

    ``order`` is as for `alike_shapes`; a condition is never NULL.
    """
    tests: dict[Term, Sql] = {}
    for shape in reversed(list(order)):
        holds = None if shape.path else _test(shape, scope_of(shape, tests), tests)
        if holds and len(holds.text) <= _LONGEST:
            tests[shape.node] = holds
    return tests


def _test(shape: Shape, scope: Scope, tests: Mapping[Term, Sql]) -> Sql | None:
    holds: list[Sql] = []
    for constraint in active_constraints(shape):
        known = constraint.component in COMPONENTS and all(other in tests for other in constraint.shapes)
        if not known or is_matched_outside(constraint, shape):
            return None
        compiled = COMPONENTS[constraint.component](constraint, scope)
        if not isinstance(compiled, Test):
            return None
        holds.append(sql("coalesce(:holds, FALSE)", holds=compiled.holds))
    return all_of(holds)
