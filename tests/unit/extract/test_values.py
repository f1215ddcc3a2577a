"""Organisations, places, status words, languages, keys: what is read of words found on pages."""

from __future__ import annotations

import pytest

from lodgrants.extract.coverage import measure
from lodgrants.extract.values.dates import find_periods
from lodgrants.extract.values.language import detect_language
from lodgrants.extract.values.money import UNSTATED, find_money
from lodgrants.extract.values.organizations import parse_organizations
from lodgrants.extract.values.persons import is_person
from lodgrants.extract.values.places import find_place
from lodgrants.extract.values.slug import number_key, slug
from lodgrants.extract.values.status import parse_status
from lodgrants.extract.words import Words, whole


@pytest.mark.parametrize(
    ("text", "separators", "expected"),
    [
        ("A Forum (Latvia),B Net (Russia), C ry", ",", [("A Forum", "LV"), ("B Net", "RU"), ("C ry", None)]),
        ("Biedrība „A, B”,Biedrība ”C”", ",", [("Biedrība „A, B”", None), ("Biedrība ”C”", None)]),
        (
            "Hjelp Organisation (Norway) Bodø Commune",
            "",
            [("Hjelp Organisation", "NO"), ("Bodø Commune", None)],
        ),
        ("Unit, Division of Health, Hospital (Norway)", "", [("Unit, Division of Health, Hospital", "NO")]),
        (
            "Vann Institutt (NIVA)(NO)\nÍslensk Orka(IS)\n",
            "\n",
            [("Vann Institutt", "NO"), ("Íslensk Orka", "IS")],
        ),
        ("A (Finland) and B (Norway)", ",", [("A", "FI"), ("B", "NO")]),
        ("X Council and the Y Institute", ",&", [("X Council", None), ("Y Institute", None)]),
        ("Ministry of Education and Science", ",&", [("Ministry of Education and Science", None)]),
        ("1. MTÜ Abi (Estonian Aid)", "", [("MTÜ Abi", None)]),
        (" - ", ",", []),
        ("A Centre (Kaliningrad, Russia)", ",", [("A Centre", "RU")]),
        ("A Elvelag, Norway; B Institute, Latvia", ",;", [("A Elvelag", "NO"), ("B Institute", "LV")]),
        ("Hagar (Norway, Oslo)", "", [("Hagar", "NO")]),
        (
            "X Council and co-financed by the Visegrad Fund",
            ",&",
            [("X Council", None), ("Visegrad Fund", None)],
        ),
        (
            "X Fund, the Y Board and the city of Z",
            ",&",
            [("X Fund", None), ("Y Board", None), ("city of Z", None)],
        ),
        ("Lemvig Kommune og Danmarks Forbund", ",&", [("Lemvig Kommune", None), ("Danmarks Forbund", None)]),
        ("UNHCR and British Council", "&", [("UNHCR", None), ("British Council", None)]),
        ("Koor, MTÜ (Estonia, Narva)", ",", [("Koor, MTÜ", "EE")]),
        ("Ministerium für Bildung und Forschung", "&", [("Ministerium für Bildung und Forschung", None)]),
        ("Pramen, z.s., Včely, s.r.o.", ",", [("Pramen, z.s.", None), ("Včely, s.r.o.", None)]),
        (
            "A School\nParkgata 5\n0150 Oslo\nNorway\nB srl\nItaly",
            "\n",
            [("A School", "NO"), ("B srl", "IT")],
        ),
        ("Ferry Lines (Ltd.)", "", [("Ferry Lines (Ltd.)", None)]),
        ("British Council (EUR 2 000)", "", [("British Council", None)]),
        ("Norway: A Elvelag; Iceland: Landsbjörg", ";", [("A Elvelag", "NO"), ("Landsbjörg", "IS")]),
        ("Bodø kommune – Norge", ",", [("Bodø kommune", "NO")]),
        (
            "EAPN-Latvia, A ’78 – The Union",
            ",",
            [("EAPN-Latvia", None), ("A ’78 – The Union", None)],
        ),
        ("Art Club. Matís ohf., Brücke e. V.", ",", [("Art Club. Matís ohf.", None), ("Brücke e. V.", None)]),
        ("Art Club.", ",", [("Art Club", None)]),
        ("Советом министров Северных стран", ",", [("Совет министров Северных стран", None)]),
    ],
)
def test_organizations(text: str, separators: str, expected: list[tuple[str, str | None]]) -> None:
    found = parse_organizations(whole(text), separators)
    assert [(organization.name, organization.country) for organization in found] == expected


def test_a_translation_or_acronym_in_brackets_is_a_second_name() -> None:
    (one,) = parse_organizations(whole("Vann Institutt (NIVA)(NO)"), "")
    assert [other.plain for other in one.alternates] == ["NIVA"]


def test_a_sum_in_brackets_is_no_second_name() -> None:
    (found,) = parse_organizations(whole("British Council (EUR 2 000)"), "")
    assert (found.name, found.alternates) == ("British Council", ())


