"""Value range components (https://www.w3.org/TR/shacl/#core-components-range)."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from lodgrants.db.template import sql
from lodgrants.rdf.comparison import comparable, precedes, surely_precedes
from lodgrants.validate.components.scope import VALUE, Scope
from lodgrants.validate.model import Constraint

_BOUND, _VALUE = exp.column("bound", "c"), exp.column("comparable", "c")


def _compare(
    scope: Scope, surely: Callable[[exp.Expr, exp.Expr], exp.Expr], holds: exp.Expr, bound: exp.Expr
) -> exp.Expr:
    """Sort out by the fast test what surely holds, then test the few others exactly."""
    return sql(
        "WITH c AS MATERIALIZED (SELECT v.focus, v.value, :comparable AS comparable, :bound AS bound FROM"
        " _v AS v"
        " WHERE NOT coalesce(:surely, FALSE))"
        " SELECT DISTINCT c.focus, c.value, NULL AS path FROM c WHERE NOT coalesce(:holds, FALSE)",
        _v=scope.values,
        comparable=comparable(VALUE),
        bound=comparable(bound),
        surely=surely(VALUE, bound),
        holds=holds,
    )


def _above(value: exp.Expr, bound: exp.Expr) -> exp.Expr:
    return surely_precedes(bound, value)


def min_exclusive(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#MinExclusiveConstraintComponent."""
    return _compare(scope, _above, precedes(_BOUND, _VALUE), exp.convert(constraint.value))


def min_inclusive(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#MinInclusiveConstraintComponent."""
    return _compare(scope, _above, precedes(_BOUND, _VALUE, or_equal=True), exp.convert(constraint.value))


def max_exclusive(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#MaxExclusiveConstraintComponent."""
    return _compare(scope, surely_precedes, precedes(_VALUE, _BOUND), exp.convert(constraint.value))


def max_inclusive(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#MaxInclusiveConstraintComponent."""
    return _compare(
        scope, surely_precedes, precedes(_VALUE, _BOUND, or_equal=True), exp.convert(constraint.value)
    )
