"""Dates and periods in every notation are read back to the precision stated."""

from __future__ import annotations

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import assume, given
from hypothesis import strategies as st

from lodgrants.extract.values.dates import PartialDate, find_periods
from lodgrants.extract.words import whole

days = st.dates(date(1995, 1, 1), date(2035, 12, 31))
forms = st.sampled_from(
    ["%d.%m.%Y", "%d.%m.%Y.", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d %B %Y", "%B %d, %Y"]
)
dashes = st.sampled_from([" - ", " – ", "-", "–", " → ", " to "])


def exact(day: date) -> PartialDate:
    return PartialDate(day.year, day.month, day.day)


@given(days, days, forms, dashes)
def test_a_period_of_two_whole_dates(start: date, end: date, form: str, dash: str) -> None:
    assume(not (form in ("%d-%m-%Y", "%Y-%m-%d") and dash.strip() == "-" and dash == "-"))
    text = f"Period: {start.strftime(form)}{dash}{end.strftime(form)} (planned)"
    (period,) = find_periods(whole(text))
    assert (period.start, period.end) == (exact(start), exact(end))


@given(days, st.sampled_from(["en", "lv", "lt", "et", "ru", "nb", "da", "sv", "pl", "de"]))
def test_long_dates_of_many_languages(day: date, locale: str) -> None:
    text = format_date(day, "long", locale=locale)
    (period,) = find_periods(whole(text))
    assert period.start == exact(day), text


@given(days, days)
def test_the_year_may_stand_only_at_the_end(start: date, end: date) -> None:
    text = f"{start:%d/%m} – {end:%d/%m/%Y}"
    (period,) = find_periods(whole(text))
    if (start.month, start.day) == (2, 29):
        return
    year = end.year if (start.month, start.day) <= (end.month, end.day) else end.year - 1
    assert (period.start, period.end) == (PartialDate(year, start.month, start.day), exact(end))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_survived(text: str) -> None:
    for period in find_periods(whole(text)):
        assert text[period.words.start : period.words.end] == str(period.words)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("August 2018 - October 2021", "2018-08", "2021-10"),
        ("No 2015. gada 1. maija līdz 2016. gada 30. aprīlim", "2015-05-01", "2016-04-30"),
        ("2014 m. gegužės–2016 m. balandžio mėn.", "2014-05", "2016-04"),
        ("2022 m. birželio 1 d. – rugpjūčio 31 d.", "2022-06-01", "2022-08-31"),
        ("2021 06 01 – 2021 08 31", "2021-06-01", "2021-08-31"),
        ("Q2 2020 – Q1 2021", "2020-04", "2021-03"),
        ("2014 Q3", "2014-07", "2014-09"),
        ("May 3 – June 5, 2021", "2021-05-03", "2021-06-05"),
        ("с 1 июня 2016 г. по 31 мая 2018 г.", "2016-06-01", "2018-05-31"),
        ("снежань 2013 – лістапад 2015", "2013-12", "2015-11"),
        ("jaanuarist 2014 kuni detsembrini 2015", "2014-01", "2015-12"),
        ("od maja 2018 r. do kwietnia 2020 r.", "2018-05", "2020-04"),
        ("Januar 2019 bis Dezember 2020", "2019-01", "2020-12"),
        ("1. april 2016 til 31. marts 2019", "2016-04-01", "2019-03-31"),
        ("2015.–2017. gads", "2015", "2017"),
        ("21/02-03/03 2020", "2020-02-21", "2020-03-03"),
        ("11/10 – 17/12/2021", "2021-10-11", "2021-12-17"),
        ("09.2014 – 08.2016", "2014-09", "2016-08"),
        ("November - January 2022", "2021-11", "2022-01"),
        ("1-3 March 2020", "2020-03-01", "2020-03-03"),
        ("2018-2021", "2018", "2021"),
        ("01/01/2018-12/31/2018", "2018-01-01", "2018-12-31"),
        ("2021. gada 1. aprīlis – 2022. gada 31. marts", "2021-04-01", "2022-03-31"),
    ],
)
def test_periods_seen_on_pages(text: str, start: str, end: str) -> None:
    (period,) = find_periods(whole(text))
    assert (str(period.start), str(period.end)) == (start, end)


@pytest.mark.parametrize(
    "text", ["31.02.2013", "516 participants", "the 1st phase", "12 mēneši", "1DP/1.5.2.2.2/12/APIA"]
)
def test_what_is_no_date(text: str) -> None:
    assert list(find_periods(whole(text))) == []
