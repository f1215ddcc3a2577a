"""A patch applied to the old graph gives the new one, whatever the graphs; and none differs from itself."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lodgrants.db.engine import open_engine
from lodgrants.publish.diff.account import account
from lodgrants.publish.diff.compare import compare
from lodgrants.publish.diff.json import account_json
from lodgrants.publish.diff.patch import write_patch
from lodgrants.publish.diff.sides import find_side
from lodgrants.publish.diff.text import text_lines
from lodgrants.rdf.namespaces import DCTERMS, LG, RDF, SCHEMA

Quads = list[ox.Quad]
THINGS = [ox.NamedNode(f"urn:x:{name}") for name in "abcd"]
BLANK = [ox.BlankNode(name) for name in "xyz"]
CLASSES = [ox.NamedNode(f"{LG}{name}") for name in ("Project", "Grant", "Organization", "Amount", "Withheld")]
LINKS = [
    *(f"{LG}{name}" for name in ("amount", "partner", "funder", "kind")),
    f"{SCHEMA}fundedItem", f"{DCTERMS}isReplacedBy", f"{SCHEMA}address",
]  # fmt: skip
WORDS = [ox.Literal('a\n"b"\\'), ox.Literal("1.0"), ox.Literal("n", language="en")]
STATEMENTS = st.one_of(
    st.tuples(st.sampled_from(THINGS), st.just(f"{RDF}type"), st.sampled_from(CLASSES)),
    st.tuples(st.sampled_from([*THINGS, *BLANK]), st.sampled_from(LINKS), st.sampled_from([*THINGS, *BLANK])),
    st.tuples(
        st.sampled_from(THINGS), st.sampled_from([f"{SCHEMA}name", f"{SCHEMA}value"]), st.sampled_from(WORDS)
    ),
)
GRAPHS = st.sampled_from([ox.DefaultGraph(), ox.NamedNode("urn:g:1"), ox.NamedNode("urn:g:2")])
QUADS = st.lists(
    st.builds(lambda spo, g: ox.Quad(spo[0], ox.NamedNode(spo[1]), spo[2], g), STATEMENTS, GRAPHS),
    max_size=14,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("diff")


def write(path: Path, quads: Quads) -> Path:
    ox.serialize(quads, str(path), ox.RdfFormat.N_QUADS)
    return path


def patch(old: Path, new: Path) -> list[str]:
    sink = BytesIO()
    with open_engine() as engine:
        comparison = compare(engine, find_side(str(old), old.parent), find_side(str(new), new.parent))
        write_patch(comparison, sink)
        found = account(comparison, 5)
        assert account_json(comparison, found) and list(text_lines(comparison, found))
    lines = sink.getvalue().decode().splitlines()
    return [line for line in lines if line[0] in "AD"]


def applied(quads: Quads, lines: list[str], folder: Path) -> ox.Dataset:
    """Apply a patch to a graph whose blank nodes have the names that the patch has for them."""
    # What turns nothing into the graph is the graph, with those names.
    named = patch(write(folder / "none.nq", []), write(folder / "whole.nq", quads))
    stated = {line[2:] for line in named}
    for line in lines:
        assert (line[2:] in stated) == line.startswith("D")
        (stated.remove if line[0] == "D" else stated.add)(line[2:])
    return ox.Dataset(ox.parse("\n".join(stated).encode(), ox.RdfFormat.N_QUADS))


def canonical(data: ox.Dataset) -> ox.Dataset:
    data.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return data


@given(QUADS, QUADS, st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_patch_makes_the_new_graph_of_the_old(folder: Path, old: Quads, new: Quads, alike: bool) -> None:
    new = [*old[: len(old) // 2], *new] if alike else new
    # With graphs on one side only, the patch would be one of triples.
    marked = ox.Quad(THINGS[0], THINGS[1], THINGS[2], THINGS[3])
    old, new = [*old, marked], [*new, marked]
    lines = patch(write(folder / "old.nq", old), write(folder / "new.nq", new))
    assert canonical(applied(old, lines, folder)) == canonical(ox.Dataset(new))


@given(QUADS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_graph_does_not_differ_from_itself(folder: Path, quads: Quads) -> None:
    names = {str(node): ox.BlankNode(f"other{at}") for at, node in enumerate(reversed(BLANK))}
    lines = "".join(f"{quad} .\n" for quad in quads)
    for old, new in names.items():
        lines = lines.replace(f"{old} ", f"{new} ")
    (folder / "new.nq").write_text(lines)
    assert patch(write(folder / "old.nq", quads), folder / "new.nq") == []
