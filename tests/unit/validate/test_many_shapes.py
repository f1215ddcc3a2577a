"""Profiles of hundreds of shapes: what they say alike is compiled once."""

from __future__ import annotations

from pathlib import Path

import pytest

from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.read import read_graph
from lodgrants.validate.parse import parse_shapes
from lodgrants.validate.plan import Plan, compile_plan
from lodgrants.validate.run import validate

_HEAD = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <http://e/> .\n"
_XSD = "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"


def _plan(folder: Path, shapes: str) -> Plan:
    path = folder / "shapes.ttl"
    path.write_text(_HEAD + _XSD + shapes, encoding="utf8")
    return compile_plan(parse_shapes(read_graph([rdf_file(path)])))


def _profile(classes: int, properties: int) -> str:
    return "\n".join(
        f":S{c} sh:targetClass :C{c} ; "
        + " ; ".join(
            f"sh:property [ sh:path :p{c}x{p} ; sh:maxCount 1 ; sh:minCount 1 ; sh:datatype xsd:date ;"
            " sh:or ( [ sh:nodeKind sh:IRI ] [ sh:class :D ] ) ]"
            for p in range(properties)
        )
        + " ."
        for c in range(classes)
    )


def test_more_shapes_alike_are_no_more_statements(tmp_path: Path) -> None:
    small, large = _plan(tmp_path, _profile(2, 4)), _plan(tmp_path, _profile(20, 20))
    assert len(small.rules) * 50 == len(large.rules) == 1600
    assert len(small.steps) == len(large.steps) < 15


def test_thousands_of_target_nodes_are_one_statement(tmp_path: Path) -> None:
    nodes = ", ".join(f":n{number}" for number in range(3000))
    assert len(_plan(tmp_path, f":S sh:targetNode {nodes} ; sh:nodeKind sh:Literal .").steps) < 5
    data = tmp_path / "data.ttl"
    data.write_text(_HEAD + ":n1 :p 1 .", encoding="utf8")
    with validate(data, tmp_path / "shapes.ttl") as report:
        assert report.counts() == {"<http://www.w3.org/ns/shacl#Violation>": 3000}


@pytest.mark.parametrize("kind", ["", "sh:inversePath "])
def test_what_is_found_together_names_its_own_shape(tmp_path: Path, kind: str) -> None:
    step = "[ sh:inversePath :p{} ]" if kind else ":p{}"
    shapes = "".join(
        f":S{n} sh:targetClass :C{n} ; sh:property :P{n} . :P{n} sh:path {step.format(n)} ; sh:minCount 1 .\n"
        for n in range(6)
    )
    _plan(tmp_path, shapes)
    data = tmp_path / "data.ttl"
    triples = "".join(
        f":a{n} a :C{n} . :b{n} a :C{n} . " + (f":x :p{n} :b{n} ." if kind else f":b{n} :p{n} :x .")
        for n in range(6)
    )
    data.write_text(_HEAD + triples, encoding="utf8")
    with validate(data, tmp_path / "shapes.ttl") as report:
        found = {(row["focus"], row["shape"]) for row in report.table().to_pylist()}
    assert found == {(f"<http://e/a{n}>", f"<http://e/P{n}>") for n in range(6)}
