"""What `lodgrants map` says at its end, seen through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lodgrants.cli.map import command

MAPPING = """
@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://ex/> .
<#grant> rml:logicalSource [ rml:source "a.csv" ] ; rml:subjectMap [ rml:template "http://ex/{id}" ] ;
  rml:predicateObjectMap
    [ rml:predicate ex:url ; rml:objectMap [ rml:reference "url" ; rml:termType rml:IRI ] ],
    [ rml:predicate ex:tag ;
      rml:objectMap [ rml:reference "tag" ; rml:languageMap [ rml:reference "lang" ] ] ] .
<#title> rml:logicalSource [ rml:source "a.csv" ] ; rml:subjectMap [ rml:template "http://ex/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:title ; rml:object "x" ] .
<#item> rml:logicalSource
    [ rml:source "b.json" ; rml:referenceFormulation rml:JSONPath ; rml:iterator "$[*]" ] ;
  rml:subjectMap [ rml:template "http://ex/b/{k}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference "n" ] ],
    [ rml:predicate ex:tags ; rml:objectMap [ rml:reference "t[*]" ; rml:termType rml:IRI ] ] .
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mapping.ttl").write_text(MAPPING, encoding="utf8")
    rows = "id,url,tag,lang\n1,http://a,x,en\n2,a b,y,lv\n3,c<d,z,none at all\n4,http://d,w,en\n"
    (tmp_path / "a.csv").write_text(rows, encoding="utf8")
    items = [{"k": "p", "n": 1, "t": ["http://x", "y z"]}, {"k": "q", "t": []}, {"n": 3}]
    (tmp_path / "b.json").write_text(json.dumps(items), encoding="utf8")
    return tmp_path


def run(folder: Path, *options: str) -> Result:
    result = CliRunner().invoke(command, [str(folder / "mapping.ttl"), *options], catch_exceptions=False)
    assert result.exit_code == 0
    return result


def read(folder: Path, *options: str) -> dict[str, Any]:
    run(folder, "--skip-invalid", "--summary", str(folder / "s.json"), *options)
    found: dict[str, Any] = json.loads((folder / "s.json").read_text(encoding="utf8"))
    return found


def test_lines_for_people(folder: Path) -> None:
    lines = run(folder, "--skip-invalid", "-o", str(folder / "out.nq")).stderr.splitlines()
    assert lines[:2] == ["a.csv: 4 records", "b.json $[*]: 3 records"]
    assert "  without a value: n 1, such as record q" in lines
    assert "  without a value: k 1, such as record n=3" in lines
    assert "left out: 2 values of 'url' in a.csv are no IRI, such as 'a b' in record 2" in lines
    assert lines[-4:-1] == ["grant: 5 triples", "title: 4 triples", "item: 2 triples"]
    assert lines[-1].startswith("11 triples in ") and lines[-1].endswith(" MB of memory")


def test_quiet_says_nothing(folder: Path) -> None:
    assert run(folder, "--skip-invalid", "-q", "-o", str(folder / "out.nq")).stderr == ""


def test_json_has_every_count_with_an_example(folder: Path) -> None:
    summary = read(folder, "-o", str(folder / "out.nq"))
    assert summary["triples"] == 11 == len((folder / "out.nq").read_text().splitlines())
    assert {tuple(each["names"]): each["triples"] for each in summary["maps"]} == {
        ("grant",): 5,
        ("title",): 4,
        ("item",): 2,
    }
    invalid = {(each["column"], each["kind"]): each for each in summary["invalid"]}
    assert {key: (each["count"], each["value"], each["record"]) for key, each in invalid.items()} == {
        ("url", "IRI"): (2, "a b", "2"),
        ("lang", "language tag"): (1, "none at all", "3"),
        ("t[*]", "IRI"): (1, "y z", "p"),
    }
    missing = {each["name"]: each["missing"] for each in summary["sources"][1]["columns"]}
    assert missing == {"k": 1, "n": 1, "t[*]": 2}
    assert summary["seconds"] > 0 and summary["peak_memory"] > 1 << 20


def test_parquet_is_counted_too(folder: Path) -> None:
    parquet = read(folder, "-o", str(folder / "out.parquet"))
    assert parquet["triples"] == 11
    assert sum(each["triples"] for each in parquet["maps"]) == 11


def test_maps_that_may_make_the_same_triple_are_counted_together(folder: Path) -> None:
    same = '[ rml:predicate ex:title ; rml:objectMap [ rml:reference "tag" ] ]'
    text = MAPPING.replace("[ rml:predicate ex:tag ;", f"{same}, [ rml:predicate ex:tag ;").replace(
        'rml:object "x"', 'rml:objectMap [ rml:reference "tag" ]'
    )
    (folder / "mapping.ttl").write_text(text, encoding="utf8")
    maps = read(folder, "-o", str(folder / "out.nq"))["maps"]
    assert {" ".join(each["names"]): each["triples"] for each in maps} == {
        "grant": 5,
        "item": 2,
        "grant title": 4,
    }
