"""SPARQL constraints over many focus nodes at once mean what they mean for each by itself."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from lodgrants.errors import ShapeError, UnsupportedError
from lodgrants.validate.run import Options, validate

DATA = """
@prefix ex: <http://example.org/> .
ex:a a ex:Grant ; ex:part 1, 2 ; ex:total 3 ; ex:name "A"@en .
ex:b a ex:Grant ; ex:part 1, 5 ; ex:total 7 ; ex:name "B}" , "B2"@en .
ex:c a ex:Grant ; ex:total 0 .
[] a ex:Grant ; ex:part 4 ; ex:total 5 ; ex:name "D" .
"""
HEAD = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""
NODE = (
    """ex:S a sh:NodeShape ; sh:targetClass ex:Grant ; sh:sparql [ sh:prefixes ex: ; sh:select '''{}''' ] ."""
)
PROPERTY = """ex:S sh:path ex:name ; sh:targetClass ex:Grant ;
  sh:sparql [ sh:prefixes ex: ; sh:select '''{}''' ] ."""
COMPONENT = """
ex:LongerThan a sh:ConstraintComponent ; sh:parameter [ sh:path ex:longerThan ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex: ;
    sh:message "{$value} is not longer than {$longerThan}" ;
    sh:ask "ASK { FILTER (STRLEN(STR($value)) > $longerThan) }" ] .
ex:S sh:path ex:name ; sh:targetClass ex:Grant ; ex:longerThan 1 .
"""
QUERIES = {
    "aggregate": NODE.format(
        "SELECT $this (?sum AS ?value) WHERE { $this ex:total ?t . { SELECT $this (SUM(?p) AS ?sum)"
        " WHERE { $this ex:part ?p } GROUP BY $this } FILTER (?sum != ?t) }"
    ),
    "optional": NODE.format(
        "SELECT $this WHERE { OPTIONAL { $this ex:part ?p . FILTER (?p > 4) } FILTER (!BOUND(?p)) }"
    ),
    "not exists": NODE.format(
        "SELECT $this WHERE { $this a ex:Grant . FILTER NOT EXISTS { $this ex:part ?p } }"
    ),
    "union": NODE.format(
        "SELECT $this ?value WHERE { { $this ex:part ?value . FILTER (?value > 4) }"
        " UNION { FILTER ($this = ex:c) BIND ('c' AS ?value) } }"
    ),
    "not in a group": NODE.format(
        "SELECT $this ?value WHERE { ?other ex:part ?value . FILTER (?other = $this) }"
    ),
    "path": PROPERTY.format(
        "SELECT $this ?value WHERE { $this $PATH ?value . FILTER (LANG(?value) = 'en') }"
    ),
    "comments and strings": NODE.format(
        'SELECT $this ?value # not { $this\nWHERE { $this ex:name ?value . FILTER (CONTAINS(?value, "B}")) }'
    ),
}


def results(tmp_path: Path, shapes: str, engine: str = "auto") -> list[tuple[str | None, ...]]:
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf8")
    (tmp_path / "shapes.ttl").write_text(HEAD + shapes, encoding="utf8")
    with validate(tmp_path / "data.ttl", tmp_path / "shapes.ttl", Options(engine=engine)) as report:
        rows = report.table().to_pylist()
    found = [(row["focus"], row["path"], row["value"], row["component"]) for row in rows]
    return sorted((tuple("_:" if str(t).startswith("_:") else t for t in row) for row in found), key=str)


@pytest.mark.parametrize("name", list(QUERIES))
def test_results_are_those_of_pyshacl(tmp_path: Path, name: str) -> None:
    found = results(tmp_path, QUERIES[name])
    assert found and found == results(tmp_path, QUERIES[name], "pyshacl")


def test_an_ask_validator_tests_each_value(tmp_path: Path) -> None:
    # By https://www.w3.org/TR/shacl/#constraint-components-validation it has the value; pySHACL omits it.
    found = [(focus, value) for focus, _, value, _ in results(tmp_path, COMPONENT)]
    assert found == [("<http://example.org/a>", '"A"@en'), ("_:", '"D"')]
    with validate(tmp_path / "data.ttl", tmp_path / "shapes.ttl") as report:
        messages = {row["message"] for row in report.table().to_pylist()}
    assert messages == {"A is not longer than 1", "D is not longer than 1"}


def test_a_limit_is_for_each_focus_node(tmp_path: Path) -> None:
    shapes = NODE.format("SELECT $this ?value WHERE { $this ex:part ?value } LIMIT 1")
    assert len(results(tmp_path, shapes)) == 3
    nested = NODE.format("SELECT $this WHERE { { SELECT $this WHERE { $this ex:part ?p } LIMIT 1 } }")
    with pytest.raises(UnsupportedError, match="LIMIT"):
        results(tmp_path, nested)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this WHERE { $this ?p ?o MINUS { ?s ?p 1 } }",
        "SELECT $this WHERE { VALUES ?x { 1 } }",
        "SELECT $this WHERE { BIND (1 AS $this) }",
        "SELECT $this WHERE { { SELECT * WHERE { ?s ?p ?o } } }",
        "SELECT $this WHERE { $this $PATH ?o }",
        "SELECT ?x WHERE { $this ex:part ?x }",
        "SELECT $this WHERE { $this nope:part ?x }",
    ],
)
def test_what_the_recommendation_forbids_fails(tmp_path: Path, query: str) -> None:
    with pytest.raises(ShapeError):
        results(tmp_path, NODE.format(query))


def test_prefixes_of_the_file_are_known_in_queries(tmp_path: Path) -> None:
    shapes = """ex:S sh:targetNode ex:a ; sh:sparql [
      sh:select "SELECT $this ?value WHERE { $this ex:total ?value }" ] ."""
    assert [row[2] for row in results(tmp_path, shapes)] == [
        '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'
    ]


def test_a_prefix_that_two_files_use_differently_is_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf8")
    query = "sh:select 'SELECT $this WHERE { $this ex:total ?t }'"
    for name in "ab":
        text = HEAD.replace("http://example.org/", f"http://example.org/{name}/")
        shape = f"ex:S sh:targetNode <http://example.org/a> ; sh:sparql [ {query} ] ."
        (tmp_path / f"{name}.ttl").write_text(text + shape, encoding="utf8")
    with pytest.raises(ShapeError, match="the prefix ex: is not declared"):
        validate(tmp_path / "data.ttl", [tmp_path / "a.ttl", tmp_path / "b.ttl"])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT $this WHERE { $this ex:total ?t FILTER (!ex:isOdd(?t)) }", "isOdd"),
        ("SELECT $this WHERE { $this ex:name ?n FILTER (!REGEX(STR(?n), '^(?!A)', 'i')) }", "regular expr"),
        (
            "SELECT $this WHERE { $this ex:name ?n FILTER (REPLACE(?n, '(.)\\\\\\\\1', '') != ?n) }",
            "regular expr",
        ),
    ],
)
def test_what_the_engine_lacks_is_refused_by_name(tmp_path: Path, query: str, said: str) -> None:
    # With nothing to validate as well: that a shape is not supported must not depend on the data.
    for target in ("sh:targetClass ex:Grant", "sh:targetClass ex:None"):
        with pytest.raises(UnsupportedError, match=said):
            results(tmp_path, NODE.format(query).replace("sh:targetClass ex:Grant", target))


def test_only_select_queries_are_constraints(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match="no SELECT"):
        results(tmp_path, NODE.format("ASK { $this ex:total ?t }"))


STATED = """
@prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:a ex:sum 2.50, 007, +1, "1.50E1"^^xsd:double, "1"^^xsd:boolean,
  "2020-01-01T00:00:00.500+00:00"^^xsd:dateTime, "0.00"^^xsd:decimal, "-02"^^xsd:integer, 100,
  "text 2.50", "2.50"@en .
