"""Takedown lists and licences: what must not be published is nowhere in a release, and is counted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from lodgrants.errors import ConfigError
from lodgrants.pipeline import Plan, Summary, build
from lodgrants.rdf.namespaces import LG, RDF
from support import ROOT

MAPPINGS = ROOT / "mappings"
LIST = MAPPINGS / "acf" / "sample" / "bilateral-initiatives.txt"


def run(tmp_path: Path, lines: str = "", **options: object) -> tuple[Path, Summary]:
    withhold = tmp_path / "withhold.csv"
    withhold.write_text(f"what,reason,date\n{lines}", encoding="utf8")
    pages = tmp_path / "pages"
    if not pages.exists():
        pages.mkdir()
        for page in (LIST, MAPPINGS / "sif/sample/koalicija.txt"):
            shutil.copy(page, pages)
    output = tmp_path / "out"
    plan = Plan((pages,), output, withhold=(withhold,), **options)  # type: ignore[arg-type]
    return output, build(plan, lambda text: None)


def texts(output: Path) -> Iterator[tuple[str, str]]:
    for path in (output / "latest").rglob("*"):
        if path.is_file() and not path.name.endswith((".gz", ".parquet", ".cottas")):
            yield path.name, path.read_text(encoding="utf8")


def records(output: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (output / "records.jsonl").read_text(encoding="utf8").splitlines()]


@pytest.mark.parametrize("by", ["id", "topic", "number"])
def test_a_record_on_the_list_is_nowhere_but_in_its_tombstone(tmp_path: Path, by: str) -> None:
    (tmp_path / "before").mkdir()
    output, _ = run(tmp_path / "before")
    (record,) = (one for one in records(output) if one["source"] == "sif")
    number = "1DP/1.5.2.2.2/12/APIA/SIF/176"
    output, summary = run(tmp_path, f"{number if by == 'number' else record[by]},asked for,2024-01-31\n")
    assert (summary.withheld, summary.sources["sif"].kept_back) == (1, 1)
    for name, text in texts(output):
        assert "Izglītības iniciatīvu centrs" not in text, name
        assert "asked for" not in text, name
    about = [quad for quad in ox.parse(path=output / "lodgrants.nq") if str(record["id"]) in str(quad)]
    assert {(quad.predicate.value, str(quad.object)) for quad in about} == {
        (f"{RDF}type", f"<{LG}{name}>") for name in ("Withheld", "Withdrawn")
    } | {(f"{RDF}type", "<http://www.w3.org/ns/prov#Entity>")}
    line = {"id": record["id"], "reason": "withheld"}
    assert json.loads((output / "tombstones.jsonl").read_text()) == line


def test_lines_that_nobody_read_are_left_out_of_the_other_records_of_the_page(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    page = "Something that nobody reads 12345.\n\n" + LIST.read_text(encoding="utf8")
    (pages / "list.txt").write_text(page, encoding="utf8")
    output, _ = run(tmp_path)
    first = records(output)[0]
    assert "12345" in (output / "records.jsonl").read_text(encoding="utf8")
    output, _ = run(tmp_path, f"{first['id']},,\n")
    assert len(records(output)) == 7
    assert "12345" not in (output / "records.jsonl").read_text(encoding="utf8")


@pytest.mark.parametrize(
    ("text", "line"),
    [("record,reason\n", 1), ("", 1), ("what,reason,date\nx,,\n,forgotten,2024\n", 3)],
)
def test_a_list_that_is_none_stops_the_build(tmp_path: Path, text: str, line: int) -> None:
    withhold = tmp_path / "list.csv"
    withhold.write_text(text, encoding="utf8")
    plan = Plan((LIST,), tmp_path / "out", withhold=(withhold,))
    with pytest.raises(ConfigError) as caught:
        build(plan, lambda text: None)
    (problem,) = caught.value.problems
    assert (problem.code, str(problem.where)) == ("LG-BLD-001", f"{withhold}:{line}")
    assert not (tmp_path / "out").exists()


def test_what_is_on_the_list_and_met_nowhere_is_said(tmp_path: Path) -> None:
    _, summary = run(tmp_path, "urn:mistyped,,\n")
    assert any("LG-BLD-002" in note and "urn:mistyped" in note for note in summary.notes)


def test_a_source_without_a_licence_is_published_only_when_told(tmp_path: Path) -> None:
    profile = tmp_path / "profiles" / "sif" / "source.yml"
    profile.parent.mkdir(parents=True)
    text = (MAPPINGS / "sif" / "source.yml").read_text(encoding="utf8")
    start, end = text.index("without-licence:"), text.index("language:")
    profile.write_text(text[:start] + text[end:], encoding="utf8")
    profiles = (tmp_path / "profiles",)
    output, summary = run(tmp_path, profiles=profiles)
    assert {one["source"] for one in records(output)} == {"acf"}
    assert [problem.code for problem in summary.problems] == ["LG-BLD-003"]
    assert "/sif/" not in (output / "lodgrants.nq").read_text(encoding="utf8")
    output, summary = run(tmp_path, profiles=profiles, allow_unlicensed=True)
    assert {one["source"] for one in records(output)} == {"acf", "sif"}
    assert summary.problems == []
