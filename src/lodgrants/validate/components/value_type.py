"""Value type components (https://www.w3.org/TR/shacl/#core-components-value-type)."""

from __future__ import annotations

from lodgrants.db.fragment import Sql, any_of, sql
from lodgrants.rdf.datatypes import is_of_datatype
from lodgrants.rdf.literals import is_blank, is_iri, is_literal, text_of
from lodgrants.validate.components.scope import VALUE, Scope, Test
from lodgrants.validate.model import Constraint, sh
from lodgrants.validate.targets import compile_instances

_KINDS = {
    sh("BlankNode"): (is_blank,),
    sh("IRI"): (is_iri,),
    sh("Literal"): (is_literal,),
    sh("BlankNodeOrIRI"): (is_blank, is_iri),
    sh("BlankNodeOrLiteral"): (is_blank, is_literal),
    sh("IRIOrLiteral"): (is_iri, is_literal),
}


def class_(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#ClassConstraintComponent."""
    return scope.of_focus(
        sql(
            "SELECT DISTINCT v.focus, v.value, NULL AS path FROM _v AS v"
            " ANTI JOIN _i AS i ON i.node = v.value",
            _v=scope.candidates,
            _i=compile_instances(constraint.value),
        )
    )


def datatype(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#DatatypeConstraintComponent."""
    return Test(is_of_datatype(VALUE, text_of(constraint.value)))


def node_kind(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#NodeKindConstraintComponent."""
    return Test(any_of(test(VALUE) for test in _KINDS[constraint.value]))
