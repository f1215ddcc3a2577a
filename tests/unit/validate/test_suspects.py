"""Which nodes a SPARQL constraint is asked of: those of which SQL cannot tell that it finds nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import column, sql
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.read import load_quads
from lodgrants.validate import sparql
from lodgrants.validate.query_groups import parse_groups
from lodgrants.validate.run import validate
from lodgrants.validate.suspects import is_surely_found, may_be_found

_DATA = """@prefix x: <http://x/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
x:a a x:C ; x:p 1, x:b ; x:d "2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .
x:b a x:D ; x:p 2 ; x:q "t" ; x:d "2022-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .
x:c x:p 2 ; x:q "t" . x:D rdfs:subClassOf x:C . x:e x:r 2.0 .
"""
_HEAD = "PREFIX x: <http://x/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT $this WHERE "


def _nodes(folder: Path, group: str, surely: bool = False) -> str | None:
    """Return the names of the subjects that may, or surely do, have a solution."""
    tree = parse_groups(_HEAD + group)
    holds = (
        (is_surely_found if surely else may_be_found)(tree, {"this": column("node", "f")}) if tree else None
    )
    if holds is None:
        return None
    path = folder / "data.ttl"
    path.write_text(_DATA, encoding="utf8")
    with open_engine() as engine:
        load_quads(engine, [rdf_file(path)])
        found = engine.rows(
            sql(
                "SELECT node FROM (SELECT DISTINCT s AS node FROM quad) AS f WHERE :holds ORDER BY node",
                holds=holds,
            )
        )
    return "".join(node[-2] for (node,) in found)


@pytest.mark.parametrize(
    ("group", "nodes"),
    [
        ("{ $this x:p ?v }", "abc"),
        ("{ $this x:p ?v FILTER isIRI(?v) }", "a"),
        ("{ $this x:p ?v . ?v x:q 't' }", "a"),
        ("{ $this x:p ?v FILTER NOT EXISTS { $this x:q ?w } }", "a"),
        ("{ $this x:p ?v OPTIONAL { $this x:q ?w } FILTER(!bound(?w)) }", "a"),
        ("{ { $this x:r ?v } UNION { $this x:q ?v } }", "bce"),
        ("{ $this x:p ?v FILTER EXISTS { $this a/rdfs:subClassOf* x:C } }", "ab"),
        ("{ $this x:d ?d FILTER(?d > '2021-01-01'^^<http://www.w3.org/2001/XMLSchema#date>) }", "b"),
        ("{ $this x:q ?v FILTER(?v IN ('s', 'u')) }", ""),
        ("{ $this x:p ?v FILTER(?v = 1.0) }", "a"),
        ("{ $this x:p ?v FILTER regex(str(?v), '7') }", "abc"),
        ("{ $this x:p ?v FILTER(?v > 1 || isBlank(?v)) }", "abc"),
    ],
)
def test_what_cannot_be_found_is_left_out(tmp_path: Path, group: str, nodes: str) -> None:
    assert _nodes(tmp_path, group) == nodes


@pytest.mark.parametrize(
    "group",
    [
        "{ $this x:p ?v . ?o x:p ?v }",  # literals join by value in the engine
        "{ $this x:p/^x:p ?o }",
        "{ $this x:p 1 }",
        "{ $this x:p+ ?v }",
        "{ $this x:p? ?v }",
        "{ $this ?p ?v }",
        "{ { SELECT $this WHERE { $this x:p ?v } } }",
        "{ GRAPH ?g { $this x:p ?v } }",
        "{ $this x:p [ x:q 1 ] }",
    ],
)
def test_of_what_sql_cannot_tell_all_nodes_are_suspect(tmp_path: Path, group: str) -> None:
    assert _nodes(tmp_path, group) is None


@pytest.mark.parametrize(
    ("group", "nodes"),
    [
        ("{ $this x:p ?v FILTER(?v = x:b) }", "a"),
        ("{ $this x:p ?v FILTER(?v < 2) }", "a"),
        ("{ $this x:p ?v FILTER regex(str(?v), '1') }", ""),
        ("{ $this x:p ?v FILTER(!regex(str(?v), '1')) }", ""),
        ("{ $this x:p ?v FILTER NOT EXISTS { $this x:q ?w FILTER regex(?w, '7') } }", "a"),
    ],
)
def test_what_is_surely_found_is_known(tmp_path: Path, group: str, nodes: str) -> None:
    assert _nodes(tmp_path, group, surely=True) == nodes


def test_where_nothing_can_be_found_the_engine_gets_no_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(store: object) -> None:
        raise AssertionError("the data was loaded")

    monkeypatch.setattr(sparql.SparqlStore, "_filled_store", refuse)
    data, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    data.write_text(_DATA, encoding="utf8")
    query = f"{_HEAD}{{ $this x:p ?v FILTER NOT EXISTS {{ ?v a x:D }} FILTER isIRI(?v) }}"
    shapes.write_text(
        f"@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <http://x/> ."
        f' x:S sh:targetSubjectsOf x:p ; sh:sparql [ sh:select """{query}""" ] .',
        encoding="utf8",
    )
    with validate(data, shapes) as report:
        assert report.conforms
