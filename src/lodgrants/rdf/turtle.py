"""Turtle text of single terms, as SQL over N-Triples text: prefixed names, ``a``, bare numbers and booleans.

A term is shortened only where the short form reads back as the very same term: local names of plain letters,
digits, ``_``, ``-`` and inner dots (a part of PN_LOCAL), and the lexical forms that Turtle's grammar gives to
numbers and booleans without quotes (RDF 1.1 Turtle, sections 2.4, 2.5.2, 2.5.3 and 6.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lodgrants.db.fragment import Part, Sql, Statement, case, sql
from lodgrants.rdf.namespaces import RDF, XSD

TYPE = f"<{RDF}type>"
_LOCAL = "[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
_BARE = {
    "integer": "[+-]?[0-9]+",
    "decimal": r"[+-]?[0-9]*\.[0-9]+",
    "double": r"[+-]?([0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+",
    "boolean": "true|false",
}
# Types of XSD that are often met (W3C XML Schema 1.1, part 2, section 3): looking at the end of a literal for
# one is a small part of what a pattern takes.
_COMMON = ("date", "dateTime", "gYear", "gYearMonth", "anyURI", "duration", "time", *_BARE)


@dataclass(frozen=True, slots=True)
class _Form:
    """A short form of a term: when it can be used, its text, and the prefix that it needs."""

    when: Sql
    text: Sql
    prefix: Sql


def compile_resource(term: Statement, prefixes: Mapping[str, str]) -> Sql:
    """Return the Turtle text of an IRI or blank node: a prefixed name where one is possible."""
    return _texts(_names(term, prefixes), term)


def compile_verb(term: Statement, prefixes: Mapping[str, str]) -> Sql:
    """Return the Turtle text of a predicate: ``a`` for rdf:type."""
    return case([(sql(":t = :type", t=term, type=TYPE), sql("'a'"))], compile_resource(term, prefixes))


def compile_object(term: Statement, prefixes: Mapping[str, str]) -> Sql:
    """Return the Turtle text of an object: literals with short datatypes, numbers and booleans bare."""
    return _by_kind(term, compile_resource(term, prefixes), term, _texts(_literals(term, prefixes), term))


def compile_prefix(term: Statement, prefixes: Mapping[str, str], verb: bool = False) -> Sql:
    """Return the name of the prefix in a term's text (of a verb, where told); null where it has none."""
    resource = _prefixes(_names(term, prefixes))
    if verb:
        return case([(sql(":t <> :type", t=term, type=TYPE), resource)], None)
    return _by_kind(term, resource, None, _prefixes(_literals(term, prefixes)))


def _by_kind(term: Statement, resource: Sql, plain: Part, typed: Sql) -> Sql:
    return sql(
        "CASE WHEN NOT starts_with(:t, '\"') THEN :resource WHEN NOT ends_with(:t, '>') THEN :plain"
        " ELSE :typed END",
        t=term, resource=resource, plain=plain, typed=typed,
    )  # fmt: skip


def _texts(forms: Iterable[_Form], term: Statement) -> Sql:
    return case(((form.when, form.text) for form in forms), term)


def _prefixes(forms: Iterable[_Form]) -> Sql:
    return case(((form.when, form.prefix) for form in forms), None)


def _names(term: Statement, prefixes: Mapping[str, str]) -> Iterator[_Form]:
    for name, namespace in prefixes.items():
        local = sql("substr(:t, :start)", t=term, start=len(namespace) + 2)
        fits = sql(
            "starts_with(:t, :start) AND regexp_full_match(:local, :pattern)",
            t=term, start=f"<{namespace}", local=local, pattern=f"{_LOCAL}>",
        )  # fmt: skip
        text = sql("concat(:prefix, left(:local, -1))", prefix=f"{name}:", local=local)
        yield _Form(fits, text, sql(":name", name=name))


def _literals(term: Statement, prefixes: Mapping[str, str]) -> Iterator[_Form]:
    for name, pattern in _BARE.items():
        ending = f'"^^<{XSD}{name}>'
        lexical = sql("substr(left(:t, :length), 2)", t=term, length=-len(ending))
        fits = sql(
            "ends_with(:t, :ending) AND regexp_full_match(:lexical, :pattern)",
            t=term, ending=ending, lexical=lexical, pattern=pattern,
        )  # fmt: skip
        yield _Form(fits, lexical, sql("NULL"))
    yield from _common_types(term, next((name for name, iri in prefixes.items() if iri == XSD), None))
    for name, namespace in prefixes.items():
        pattern = rf'"\^\^<{re.escape(namespace)}({_LOCAL})>$'
        # Searching for a constant is cheap and spares most literals the pattern.
        fits = sql(
            "contains(:t, :start) AND regexp_matches(:t, :pattern)",
            t=term, start=f'"^^<{namespace}', pattern=pattern,
        )  # fmt: skip
        text = sql("regexp_replace(:t, :pattern, :short)", t=term, pattern=pattern, short=rf'"^^{name}:\1')
        yield _Form(fits, text, sql(":name", name=name))


def _common_types(term: Statement, prefix: str | None) -> Iterator[_Form]:
    """Yield the forms of literals of types that are often met; without a prefix they stay as they are."""
    for name in _COMMON:
        ending = f'"^^<{XSD}{name}>'
        fits = sql("ends_with(:t, :ending)", t=term, ending=ending)
        if prefix is None:
            yield _Form(fits, sql(":t", t=term), sql("NULL"))
            continue
        short = f'"^^{prefix}:{name}'
        text = sql("concat(left(:t, :length), :short)", t=term, length=-len(ending), short=short)
        yield _Form(fits, text, sql(":name", name=prefix))
