"""Cardinality components (https://www.w3.org/TR/shacl/#core-components-count)."""

from __future__ import annotations

from sqlglot import exp

from lodgrants.db.template import sql
from lodgrants.rdf.literals import text_of
from lodgrants.validate.components.scope import Scope
from lodgrants.validate.model import Constraint


def min_count(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#MinCountConstraintComponent."""
    least = int(text_of(constraint.value))
    if least == 1:
        return sql(
            "SELECT f.node AS focus, NULL AS value, NULL AS path FROM _f AS f"
            " WHERE NOT EXISTS (SELECT 1 FROM _v AS v WHERE v.focus = f.node)",
            _f=scope.focus,
            _v=scope.values,
        )
    return sql(
        "SELECT f.node AS focus, NULL AS value, NULL AS path FROM _f AS f LEFT JOIN _v AS v ON v.focus ="
        " f.node"
        " GROUP BY f.node HAVING count(DISTINCT v.value) < :n",
        _f=sql("SELECT DISTINCT node FROM _f", _f=scope.focus),
        _v=scope.values,
        n=least,
    )


def max_count(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#MaxCountConstraintComponent."""
    # Few focus nodes have so many values at all: only theirs are compared with each other.
    return sql(
        "WITH many AS MATERIALIZED (SELECT focus FROM _v AS v GROUP BY focus HAVING count(*) > :n)"
        " SELECT v.focus, NULL AS value, NULL AS path FROM _v AS v SEMI JOIN many AS m ON m.focus = v.focus"
        " GROUP BY v.focus HAVING count(DISTINCT v.value) > :n",
        _v=scope.values,
        n=int(text_of(constraint.value)),
    )
