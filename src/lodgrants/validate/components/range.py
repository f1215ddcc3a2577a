"""Value range components (https://www.w3.org/TR/shacl/#core-components-range)."""

from __future__ import annotations

from lodgrants.rdf.comparison import compares
from lodgrants.validate.components.scope import VALUE, Scope, Test
from lodgrants.validate.model import Constraint


def min_exclusive(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#MinExclusiveConstraintComponent."""
    return Test(compares(VALUE, ">", constraint.value))


def min_inclusive(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#MinInclusiveConstraintComponent."""
    return Test(compares(VALUE, ">=", constraint.value))


def max_exclusive(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#MaxExclusiveConstraintComponent."""
    return Test(compares(VALUE, "<", constraint.value))


def max_inclusive(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#MaxInclusiveConstraintComponent."""
    return Test(compares(VALUE, "<=", constraint.value))
