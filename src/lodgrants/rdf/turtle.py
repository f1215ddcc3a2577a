"""Turtle text of single terms, as SQL over N-Triples text: prefixed names, ``a``, bare numbers and booleans.

A term is shortened only where the short form reads back as the very same term: local names of plain letters,
digits, ``_``, ``-`` and inner dots (a part of PN_LOCAL), and the lexical forms that Turtle's grammar gives to
numbers and booleans without quotes (RDF 1.1 Turtle, sections 2.4, 2.5.2, 2.5.3 and 6.5).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from lodgrants.rdf.namespaces import RDF, XSD

TYPE = f"<{RDF}type>"
_LOCAL = "[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?>"
_BARE = {
    "integer": "[+-]?[0-9]+",
    "decimal": r"[+-]?[0-9]*\.[0-9]+",
    "double": r"[+-]?([0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+",
    "boolean": "true|false",
}


def text(value: str) -> exp.Expr:
    """Return a piece of constant text."""
    return exp.Literal.string(value)


def concat(*parts: exp.Expr) -> exp.Expr:
    """Return the parts one after the other (DuckDB's own ``concat``, in which a null part is nothing)."""
    return call("concat", *parts)


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of a DuckDB function by its own name."""
    return exp.Anonymous(
        this=name, expressions=[argument.copy() if argument.parent else argument for argument in arguments]
    )


def compile_resource(term: exp.Expr, prefixes: Mapping[str, str]) -> exp.Expr:
    """Return the Turtle text of an IRI or blank node: a prefixed name where one is possible."""
    case = exp.case()
    for name, namespace in prefixes.items():
        local = call("substr", term, _number(len(namespace) + 2))
        fits = exp.and_(
            call("starts_with", term, text(f"<{namespace}")),
            call("regexp_full_match", local, text(_LOCAL)),
            copy=False,
        )
        case.when(fits, concat(text(f"{name}:"), call("left", local, _number(-1))), copy=False)
    return case.else_(term.copy(), copy=False) if prefixes else term.copy()


def compile_verb(term: exp.Expr, prefixes: Mapping[str, str]) -> exp.Expr:
    """Return the Turtle text of a predicate: ``a`` for rdf:type."""
    return exp.case().when(term.copy().eq(text(TYPE)), text("a")).else_(compile_resource(term, prefixes))


def compile_object(term: exp.Expr, prefixes: Mapping[str, str]) -> exp.Expr:
    """Return the Turtle text of an object: literals with short datatypes, numbers and booleans bare."""
    is_literal = call("starts_with", term, text('"'))
    case = exp.case()
    case.when(exp.not_(is_literal, copy=False), compile_resource(term, prefixes), copy=False)
    case.when(exp.not_(call("ends_with", term, text(">")), copy=False), term.copy(), copy=False)
    for name, pattern in _BARE.items():
        ending = f'"^^<{XSD}{name}>'
        lexical = call("substr", call("left", term, _number(-len(ending))), _number(2))
        fits = exp.and_(
            call("ends_with", term, text(ending)),
            call("regexp_full_match", lexical, text(pattern)),
            copy=False,
        )
        case.when(fits, lexical.copy(), copy=False)
    datatype = call("regexp_extract", term, text(r'"\^\^(<[^"]*>)$'), _number(1))
    body = call("left", term, exp.Neg(this=call("length", datatype)))
    return case.else_(concat(body, compile_resource(datatype, prefixes)), copy=False)


def compile_prefix(turtle: exp.Expr, prefixes: Mapping[str, str]) -> exp.Expr:
    """Return the name of the prefix that a term's Turtle text uses, null where it uses none."""
    of_datatype = call("regexp_extract", turtle, text(r'"\^\^([^:"<]*):[^"]*$'), _number(1))
    name = (
        exp.case()
        .when(
            exp.not_(call("starts_with", turtle, text('"'))),
            call("split_part", turtle, text(":"), _number(1)),
        )
        .when(call("contains", turtle, text('"^^')), of_datatype)
    )
    # What stands before the colon of a full IRI or a blank node is no prefix's name.
    known = exp.In(this=name, expressions=[text(prefix) for prefix in prefixes])
    return exp.case().when(known, name.copy())


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)
