"""Value range components (https://www.w3.org/TR/shacl/#core-components-range)."""

from __future__ import annotations

from lodgrants.rdf.comparison import Relation, compares, surely_compares
from lodgrants.validate.components.scope import VALUE, Scope, Test
from lodgrants.validate.model import Constraint


def min_exclusive(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#MinExclusiveConstraintComponent."""
    return _test(">", constraint)


def min_inclusive(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#MinInclusiveConstraintComponent."""
    return _test(">=", constraint)


def max_exclusive(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#MaxExclusiveConstraintComponent."""
    return _test("<", constraint)


def max_inclusive(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#MaxInclusiveConstraintComponent."""
    return _test("<=", constraint)


def _test(relation: Relation, constraint: Constraint) -> Test:
    bound = constraint.value
    return Test(compares(VALUE, relation, bound), surely_compares(VALUE, relation, bound))
