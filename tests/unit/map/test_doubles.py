"""Doubles as XSD writes them, for every double there is."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import sql
from lodgrants.map.compile.values import macros


@given(st.lists(st.floats(width=64), min_size=1, max_size=40))
@example([0.0, -0.0, 1.0, 10.0, 5e-324, 1e-323, 1.7976931348623157e308, 1e22, 1e23, 123456789012345680.0])
def test_a_double_is_written_with_its_shortest_digits(numbers: list[float]) -> None:
    with open_engine() as engine:
        engine.script(macros())
        texts = [repr(each) for each in numbers]
        query = sql("SELECT lg_double(d::DOUBLE) FROM unnest(:texts) AS t(d)", texts=texts)
        assert [row[0] for row in engine.rows(query)] == [canonical(each) for each in numbers]


def canonical(number: float) -> str:
    """Return the canonical form of XSD 1.1 from Python's shortest digits."""
    if number != number or number in (float("inf"), float("-inf")):
        return {"nan": "NaN", "inf": "INF", "-inf": "-INF"}[repr(number)]
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    assert isinstance(exponent, int)
    fraction = "".join(map(str, digits[1:])) or "0"
    power = exponent + len(digits) - 1 if any(digits) else 0
    return f"{'-' if sign else ''}{digits[0]}.{fraction}E{power}"
