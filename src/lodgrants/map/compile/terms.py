"""Term maps as SQL expressions that yield the N-Triples text of a term.

Implements "Term Generation" of RML-Core (https://w3id.org/rml/core/spec#term-generation). A term comes
with the expressions that are NULL where it has none, so that a statement asks once and joins text flat.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

from lodgrants.map.compile.scope import Scope
from lodgrants.map.compile.values import Value
from lodgrants.map.functions import call_function
from lodgrants.map.model import BLANK_NODE, LITERAL, Constant, Expression, Reference, Template, TermMap
from lodgrants.rdf.sql import (
    Expr,
    bad_iri,
    bad_language,
    blank_label,
    call,
    concat,
    has_scheme,
    present,
    uri_safe,
    value,
    when,
)

Encode = Callable[[Expr], Expr]
_ENCODERS: dict[str, Encode] = {"IRI": lambda given: call("lg_iri_safe", given), "URI": uri_safe}
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


@dataclass(frozen=True, slots=True)
class Term:
    """The text of a term, sound only where none of the `nullable` expressions is NULL."""

    text: Expr
    nullable: tuple[Expr, ...] = ()

    def guarded(self) -> Expr:
        """Return the text where there is a term, and NULL elsewhere."""
        return present(list(self.nullable), self.text)


def compile_term(term_map: TermMap, scope: Scope) -> Term:
    """Return the term of a term map that has an expression."""
    term = _term(term_map, scope)
    if not term_map.conditions:
        return term
    conditions = [compile_condition(each, scope) for each in term_map.conditions]
    return Term(term.text, (*term.nullable, *(when(each, value(True)) for each in conditions)))


def compile_condition(expression: Expression, scope: Scope) -> Expr:
    """Return a condition: true where the expression yields the boolean true."""
    return call("lower", compile_value(expression, scope).lexical()).eq(value("true"))


def compile_value(expression: Expression, scope: Scope) -> Value:
    """Return the value of an expression, whatever is made of it later."""
    if isinstance(expression, Constant):
        return Value(value(constant_text(expression.term)))
    if isinstance(expression, Reference):
        return scope.value(expression.path)
    if isinstance(expression, Template):
        text, nullable = _template(expression, scope, lambda given: given)
        return Value(text, nullable=nullable)
    inputs = [
        (parameter, compile_value(given.expression, scope))
        for parameter, given in expression.inputs
        if given.expression is not None
    ]
    return call_function(expression, inputs, scope)


def constant_text(term: str) -> str:
    """Return the lexical form, IRI or label of a constant."""
    if term.startswith("<"):
        return term[1:-1]
    if term.startswith("_:"):
        return term[2:]
    parsed = next(iter(ox.parse(f"<urn:s> <urn:p> {term} .", format=ox.RdfFormat.N_TRIPLES))).object
    assert isinstance(parsed, ox.Literal)
    return parsed.value


def compile_iri(expression: Expression, term_type: str, scope: Scope) -> Term:
    """Return an IRI without its angle brackets, made absolute with the base IRI."""
    if isinstance(expression, Constant):
        return Term(value(constant_text(expression.term)))
    encode = _ENCODERS.get(term_type, lambda given: given)
    if isinstance(expression, Template):
        text, nullable = _template(expression, scope, encode)
        return Term(_absolute_template(expression, text, term_type, scope), nullable)
    given = compile_value(expression, scope)
    text = given.lexical()
    if given.absolute:
        return Term(text, given.nullable)
    absolute = when(has_scheme(text), text, concat(scope.base, text.copy()))
    if term_type not in _ENCODERS:
        return Term(absolute, given.nullable)
    checked = when(bad_iri(text), scope.invalid("a value is not a valid IRI", text), absolute)
    return Term(checked, (*given.nullable, checked) if scope.skip_invalid else given.nullable)


def _term(term_map: TermMap, scope: Scope) -> Term:
    expression = term_map.expression
    assert expression is not None
    if isinstance(expression, Constant) and not (term_map.language or term_map.datatype):
        return Term(value(expression.term))
    if term_map.term_type == LITERAL:
        return _literal(term_map, compile_value(expression, scope), scope)
    if term_map.term_type == BLANK_NODE:
        given = compile_value(expression, scope)
        return Term(blank_label(given.lexical()), given.nullable)
    iri = compile_iri(expression, term_map.term_type, scope)
    return Term(concat("<", iri.text, ">"), iri.nullable)


def _literal(term_map: TermMap, given: Value, scope: Scope) -> Term:
    if term_map.language is not None:
        return _with_language(given, term_map.language, scope)
    if term_map.datatype is None:
        return Term(given.literal(), given.nullable)
    if isinstance(term_map.datatype, Constant):
        return Term(given.typed(constant_text(term_map.datatype.term)), given.nullable)
    datatype = compile_iri(term_map.datatype, "IRI", scope)
    suffix = when(
        datatype.text.copy().eq(value(_XSD_STRING)), value(""), concat("^^<", datatype.text.copy(), ">")
    )
    return Term(concat(given.body(), suffix), given.nullable + datatype.nullable)


def _with_language(given: Value, language: Expression, scope: Scope) -> Term:
    if isinstance(language, Constant):
        return Term(concat(given.body(), "@" + constant_text(language.term)), given.nullable)
    tag = compile_value(language, scope)
    text = tag.lexical()
    checked = when(bad_language(text), scope.invalid("a value is not a language tag", text), text)
    nullable = (*tag.nullable, checked) if scope.skip_invalid else tag.nullable
    return Term(concat(given.body(), "@", checked), given.nullable + nullable)


def _template(template: Template, scope: Scope, encode: Encode) -> tuple[Expr, tuple[Expr, ...]]:
    parts: list[Expr | str] = []
    nullable: list[Expr] = []
    for part in template.parts:
        if isinstance(part, Reference):
            given = scope.value(part.path)
            nullable += given.nullable
            parts.append(encode(given.lexical()))
        else:
            parts.append(part)
    return concat(*parts), tuple(nullable)


def _absolute_template(template: Template, text: Expr, term_type: str, scope: Scope) -> Expr:
    first = template.parts[0] if template.parts else ""
    if isinstance(first, str) and ":" in first.split("/")[0]:
        return text
    if isinstance(first, str) or term_type in _ENCODERS:
        # A reference in front is percent-encoded, so it holds no colon: the IRI is relative.
        return concat(scope.base, text)
    return when(has_scheme(text), text, concat(scope.base, text.copy()))