ex:b ex:sum 2.75 ; ex:next ex:c . ex:c ex:sum 3.10 .
"""


@pytest.mark.parametrize(
    "shape",
    [
        "sh:targetSubjectsOf ex:sum ; sh:sparql"
        " [ sh:select 'SELECT $this ?value WHERE { $this ex:sum ?value }' ]",
        "sh:targetSubjectsOf ex:sum ; sh:path ex:sum ; ex:never true",
        "sh:targetObjectsOf ex:sum ; sh:sparql [ sh:select 'SELECT $this WHERE { }' ]",
    ],
)
def test_literals_are_reported_as_the_data_states_them(tmp_path: Path, shape: str) -> None:
    never = """ex:Never a sh:ConstraintComponent ; sh:parameter [ sh:path ex:never ] ;
      sh:validator [ sh:ask "ASK { FILTER (false) }" ] . """
    (tmp_path / "data.ttl").write_text(STATED, encoding="utf8")
    (tmp_path / "shapes.ttl").write_text(HEAD + never + f"ex:S {shape} .", encoding="utf8")
    with validate(tmp_path / "data.ttl", tmp_path / "shapes.ttl") as report:
        found = {str(row["value"]) for row in report.table().to_pylist()}
    stated = {quad.object for quad in ox.parse(STATED.encode(), ox.RdfFormat.TURTLE)}
    assert found == {str(term) for term in stated if isinstance(term, ox.Literal)}


def test_results_without_any_value(tmp_path: Path) -> None:
    found = results(tmp_path, PROPERTY.format("SELECT $this WHERE { $this $PATH ?v } GROUP BY $this"))
    assert [(row[0], row[2]) for row in found] == [
        ("<http://example.org/a>", None), ("<http://example.org/b>", None), ("_:", None)
    ]  # fmt: skip


def test_what_a_query_makes_stays(tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(STATED, encoding="utf8")
    query = "SELECT $this (SUM(?v) - 0.6 AS ?value) WHERE { $this ex:next/ex:sum ?v } GROUP BY $this"
    (tmp_path / "shapes.ttl").write_text(
        HEAD + f"ex:S sh:targetNode ex:b ; sh:sparql [ sh:select '{query}' ] .", encoding="utf8"
    )
    with validate(tmp_path / "data.ttl", tmp_path / "shapes.ttl") as report:
        (row,) = report.table().to_pylist()
    assert row["value"] == '"2.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'
