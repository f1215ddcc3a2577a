"""Six syntaxes of one graph are found to be one, and another graph in one of them is found, all at random."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow.parquet import write_table

from lodgrants.db.engine import Engine, open_engine
from lodgrants.db.fragment import sql
from lodgrants.publish.verify.fingerprint import Fingerprint, Fingerprints
from lodgrants.publish.verify.graphs import check_graphs
from lodgrants.publish.verify.model import Check
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.read import write_canonical

NODES = [ox.NamedNode(f"urn:x:{name}") for name in ("a", "b", "č")]
BLANK = [ox.BlankNode(f"n{at}") for at in range(3)]
WORDS = [
    ox.Literal("a b"), ox.Literal('"\\\n\x7f <urn:x:a> .'), ox.Literal("1", datatype=NODES[0]),
    ox.Literal("a", language="en"),
]  # fmt: skip
GRAPHS = [ox.DefaultGraph(), *NODES[:2]]
SYNTAXES = {"nq": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG, "jsonld": ox.RdfFormat.JSON_LD}
MERGED = {"nt": ox.RdfFormat.N_TRIPLES, "ttl": ox.RdfFormat.TURTLE}
Quads = set[ox.Quad]


def sets(nodes: list[ox.NamedNode | ox.BlankNode]) -> st.SearchStrategy[Quads]:
    quad = st.builds(
        ox.Quad, st.sampled_from(nodes), st.sampled_from(NODES), st.sampled_from([*nodes, *WORDS]),
        st.sampled_from(GRAPHS),
    )  # fmt: skip
    return st.sets(quad, max_size=10)


PLAIN, MIXED = sets([*NODES]), sets([*NODES, *BLANK])
lenient = partial(settings, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def text(term: object) -> str | None:
    return None if isinstance(term, ox.DefaultGraph) else str(term).replace("\x7f", "\\u007F")


def table(quads: Iterable[ox.Quad]) -> pa.Table:
    rows = [[text(term) for term in quad] for quad in quads]
    return pa.table(
        {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate("spog")}
    )


def triples(quads: Quads) -> set[ox.Triple]:
    return {quad.triple for quad in quads}


def write(folder: Path, syntax: str, quads: Quads, chance: random.Random) -> None:
    """Write a dump in some order, and with some statements twice where the syntax can say them twice."""
    path = str(folder / f"graph.{syntax}")
    mixed = [*quads, *list(quads)[:2]]
    chance.shuffle(mixed)
    if syntax == "parquet":
        write_table(table(mixed), path)
    elif syntax in MERGED:
        ox.serialize([quad.triple for quad in mixed], path, MERGED[syntax])
    else:
        ox.serialize(sorted(mixed, key=lambda quad: str(quad.graph_name)), path, SYNTAXES[syntax])


def checked(folder: Path) -> Check | None:
    """Check the dumps in a folder; their canonical copies are made anew in it."""
    copies = folder / "copies"
    copies.mkdir()
    with open_engine() as engine:
        found = check_graphs(engine, folder, "graph", lambda path: write_canonical(rdf_file(path), copies))
    return found


def dumps(folder: Path, quads: Quads, chance: random.Random) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for syntax in ("parquet", *SYNTAXES, *MERGED):
        write(folder, syntax, quads, chance)
    return folder


def canonical_hash(quads: Quads) -> str:
    data = ox.Dataset(quads)
    data.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = sorted(f"{quad} .\n".replace("\x7f", "\\u007F") for quad in data)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@given(st.one_of(PLAIN, MIXED), st.randoms(use_true_random=False))
@lenient(max_examples=30)
def test_one_graph_in_six_syntaxes_is_one(folder: Path, quads: Quads, chance: random.Random) -> None:
    found = checked(dumps(folder / "g", quads, chance))
    assert found is not None and not found.lies
    assert found.facts["hash"] == canonical_hash(quads)
    assert "the same in 6 files" in " ".join(found.said)


@given(
    st.one_of(PLAIN, MIXED), st.one_of(PLAIN, MIXED), st.sampled_from(["parquet", *SYNTAXES, *MERGED]),
    st.randoms(use_true_random=False),
)  # fmt: skip
@lenient(max_examples=40)
def test_another_graph_in_one_syntax_is_found(
    folder: Path, quads: Quads, other: Quads, syntax: str, chance: random.Random
) -> None:
    release = dumps(folder / "g", quads, chance)
    write(release, syntax, other, chance)
    found = checked(release)
    assert found is not None
    assert bool(found.lies) == differs(quads, other, syntax)


def differs(quads: Quads, other: Quads, syntax: str) -> bool:
    """Whether two graphs differ by RDFC-1.0; in JSON-LD without named graphs where one has none."""
    both_named = all(any(quad.graph_name != GRAPHS[0] for quad in each) for each in (quads, other))
    if syntax in ("parquet", "nq", "trig") or (syntax == "jsonld" and both_named):
        return canonical_hash(quads) != canonical_hash(other)
    one, two = ({ox.Quad(*triple) for triple in triples(each)} for each in (quads, other))
    return canonical_hash(one) != canonical_hash(two)


@given(PLAIN, PLAIN)
@lenient(max_examples=100)
def test_fingerprints_are_equal_when_the_statements_are(
    engine: Engine, folder: Path, one: Quads, two: Quads
) -> None:
    prints = Fingerprints(engine)

    def of(quads: Quads, graphs: bool = True) -> Fingerprint:
        engine.register("given", table([*quads, *quads]))
        return prints.of_quads(sql("SELECT s, p, o, g FROM given"), graphs)

    assert of(one).statements == len(one)
    assert (of(one) == of(two)) == (one == two)
    assert (of(one, graphs=False) == of(two, graphs=False)) == (triples(one) == triples(two))
    write(folder, "nq", one, random.Random(1))
    assert prints.of_lines(write_canonical(rdf_file(folder / "graph.nq"), folder)) == of(one)


def test_fingerprints_of_two_keys_have_nothing_in_common(engine: Engine) -> None:
    engine.register("given", table([ox.Quad(NODES[0], NODES[1], NODES[2])]))
    prints = {Fingerprints(engine).of_quads(sql("SELECT s, p, o, g FROM given")).value for _ in range(5)}
    assert len(prints) == 5
