"""Logical components (https://www.w3.org/TR/shacl/#core-components-logical)."""

from __future__ import annotations

from collections.abc import Iterable

from lodgrants.db.fragment import Sql, all_of, any_of, sql
from lodgrants.validate.components.scope import Scope, Test, values_not
from lodgrants.validate.model import Constraint, Term


def fails(scope: Scope, shape: Term) -> Sql:
    """Whether the value node ``v.value`` does not conform to a shape."""
    known = scope.failing(shape)
    if isinstance(known, Sql):
        return sql("NOT :holds", holds=known)
    return sql("v.value IN (:failing)", failing=sql("SELECT node FROM _failing", _failing=known))


def conforming(scope: Scope, shapes: Iterable[Term], holds: Sql) -> Test | Sql:
    """Return a component that is a condition on whether a value node conforms to some shapes."""
    if all(isinstance(scope.failing(shape), Sql) for shape in shapes):
        return Test(holds)
    return values_not(scope, holds)


def _holds(scope: Scope, shape: Term) -> Sql:
    return sql("NOT :fails", fails=fails(scope, shape))


def not_(constraint: Constraint, scope: Scope) -> Test | Sql:
    """Implement https://www.w3.org/TR/shacl/#NotConstraintComponent."""
    return conforming(scope, constraint.shapes, fails(scope, constraint.value))


def and_(constraint: Constraint, scope: Scope) -> Test | Sql:
    """Implement https://www.w3.org/TR/shacl/#AndConstraintComponent."""
    return conforming(scope, constraint.shapes, all_of(_holds(scope, m) for m in constraint.members))


def or_(constraint: Constraint, scope: Scope) -> Test | Sql:
    """Implement https://www.w3.org/TR/shacl/#OrConstraintComponent."""
    return conforming(scope, constraint.shapes, any_of(_holds(scope, m) for m in constraint.members))


def xone(constraint: Constraint, scope: Scope) -> Test | Sql:
    """Implement https://www.w3.org/TR/shacl/#XoneConstraintComponent; a shape listed twice counts twice."""
    holding = [sql("CAST(:holds AS INTEGER)", holds=_holds(scope, m)) for m in constraint.members]
    return conforming(scope, constraint.shapes, sql("list_sum(:holding) = 1", holding=holding))
