"""Pages that no profile recognises, tables of records, labels without a colon, further sums."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from support.pages import fact_line, pages

FACTS = 'Projekta īstenotājs: Biedrība "A"\nProjekta budžets: 5 000 EUR\n'


def read(tmp_path: Path, text: str, name: str = "page.txt") -> tuple[str, list[list[str]], list[str]]:
    """Return the source of a page, the facts of each record, and the codes of all notes."""
    (tmp_path / name).write_text(text, encoding="utf8")
    (page,) = pages(tmp_path / name)
    notes = [*page.notes, *(note for reading in page.readings for note in reading.notes)]
    return (
        page.source.name if page.source else "-",
        [[fact_line(fact) for fact in reading.facts] for reading in page.readings],
        [note.code for note in notes],
    )


def test_a_page_of_no_profile_is_read_by_common_labels_and_says_so(tmp_path: Path) -> None:
    source, (facts,), notes = read(tmp_path, f"Zaļā iela\n\n{FACTS}")
    assert source == "common"
    assert {"title = Zaļā iela", 'promoter = Biedrība "A"', "amount totalCost = 5000 EUR"} <= set(facts)
    assert notes == ["LG-EXT-026"]


@pytest.mark.parametrize(
    "text",
    [
        "Soup\n\nTotal: 5 EUR\nReference: 12\n",
        "Home\nProjects\nPartners\nNews\nStatus\nContact\n\nWe met on 3 May 2019 and paid EUR 25.\n",
        "Small grants\n\nApplicant: any NGO\nGrant: EUR 6,000\nDeadline: 3 May 2019\n",
        "Meeting\n\nDate: 3 May 2019\nPlace: Hull\n",
    ],
)
def test_other_pages_are_not(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == ("-", [], ["LG-EXT-010"])


def test_a_number_is_not_enough_to_name_a_record_of_an_unknown_publisher(tmp_path: Path) -> None:
    from lodgrants.extract.assemble import record_key

    keys = set()
    for title in ("One street", "Another street"):
        (tmp_path / "p.txt").write_text(f"{title}\n\nProjekta numurs: 2019/1\n{FACTS}", encoding="utf8")
        ((reading,),) = [page.readings for page in pages(tmp_path / "p.txt")]
        keys.add(record_key(reading, own_numbers=False))
    assert len(keys) == 2


def test_the_main_heading_is_the_title_unless_it_is_the_site(tmp_path: Path) -> None:
    page = "<title>{}</title><p>A site</p><h1>Quiet yards</h1><p>Applicant: A Club</p><p>Budget: EUR 5</p>"
    _, (facts,), _ = read(tmp_path, page.format("Quiet yards – Site"), "a.html")
    assert "title = Quiet yards" in facts
    _, (facts,), _ = read(tmp_path, page.format("Loud yards – Quiet yards"), "b.html")
    assert "title = Quiet yards" in facts  # the line above the first label


def test_labels_alone_on_their_lines_count_in_a_run_only(tmp_path: Path) -> None:
    menu, facts = (
        "Hjem\nPartnere\nKontakt\n",
        "Prosjekteier\nA Lag\nStatus\nAvsluttet\nBevilling\n5 000 NOK\n",
    )
    _, (said,), _ = read(tmp_path, f"{menu}\nI fjæra\n\n{facts}")
    assert said == ["promoter = A Lag", "status = completed", "amount granted = 5000 NOK", "title = I fjæra"]


def test_rows_of_a_table_are_records_and_empty_cells_stay_empty(tmp_path: Path) -> None:
    first = "<tr><td>A</td><td></td><td>1</td><td></td></tr>"
    second = "<tr><td>B</td><td>Yards</td><td></td><td>2019</td></tr>"
    names = "<th>Applicant</th><th>Project title</th><th>Grant (EUR)</th><th>Period</th>"
    _, records, notes = read(tmp_path, f"<table><tr>{names}</tr>{first}{second}</table>", "a.html")
    assert records == [
        ["promoter = A", "amount granted = 1 EUR"],
        ["promoter = B", "title = Yards", "start = 2019", "end = 2019"],
    ]
    assert "LG-EXT-021" not in notes


def test_a_further_sum_behind_a_label_is_what_the_words_before_it_say(tmp_path: Path) -> None:
    text = "Zaļā iela\n\nApplicant: A Club\nTotal budget: EUR 90 / LVL 63, own funds EUR 10, prizes EUR 3\n"
    _, (facts,), notes = read(tmp_path, text)
    sums = [fact for fact in facts if fact.startswith("amount")]
    assert sums == ["amount totalCost = 90 EUR", "amount totalCost = 63 LVL", "amount coFunding = 10 EUR"]
    assert "LG-EXT-020" in notes


def test_a_label_that_nobody_knows_ends_a_list(tmp_path: Path) -> None:
    partners = "Partners:\nA Club\nNorway: B Lag\nColour of the door: green\n"
    _, (facts,), _ = read(tmp_path, f"Zaļā iela\n\n{partners}\nApplicant: C Society\nBudget: EUR 5\n")
    found = [fact for fact in facts if fact.startswith("partner")]
    assert found == ["partner = A Club", "partner = B Lag NO"]


def test_a_sentence_beside_one_that_was_read_is_read_too(tmp_path: Path) -> None:
    line = "The project was funded by the B Fund. Pears are shared by all of those who live there."
    text = f"Quiet yards\n\nApplicant: A Club\nBudget: EUR 5\n{line}\n"
    _, (facts,), _ = read(tmp_path, text)
    assert "funder = B Fund" in facts
    assert "description = Pears are shared by all of those who live there." in facts


def test_a_line_with_a_label_a_name_and_an_address_is_left_out(tmp_path: Path) -> None:
    line = "Keeper of the keys of our house: Anna Bērziņa, anna@example.org"
    (tmp_path / "p.txt").write_text(f"Quiet yards\n\n{line}\n\n{FACTS}", encoding="utf8")
    ((reading,),) = [page.readings for page in pages(tmp_path / "p.txt")]
    assert reading.withheld == {"contact": 1}
    assert not any("Anna" in fact_line(fact) for fact in reading.facts)


def test_a_limit_is_no_sum(tmp_path: Path) -> None:
    text = "Quiet yards\n\nApplicant: A Club\nBudget: EUR 5\nGrant: up to EUR 60,000\n"
    _, (facts,), notes = read(tmp_path, text)
    assert [fact for fact in facts if fact.startswith("amount")] == ["amount totalCost = 5 EUR"]
    assert "LG-EXT-020" in notes


def test_one_of_many_places_is_read_once(tmp_path: Path) -> None:
    page = tmp_path / "p.txt"
    text = "workshop took place in Riga. " * 50 + "It went on in Narva."
    goal, thanks = "The main goal of the project is to meet", "It is supported by British Council"
    page.write_text(f"A Title\n\n{goal}. A {text}\n\n{thanks}\n")
    ((reading,),) = [page.readings for page in pages(page)]
    places = [fact.words for fact in reading.facts if fact.field.field == "place"]
    assert len(places) == len(set(places)) == 51


@pytest.mark.parametrize(
    "partners",
    [
        "the A Council" + " and the B Council" * 5_000,
        "Club (x, " * 20_000,
        "Club „x, " * 20_000,
        "\n " * 20_000 + "A Club",
    ],
    ids=["and", "brackets", "quotations", "empty lines"],
)
def test_a_page_that_goes_on_and_on_is_read_all_the_same(tmp_path: Path, partners: str) -> None:
    text = f"A Title\n\nApplicant: A Club\nBudget: EUR 5\nPartners: {partners}\n"
    started = process_time()
    _, (facts,), _ = read(tmp_path, text)
    assert "promoter = A Club" in facts
    assert (
        process_time() - started < 5
    )  # far less; pairs of every bracket, or a call for each "and", took minutes or failed
