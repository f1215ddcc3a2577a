"""Turtle text of single terms, as SQL over N-Triples text: prefixed names, ``a``, bare numbers and booleans.

A term is shortened only where the short form reads back as the very same term: local names of plain letters,
digits, ``_``, ``-`` and inner dots (a part of PN_LOCAL), and the lexical forms that Turtle's grammar gives to
numbers and booleans without quotes (RDF 1.1 Turtle, sections 2.4, 2.5.2, 2.5.3 and 6.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from lodgrants.rdf.namespaces import RDF, XSD

TYPE = f"<{RDF}type>"
_LOCAL = "[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
_BARE = {
    "integer": "[+-]?[0-9]+",
    "decimal": r"[+-]?[0-9]*\.[0-9]+",
    "double": r"[+-]?([0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+",
    "boolean": "true|false",
}


@dataclass(frozen=True, slots=True)
class _Form:
    """A short form of a term: when it can be used, its text, and the prefix that it needs."""

    when: exp.Expr
    text: exp.Expr
    prefix: exp.Expr


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
    return _texts(_names(term, prefixes), term)


def compile_verb(term: exp.Expr, prefixes: Mapping[str, str]) -> exp.Expr:
    """Return the Turtle text of a predicate: ``a`` for rdf:type."""
    return exp.case().when(term.copy().eq(text(TYPE)), text("a")).else_(compile_resource(term, prefixes))


def compile_object(term: exp.Expr, prefixes: Mapping[str, str]) -> exp.Expr:
    """Return the Turtle text of an object: literals with short datatypes, numbers and booleans bare."""
    literal = _texts(_literals(term, prefixes), term)
    return _by_kind(term, compile_resource(term, prefixes), term.copy(), literal)


def compile_prefix(term: exp.Expr, prefixes: Mapping[str, str], verb: bool = False) -> exp.Expr:
    """Return the name of the prefix in a term's text (of a verb, where told); null where it has none."""
    resource = _prefixes(_names(term, prefixes))
    if verb:
        return exp.case().when(term.copy().neq(text(TYPE)), resource)
    return _by_kind(term, resource, exp.Null(), _prefixes(_literals(term, prefixes)))


def _by_kind(term: exp.Expr, resource: exp.Expr, plain: exp.Expr, typed: exp.Expr) -> exp.Expr:
    case = exp.case().when(exp.not_(call("starts_with", term, text('"')), copy=False), resource, copy=False)
    case.when(exp.not_(call("ends_with", term, text(">")), copy=False), plain, copy=False)
    return case.else_(typed, copy=False)


def _texts(forms: Iterable[_Form], term: exp.Expr) -> exp.Expr:
    case = exp.case()
    for form in forms:
        case.when(form.when, form.text, copy=False)
    return case.else_(term.copy(), copy=False) if case.args["ifs"] else term.copy()


def _prefixes(forms: Iterable[_Form]) -> exp.Expr:
    case = exp.case()
    for form in forms:
        case.when(form.when, form.prefix, copy=False)
    return case if case.args["ifs"] else exp.Null()


def _names(term: exp.Expr, prefixes: Mapping[str, str]) -> Iterator[_Form]:
    for name, namespace in prefixes.items():
        local = call("substr", term, _number(len(namespace) + 2))
        fits = exp.and_(
            call("starts_with", term, text(f"<{namespace}")),
            call("regexp_full_match", local, text(f"{_LOCAL}>")),
            copy=False,
        )
        yield _Form(fits, concat(text(f"{name}:"), call("left", local, _number(-1))), text(name))


def _literals(term: exp.Expr, prefixes: Mapping[str, str]) -> Iterator[_Form]:
    for name, pattern in _BARE.items():
        ending = f'"^^<{XSD}{name}>'
        lexical = call("substr", call("left", term, _number(-len(ending))), _number(2))
        fits = exp.and_(
            call("ends_with", term, text(ending)),
            call("regexp_full_match", lexical, text(pattern)),
            copy=False,
        )
        yield _Form(fits, lexical.copy(), exp.Null())
    for name, namespace in prefixes.items():
        pattern = rf'"\^\^<{re.escape(namespace)}({_LOCAL})>$'
        # Searching for a constant is cheap and spares most literals the pattern.
        fits = exp.and_(
            call("contains", term, text(f'"^^<{namespace}')),
            call("regexp_matches", term, text(pattern)),
            copy=False,
        )
        yield _Form(fits, call("regexp_replace", term, text(pattern), text(rf'"^^{name}:\1')), text(name))


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)
