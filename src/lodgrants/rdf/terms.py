"""RDF terms as their N-Triples text: the form in which they pass between all stages.

Implements canonical N-Triples (RDF 1.2 N-Triples, section 4): in a literal the quotation mark, the
backslash and the control characters are escaped, and nothing else; so equal terms are equal text.
"""

from __future__ import annotations

import re

from lodgrants.rdf.namespaces import XSD

_CONTROLS = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)}
_SHORT = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_LITERAL_ESCAPES = _CONTROLS | str.maketrans(_SHORT)
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def bad_in_iri(text: str) -> str | None:
    """Return the first character of a text that may not stand in an IRI, or None."""
    bad = _NOT_IN_IRI.search(text)
    return bad.group() if bad else None


def iri(text: str) -> str:
    """Return ``<text>``; raise ValueError when a character may not stand in an IRI."""
    if bad := bad_in_iri(text):
        raise ValueError(f"character {bad!r} may not stand in an IRI: {text!r}")
    return f"<{text}>"


def literal(text: str, datatype: str | None = None, language: str | None = None) -> str:
    """Return the literal's N-Triples text; ``xsd:string`` is left out, language tags are kept as given."""
    body = f'"{text.translate(_LITERAL_ESCAPES)}"'
    if language:
        return f"{body}@{language}"
    if datatype and datatype != f"{XSD}string":
        return f"{body}^^{iri(datatype)}"
    return body
