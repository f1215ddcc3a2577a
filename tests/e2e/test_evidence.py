"""Every value stands on words that stand where it says; every line of a page is accounted for."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from lodgrants.extract.run import Reader, extract
from lodgrants.rdf.namespaces import BASE
from support import ROOT, shared
from support.pages import captures, sources

SAMPLES = sorted((ROOT / "mappings").glob("*/sample/*"))
PAGES = sorted(path for path in (ROOT / "tests/golden/pages").iterdir() if path.suffix in (".txt", ".html"))
SEEDS = {"acf-lithuania-bilateral-list": 8, "eea-grants-project": 1, "interakcia-eapn-project": 1,
         "sif-esf-project": 1, "sscw-british-council-project": 1}  # fmt: skip


def records(path: Path) -> list[dict[str, Any]]:
    results = extract([path], Reader(sources(), BASE), processes=1)
    return [json.loads(record) for result in results for record in result.records]


def assert_evidence(path: Path) -> None:
    texts = {capture.sha256: capture.text for capture in captures(path)}
    for record in records(path):
        text = texts[record["capture"]["sha256"]]
        for row in record["evidence"]:
            assert text[row["start"] : row["end"]] == row["exact"] != ""
        supported = {row["supports"] for row in record["evidence"]}
        for table in ("amounts", "organizations", "places"):
            assert {row["id"] for row in record[table]} <= supported
        for row in record["projects"]:
            dates = {"start", "end"} & row.keys()
            proven = {e["property"] for e in record["evidence"] if e["supports"] == row["id"]}
            assert {f"http://schema.org/{name}Date" for name in dates} <= proven


@pytest.mark.parametrize("path", [*SAMPLES, *PAGES], ids=lambda path: path.name)
def test_the_words_of_samples_stand_at_their_offsets(path: Path) -> None:
    assert_evidence(path)


@pytest.mark.parametrize("name", SEEDS)
def test_the_words_of_real_pages_stand_at_their_offsets(name: str) -> None:
    assert_evidence(shared("seeds", f"{name}.txt"))


@pytest.mark.parametrize("name", SEEDS)
def test_real_pages_give_their_records_and_every_line_is_accounted_for(name: str) -> None:
    found = records(shared("seeds", f"{name}.txt"))
    assert len(found) == SEEDS[name]
    assert all(record["coverage"]["share"] >= 0.95 for record in found)


def test_a_sample_says_the_same_as_the_real_page() -> None:
    """Samples are facsimiles: names, dates, sums and numbers are the real page's, the prose is ours."""
    for sample, name in (
        ("sif/sample/koalicija.txt", "sif-esf-project"),
        ("eea-grants/sample/balta-maja.txt", "eea-grants-project"),
    ):
        (ours,), (real,) = records(ROOT / "mappings" / sample), records(shared("seeds", f"{name}.txt"))
        assert ours["id"] == real["id"]
        assert ours["amounts"] == real["amounts"]
        assert ours["projects"] == real["projects"]
        assert sorted(row["id"] for row in ours["organizations"]) == sorted(
            row["id"] for row in real["organizations"]
        )


def test_identity_does_not_depend_on_the_place_in_a_list(tmp_path: Path) -> None:
    (sample,) = (ROOT / "mappings/acf/sample").iterdir()
    before = [record["id"] for record in records(sample)]
    head, rest = sample.read_text(encoding="utf8").split("\n\n", 1)
    new = "Partner: Nordlys (Norway) Summary: A new one. Implementation period: 01/02 – 01/03/2021"
    page = tmp_path / "page.txt"
    page.write_text(f"{head}\n\n{new}\n\n{rest}", encoding="utf8")
    after = [record["id"] for record in records(page)]
    assert after[1:] == before


def test_contact_data_is_left_out_and_counted() -> None:
    (record,) = records(ROOT / "mappings/sif/sample/koalicija.txt")
    assert record["withheld"] == {"fax": 1, "phone": 1}
    assert "60000000" not in json.dumps({key: value for key, value in record.items() if key != "coverage"})


def test_a_cut_archive_is_named_and_what_is_whole_is_read(tmp_path: Path) -> None:
    page = (ROOT / "mappings/sif/sample/koalicija.txt").read_bytes()
    lines = [
        "WARC/1.0",
        "WARC-Type: conversion",
        "Content-Type: text/plain",
        f"Content-Length: {len(page)}",
        "",
        "",
    ]
    entry = "\r\n".join(lines).encode() + page + b"\r\n\r\n"
    archive = tmp_path / "pages.warc.gz"
    packed = gzip.compress(entry)
    archive.write_bytes(packed + packed[: len(packed) // 2])
    first, second = extract([archive], Reader(sources(), BASE), processes=1)
    assert len(first.records) == 1
    assert [problem.code for problem in second.problems] == ["LG-EXT-009"]


def test_every_record_is_as_the_schema_says() -> None:
    schema = json.loads((ROOT / "docs" / "record.schema.json").read_text(encoding="utf8"))
    validator = jsonschema.Draft202012Validator(schema)
    for path in (*SAMPLES, *PAGES):
        for record in records(path):
            assert [error.message for error in validator.iter_errors(record)] == []
