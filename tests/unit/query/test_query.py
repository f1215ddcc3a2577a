"""Querying: formats, prefixes, named graphs, refusals, errors with their place, and the store behind it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from lodgrants.cli.query import aligned, command
from lodgrants.errors import InputError, LodgrantsError, QueryError, UnsupportedError
from lodgrants.query.store import open_store
from lodgrants.query.text import Source, check_query
from lodgrants.rdf.formats import rdf_file

DATA = """
<urn:a> <http://schema.org/name> "One"@en <urn:g1> .
<urn:a> <https://w3id.org/lodgrants/ontology#kind> <https://w3id.org/lodgrants/ontology#granted> <urn:g1> .
<urn:b> <http://schema.org/name> "Two" <urn:g2> .
<urn:b> <http://schema.org/name> "Three" .
"""
NAMES = "SELECT ?s ?name { ?s schema:name ?name } ORDER BY ?name"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "lodgrants.nq").write_text(DATA)
    return tmp_path


def ask(*args: str) -> str:
    result = CliRunner().invoke(command, list(args), catch_exceptions=True, standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.stdout


def test_a_table_of_the_union_of_all_graphs(here: Path) -> None:
    assert ask(NAMES) == "s      name\n-----  -----\nurn:a  One\nurn:b  Three\nurn:b  Two\n"


def test_graphs_can_be_asked_for(here: Path) -> None:
    found = ask("SELECT ?g ?s { GRAPH ?g { ?s schema:name ?name } } ORDER BY ?g", "--format", "csv")
    assert found.splitlines() == ["g,s", "urn:g1,urn:a", "urn:g2,urn:b"]


def test_own_prefixes_come_before_the_declared_ones(here: Path) -> None:
    query = "PREFIX schema: <https://w3id.org/lodgrants/ontology#> SELECT ?o { ?s schema:kind ?o }"
    assert ask(query).splitlines()[-1] == "lg:granted"


def test_standard_formats(here: Path) -> None:
    rows = json.loads(ask(NAMES, "--format", "json"))["results"]["bindings"]
    assert rows[0]["name"] == {"type": "literal", "value": "One", "xml:lang": "en"}
    assert ask(NAMES, "--format", "tsv").splitlines()[1] == '<urn:a>\t"One"@en'
    assert "<sparql" in ask(NAMES, "--format", "xml")


def test_ask(here: Path) -> None:
    assert ask("ASK { <urn:a> ?p ?o }") == "yes\n"
    assert ask("ASK { <urn:z> ?p ?o }") == "no\n"
    assert json.loads(ask("ASK { <urn:a> ?p ?o }", "--format", "json"))["boolean"] is True


def test_a_graph_as_turtle_and_n_triples(here: Path) -> None:
    query = "CONSTRUCT { ?s schema:name ?name } WHERE { ?s schema:name ?name }"
    assert ask(query) == (
        "@prefix schema: <http://schema.org/> .\n\n"
        '<urn:a>\n    schema:name "One"@en .\n\n<urn:b>\n    schema:name "Three" ,\n        "Two" .\n'
    )
    assert ask("DESCRIBE <urn:b>", "--format", "nt") == (
        '<urn:b> <http://schema.org/name> "Three" .\n<urn:b> <http://schema.org/name> "Two" .\n'
    )
    assert ask("CONSTRUCT { ?s ?p 1 } WHERE { <urn:none> ?p ?s }") == ""


@pytest.mark.parametrize(
    ("query", "form"),
    [(NAMES, "ttl"), ("ASK {}", "nt"), ("DESCRIBE <urn:a>", "csv"), ("DESCRIBE <urn:a>", "xml")],
)
def test_a_format_that_does_not_fit_is_refused(here: Path, query: str, form: str) -> None:
    with pytest.raises(QueryError, match="LG-QRY-004"):
        ask(query, "--format", form)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o . service silent <http://x.example/> { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <http://x.example/> { ?s ?p ?o } }",
        "PREFIX x: <urn:x> # SELECT\nLOAD <http://x.example/>",
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_what_leaves_the_machine_or_changes_data_is_refused(here: Path, query: str) -> None:
    with pytest.raises(UnsupportedError, match="LG-QRY-002"):
        ask(query)


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?service schema:name "SERVICE <x>" } # SERVICE',
        "PREFIX service: <urn:x> SELECT * { ?s service:service <urn:SERVICE> ; lg:load ?load }",
        'SELECT * { ?s schema:name """LOAD\n"SERVICE" """, \'SERVICE\' }',
    ],
)
def test_names_and_texts_are_no_keywords(query: str) -> None:
    check_query(Source(query))


@pytest.mark.parametrize(
    ("query", "place", "words"),
    [
        ("SELECT * {\n  ?s schma:name ?x }", "query:2:6", "did you mean schema:?"),
        ("SELECT * {\n  ?s ?p }", "query:2:3", "^~~~~~"),
        ("SELECT", "query:1:7", "^"),
        ("", "query:1:1", "^"),
        ("SELECT ?x (COUNT(?y) AS ?n) { ?x ?p ?y }", "query:1:", "unbound"),
    ],
)
def test_a_mistake_is_shown_in_its_place(here: Path, query: str, place: str, words: str) -> None:
    with pytest.raises(QueryError) as caught:
        ask(query)
    assert place in str(caught.value)
    assert words in str(caught.value)


def test_the_caret_stands_under_the_mistake(here: Path) -> None:
    with pytest.raises(QueryError) as caught:
        ask("SELECT * {\n  ?s schma:name ?x }")
    line, caret = str(caught.value).splitlines()[1:3]
    assert line[caret.index("^") :].startswith("schma:name")


def test_queries_from_files_and_by_name(here: Path) -> None:
    (here / "q.rq").write_text(NAMES)
    assert ask("@q.rq") == ask(NAMES)
    (here / "bad.rq").write_text("SELECT\n*\n}")
    with pytest.raises(QueryError, match=r"bad\.rq:3:"):
        ask("@bad.rq")
    with pytest.raises(QueryError, match="LG-QRY-007"):
        ask("@missing.rq")
    assert ask("--name", "projects-by-status").startswith("status")
    with pytest.raises(QueryError, match="did you mean projects-by-status"):
        ask("--name", "project-by-status")
    listed = ask("--list")
    assert "projects-by-status\n    How many projects are planned" in listed


def test_an_answer_goes_to_a_file_whole(here: Path) -> None:
    ask(NAMES, "-o", "answer.csv")
    assert (here / "answer.csv").read_bytes().splitlines()[0] == b"s,name"


def test_without_data_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(QueryError, match="lodgrants build"):
        ask(NAMES)


def test_any_file_of_rdf_can_be_asked(here: Path) -> None:
    (here / "a.ttl").write_text("@prefix s: <http://schema.org/> . <urn:c> s:name 'Turtle' .")
    (here / "b.nt.gz").write_bytes(gzip.compress(b'<urn:d> <http://schema.org/name> "packed" .\n'))
    (here / "c.jsonld").write_text('{"@id": "urn:e", "http://schema.org/name": "json"}')
    columns = {"s": ["<urn:f>"], "p": ["<http://schema.org/name>"], "o": ['"columns"'], "g": ["<urn:g>"]}
    pq.write_table(pa.table(columns), here / "d.parquet")
    files = [part for name in ("a.ttl", "b.nt.gz", "c.jsonld", "d.parquet") for part in ("--data", name)]
    assert ask(NAMES, *files, "--format", "csv").splitlines() == [
        "s,name", "urn:c,Turtle", "urn:f,columns", "urn:e,json", "urn:d,packed"
    ]  # fmt: skip


def test_a_file_that_is_no_rdf_is_named_with_the_place(here: Path) -> None:
    (here / "bad.ttl").write_text("<urn:a> <urn:b>\n oops .")
    with pytest.raises(InputError, match=r"bad\.ttl"):
        ask(NAMES, "--data", "bad.ttl")
    assert not [folder for folder in (here / ".lodgrants" / "store").iterdir()]
    with pytest.raises(LodgrantsError, match="no such file"):
        ask(NAMES, "--data", "missing.ttl")


def test_the_store_is_built_once_and_again_when_data_change(here: Path) -> None:
    def stores() -> set[str]:
        return {folder.name for folder in (here / ".lodgrants" / "store").iterdir()}

    ask(NAMES)
    first = stores()
    ask(NAMES)
    assert stores() == first
    assert len(first) == 1
    (here / "output" / "lodgrants.nq").write_text('<urn:z> <http://schema.org/name> "Zed" .\n')
    assert "urn:z" in ask(NAMES)
    assert len(stores()) == 2


def test_only_the_newest_stores_are_kept(here: Path) -> None:
    for at in range(10):
        (here / "x.nt").write_text(f'<urn:{at}> <http://schema.org/name> "{"x" * at}" .\n')
        ask(NAMES, "--data", "x.nt")
    assert len(list((here / ".lodgrants" / "store").iterdir())) == 8


def test_a_store_that_was_left_half_built_is_not_used(here: Path) -> None:
    (here / ".lodgrants" / "store" / ".part-left").mkdir(parents=True)
    assert "urn:a" in ask(NAMES)


def test_a_folder_that_cannot_be_written_is_no_hindrance(here: Path) -> None:
    (here / "file").write_text("")
    store = open_store([rdf_file(here / "output" / "lodgrants.nq")], cache=here / "file" / "cache")
    assert len(store) == 7  # four quads, and the merge of their graphs


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert aligned(["a", "bb"], [["long", ""], ["", "x"]]) == "a     bb\n----  --\nlong\n      x\n"
    assert aligned(["a"], []) == "a\n-\n"


def test_a_statement_in_several_graphs_is_counted_once(tmp_path: Path) -> None:
    data = tmp_path / "data.nq"
    data.write_text("".join(f'<a:s> <a:p> "1" <a:g{n}> .\n' for n in range(3)), encoding="utf8")
    store = open_store([rdf_file(data)], cache=tmp_path / "cache")
    for query, expected in (
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "1"),
        ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", "3"),
    ):
        found = store.query(query)
        assert isinstance(found, ox.QuerySolutions)
        (row,) = found
        assert row["n"].value == expected
