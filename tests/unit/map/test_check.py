"""Checking a mapping, and what a run says about its sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from lodgrants.map.api import load_mapping, run_mapping
from lodgrants.map.check import check_mapping
from lodgrants.map.explain import explain
from lodgrants.map.settings import Settings

MAPPING = """
@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://ex/> .
<#A> rml:logicalSource [ rml:source "a.csv" ] ; rml:subjectMap [ rml:template "http://ex/{id}" ] ;
  rml:predicateObjectMap
    [ rml:predicate ex:url ; rml:objectMap [ rml:reference "url" ; rml:termType rml:IRI ] ],
    [ rml:predicate ex:joined ; rml:objectMap [ rml:parentTriplesMap <#B> ;
        rml:joinCondition [ rml:child "id" ; rml:parent "k" ] ] ] .
<#B> rml:logicalSource [ rml:source "b.csv" ] ; rml:subjectMap [ rml:template "http://ex/b{k}" ] .
<#C> rml:logicalSource [ rml:source "c.csv" ] ; rml:subjectMap [ rml:template "http://ex/c{k}" ] .
"""


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text("id,url,spare\n1,http://a,x\n2,a b,y\n", encoding="utf8")
    (tmp_path / "b.csv").write_text("k\nB1\n", encoding="utf8")
    (tmp_path / "c.csv").write_text("k\n", encoding="utf8")
    path = tmp_path / "mapping.ttl"
    path.write_text(MAPPING, encoding="utf8")
    return path


def test_findings(mapping: Path) -> None:
    findings = check_mapping(load_mapping(mapping), Settings())
    assert [each.code for each in findings] == ["LG-MAP-008", "LG-MAP-009", "LG-MAP-010"]
    assert findings[0].value == "spare"
    assert findings[1].value == "child '1', '2'; parent 'B1'"
    assert findings[2].where is not None and findings[2].where.line == 9


def test_all_faults_are_said_at_once(mapping: Path) -> None:
    (mapping.parent / "b.csv").unlink()
    (mapping.parent / "c.csv").unlink()
    findings = check_mapping(load_mapping(mapping), Settings())
    assert [each.value for each in findings] == [str(mapping.parent / name) for name in ("b.csv", "c.csv")]


def test_what_is_left_out_is_counted(mapping: Path, tmp_path: Path) -> None:
    summary = run_mapping(mapping, tmp_path / "out.nt", Settings(skip_invalid=True))
    assert summary.triples == 1
    assert "left out: 1 values of 'url' in a.csv are no IRI, such as 'a b' in record 2" in summary.lines()


def test_only_what_one_record_makes(mapping: Path, tmp_path: Path) -> None:
    summary = run_mapping(mapping, tmp_path / "out.nt", Settings(record="1"))
    assert summary.triples == 1


def test_the_sql_is_shown(mapping: Path) -> None:
    text = explain(load_mapping(mapping), Settings())
    assert "READ_CSV" in text and "http://ex/joined" in text


def test_a_datatype_of_an_iri_is_said_to_have_no_effect(mapping: Path) -> None:
    text = mapping.read_text(encoding="utf8").replace("rml:IRI ]", "rml:IRI ; rml:datatype ex:d ]")
    mapping.write_text(text, encoding="utf8")
    idle = [each for each in check_mapping(load_mapping(mapping), Settings()) if each.code == "LG-MAP-013"]
    assert len(idle) == 1 and idle[0].where is not None and idle[0].where.line == 5
