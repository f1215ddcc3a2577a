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
    most = int(text_of(constraint.value))
    # Two different values have different extremes: cheaper than counting distinct ones.
    template = (
        sql(
            "SELECT focus, NULL AS value, NULL AS path FROM _v AS v GROUP BY focus"
            " HAVING count(*) > 1 AND min(value) <> max(value)",
            _v=scope.values,
        )
        if most == 1
        else sql(
            "SELECT focus, NULL AS value, NULL AS path FROM _v AS v GROUP BY focus HAVING count(DISTINCT"
            " value) > :n",
            _v=scope.values,
            n=most,
        )
    )
    return template
