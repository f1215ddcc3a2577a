"""mappings/record.yml: every row of the canonical record becomes exactly the statements it should."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from lodgrants.map.api import run_mapping
from lodgrants.map.settings import Settings
from lodgrants.rdf.namespaces import LG, RDF
from lodgrants.resources import shipped
from support import ROOT

GOLDEN = ROOT / "tests" / "golden" / "record"
RECORDS = GOLDEN / "records.jsonl"


def quads(records: Path, output: Path) -> list[str]:
    run_mapping(shipped("mappings", "record.yml"), output, Settings(sources={"records.jsonl": records}))
    return sorted(set(output.read_text(encoding="utf8").splitlines()))


def test_records_become_the_expected_quads(tmp_path: Path) -> None:
    expected = (GOLDEN / "expected.nq").read_text(encoding="utf8").splitlines()
    assert quads(RECORDS, tmp_path / "out.nq") == expected


def test_nothing_is_a_blank_node_and_all_is_in_the_graph_of_its_record(tmp_path: Path) -> None:
    graphs = {json.loads(line)["id"] for line in RECORDS.read_text(encoding="utf8").splitlines()}
    for line in quads(RECORDS, tmp_path / "out.nq"):
        assert "_:" not in line
        assert line.rsplit(" ", 2)[1][1:-1] in graphs


def test_a_record_of_nothing_but_a_project_is_enough(tmp_path: Path) -> None:
    sparse = tmp_path / "sparse.jsonl"
    sparse.write_text(
        '{"id":"urn:r","source":"s","key":"k","topic":"urn:p","capture":{"id":"urn:c","sha256":"00",'
        '"mediaType":"text/plain","bytes":1},"projects":[{"id":"urn:p","record":"urn:r"}]}\n'
    )
    lines = quads(sparse, tmp_path / "out.nq")
    assert f"<urn:p> <{RDF}type> <{LG}Project> <urn:r> ." in lines
    assert {line.split(" ")[0] for line in lines} == {
        "<urn:r>", "<urn:p>", "<urn:c>", "<https://w3id.org/lodgrants/id/source/s>"
    }  # fmt: skip


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    text = (ROOT / "docs" / "record.schema.json").read_text(encoding="utf8")
    Draft202012Validator.check_schema(json.loads(text))
    return Draft202012Validator(json.loads(text))


def test_the_golden_records_follow_the_schema(schema: Draft202012Validator) -> None:
    for line in RECORDS.read_text(encoding="utf8").splitlines():
        assert [error.message for error in schema.iter_errors(json.loads(line))] == []


@pytest.mark.parametrize(
    "change",
    [
        {"topic": "no iri"},
        {"projects": []},
        {"projects": [{"id": "urn:p", "record": "urn:r", "start": {"date": "2012-09-01", "year": "2012"}}]},
        {"names": [{"record": "urn:r", "about": "urn:p", "value": "", "type": "Project"}]},
        {
            "amounts": [
                {
                    "id": "urn:a",
                    "record": "urn:r",
                    "about": "urn:p",
                    "kind": "granted",
                    "value": "1,5",
                    "statedAs": "x",
                }
            ]
        },
        {"language": None},
        {"surprise": 1},
    ],
)
def test_the_schema_refuses(schema: Draft202012Validator, change: dict[str, object]) -> None:
    first = json.loads(RECORDS.read_text(encoding="utf8").splitlines()[0])
    assert not schema.is_valid({**first, **change})
