"""Sums written in any of the ways publishers write them are read as what they are; nothing else is money."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lodgrants.extract.values.money import UNSTATED, find_money, parse_number
from lodgrants.extract.words import whole

sums = st.integers(0, 999_999_999_99).map(lambda cents: Decimal(cents) / 100)
thousands = st.sampled_from([" ", "\u00a0", "\u202f", ",", ".", "'", ""])
currencies = st.sampled_from(["EUR", "LVL", "DKK", "NOK", "SEK", "HRK", "USD"])


def written(value: Decimal, group: str, mark: str) -> str:
    """Write a number with a mark between thousands and before two decimals."""
    whole_part, cents = f"{value:.2f}".split(".")
    groups: list[str] = []
    while whole_part:
        groups.insert(0, whole_part[-3:])
        whole_part = whole_part[:-3]
    return group.join(groups) + mark + cents


@given(
    sums,
    thousands,
    st.sampled_from([".", ","]),
    currencies,
    st.sampled_from(["{c} {n}", "{n} {c}", "{n}{c}"]),
)
def test_a_sum_is_read_back(value: Decimal, group: str, mark: str, currency: str, form: str) -> None:
    if group == mark:
        return
    text = f"grant: {form.format(c=currency, n=written(value, group, mark))}; 12 people"
    (money,) = find_money(whole(text))
    assert (money.value, money.currency) == (value, currency)
    assert str(money.words) in text


@given(sums, currencies, sums, currencies)
def test_two_sums_in_one_line_keep_their_currencies(a: Decimal, x: str, b: Decimal, y: str) -> None:
    text = f"{written(a, ' ', '.')} {x} / {written(b, ' ', '.')} {y};"
    assert [(m.value, m.currency) for m in find_money(whole(text))] == [(a, x), (b, y)]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_survived_and_words_stand_where_they_say(text: str) -> None:
    for money in find_money(whole(text)):
        assert text[money.words.start : money.words.end] == str(money.words)


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("€ 65,376", "65376", "EUR"),
        ("24.698,40 EUR", "24698.40", "EUR"),
        ("84 404, 37 EUR", "84404.37", "EUR"),
        ("1.352.766,87 kn", "1352766.87", "HRK"),
        ("€12k", "12000", "EUR"),
        ("2.5M EUR", "2500000", "EUR"),
        (".00 €", "0.00", "EUR"),
        ("EUR € 80 000", "80000", "EUR"),
        ("Grant amount$25,000", "25000", "USD"),
        ("€ 3,818 (85%)", "3818", "EUR"),
        ("100,- EUR", "100", "EUR"),
        ("in 2013 500 EUR", "500", "EUR"),
    ],
)
def test_sums_seen_on_pages(text: str, value: str, currency: str) -> None:
    (money,) = find_money(whole(text))
    assert (money.value, money.currency) == (Decimal(value), currency)


@pytest.mark.parametrize(
    "text", ["516 participants", "85 % EUR", "500 copies", "2007-2013", "€ 1.234.56", "phone 65235635"]
)
def test_what_is_no_sum_or_undecidable_gives_none(text: str) -> None:
    assert list(find_money(whole(text))) == []


def test_a_sum_without_a_currency_is_read_only_when_the_caller_says_so() -> None:
    assert list(find_money(whole("24 698"))) == []
    (money,) = find_money(whole("24 698"), "EUR")
    assert money.currency == "EUR"
    (bare,) = find_money(whole("24 698"), UNSTATED)
    assert bare.currency is None


def test_undecidable_marks_give_none() -> None:
    assert parse_number("1.234.56") is None
    assert parse_number("12,34,567") is None


@pytest.mark.parametrize(
    ("text", "language", "value", "currency"),
    [
        ("1,8 mio. kr.", "da", "1800000", "DKK"),
        ("2,1 mkr", "sv", "2100000", "SEK"),
        ("kr 1 250 000,-", "no", "1250000", "NOK"),
        ("kr 1 250 000,-", "en", "1250000", None),
        ("540,5 tūkst. litų", "", "540500", "LTL"),
        ("350 tys. zł", "", "350000", "PLN"),
        ("390 000 датских крон", "", "390000", "DKK"),
        ("15 000 рублей", "ru", "15000", None),
        ("€2.5M", "", "2500000", "EUR"),
    ],
)
def test_powers_and_shared_signs(text: str, language: str, value: str, currency: str | None) -> None:
    (money,) = find_money(whole(text), language=language)
    assert (format(money.value, "f"), money.currency) == (value, currency)
    assert str(money.words).strip(".") == text.strip(".")


@pytest.mark.parametrize("text", ["EUR 10 000-20 000", "1 000 – 2 000 EUR", "€5,000–7,500"])
def test_a_range_is_no_sum(text: str) -> None:
    assert list(find_money(whole(text))) == []


def test_a_year_before_a_sum_begins_no_range() -> None:
    (money,) = find_money(whole("2016 – 2 000 EUR"))
    assert money.value == 2000
