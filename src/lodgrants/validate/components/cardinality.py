"""Cardinality components (https://www.w3.org/TR/shacl/#core-components-count)."""

from __future__ import annotations

from lodgrants.db.fragment import Sql, sql
from lodgrants.rdf.literals import text_of
from lodgrants.validate.components.scope import Scope
from lodgrants.validate.model import Constraint


def min_count(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#MinCountConstraintComponent."""
    least = int(text_of(constraint.value))
    if least == 1:
        return sql(
            "SELECT f.node AS focus, NULL AS value, NULL AS path FROM _f AS f"
            " ANTI JOIN _v AS v ON v.focus = f.node",
            _f=scope.focus,
            _v=scope.candidates,
        )
    return sql(
        "SELECT f.node AS focus, NULL AS value, NULL AS path FROM _f AS f LEFT JOIN _v AS v ON v.focus ="
        " f.node"
        " GROUP BY f.node HAVING count(DISTINCT v.value) < :n",
        _f=sql("SELECT DISTINCT node FROM _f", _f=scope.focus),
        _v=scope.values,
        n=least,
    )


def max_count(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#MaxCountConstraintComponent."""
    # Few focus nodes have so many values at all: only theirs are compared with each other.
    found = sql(
        "WITH many AS MATERIALIZED (SELECT focus FROM _v AS v GROUP BY focus HAVING count(*) > :n)"
        " SELECT v.focus, NULL AS value, NULL AS path FROM _v AS v SEMI JOIN many AS m ON m.focus = v.focus"
        " GROUP BY v.focus HAVING count(DISTINCT v.value) > :n",
        _v=scope.candidates,
        n=int(text_of(constraint.value)),
    )
    return scope.of_focus(found)
