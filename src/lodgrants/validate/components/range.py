"""Value range components (https://www.w3.org/TR/shacl/#core-components-range)."""

from __future__ import annotations

from sqlglot import exp

from lodgrants.db.template import sql
from lodgrants.rdf.literals import comparable, precedes
from lodgrants.validate.components.scope import Scope
from lodgrants.validate.model import Constraint

_BOUND, _VALUE = exp.column("bound", "c"), exp.column("comparable", "c")


def _compare(constraint: Constraint, scope: Scope, holds: exp.Expr) -> exp.Expr:
    return sql(
        "SELECT DISTINCT c.focus, c.value, NULL AS path FROM"
        " (SELECT v.focus, v.value, :comparable AS comparable, :bound AS bound FROM _v AS v) AS c"
        " WHERE NOT coalesce(:holds, FALSE)",
        _v=scope.values,
        comparable=comparable(exp.column("value", "v")),
        bound=comparable(exp.convert(constraint.value)),
        holds=holds,
    )


def min_exclusive(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#MinExclusiveConstraintComponent."""
    return _compare(constraint, scope, precedes(_BOUND, _VALUE))


def min_inclusive(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#MinInclusiveConstraintComponent."""
    return _compare(constraint, scope, precedes(_BOUND, _VALUE, or_equal=True))


def max_exclusive(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#MaxExclusiveConstraintComponent."""
    return _compare(constraint, scope, precedes(_VALUE, _BOUND))


def max_inclusive(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#MaxInclusiveConstraintComponent."""
    return _compare(constraint, scope, precedes(_VALUE, _BOUND, or_equal=True))
