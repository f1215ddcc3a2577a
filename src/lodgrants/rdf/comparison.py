"""The order of literals as SPARQL's ``<`` has it, in SQL (https://www.w3.org/TR/sparql11-query/#OperatorMapping).

`precedes` is exact and slow; `surely_precedes` is fast and says yes for the usual literals only. Together
they test millions of values at the price of the fast one.
"""

from __future__ import annotations

from sqlglot import exp

from lodgrants.db.template import condition
from lodgrants.rdf.literals import lexical_form
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
_DECIMAL = (f"^^<{XSD}decimal>", f"^^<{XSD}integer>")
_DATE, _DATE_TIME = f'"^^<{XSD}date>', f'"^^<{XSD}dateTime>'


def surely_precedes(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Whether two terms are plain decimals, dates or times of one zone of which one is less than the other.

    True implies `precedes`; FALSE or NULL implies nothing.
    """
    return condition(
        "CASE WHEN ends_with(:l, :date) THEN ends_with(:r, :date) AND :l < :r AND :left_date AND :right_date"
        " WHEN ends_with(:l, :time) THEN ends_with(:r, :time) AND :l[21:] = :r[21:] AND :l[21] IN ('Z', '\"')"
        "  AND :l < :r AND :left_time AND :right_time"
        " WHEN split_part(:l, '\"', 3) IN (:decimal) AND split_part(:r, '\"', 3) IN (:decimal)"
        " THEN :left_number < :right_number END",
        l=left,
        r=right,
        date=_DATE,
        time=_DATE_TIME,
        decimal=_DECIMAL,
        left_date=_is_day(left),
        right_date=_is_day(right),
        left_time=_is_time(left),
        right_time=_is_time(right),
        left_number=_plain_number(left),
        right_number=_plain_number(right),
    )


def _is_day(term: exp.Expr) -> exp.Expr:
    return condition(
        "length(:t) = :n AND :t[6] = '-' AND :t[9] = '-' AND try_cast(:t[2:11] AS DATE) IS NOT NULL",
        t=term,
        n=11 + len(_DATE),
    )


def _is_time(term: exp.Expr) -> exp.Expr:
    return condition(
        "regexp_full_match(:t[2:20], '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}')"
        " AND try_cast(:t[2:20] AS TIMESTAMP) IS NOT NULL",
        t=term,
    )


def _plain_number(term: exp.Expr) -> exp.Expr:
    return condition(
        "CASE WHEN regexp_full_match(split_part(:t, '\"', 2), '[+-]?[0-9]+([.][0-9]+)?')"
        " THEN try_cast(split_part(:t, '\"', 2) AS DOUBLE) END",
        t=term,
    )


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


_ZERO = {
    f"^^<{XSD}dateTime>": "",
    f"^^<{XSD}date>": "T00:00:00",
    f"^^<{XSD}gYearMonth>": "-01T00:00:00",
    f"^^<{XSD}gYear>": "-01-01T00:00:00",
    f"^^<{XSD}time>": "",
}
_ZONE = "(Z|[+-][0-9][0-9]:[0-9][0-9])$"


def _moment(term: exp.Expr) -> exp.Expr:
    """A literal's instant in UTC; what a date, month or year leaves out is its beginning."""
    rests = exp.Case(this=condition("split_part(:t, '\"', 3)", t=term))
    for suffix, rest in _ZERO.items():
        rests = rests.when(exp.convert(suffix), exp.convert(rest))
    return condition(
        "CASE WHEN split_part(:t, '\"', 3) IN (:dates) THEN try_cast(concat("
        "  IF(ends_with(:t, :time), '1972-12-31T', ''), regexp_replace(split_part(:t, '\"', 2), :zone,"
        " ''), :rest)"
        "  AS TIMESTAMP) - to_minutes(:offset) END",
        t=term,
        dates=tuple(_ZERO),
        time=f'"^^<{XSD}time>',
        zone=_ZONE,
        rest=rests,
        offset=_offset(condition("regexp_extract(split_part(:t, '\"', 2), :zone, 1)", t=term, zone=_ZONE)),
    )


def _offset(zone: exp.Expr) -> exp.Expr:
    """The minutes by which a zone such as ``+05:30`` is before UTC; none for ``Z`` and for no zone."""
    return condition(
        "CASE WHEN length(:z) < 6 THEN 0 ELSE IF(starts_with(:z, '-'), -1, 1)"
        " * (CAST(:z[2:3] AS INTEGER) * 60 + CAST(:z[5:6] AS INTEGER)) END",
        z=zone,
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
        dates=tuple(_ZERO),
        zoned=_ZONE,
    )
