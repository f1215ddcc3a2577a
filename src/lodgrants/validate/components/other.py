"""Other components (https://www.w3.org/TR/shacl/#core-components-others)."""

from __future__ import annotations

from lodgrants.db.fragment import Sql, sql
from lodgrants.validate.components.scope import Scope, Test
from lodgrants.validate.model import Constraint, Predicate, Shapes, Term, sh
from lodgrants.validate.paths import TRIPLES

_PROPERTY = sh("PropertyConstraintComponent")


def closed(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#ClosedConstraintComponent."""
    return sql(
        "SELECT DISTINCT v.focus, t.o AS value, t.p AS path FROM _v AS v JOIN _t AS t ON t.s = v.value"
        " WHERE NOT list_contains(CAST(:allowed AS VARCHAR[]), t.p)",
        _v=scope.values,
        _t=TRIPLES,
        allowed=allowed_predicates(scope.shapes, scope.shape.node, constraint),
    )


def allowed_predicates(shapes: Shapes, shape: Term, constraint: Constraint) -> list[Term]:
    """Return the predicates that a closed shape allows."""
    properties = (c.value for c in shapes[shape].constraints if c.component == _PROPERTY)
    paths = (shapes[node].path for node in properties)
    return sorted({path.iri for path in paths if isinstance(path, Predicate)} | set(constraint.members))


def has_value(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#HasValueConstraintComponent."""
    return sql(
        "SELECT DISTINCT f.node AS focus, NULL AS value, NULL AS path FROM _f AS f"
        " WHERE NOT EXISTS (SELECT 1 FROM _v AS v WHERE v.focus = f.node AND v.value = :value)",
        _f=scope.focus,
        _v=scope.values,
        value=constraint.value,
    )


def in_(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#InConstraintComponent."""
    if not constraint.members:
        return Test(sql("FALSE"))
    return Test(sql("v.value IN (:members)", members=constraint.members))
