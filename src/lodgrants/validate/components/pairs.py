"""Property pair components (https://www.w3.org/TR/shacl/#core-components-property-pairs)."""

from __future__ import annotations

from sqlglot import exp

from lodgrants.db.template import sql
from lodgrants.rdf.literals import comparable, precedes
from lodgrants.validate.components.scope import Scope
from lodgrants.validate.model import Constraint, Predicate
from lodgrants.validate.paths import edges


def _other(constraint: Constraint) -> exp.Expr:
    """The pairs of the other property, as ``focus, value``."""
    return edges(Predicate(constraint.value))


def equals(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#EqualsConstraintComponent."""
    return sql(
        "SELECT DISTINCT v.focus, v.value, NULL AS path FROM _v AS v ANTI JOIN _o AS o"
        " ON o.focus = v.focus AND o.value = v.value"
        " UNION ALL SELECT DISTINCT o.focus, o.value, NULL AS path FROM _o AS o SEMI JOIN _f AS f"
        " ON f.node = o.focus ANTI JOIN _v AS v ON o.focus = v.focus AND o.value = v.value",
        _v=scope.values,
        _o=_other(constraint),
        _f=scope.focus,
    )


def disjoint(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#DisjointConstraintComponent."""
    return sql(
        "SELECT DISTINCT v.focus, v.value, NULL AS path FROM _v AS v SEMI JOIN _o AS o"
        " ON o.focus = v.focus AND o.value = v.value",
        _v=scope.values,
        _o=_other(constraint),
    )


def less_than(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#LessThanConstraintComponent, a result for each pair."""
    return _ordered(constraint, scope, or_equal=False)


def less_than_or_equals(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#LessThanOrEqualsConstraintComponent, a result for each pair."""
    return _ordered(constraint, scope, or_equal=True)


def _ordered(constraint: Constraint, scope: Scope, or_equal: bool) -> exp.Expr:
    return sql(
        "SELECT q.focus, q.value, NULL AS path FROM (SELECT DISTINCT v.focus, v.value, o.value AS other,"
        " :left AS a, :right AS b FROM _v AS v JOIN _o AS o ON o.focus = v.focus) AS q"
        " WHERE NOT coalesce(:holds, FALSE)",
        _v=scope.values,
        _o=_other(constraint),
        left=comparable(exp.column("value", "v")),
        right=comparable(exp.column("value", "o")),
        holds=precedes(exp.column("a", "q"), exp.column("b", "q"), or_equal),
    )
