"""Use as a library: files, Arrow streams, and Arrow data as source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

import lodgrants

MAPPING = """
@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://ex/> .
<#A> rml:logicalSource [ rml:source "people" ] ; rml:subjectMap [ rml:template "http://ex/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:tag ; rml:objectMap [ rml:reference "tags" ] ] .
"""
PEOPLE = pa.table({"id": [1, 2], "tags": [["a", "b"], []]})


def test_arrow_in_and_arrow_out(tmp_path: Path) -> None:
    path = tmp_path / "mapping.ttl"
    path.write_text(MAPPING, encoding="utf8")
    run: Any = lodgrants.map
    found = run(path, sources={"people": PEOPLE}).read_all().to_pylist()
    assert sorted(row["o"] for row in found) == ['"a"', '"b"']
    assert found[0]["s"] == "<http://ex/1>" and found[0]["g"] is None


def test_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mapping.ttl"
    path.write_text(MAPPING, encoding="utf8")
    run: Any = lodgrants.map
    summary = run(path, tmp_path / "out.ttl", sources={"people": PEOPLE})
    assert summary.triples == 2
    assert "ex:1\n" in (tmp_path / "out.ttl").read_text(encoding="utf8")
