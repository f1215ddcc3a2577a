"""Numbers that are constants are known before a statement runs, as the ones that it would find."""

from __future__ import annotations

import pytest

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import sql
from lodgrants.rdf.comparison import _bound, _exact, _literal, _number
from lodgrants.rdf.namespaces import XSD

FORMS = [
    "0", "1.5", "-3.", ".5", "+7", "1e5", "1E-3", "INF", "-INF", "+INF", "NaN", "", "abc", "1.5.2", "1" * 45,
    "0." + "1" * 20, "1e999", "12 ", " 1", "1\\n", "\N{ARABIC-INDIC DIGIT THREE}", "1_0",
]  # fmt: skip


@pytest.mark.parametrize("datatype", ["decimal", "integer", "unsignedByte", "double", "float"])
def test_a_bound_is_the_number_that_its_literal_has(datatype: str) -> None:
    with open_engine() as engine:
        for form in FORMS:
            term = f'"{form}"^^<{XSD}{datatype}>'
            literal, bound = _literal(sql(":term", term=term)), _bound(term)
            found = sql("SELECT :n, :e", n=_number(literal), e=_exact(literal))
            known = sql("SELECT :n, :e", n=bound.number, e=bound.exact)
            assert engine.rows(known) == engine.rows(found), term
