"""How statements of a catalogue are made: prefixed names in, N-Triples terms out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lodgrants.rdf.namespaces import PREFIXES, XSD
from lodgrants.rdf.terms import iri, literal

Triple = tuple[str, str, str]
_MORE = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "spdx": "http://spdx.org/rdf/terms#",
}
# Files declare prefixes in this order.
CATALOGUE_PREFIXES = dict(sorted({**PREFIXES, **_MORE}.items()))


@dataclass(frozen=True, slots=True)
class File:
    """A published file: its path in the release, size in bytes and SHA-256."""

    name: str
    size: int
    sha256: str


def say(node: str, statements: Iterable[tuple[str, str | None]]) -> Iterator[Triple]:
    """Yield statements about an IRI: prefixed predicates (or ``a``) with their terms; None is left out."""
    for predicate, term in statements:
        if term is not None:
            yield iri(node), iri(full("rdf:type" if predicate == "a" else predicate)), term


def named(name: str) -> str:
    """Return the term of a prefixed name."""
    return iri(full(name))


def full(name: str) -> str:
    """Return the IRI of a prefixed name."""
    prefix, _, local = name.partition(":")
    return CATALOGUE_PREFIXES[prefix] + local


def english(text: str) -> str:
    """Return a text in English."""
    return literal(text, language="en")


def integer(value: int) -> str:
    """Return an xsd:integer."""
    return literal(str(value), datatype=f"{XSD}integer")


def size(value: int) -> str:
    """Return an xsd:nonNegativeInteger."""
    return literal(str(value), datatype=f"{XSD}nonNegativeInteger")


def when(text: str | None) -> str | None:
    """Return an xsd:date, or an xsd:dateTime where there is a time of day."""
    return None if text is None else literal(text, datatype=f"{XSD}{'dateTime' if 'T' in text else 'date'}")


def short(term: str, prefixes: Mapping[str, str] = CATALOGUE_PREFIXES) -> str:
    """Return a name for an IRI or a text that may stand behind ``#``: readable where it has a prefix."""
    for name, namespace in prefixes.items():
        local = term.removeprefix(namespace)
        if local != term and local.isalnum() and local.isascii():
            return f"{name}-{local}"
    return hashlib.sha256(term.encode()).hexdigest()[:12]
