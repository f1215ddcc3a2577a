"""A small graph of grants with evidence, and shapes that it breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:S a sh:NodeShape ; sh:targetClass ex:Grant ;
  sh:property [ sh:path ex:amount ; sh:minCount 1 ; sh:datatype xsd:decimal ] ;
  sh:property [ sh:path ex:title ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "no title"@en ] ;
  sh:property [ sh:path ex:note ; sh:maxLength 5 ; sh:severity sh:Info ] .
"""
DATA = """
<http://example.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/Grant> .
<http://example.org/a> <http://example.org/title> "A" .
# a comment, and an escaped line
<http://example.org/a> <http://example.org/amount> "<b>&\\u0022much\\"</b>" .
<http://example.org/b> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/Grant> .
<http://example.org/b> <http://example.org/amount> "2.5"^^<http://www.w3.org/2001/XMLSchema#decimal> .
<http://example.org/b> <http://example.org/note> "=1+1, long" .
"""
EVIDENCE = """
@prefix ex: <http://example.org/> . @prefix lg: <https://w3id.org/lodgrants/ontology#> .
@prefix oa: <http://www.w3.org/ns/oa#> . @prefix schema: <http://schema.org/> .
ex:record {
  ex:b a ex:Grant ; ex:amount "much" ; ex:title "B" .
  ex:record lg:evidence ex:e1, ex:e2 .
  ex:e1 lg:supports ex:b ; lg:supportsProperty ex:title ; oa:hasSource ex:capture ;
    oa:hasSelector [ oa:start 5 ; oa:end 6 ], [ oa:exact "B" ] .
  ex:e2 lg:supports ex:b ; lg:supportsProperty ex:amount ; oa:hasSource ex:capture ;
    oa:hasSelector [ oa:start 20 ; oa:end 24 ], [ oa:exact "much" ] .
  ex:capture schema:url <http://example.org/page.html> .
}
"""


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    path = tmp_path / "shapes.ttl"
    path.write_text(SHAPES, encoding="utf8")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.nt"
    path.write_text(DATA, encoding="utf8")
    return path


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    path = tmp_path / "evidence.trig"
    path.write_text(EVIDENCE, encoding="utf8")
    return path
