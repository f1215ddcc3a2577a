"""Logical components (https://www.w3.org/TR/shacl/#core-components-logical)."""

from __future__ import annotations

from sqlglot import exp

from lodgrants.db.template import condition, sql
from lodgrants.validate.components.scope import Scope, values_not
from lodgrants.validate.model import Constraint, Term


def fails(scope: Scope, shape: Term) -> exp.Expr:
    """Whether the value node ``v.value`` does not conform to a shape."""
    failing = sql("SELECT node FROM _failing", _failing=scope.failing(shape))
    return condition("v.value IN (:failing)", failing=failing)


def not_(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#NotConstraintComponent."""
    return values_not(scope, fails(scope, constraint.value))


def and_(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#AndConstraintComponent."""
    return values_not(scope, exp.and_(exp.true(), *(exp.not_(fails(scope, m)) for m in constraint.members)))


def or_(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#OrConstraintComponent."""
    return values_not(scope, exp.or_(exp.false(), *(exp.not_(fails(scope, m)) for m in constraint.members)))


def xone(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#XoneConstraintComponent; a shape listed twice counts twice."""
    holding = [condition("CAST(NOT :fails AS INTEGER)", fails=fails(scope, m)) for m in constraint.members]
    total: exp.Expr = exp.convert(0)
    for one in holding:
        total = exp.Add(this=total, expression=one)
    return values_not(scope, exp.EQ(this=exp.paren(total), expression=exp.convert(1)))
