"""Terms taken apart: kind, text, datatype, language and comparable value, mostly as SQL expressions.

Each SQL function takes an expression that holds a canonical N-Triples term and returns an expression.
"""

from __future__ import annotations

import json

from sqlglot import exp

from lodgrants.db.template import condition, sql  # noqa: F401
from lodgrants.rdf.namespaces import XSD

INTEGERS = tuple(
    f"{XSD}{name}"
    for name in (
        "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
        "nonPositiveInteger",
        "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
    )
)  # fmt: skip
_EXACT = tuple(f"^^<{datatype}>" for datatype in (*INTEGERS, f"{XSD}decimal"))
_FLOATING = (f"^^<{XSD}double>", f"^^<{XSD}float>")


def text_of(term: str) -> str:
    """Return, in Python, the text of a canonical term: a literal's lexical form, an IRI without brackets."""
    if not term.startswith('"'):
        return term[1:-1] if term.startswith("<") else term
    body = term[: term.rindex('"') + 1]
    return str(json.loads(body, strict=False))  # canonical escapes are JSON's


def is_iri(term: exp.Expr) -> exp.Expr:
    """Whether a term is an IRI."""
    return condition("starts_with(:t, '<') AND NOT starts_with(:t, '<<')", t=term)


def is_blank(term: exp.Expr) -> exp.Expr:
    """Whether a term is a blank node."""
    return condition("starts_with(:t, '_:')", t=term)


def is_literal(term: exp.Expr) -> exp.Expr:
    """Whether a term is a literal."""
    return condition("starts_with(:t, '\"')", t=term)


def lexical_form(term: exp.Expr) -> exp.Expr:
    """A literal's lexical form; canonical escapes are JSON's, so JSON undoes them."""
    return condition(
        "CASE WHEN contains(:t, '\\')"
        " THEN CAST(regexp_extract(:t, '^(\".*\")[^\"]*$', 1) AS JSON) ->> '$'"
        " ELSE split_part(:t, '\"', 2) END",
        t=term,
    )


def text(term: exp.Expr) -> exp.Expr:
    """What SPARQL's str() gives: an IRI's text or a literal's lexical form; NULL for a blank node."""
    return condition(
        "CASE WHEN starts_with(:t, '\"') THEN :lexical WHEN starts_with(:t, '<') THEN :t[2:-2] END",
        t=term,
        lexical=lexical_form(term),
    )


def has_datatype(term: exp.Expr, datatype: str) -> exp.Expr:
    """Whether a literal has a datatype, whether or not its lexical form is allowed."""
    if datatype == f"{XSD}string":
        return condition("starts_with(:t, '\"') AND ends_with(:t, '\"')", t=term)
    if datatype == "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString":
        return condition(
            "starts_with(:t, '\"') AND NOT ends_with(:t, '\"') AND NOT ends_with(:t, '>')", t=term
        )
    return condition("starts_with(:t, '\"') AND ends_with(:t, :end)", t=term, end=f'"^^<{datatype}>')


def language(term: exp.Expr) -> exp.Expr:
    """A literal's language tag in lower case; empty when it has none."""
    return condition("lower(regexp_extract(:t, '^\".*\"@([a-zA-Z0-9-]+?)(--[a-z]+)?$', 1))", t=term)


def comparable(term: exp.Expr) -> exp.Expr:
    """A struct by which literals compare as SPARQL's ``<`` does; ``family`` NULL never compares.

    Two terms compare when their families are equal, and then by ``number`` (exact numbers by ``exact``),
    ``moment`` or ``letters`` (https://www.w3.org/TR/sparql11-query/#OperatorMapping).
    """
    return condition(
        "struct_pack(family := :family, exact := :exact, number := :number, moment := :moment, letters :="
        " :letters)",
        family=_family(term),
        exact=_number(term, _EXACT, exp.DataType.build("DECIMAL(38, 12)", dialect="duckdb")),
        number=_number(term, (*_EXACT, *_FLOATING), exp.DataType.build("DOUBLE")),
        moment=_moment(term),
        letters=condition(
            "CASE WHEN ends_with(:t, '\"') THEN :lexical WHEN ends_with(:t, :boolean)"
            " THEN CASE split_part(:t, '\"', 2) WHEN 'true' THEN '1' WHEN 'false' THEN '0' WHEN '1' THEN '1'"
            " WHEN '0' THEN '0' END END",
            t=term,
            lexical=lexical_form(term),
            boolean=f'"^^<{XSD}boolean>',
        ),
    )


