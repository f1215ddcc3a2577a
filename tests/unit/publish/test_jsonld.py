"""JSON-LD says what the graph says, to two processors; what belongs together stands together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph
from rdflib.compare import isomorphic
from sqlglot import exp

from lodgrants.db.engine import Engine, Limits, open_engine
from lodgrants.publish.context import load_context
from lodgrants.publish.jsonld import write_jsonld
from lodgrants.rdf.namespaces import LG, RDF, SCHEMA, XSD
from support.quads import PHASES, Row, iris, tables, verbs

TYPE = f"<{RDF}type>"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(Limits(threads=2)) as opened:
        yield opened


def document(engine: Engine, table: list[Row], folder: Path) -> str:
    columns = {name: pa.array([row[at] for row in table], pa.string()) for at, name in enumerate("spog")}
    engine.register("quads", pa.table(columns))
    path = folder / "out.jsonld"
    write_jsonld(engine, exp.select("s", "p", "o", "g").from_("quads"), path)
    return path.read_text(encoding="utf8")


def lines(table: list[Row]) -> str:
    return "".join(f"{s} {p} {o} .\n" for s, p, o, _ in table)


def canonical(quads: Any) -> set[str]:
    dataset = ox.Dataset(ox.Quad(each.subject, each.predicate, each.object) for each in quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def same(table: list[Row], text: str) -> None:
    json.loads(text)
    given = canonical(ox.parse(lines(table), ox.RdfFormat.N_TRIPLES))
    assert canonical(ox.parse(text, ox.RdfFormat.JSON_LD)) == given
    expected = Graph().parse(data=lines(table), format="nt")
    assert isomorphic(Graph().parse(data=text, format="json-ld"), expected)


@pytest.mark.filterwarnings("ignore::UserWarning:rdflib.*")
@settings(max_examples=40, phases=PHASES)
@given(tables)
def test_two_processors_read_the_statements_of_the_graph(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory, table: list[Row]
) -> None:
    same(table, document(engine, table, tmp_path_factory.mktemp("out")))


KEYS = (f"<{SCHEMA}funding>", f"<{LG}amount>", f"<{SCHEMA}address>", f"<{SCHEMA}name>", TYPE)
nodes = st.sampled_from(["<urn:a>", "<urn:b>", "<urn:c>", "<urn:d>", "_:x"])
knots = st.lists(
    st.tuples(nodes, st.sampled_from(KEYS), st.one_of(nodes, st.just('"text"')), st.none()), max_size=14
)


@pytest.mark.filterwarnings("ignore::UserWarning:rdflib.*")
@settings(max_examples=60, phases=PHASES)
@given(knots)
def test_circles_shared_children_and_deep_nests_lose_nothing(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory, table: list[Row]
) -> None:
    same(table, document(engine, table, tmp_path_factory.mktemp("out")))


def test_a_project_holds_its_grants_and_these_their_sums(engine: Engine, tmp_path: Path) -> None:
    table: list[Row] = [
        ("<urn:p>", TYPE, f"<{LG}Project>", "<urn:g>"),
        ("<urn:p>", TYPE, f"<{SCHEMA}Project>", "<urn:g>"),
        ("<urn:p>", f"<{SCHEMA}name>", '"One"@en', "<urn:g>"),
        ("<urn:p>", f"<{SCHEMA}startDate>", f'"2012-09"^^<{XSD}gYearMonth>', "<urn:g>"),
        ("<urn:p>", f"<{SCHEMA}funding>", "<urn:m>", "<urn:g>"),
        ("<urn:p>", f"<{LG}promoter>", "<urn:o>", "<urn:g>"),
        ("<urn:m>", TYPE, f"<{LG}Grant>", "<urn:g>"),
        ("<urn:m>", f"<{LG}amount>", "<urn:x>", "<urn:g>"),
        ("<urn:x>", f"<{SCHEMA}value>", f'"12.50"^^<{XSD}decimal>', "<urn:g>"),
        ("<urn:x>", f"<{LG}kind>", f"<{LG}granted>", "<urn:g>"),
        ("<urn:x>", f"<{LG}kind>", f"<{LG}granted>", "<urn:h>"),
        ("<urn:o>", f"<{SCHEMA}name>", '"Org"', "<urn:g>"),
    ]
    graph = json.loads(document(engine, table, tmp_path))["@graph"]
    amount = {"id": "urn:x", "kind": "lg:granted", "value": "12.50"}
    assert graph == [
        {"id": "urn:o", "name": "Org"},
        {
            "id": "urn:p",
            "type": ["Project", "schema:Project"],
            "funding": [{"id": "urn:m", "type": ["Grant"], "amount": [amount]}],
            "name": {"@language": "en", "@value": "One"},
            "promoter": ["urn:o"],
            "startDate": {"@type": "xsd:gYearMonth", "@value": "2012-09"},
        },
    ]


def test_an_entity_is_a_line(engine: Engine, tmp_path: Path) -> None:
    table: list[Row] = [(f"<urn:{at}>", "<urn:p>", '"x"', None) for at in range(9)]
    text = document(engine, table, tmp_path).splitlines()
    assert len(text) == 9 + 3
    assert all(json.loads(line.rstrip(",")) for line in text[2:-1])


def test_nothing_gives_an_empty_graph(engine: Engine, tmp_path: Path) -> None:
    assert json.loads(document(engine, [], tmp_path))["@graph"] == []


@settings(max_examples=100)
@given(st.one_of(iris, verbs))
def test_a_short_name_expands_to_the_same_iri(term: str) -> None:
    context = load_context()
    name = context.short(term[1:-1])
    prefix, _, local = name.partition(":")
    assert name == term[1:-1] or context.prefixes[prefix] + local == term[1:-1]
