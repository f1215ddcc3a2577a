"""Value type components (https://www.w3.org/TR/shacl/#core-components-value-type)."""

from __future__ import annotations

from sqlglot import exp

from lodgrants.db.template import condition
from lodgrants.rdf.datatypes import is_of_datatype
from lodgrants.rdf.literals import is_blank, is_iri, is_literal, text_of
from lodgrants.validate.components.scope import VALUE, Scope, values_not
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


def class_(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#ClassConstraintComponent."""
    return values_not(
        scope, condition("v.value IN (:instances)", instances=compile_instances(constraint.value))
    )


def datatype(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#DatatypeConstraintComponent."""
    return values_not(scope, is_of_datatype(VALUE, text_of(constraint.value)))


def node_kind(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#NodeKindConstraintComponent."""
    return values_not(scope, exp.or_(*(test(VALUE) for test in _KINDS[constraint.value])))
