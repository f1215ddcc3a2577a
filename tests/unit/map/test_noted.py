"""What is noted of loaded values leaves tests out of the terms, and never changes a triple."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lodgrants.errors import LodgrantsError
from lodgrants.map.api import run_mapping
from lodgrants.map.settings import Settings

MAPPING = """
@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://ex.org/> .
<http://ex.org/map> rml:logicalSource [ rml:source "rows.json"; rml:referenceFormulation rml:JSONPath;
    rml:iterator "$[*]" ];
  rml:subjectMap [ rml:reference "id" ];
  rml:predicateObjectMap [ rml:predicate ex:v; rml:objectMap [ rml:reference "v" ] ] .
"""
XSD = "http://www.w3.org/2001/XMLSchema#"


Row = dict[str, object]


def triples(folder: Path, rows: list[Row], skip_invalid: bool = False) -> set[tuple[str, str]]:
    """Map rows and return the subjects with the objects."""
    (folder / "rows.json").write_text(json.dumps(rows), encoding="utf8")
    (folder / "mapping.ttl").write_text(MAPPING, encoding="utf8")
    run_mapping(folder / "mapping.ttl", folder / "out.nq", Settings(skip_invalid=skip_invalid))
    lines = (folder / "out.nq").read_text(encoding="utf8").split(" .\n")[:-1]
    return {(each.split(" ")[0], each.split(" ", 2)[2]) for each in lines}


def test_values_are_written_alike_whatever_stands_beside_them(tmp_path: Path) -> None:
    absolute: Row = {"id": "http://ex.org/a", "v": 'tab\tquote" del\x7f \u00e9'}
    text = ("<http://ex.org/a>", '"tab\\tquote\\" del\\u007F \u00e9"')
    assert triples(tmp_path, [absolute]) == {text}
    mixed: list[Row] = [
        absolute,
        {"id": "b/c", "v": 7},
        {"id": "urn:x", "v": None},
        {"id": "urn:y", "v": True},
    ]
    assert triples(tmp_path, mixed) == {
        text,
        ("<http://example.com/base/b/c>", f'"7"^^<{XSD}integer>'),
        ("<urn:y>", f'"true"^^<{XSD}boolean>'),
    }


@pytest.mark.parametrize("bad", ["http://ex.org/a b", "urn:{x}", "urn:a\\b", "urn:line\n"])
def test_one_value_that_is_no_iri_is_found_among_good_ones(bad: str, tmp_path: Path) -> None:
    rows: list[Row] = [{"id": f"urn:{i}", "v": "x"} for i in range(9)]
    assert len(triples(tmp_path, rows)) == 9
    with pytest.raises(LodgrantsError) as found:
        triples(tmp_path, [*rows, {"id": bad, "v": "x"}])
    assert found.value.problems[0].code == "LG-MAP-005"
    assert len(triples(tmp_path, [*rows, {"id": bad, "v": "x"}], skip_invalid=True)) == 9


def test_an_object_where_an_iri_is_asked_for_is_an_error_of_the_data(tmp_path: Path) -> None:
    with pytest.raises(LodgrantsError) as found:
        triples(tmp_path, [{"id": "urn:1", "v": "x"}, {"id": {"a": "urn:2"}, "v": "x"}])
    assert found.value.problems[0].code == "LG-MAP-005"
