"""Shape-based components (https://www.w3.org/TR/shacl/#core-components-shape)."""

from __future__ import annotations

from lodgrants.db.fragment import Sql, all_of, sql
from lodgrants.rdf.literals import text_of
from lodgrants.validate.components.logic import conforming, fails
from lodgrants.validate.components.scope import Scope, Test
from lodgrants.validate.model import Constraint, Shape, Shapes, Term, sh

_QUALIFIED = frozenset(
    (sh("QualifiedMinCountConstraintComponent"), sh("QualifiedMaxCountConstraintComponent"))
)
_PROPERTY = sh("PropertyConstraintComponent")


def node(constraint: Constraint, scope: Scope) -> Test | Sql:
    """Implement https://www.w3.org/TR/shacl/#NodeConstraintComponent."""
    holds = sql("NOT :fails", fails=fails(scope, constraint.value))
    return conforming(scope, constraint.shapes, holds)


def property_(constraint: Constraint, scope: Scope) -> Test | Sql:
    """Implement https://www.w3.org/TR/shacl/#PropertyConstraintComponent where only conformance counts.

    Where results are reported, the property shape reports its own (see `plan`).
    """
    return node(constraint, scope)


def qualified_min_count(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#QualifiedMinCountConstraintComponent."""
    return sql(
        "SELECT f.node AS focus, NULL AS value, NULL AS path FROM _f AS f LEFT JOIN _v AS v ON v.focus ="
        " f.node"
        " GROUP BY f.node HAVING count(DISTINCT v.value) < :n",
        _f=sql("SELECT DISTINCT node FROM _f", _f=scope.focus),
        _v=_qualified(constraint, scope),
        n=int(text_of(constraint.options["count"])),
    )


def qualified_max_count(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#QualifiedMaxCountConstraintComponent."""
    return sql(
        "SELECT v.focus, NULL AS value, NULL AS path FROM _v AS v GROUP BY v.focus"
        " HAVING count(DISTINCT v.value) > :n",
        _v=_qualified(constraint, scope),
        n=int(text_of(constraint.options["count"])),
    )


def _qualified(constraint: Constraint, scope: Scope) -> Sql:
    """The value nodes that conform to the qualified shape and, where asked, to no sibling shape."""
    siblings = sibling_shapes(scope.shapes, scope.shape, constraint)
    tests = [sql("NOT :fails", fails=fails(scope, constraint.value)), *(fails(scope, s) for s in siblings)]
    return sql("SELECT v.focus, v.value FROM _v AS v WHERE :holds", _v=scope.values, holds=all_of(tests))


def sibling_shapes(shapes: Shapes, shape: Shape, constraint: Constraint) -> list[Term]:
    """Return the sibling shapes of a qualified value shape (https://www.w3.org/TR/shacl/#dfn-sibling-shapes)."""
    disjoint = text_of(constraint.options.get("qualifiedValueShapesDisjoint", '"false"'))
    if constraint.component not in _QUALIFIED or disjoint not in ("true", "1"):
        return []
    parents = [[c.value for c in other.constraints if c.component == _PROPERTY] for other in shapes]
    found = dict.fromkeys(
        other.value
        for properties in parents
        if shape.node in properties
        for property_shape in properties
        for other in shapes[property_shape].constraints
        if other.component in _QUALIFIED
    )
    return [sibling for sibling in found if sibling != constraint.value]