def precedes(left: exp.Expr, right: exp.Expr, or_equal: bool = False) -> exp.Expr:
    """Whether one `comparable` struct is less than (or equal to) another; NULL when they do not compare."""
    less = condition("a.x <= b.x" if or_equal else "a.x < b.x")

    def by(key: str) -> exp.Expr:
        return less.transform(
            lambda node: (
                exp.Dot(this=(left if node.table == "a" else right).copy(), expression=exp.to_identifier(key))
                if isinstance(node, exp.Column)
                else node
            )
        )

    return condition(
        "CASE WHEN :l.family <> :r.family THEN NULL"
        " WHEN :l.exact IS NOT NULL AND :r.exact IS NOT NULL THEN :exact"
        " WHEN :l.number IS NOT NULL THEN :number AND NOT isnan(:l.number) AND NOT isnan(:r.number)"
        " WHEN :l.moment IS NOT NULL THEN :moment ELSE :letters END",
        l=left,
        r=right,
        exact=by("exact"),
        number=by("number"),
        moment=by("moment"),
        letters=by("letters"),
    )


def _number(term: exp.Expr, suffixes: tuple[str, ...], type_: exp.DataType) -> exp.Expr:
    floating = suffixes != _EXACT
    return condition(
        "CASE WHEN split_part(:t, '\"', 3) IN (:suffixes) AND regexp_full_match(split_part(:t, '\"', 2),"
        " :pattern)"
        " THEN :number END",
        t=term,
        suffixes=suffixes,
        pattern=r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
        + (r"([eE][+-]?[0-9]+)?|[+-]?INF|NaN" if floating else ""),
        number=exp.TryCast(this=condition("split_part(:t, '\"', 2)", t=term), to=type_),
    )


_DATES = {
    f"^^<{XSD}dateTime>": "",
    f"^^<{XSD}date>": "T00:00:00",
    f"^^<{XSD}gYearMonth>": "-01T00:00:00",
    f"^^<{XSD}gYear>": "-01-01T00:00:00",
    f"^^<{XSD}time>": "",
}
_ZONE = "(Z|[+-][0-9][0-9]:[0-9][0-9])?$"


def _moment(term: exp.Expr) -> exp.Expr:
    """A literal's instant; what a date, month or year leaves out is its beginning."""
    rests = exp.Case(this=condition("split_part(:t, '\"', 3)", t=term))
    for suffix, rest in _DATES.items():
        rests = rests.when(exp.convert(suffix), exp.convert(rest))
    return condition(
        "CASE WHEN split_part(:t, '\"', 3) IN (:dates) THEN try_cast(concat("
        "  IF(ends_with(:t, :time), '1972-12-31T', ''), regexp_replace(split_part(:t, '\"', 2), :zone,"
        " ''), :rest,"
        "  coalesce(nullif(regexp_extract(split_part(:t, '\"', 2), :zone, 1), ''), 'Z')) AS TIMESTAMPTZ) END",
        t=term,
        dates=tuple(_DATES),
        time=f'"^^<{XSD}time>',
        zone=_ZONE,
        rest=rests,
    )


def _family(term: exp.Expr) -> exp.Expr:
    """The name of the set of literals with which a literal compares; zones keep moments apart."""
    return condition(
        "CASE WHEN NOT starts_with(:t, '\"') THEN NULL WHEN ends_with(:t, '\"') THEN 'string'"
        " WHEN split_part(:t, '\"', 3) IN (:numbers) THEN 'number'"
        " WHEN ends_with(:t, :boolean) THEN 'boolean'"
        " WHEN split_part(:t, '\"', 3) IN (:dates)"
        " THEN split_part(:t, '\"', 3) || regexp_matches(split_part(:t, '\"', 2), :zoned) END",
        t=term,
        numbers=(*_EXACT, *_FLOATING),
        boolean=f'"^^<{XSD}boolean>',
        dates=tuple(_DATES),
        zoned="(Z|[+-][0-9][0-9]:[0-9][0-9])$",
    )
