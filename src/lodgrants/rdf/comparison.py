"""The order of literals as SPARQL's ``<`` has it, in SQL (https://www.w3.org/TR/sparql11-query/#OperatorMapping).

`precedes` is exact and slow; `surely_precedes` is fast and says yes for the usual literals only. Together
they test millions of values at the price of the fast one. `compares` is for a constant on one side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, LiteralString

from lodgrants.db.fragment import Sql, all_of, column, sql
from lodgrants.rdf.datatypes import INTEGERS, cut, is_day, is_integer, is_integer_text
from lodgrants.rdf.literals import lexical_form
from lodgrants.rdf.namespaces import XSD

# Patterns of the datatypes that `_kind` tells; of a long list the database would make a join.
_TYPED = f'"^^<{XSD}'
_NUMBERS = "|".join(f"{name}>" for name in ("decimal", *INTEGERS, "double", "float"))
_MOMENTS = "dateTime>|date>|gYearMonth>|gYear>|time>"
_DECIMAL = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_FLOATING = rf"{_DECIMAL}([eE][+-]?[0-9]+)?|[+-]?INF"
_ZONE = "(Z|[+-][0-9][0-9]:[0-9][0-9])$"
Relation = Literal["<", "<=", ">", ">="]
_RELATIONS: dict[Relation, LiteralString] = {
    "<": ":l < :r", "<=": ":l <= :r", ">": ":l > :r", ">=": ":l >= :r"
}  # fmt: skip


def surely_precedes(left: Sql, right: Sql) -> Sql:
    """Whether two terms are plain decimals, dates or times of one zone of which one is less than the other.

    True implies `precedes`; FALSE or NULL implies nothing.
    """
    return sql(
        "CASE WHEN :left_date AND :right_date THEN :l < :r"
        " WHEN :left_kind = 'dateTime>' AND :right_kind = 'dateTime>'"
        "  THEN :l[21:] = :r[21:] AND :l[21] IN ('Z', '\"') AND :l < :r AND :left_time AND :right_time"
        " WHEN :left_kind IN ('decimal>', 'integer>') AND :right_kind IN ('decimal>', 'integer>')"
        " THEN :left_number < :right_number END",
        l=left,
        r=right,
        left_kind=_kind(left),
        right_kind=_kind(right),
        left_date=is_day(left),
        right_date=is_day(right),
        left_time=_is_time(left),
        right_time=_is_time(right),
        left_number=_plain_number(left),
        right_number=_plain_number(right),
    )


def comparables(terms: Sql) -> Sql:
    """Return a query for ``term, key`` of the terms (column ``term``) of a query.

    A key is a struct by which literals compare as SPARQL's ``<`` does; ``family`` NULL never compares. Two
    terms compare when their families are equal, and then by ``number`` (exact numbers by ``exact``),
    ``moment`` or ``letters`` (https://www.w3.org/TR/sparql11-query/#OperatorMapping).
    """
    literal = _Literal(column("term"), column("kind"), column("body"))
    taken_apart = sql(
        "SELECT term, :kind AS kind, :body AS body FROM _terms AS t",
        kind=_kind(literal.term),
        body=_body(literal.term),
        _terms=terms,
    )
    return sql(
        "SELECT term, struct_pack(family := :family, exact := :exact, number := :number, moment := :moment,"
        " letters := :letters) AS key FROM _taken_apart AS t",
        family=_family(literal),
        exact=_exact(literal),
        number=_number(literal),
        moment=_moment(literal),
        letters=_letters(literal),
        _taken_apart=taken_apart,
    )


_PRECEDES: LiteralString = (
    "CASE WHEN :l.family <> :r.family THEN NULL"
    " WHEN :l.exact IS NOT NULL AND :r.exact IS NOT NULL THEN :l.exact @ :r.exact"
    " WHEN :l.number IS NOT NULL THEN :l.number @ :r.number"
    " WHEN :l.moment IS NOT NULL THEN :l.moment @ :r.moment ELSE :l.letters @ :r.letters END"
)


def precedes(left: Sql, right: Sql, or_equal: bool = False) -> Sql:
    """Whether one key of `comparables` is less than (or equal to) another; NULL when they do not compare."""
    return sql(_PRECEDES.replace("@", "<=" if or_equal else "<"), l=left, r=right)


def compares(term: Sql, relation: Relation, bound: str) -> Sql:
    """Whether a term is in a relation to a constant; FALSE or NULL when they do not compare.

    The constant's kind is known beforehand, so that only the test for it is made.
    """
    kind = bound.rpartition(_TYPED)[2]
    if kind in _NUMBERS.split("|"):
        return _compares_number(term, relation, bound)
    literal, limit = _literal(term), _literal(sql(":bound", bound=bound))
    same = sql(":family = :its", family=_family(literal), its=_family(limit))
    if kind in _MOMENTS.split("|"):
        return sql(
            "CASE WHEN :are_days THEN :days WHEN :same THEN :moments END",
            are_days=all_of([is_day(term), is_day(limit.term)]),
            days=_related(relation, term, limit.term),
            same=same,
            moments=_related(relation, _moment(literal), _moment(limit)),
        )
    return all_of([same, _related(relation, _letters(literal), _letters(limit))])


def surely_compares(term: Sql, relation: Relation, bound: str) -> Sql:
    """A condition that implies `compares` and costs less, where there is one."""
    if bound.rpartition(_TYPED)[2] not in _NUMBERS.split("|"):
        return compares(term, relation, bound)
    return _strictly(relation, _number(_literal(term)), _bound(bound).number)


def _strictly(relation: Relation, left: Sql, right: Sql) -> Sql:
    return _related("<" if relation in ("<", "<=") else ">", left, right)


def _compares_number(term: Sql, relation: Relation, bound: str) -> Sql:
    """As doubles, and exactly where these are equal: then the nearest double says nothing."""
    literal, limit = _literal(term), _bound(bound)
    number = _number(literal)
    return sql(
        "CASE WHEN :strictly THEN TRUE WHEN :a = :b THEN coalesce(:exact, :equal) END",
        strictly=_strictly(relation, number, limit.number),
        a=number,
        b=limit.number,
        exact=_related(relation, _exact(literal), limit.exact),
        equal=relation in ("<=", ">="),
    )


@dataclass(frozen=True, slots=True)
class _Bound:
    """A number that is a constant: as double and exactly, by `_number` and `_exact`, but known beforehand."""

    number: Sql
    exact: Sql


def _bound(term: str) -> _Bound:
    kind, body = term.rpartition(_TYPED)[2], term.split('"')[1]
    if kind in ("double>", "float>"):
        is_number, is_exact = bool(re.fullmatch(_FLOATING, body)), False
    else:
        is_number = is_exact = bool(
            re.fullmatch(_DECIMAL, body) if kind == "decimal>" else is_integer_text(kind, body)
        )
    return _Bound(
        sql("try_cast(:body AS DOUBLE)", body=body if is_number else None),
        sql("try_cast(:body AS DECIMAL(38, 12))", body=body if is_exact else None),
    )


def _related(relation: Relation, left: Sql, right: Sql) -> Sql:
    return sql(_RELATIONS[relation], l=left, r=right)


@dataclass(frozen=True, slots=True)
class _Literal:
    """A literal as its term, the name of its datatype, and its text as far as that needs no escapes."""

    term: Sql
    kind: Sql
    body: Sql


def _literal(term: Sql) -> _Literal:
    return _Literal(term, _kind(term), _body(term))


def _body(term: Sql) -> Sql:
    return sql("split_part(:t, '\"', 2)", t=term)


def _kind(term: Sql) -> Sql:
    """A literal's XSD datatype, as ``date>``; where the text has a quotation mark, nothing that compares."""
    return sql("split_part(:t, :typed, 2)", t=term, typed=_TYPED)


def _is_time(term: Sql) -> Sql:
    return sql(
        "regexp_full_match(:t[2:20], '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}')"
        " AND try_cast(:t[2:20] AS TIMESTAMP) IS NOT NULL",
        t=term,
    )


def _plain_number(term: Sql) -> Sql:
    return sql(
        "CASE WHEN regexp_full_match(:t, :plain) THEN try_cast(split_part(:t, '\"', 2) AS DOUBLE) END",
        t=term,
        plain=r'"[+-]?[0-9]+("\^\^<[^>]*integer>|([.][0-9]+)?"\^\^<[^>]*decimal>)',
    )


def _number(literal: _Literal) -> Sql:
    """A number's nearest double, decimals first; none for NaN, which compares with nothing."""
    return sql(
        "CASE WHEN ends_with(:t, :decimal)"
        " THEN IF(regexp_full_match(:text, :plain), try_cast(:text AS DOUBLE), NULL)"
        " WHEN IF(:kind IN ('double>', 'float>'), regexp_full_match(:body, :pattern), :integer)"
        " THEN try_cast(:body AS DOUBLE) END",
        t=literal.term,
        decimal=f"{_TYPED}decimal>",
        text=cut(literal.term, f"{XSD}decimal"),
        plain=_DECIMAL,
        kind=literal.kind,
        body=literal.body,
        pattern=_FLOATING,
        integer=is_integer(literal.kind, literal.body),
    )


def _exact(literal: _Literal) -> Sql:
    return sql(
        "CASE WHEN IF(:kind = 'decimal>', regexp_full_match(:body, :pattern), :integer)"
        " THEN try_cast(:body AS DECIMAL(38, 12)) END",
        body=literal.body,
        kind=literal.kind,
        pattern=_DECIMAL,
        integer=is_integer(literal.kind, literal.body),
    )


def _letters(literal: _Literal) -> Sql:
    return sql(
        "CASE WHEN ends_with(:t, '\"') THEN :lexical WHEN :kind = 'boolean>'"
        " THEN CASE :body WHEN 'true' THEN '1' WHEN 'false' THEN '0' WHEN '1' THEN '1'"
        " WHEN '0' THEN '0' END END",
        t=literal.term,
        kind=literal.kind,
        body=literal.body,
        lexical=lexical_form(literal.term),
    )


def _moment(literal: _Literal) -> Sql:
    """A literal's instant in UTC; what a date, month or year leaves out is its beginning."""
    return sql(
        "CASE WHEN regexp_full_match(:kind, :moments) THEN try_cast(concat("
        "  IF(:kind = 'time>', '1972-12-31T', ''), regexp_replace(:body, :zone, ''), :rest)"
        "  AS TIMESTAMP) - to_minutes(:offset) END",
        body=literal.body,
        kind=literal.kind,
        moments=_MOMENTS,
        zone=_ZONE,
        rest=sql(
            "CASE :kind WHEN 'date>' THEN 'T00:00:00' WHEN 'gYearMonth>' THEN '-01T00:00:00'"
            " WHEN 'gYear>' THEN '-01-01T00:00:00' ELSE '' END",
            kind=literal.kind,
        ),
        offset=_offset(sql("regexp_extract(:body, :zone, 1)", body=literal.body, zone=_ZONE)),
    )


def _offset(zone: Sql) -> Sql:
    """The minutes by which a zone such as ``+05:30`` is before UTC; none for ``Z`` and for no zone."""
    return sql(
        "CASE WHEN length(:z) < 6 THEN 0 ELSE IF(starts_with(:z, '-'), -1, 1)"
        " * (CAST(:z[2:3] AS INTEGER) * 60 + CAST(:z[5:6] AS INTEGER)) END",
        z=zone,
    )


def _family(literal: _Literal) -> Sql:
    """The name of the set of literals with which a literal compares; zones keep moments apart."""
    return sql(
        "CASE WHEN NOT starts_with(:t, '\"') THEN NULL WHEN ends_with(:t, '\"') THEN 'string'"
        " WHEN regexp_full_match(:kind, :numbers) THEN 'number' WHEN :kind = 'boolean>' THEN 'boolean'"
        " WHEN regexp_full_match(:kind, :moments) THEN :kind || regexp_matches(:body, :zoned) END",
        t=literal.term,
        kind=literal.kind,
        body=literal.body,
        numbers=_NUMBERS,
        moments=_MOMENTS,
        zoned=_ZONE,
    )
