"""What validating a node reads, and that no shape of ours may read anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.graph import SUBCLASS_OF, TYPE
from lodgrants.resources import shipped
from lodgrants.validate.footprint import Footprint, compile_footprint, footprint_of
from lodgrants.validate.imports import read_shapes
from lodgrants.validate.model import Shapes
from lodgrants.validate.parse import parse_shapes

_HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <http://x/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def _footprint(folder: Path, text: str) -> Footprint:
    (folder / "shapes.ttl").write_text(_HEAD + text)
    return compile_footprint(_shapes([folder / "shapes.ttl"]))


def _shapes(files: list[Path]) -> Shapes:
    return parse_shapes(read_shapes(rdf_file(file) for file in files))


def _query(pattern: str) -> str:
    return f"""x:S sh:targetNode x:a ; sh:sparql [
        sh:select "PREFIX x: <http://x/> SELECT $this WHERE {{ {pattern} }}" ] ."""


def _walks(footprint: Footprint, shape: str = "<http://x/S>") -> set[str]:
    """Return the walks from a shape in SPARQL's syntax, loops once, classes in brackets."""
    found: set[str] = set()

    def go(state: int, so_far: tuple[str, ...], seen: frozenset[int]) -> None:
        for edge in footprint.edges:
            if edge.start == state:
                name = (edge.predicate or "any").rpartition("/")[2].rstrip(">")
                step = ("^" if edge.inverse else "") + name + (f"[{edge.of[-2]}]" if edge.of else "")
                found.add("/".join((*so_far, step)))
                if edge.end not in seen:
                    go(edge.end, (*so_far, step), seen | {edge.end})

    start = footprint.starts[shape]
    go(start, (), frozenset((start,)))
    return found


def test_no_shape_of_ours_may_read_anything() -> None:
    footprint = compile_footprint(_shapes(sorted(shipped("shapes").glob("*.ttl"))))
    assert not footprint.unbounded
    assert footprint_of(footprint.as_json()) == footprint


@pytest.mark.parametrize(
    ("shape", "walks"),
    [
        ("sh:targetSubjectsOf x:p", {"p"}),
        ("sh:targetObjectsOf x:p", {"^p"}),
        ("sh:targetNode x:a ; sh:equals x:p", {"p"}),
        ("sh:targetNode x:a ; sh:closed true", {"any"}),
        ("sh:targetNode x:a ; sh:path ( x:p [ sh:inversePath x:q ] ) ; sh:minCount 1", {"p", "p/^q"}),
        ("sh:targetNode x:a ; sh:path [ sh:oneOrMorePath x:p ] ; sh:minCount 1", {"p", "p/p"}),
        (
            "sh:targetNode x:a ; sh:path x:p ; sh:node [ sh:property [ sh:path x:q ; sh:maxCount 1 ] ]",
            {"p", "p/q"},
        ),
    ],
)
def test_the_walks_of_a_shape(tmp_path: Path, shape: str, walks: set[str]) -> None:
    assert _walks(_footprint(tmp_path, f"x:S {shape} .")) == walks


def test_types_are_read_as_far_as_they_are_asked_for(tmp_path: Path) -> None:
    footprint = _footprint(tmp_path, "x:S sh:targetClass x:C ; sh:path x:p ; sh:class x:D .")
    types = {(edge.predicate, edge.of) for edge in footprint.edges if edge.of}
    assert types == {(p, f"<http://x/{c}>") for p in (TYPE, SUBCLASS_OF) for c in "CD"}
    assert footprint.classes == {"<http://x/S>": ("<http://x/C>",)}


def test_a_property_shape_reads_why_its_focus_nodes_are_in_focus(tmp_path: Path) -> None:
    footprint = _footprint(
        tmp_path, "x:P sh:targetSubjectsOf x:t ; sh:path x:p ; sh:property x:S . x:S sh:path x:q ."
    )
    assert _walks(footprint) == {"q", "^p", "^p/t"}


@pytest.mark.parametrize(
    ("pattern", "walks"),
    [
        ("$this x:p ?a . ?a x:q ?b", {"p", "p/q"}),
        ("?b x:q ?a . $this x:p ?a", {"p", "p/^q"}),
        ("?a x:p $this ; x:q ?c . $this x:r ?c", {"^p", "^p/q", "r"}),
        ("$this x:p/x:q+ $this", {"p", "p/q", "p/q/q"}),
        ("$this x:p ?a FILTER NOT EXISTS { ?a x:q ?b OPTIONAL { ?b x:r 1 } }", {"p", "p/q", "p/q/r"}),
        ("{ $this x:p ?a } UNION { $this x:q ?a }", {"p", "q"}),
        ("$this x:p ?a { ?a x:q 1 } UNION { ?a x:r 1 }", {"p", "p/q", "p/r"}),
        ("{ SELECT $this (COUNT(?a) AS ?n) { $this x:p ?a } GROUP BY $this }", {"p"}),
        ("$this x:p ?a GRAPH $shapesGraph { ?b x:q ?c }", {"p"}),
    ],
)
def test_the_walks_of_a_query(tmp_path: Path, pattern: str, walks: set[str]) -> None:
    footprint = _footprint(tmp_path, _query(pattern))
    assert not footprint.unbounded
    assert _walks(footprint) - {"any"} == walks


@pytest.mark.parametrize(
    "pattern",
    [
        "?a x:p ?b",
        "x:a x:p ?b",
        "$this x:p ?a . ?c x:q ?d",
        "$this x:p ?a BIND (IRI(STR(?a)) AS ?b) ?b x:q ?c",
        # Nothing but the first branch says what ?a is, and OPTIONAL is evaluated before it is joined.
        "{ $this x:p ?a } UNION { ?a x:q 1 }",
        "OPTIONAL { ?a x:q ?b } $this x:p ?a",
        "$this x:p ?a { OPTIONAL { ?a x:q ?b } }",
        "$this x:p ?a { SELECT $this ?b { $this x:q ?b . ?a x:r ?c } }",
        "BIND (EXISTS { ?a x:q 1 } AS ?b) $this x:p ?a",
        "OPTIONAL { $this x:p ?a } ?a x:q ?b",
        "$this x:p ?a FILTER NOT EXISTS { $this x:q ?b FILTER EXISTS { ?a x:r 1 } }",
        "$this x:p ?a GRAPH ?g { ?a x:q 1 }",
    ],
)
def test_a_query_with_a_pattern_that_nothing_leads_to_may_read_anything(tmp_path: Path, pattern: str) -> None:
    assert _footprint(tmp_path, _query(pattern)).unbounded == {"<http://x/S>"}