def test_soft_hyphens_are_no_part_of_a_name() -> None:
    (found,) = parse_organizations(whole("Inter\u00adnet for All"), "")
    assert (found.name, str(found.words)) == ("Internet for All", "Inter\u00adnet for All")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("30/11/2021 - 10/02", "2021-11-30 2022-02-10"),
        ("28/02/2020 - 29/02", "2020-02-28 2020-02-29"),
        ("1 de abril de 2021", "2021-04-01 2021-04-01"),
        ("01-September-2021", "2021-09-01 2021-09-01"),
        ("15 gennaio 2020 - 30 giugno 2022", "2020-01-15 2022-06-30"),
        ("March 3-9, 2021", "2021-03-03 2021-03-09"),
        ("2021 m. gegužės 3–9 d.", "2021-05-03 2021-05-09"),
        ("2021. gada 3.-9. maijs", "2021-05-03 2021-05-09"),
        ("2020. 01. 01. – 2020. 12. 31.", "2020-01-01 2020-12-31"),
        ("in 2020. 12 people came", "2020 2020"),
        ("01.2018. – 12.2019.", "2018-01 2019-12"),
        ("Sept. 2019 – Aug. '21", "2019-09 2021-08"),
        ("1/3-2021 til 30/11-2022", "2021-03-01 2022-11-30"),
        ("1° marzo 2022", "2022-03-01 2022-03-01"),
        ("1er juin 2018 au 31 mai 2020", "2018-06-01 2020-05-31"),
        ("1 mei 2019 t/m 30 april 2020", "2019-05-01 2020-04-30"),
    ],
)
def test_dates_take_what_is_missing_from_the_other_end(text: str, found: str) -> None:
    (period,) = find_periods(whole(text))
    assert f"{period.start} {period.end}" == found


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("EUR 2 000 – 10 000", []),
        ("EUR 2 000 – 2021", ["2000"]),
        ("DKK 310,000 - 2 phases", ["310000"]),
        ("1 234 – 5 678,00 EUR", []),
    ],
)
def test_a_range_is_no_sum(text: str, sums: list[str]) -> None:
    assert [str(money.value) for money in find_money(whole(text))] == sums


@pytest.mark.parametrize(
    ("text", "language", "sums"),
    [
        ("1,2 mil. Kč", "cs", ["1200000 CZK"]),
        ("10 mil euros", "es", ["10000 EUR"]),
        ("10 mil euros", "en", []),
        ("12 persons", "en", []),
        ("12 000", "en", ["12000 None"]),
    ],
)
def test_what_stands_behind_a_number_counts(text: str, language: str, sums: list[str]) -> None:
    found = find_money(whole(text), UNSTATED, language)
    assert [f"{money.value} {money.currency}" for money in found] == sums


def test_a_sum_may_touch_its_label() -> None:
    words = whole("Approved amountCHF 642’310.00")
    (money,) = find_money(Words(words.page, len("Approved amount"), words.end))
    assert (str(money.value), money.currency, str(money.words)) == ("642310.00", "CHF", "CHF 642’310.00")
    assert list(find_money(words, None)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Hjælp Odense (Denmark) – lead partner",
        "Fundacja X (Poland), lead partner",
        "Lead partner: X",
        "X (Norway, coordinator)",
    ],
)
def test_a_list_says_who_leads(text: str) -> None:
    (organization,) = parse_organizations(whole(text), ",;")
    assert organization.leads and "partner" not in organization.name


@pytest.mark.parametrize(
    ("stated", "country", "name"),
    [
        ("Jēkabpilī", "LV", "Jēkabpils"),
        ("Talsos", "LV", "Talsi"),
        ("Rezekne", "LV", "Rēzekne"),
        ("Jekabpils district", "LV", "Jēkabpils"),
        ("Latgales region", "LV", "Latgale"),
        ("Kaune", "LT", "Kaunas"),
        ("Ida-Virumaa county", "EE", "Ida-Virumaa"),
        ("София", "BG", "Sofia"),
        ("Rzeszow", "PL", "Rzeszów"),
    ],
)
def test_places_are_known_by_inflected_and_plain_names(stated: str, country: str, name: str) -> None:
    place = find_place(whole(stated), (country,))
    assert place is not None
    assert (place.name, place.country) == (name, country)


@pytest.mark.parametrize("word", ["Integration", "Latvian", "National", "NGO", "Order"])
def test_words_that_are_no_places(word: str) -> None:
    assert find_place(whole(word), ("LV", "LT", "EE")) is None


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Pabeigts", "completed"),
        ("In implementation", "ongoing"),
        ("Terminated", "terminated"),
        ("blue", None),
    ],
)
def test_status_words(word: str, status: str | None) -> None:
    assert parse_status(whole(word)) == status


def test_a_title_may_be_in_another_language_than_its_page() -> None:
    assert detect_language("Aktiivse ja kaasava kodanikuühiskonna poolt", "en") == "et"
    assert detect_language("Genius loci", "en") == "en"


def test_long_texts_are_not_taken_for_danish() -> None:
    text = "People who had never met sit down and plan together. What works is written down. " * 3
    assert detect_language(text, "en") == "en"


def test_keys_are_ascii_and_the_same_for_every_quotation_mark() -> None:
    assert slug("Biedrība „Rīts”") == slug('Biedrība "Rīts"') == "biedriba-rits"
    assert number_key("1DP/1.5.2.2.2/12/APIA") == "1DP-1.5.2.2.2-12-APIA"
    assert slug("„”").isalnum()


@pytest.mark.parametrize(
    ("name", "person"), [("Kari Nordmann", True), ("Dr. X Y", True), ("Odense Aftenskole", False)]
)
def test_persons(name: str, person: bool) -> None:
    assert is_person(name) is person


def test_a_line_that_nobody_read_is_reported_without_contact_data() -> None:
    page = "Call Anna: +371 2000 0000, anna@example.org\n"
    (line,) = measure(page, []).as_dict()["unclaimedLines"]
    assert line["text"] == "Call Anna: …, …"
