"""The competency questions: each is answered, on made-up data, by exactly the rows it should be."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlglot import exp

from lodgrants.db.engine import open_engine
from lodgrants.publish.dumps import write_dump
from lodgrants.publish.materialise import load_hierarchy, materialised
from lodgrants.query.named import named_queries
from lodgrants.query.run import run_query, write_answer
from lodgrants.query.store import data_files, open_store
from lodgrants.query.text import Source
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.read import load_quads
from support import ROOT

GOLDEN = ROOT / "tests" / "golden" / "competency"
NAMES = sorted(named_queries())


@cache
def data() -> Path:
    """Return the data as a build would publish it: with the terms above the own ones."""
    folder = TemporaryDirectory()
    _kept.append(folder)
    with open_engine() as engine:
        load_quads(engine, [rdf_file(GOLDEN / "data.ttl")])
        quads = materialised(engine, exp.select("s", "p", "o", "g").from_("quad"), load_hierarchy())
        write_dump(engine, quads, Path(folder.name, "data.nq"), "nq")
    return Path(folder.name, "data.nq")


_kept: list[TemporaryDirectory[str]] = []


def answer(name: str, folder: Path, published: Path) -> str:
    store = open_store(data_files([published]), cache=folder)
    output = folder / "answer.csv"
    with output.open("wb") as sink:
        write_answer(run_query(store, Source(named_queries()[name].text)), "csv", sink)
    return output.read_text(encoding="utf8").replace("\r\n", "\n")


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_exactly(name: str, tmp_path: Path) -> None:
    assert answer(name, tmp_path, data()) == (GOLDEN / f"{name}.csv").read_text(encoding="utf8")


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_on_the_bundled_samples_is_exactly(name: str, tmp_path: Path) -> None:
    expected = GOLDEN / "samples" / f"{name}.csv"
    found = answer(name, tmp_path, ROOT / "output")
    if os.environ.get("LODGRANTS_REWRITE"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(found, encoding="utf8")
    assert found == expected.read_text(encoding="utf8")


def test_there_are_as_many_questions_as_answers() -> None:
    assert len(NAMES) >= 15
    assert [file.stem for file in sorted(GOLDEN.glob("*.csv"))] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_answers_and_in_which_order(name: str) -> None:
    query = named_queries()[name]
    assert query.title.endswith("?")
    assert "ORDER BY" in query.text


def test_the_documentation_lists_all() -> None:
    page = (ROOT / "docs" / "query.md").read_text(encoding="utf8")
    assert all(f"| `{query.name}` | {query.title} |" in page for query in named_queries().values())
