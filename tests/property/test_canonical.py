"""Canonical forms against pyoxigraph's implementation, for data sets with and without blank nodes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from io import BytesIO

import pyarrow as pa
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from lodgrants.db.engine import Engine, open_engine
from lodgrants.errors import InputError, UnsupportedError
from lodgrants.rdf.canonical import ALGORITHMS, canonical_digest, canonical_quads
from lodgrants.rdf.write import compile_text

NODES = [ox.BlankNode(f"n{at}") for at in range(6)]
IRIS = [ox.NamedNode(f"urn:x:{name}") for name in "ab"]
LITERALS = [ox.Literal("a b"), ox.Literal('"\\\n\x7f'), ox.Literal("a", language="en")]
GRAPHS = [ox.DefaultGraph(), IRIS[0], *NODES[:2]]
QUADS = st.builds(
    ox.Quad,
    st.sampled_from([*NODES, IRIS[0]]),
    st.sampled_from(IRIS),
    st.sampled_from([*NODES, *IRIS, *LITERALS]),
    st.sampled_from(GRAPHS),
)
ORACLES = {
    "sha256": ox.CanonicalizationAlgorithm.RDFC_1_0_SHA_256,
    "sha384": ox.CanonicalizationAlgorithm.RDFC_1_0_SHA_384,
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine() as opened:
        yield opened


def table(quads: list[ox.Quad], names: dict[str, str] | None = None) -> pa.Table:
    rows = [[_text(term, names or {}) for term in quad] for quad in quads]
    return pa.table(
        {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate("spog")}
    )


def _text(term: object, names: dict[str, str]) -> str | None:
    return None if isinstance(term, ox.DefaultGraph) else names.get(str(term), str(term))


def query(engine: Engine, quads: pa.Table) -> exp.Query:
    engine.register("given", quads)
    return exp.select("s", "p", "o", "g").from_("given")


def form(engine: Engine, quads: pa.Table, algorithm: str = "sha256", work: int | None = None) -> str:
    sink = BytesIO()
    named = canonical_quads(engine, query(engine, quads), algorithm, work)
    engine.write_text(compile_text(named, "nq").text, sink)
    return sink.getvalue().decode()


@given(st.lists(QUADS, max_size=12), st.sampled_from(ALGORITHMS))
@settings(max_examples=100, deadline=None)
def test_the_form_is_what_an_independent_implementation_makes(
    engine: Engine, quads: list[ox.Quad], algorithm: str
) -> None:
    data = ox.Dataset(quads)
    data.canonicalize(ORACLES[algorithm])
    lines = sorted(f"{quad} .\n".replace("\x7f", "\\u007F") for quad in data)
    assert form(engine, table(quads), algorithm) == "".join(lines)


@given(st.lists(QUADS, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_names_order_and_repetition_do_not_matter(
    engine: Engine, quads: list[ox.Quad], chance: random.Random
) -> None:
    mixed = [*quads, *quads[:2]]
    chance.shuffle(mixed)
    others = [f"_:m{at}" for at in range(len(NODES))]
    chance.shuffle(others)
    names = {str(node): other for node, other in zip(NODES, others, strict=True)}
    first = canonical_digest(engine, query(engine, table(quads)))
    assert canonical_digest(engine, query(engine, table(mixed, names))) == first
    assert first.statements == len(set(quads))


def test_one_other_statement_is_another_hash(engine: Engine) -> None:
    rows = [ox.Quad(IRIS[0], IRIS[1], NODES[0]), ox.Quad(NODES[0], IRIS[1], IRIS[0])]
    whole = canonical_digest(engine, query(engine, table(rows)))
    assert whole.value != canonical_digest(engine, query(engine, table(rows[:1]))).value


def test_without_graphs_the_graphs_are_merged(engine: Engine) -> None:
    named = [ox.Quad(IRIS[0], IRIS[1], NODES[0], IRIS[0]), ox.Quad(IRIS[0], IRIS[1], NODES[0], IRIS[1])]
    plain = canonical_digest(engine, query(engine, table([ox.Quad(*named[0].triple)])))
    assert canonical_digest(engine, query(engine, table(named)), graphs=False) == plain


def test_lists_longer_than_the_stack_is_deep_are_no_problem(engine: Engine) -> None:
    links = [(f"_:l{which}x{at}", at) for which in range(2) for at in range(1500)]
    quads = [
        row
        for node, at in links
        for row in ((node, "<urn:first>", f'"{at}"', None), (node, "<urn:rest>", _next(node), None))
    ]
    given = pa.table({name: pa.array([q[i] for q in quads], pa.string()) for i, name in enumerate("spog")})
    assert form(engine, given).count("\n") == 6000


def _next(node: str) -> str:
    start, _, number = node.rpartition("x")
    return f"{start}x{int(number) + 1}"


def test_a_graph_that_is_poison_is_refused_in_time(engine: Engine) -> None:
    clique = [ox.Quad(one, IRIS[0], other) for one in NODES for other in NODES if one != other]
    with pytest.raises(InputError) as error:
        form(engine, table(clique), work=500)
    assert error.value.problems[0].code == "LG-RDF-005"


def test_triple_terms_have_no_canonical_form(engine: Engine) -> None:
    row = {"s": "<urn:a>", "p": "<urn:p>", "o": "<<( <urn:a> <urn:p> <urn:b> )>>", "g": None}
    with pytest.raises(UnsupportedError) as error:
        form(engine, pa.Table.from_pylist([row], pa.schema([(name, pa.string()) for name in "spog"])))
    assert error.value.problems[0].code == "LG-RDF-006"
