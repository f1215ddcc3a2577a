"""Terms taken apart: kind, text, datatype and language, mostly as SQL expressions.

Each SQL function takes an expression that holds a canonical N-Triples term and returns an expression.
"""

from __future__ import annotations

import json

from lodgrants.db.fragment import Sql, Statement, sql
from lodgrants.rdf.namespaces import XSD


def text_of(term: str) -> str:
    """Return, in Python, the text of a canonical term: a literal's lexical form, an IRI without brackets."""
    if not term.startswith('"'):
        return term[1:-1] if term.startswith("<") else term
    body = term[: term.rindex('"') + 1]
    return str(json.loads(body, strict=False))  # canonical escapes are JSON's


def is_iri(term: Statement) -> Sql:
    """Whether a term is an IRI."""
    return sql("starts_with(:t, '<') AND NOT starts_with(:t, '<<')", t=term)


def is_blank(term: Statement) -> Sql:
    """Whether a term is a blank node."""
    return sql("starts_with(:t, '_:')", t=term)


def is_literal(term: Statement) -> Sql:
    """Whether a term is a literal."""
    return sql("starts_with(:t, '\"')", t=term)


def lexical_form(term: Statement) -> Sql:
    """A literal's lexical form; canonical escapes are JSON's, so JSON undoes them."""
    return sql(
        "CASE WHEN contains(:t, '\\')"
        " THEN CAST(regexp_extract(:t, '^(\".*\")[^\"]*$', 1) AS JSON) ->> '$'"
        " ELSE split_part(:t, '\"', 2) END",
        t=term,
    )


def text(term: Statement) -> Sql:
    """What SPARQL's str() gives: an IRI's text or a literal's lexical form; NULL for a blank node."""
    return sql(
        "CASE WHEN starts_with(:t, '\"') THEN :lexical WHEN starts_with(:t, '<') THEN :t[2:-2] END",
        t=term,
        lexical=lexical_form(term),
    )


def has_datatype(term: Statement, datatype: str) -> Sql:
    """Whether a literal has a datatype, whether or not its lexical form is allowed."""
    if datatype == f"{XSD}string":
        return sql("starts_with(:t, '\"') AND ends_with(:t, '\"')", t=term)
    if datatype == "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString":
        return sql("starts_with(:t, '\"') AND NOT ends_with(:t, '\"') AND NOT ends_with(:t, '>')", t=term)
    return sql("starts_with(:t, '\"') AND ends_with(:t, :end)", t=term, end=f'"^^<{datatype}>')


def language(term: Statement) -> Sql:
    """A literal's language tag in lower case; empty when it has none."""
    return sql(
        "CASE WHEN ends_with(:t, '\"') OR NOT starts_with(:t, '\"') THEN '' WHEN contains(:t, '\\')"
        " THEN lower(regexp_extract(:t, '^\".*\"@([a-zA-Z0-9-]+?)(--[a-z]+)?$', 1))"
        " ELSE lower(split_part(split_part(:t, '\"@', 2), '--', 1)) END",
        t=term,
    )
