"""Numbers that are constants are known before a statement runs, as the ones that it would find."""

from __future__ import annotations

import pytest

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import sql
from lodgrants.rdf.comparison import _bound, _exact, _literal, _number, comparables, precedes, surely_precedes
from lodgrants.rdf.datatypes import INTEGERS
from lodgrants.rdf.namespaces import XSD

FORMS = [
    "0", "1.5", "-3.", ".5", "+7", "1e5", "1E-3", "INF", "-INF", "+INF", "NaN", "", "abc", "1.5.2", "1" * 45,
    "0." + "1" * 20, "1e999", "12 ", " 1", "1\\n", "\N{ARABIC-INDIC DIGIT THREE}", "1_0",
    "300", "-1", "-0", "+0", "255", "128", "127", "-128", "00300", "18446744073709551615",
    "18446744073709551616",
]  # fmt: skip


@pytest.mark.parametrize("datatype", ["decimal", *INTEGERS, "double", "float"])
def test_a_bound_is_the_number_that_its_literal_has(datatype: str) -> None:
    with open_engine() as engine:
        for form in FORMS:
            term = f'"{form}"^^<{XSD}{datatype}>'
            literal, bound = _literal(sql(":term", term=term)), _bound(term)
            found = sql("SELECT :n, :e", n=_number(literal), e=_exact(literal))
            known = sql("SELECT :n, :e", n=bound.number, e=bound.exact)
            assert engine.rows(known) == engine.rows(found), term


@pytest.mark.parametrize(
    ("form", "datatype", "number"),
    [
        ("300", "byte", None),
        ("127", "byte", 127.0),
        ("1.5", "integer", None),
        ("1e5", "int", None),
        ("-1", "nonNegativeInteger", None),
        ("0", "positiveInteger", None),
        ("1" * 45, "integer", float("1" * 45)),
        ("1.5", "decimal", 1.5),
        ("1e5", "decimal", None),
        ("1e5", "double", 1e5),
    ],
)
def test_a_literal_that_its_datatype_does_not_have_is_no_number(
    form: str, datatype: str, number: float | None
) -> None:
    literal = _literal(sql(":term", term=f'"{form}"^^<{XSD}{datatype}>'))
    with open_engine() as engine:
        assert engine.rows(sql("SELECT :n", n=_number(literal))) == [(number,)]


def test_what_surely_precedes_does() -> None:
    terms = [f'"{form}"^^<{XSD}{datatype}>' for form in FORMS for datatype in ("decimal", "integer", "byte")]
    with open_engine() as engine:
        pairs = sql("SELECT a.t AS l, b.t AS r FROM (SELECT unnest(:terms) AS t) AS a,"
                    " (SELECT unnest(:terms) AS t) AS b", terms=terms)  # fmt: skip
        keys = comparables(sql("SELECT unnest(:terms) AS term", terms=terms))
        wrong = sql(
            "SELECT l, r FROM _pairs AS p JOIN _keys AS x ON x.term = l JOIN _keys AS y ON y.term = r"
            " WHERE :surely AND NOT coalesce(:precedes, FALSE)",
            _pairs=pairs, _keys=keys, surely=surely_precedes(sql("l"), sql("r")),
            precedes=precedes(sql("x.key"), sql("y.key")),
        )  # fmt: skip
        assert engine.rows(wrong) == []
