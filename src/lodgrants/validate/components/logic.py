"""Logical components (https://www.w3.org/TR/shacl/#core-components-logical)."""

from __future__ import annotations

from lodgrants.db.fragment import Sql, all_of, any_of, sql
from lodgrants.validate.components.scope import Scope, values_not
from lodgrants.validate.model import Constraint, Term


def fails(scope: Scope, shape: Term) -> Sql:
    """Whether the value node ``v.value`` does not conform to a shape."""
    failing = sql("SELECT node FROM _failing", _failing=scope.failing(shape))
    return sql("v.value IN (:failing)", failing=failing)


def _holds(scope: Scope, shape: Term) -> Sql:
    return sql("NOT :fails", fails=fails(scope, shape))


def not_(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#NotConstraintComponent."""
    return values_not(scope, fails(scope, constraint.value))


def and_(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#AndConstraintComponent."""
    return values_not(scope, all_of(_holds(scope, m) for m in constraint.members))


def or_(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#OrConstraintComponent."""
    return values_not(scope, any_of(_holds(scope, m) for m in constraint.members))


def xone(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#XoneConstraintComponent; a shape listed twice counts twice."""
    holding = [sql("CAST(:holds AS INTEGER)", holds=_holds(scope, m)) for m in constraint.members]
    return values_not(scope, sql("list_sum(:holding) = 1", holding=holding))
