"""Property pair components (https://www.w3.org/TR/shacl/#core-components-property-pairs)."""

from __future__ import annotations

from lodgrants.db.fragment import Sql, column, sql
from lodgrants.rdf.comparison import comparables, precedes, surely_precedes
from lodgrants.validate.components.scope import Scope
from lodgrants.validate.model import Constraint, Predicate
from lodgrants.validate.paths import edges


def _other(constraint: Constraint) -> Sql:
    """The pairs of the other property, as ``focus, value``."""
    return edges(Predicate(constraint.value))


def equals(constraint: Constraint, scope: Scope) -> Sql:
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


def disjoint(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#DisjointConstraintComponent."""
    return sql(
        "SELECT DISTINCT v.focus, v.value, NULL AS path FROM _v AS v SEMI JOIN _o AS o"
        " ON o.focus = v.focus AND o.value = v.value",
        _v=scope.values,
        _o=_other(constraint),
    )


def less_than(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#LessThanConstraintComponent, a result for each pair."""
    return _ordered(constraint, scope, or_equal=False)


def less_than_or_equals(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#LessThanOrEqualsConstraintComponent, a result for each pair."""
    return _ordered(constraint, scope, or_equal=True)


def _ordered(constraint: Constraint, scope: Scope, or_equal: bool) -> Sql:
    """Sort out by the fast test what surely holds, then test the few other pairs exactly."""
    found = sql(
        "WITH q AS MATERIALIZED (SELECT DISTINCT v.focus, v.value, o.value AS other FROM _v AS v JOIN _o AS o"
        " ON o.focus = v.focus WHERE NOT coalesce(:surely, FALSE)),"
        " k AS MATERIALIZED (SELECT * FROM _keys AS k)"
        " SELECT q.focus, q.value, NULL AS path FROM q JOIN k AS a ON a.term = q.value"
        " JOIN k AS b ON b.term = q.other WHERE NOT coalesce(:holds, FALSE)",
        _v=scope.candidates,
        _o=_other(constraint),
        surely=surely_precedes(column("value", "v"), column("value", "o")),
        _keys=comparables(sql("SELECT value AS term FROM q UNION SELECT other FROM q")),
        holds=precedes(column("key", "a"), column("key", "b"), or_equal),
    )
    return scope.of_focus(found)
