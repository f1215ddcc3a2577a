"""Parts of a release made from those of the release before are, byte for byte, those written in full."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from lodgrants.db.engine import Engine, open_engine
from lodgrants.db.fragment import sql
from lodgrants.publish.catalogue.tally import tally_from_json, tally_of
from lodgrants.publish.cottas import read_cottas, write_cottas
from lodgrants.publish.jsonld import write_jsonld
from lodgrants.publish.tables import write_tables
from lodgrants.publish.update.change import Change, find_change
from lodgrants.publish.update.counts import update_tally
from lodgrants.publish.update.jsonld import update_jsonld
from lodgrants.publish.update.tables import update_tables
from lodgrants.rdf.namespaces import LG, RDF, SCHEMA, VOID

# A failing example is small enough, and making it smaller takes minutes.
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
TYPE = f"<{RDF}type>"
# Names that sort otherwise with what stands behind them in a file than without, and short names.
NODES = ["<urn:a>", "<urn:a!>", "<urn:a#x>", "<urn:a,b>", "<urn:b>", f"<{LG}n>", f"<{SCHEMA}n>", "<urn:é>"]
LINKS = [f"<{SCHEMA}funding>", f"<{LG}amount>", f"<{SCHEMA}address>"]
CLASSES = [f"<{LG}Project>", f"<{LG}Amount>", f"<{LG}Organization>", f"<{SCHEMA}Place>"]
TEXTS = ['"x"', '"a, \\"b\\"\\n<urn:a>,c"', '"x"@en', '"7"^^<http://www.w3.org/2001/XMLSchema#date>']
statements = st.one_of(
    st.tuples(st.sampled_from(NODES), st.sampled_from(LINKS), st.sampled_from([*NODES, '"urn:a"'])),
    st.tuples(st.sampled_from(NODES), st.just(TYPE), st.sampled_from([*CLASSES, '"odd"'])),
    st.tuples(
        st.sampled_from(NODES),
        st.sampled_from([f"<{SCHEMA}name>", f"<{LG}statedAs>", f"<{LG}funder>"]),
        st.sampled_from([*TEXTS, *NODES[:3]]),
    ),
)
Graphs = dict[str, frozenset[tuple[str, str, str]]]
SOURCES = ["<urn:source:1>", "<urn:source:2>"]
RECORDS = [f"<urn:g{n}>" for n in range(4)]
datasets = st.dictionaries(
    st.sampled_from(RECORDS), st.frozensets(statements, min_size=1, max_size=9), min_size=1
)


@st.composite
def edits(draw: st.DrawFn) -> tuple[Graphs, Graphs]:
    """Draw graphs, and the same with one of them made otherwise: most of what is said stays."""
    old = draw(datasets)
    if draw(st.booleans()):
        old["<urn:types>"] = frozenset((node, TYPE, CLASSES[at % 4]) for at, node in enumerate(NODES))
    graph = draw(st.sampled_from(RECORDS))
    before = old.get(graph, frozenset())
    gone = draw(st.frozensets(st.sampled_from(sorted(before)), max_size=3)) if before else frozenset()
    after = before - gone | draw(st.frozensets(statements, max_size=2))
    new = {name: triples for name, triples in {**old, graph: after}.items() if triples}
    return old, new


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine() as opened:
        yield opened


def store(engine: Engine, graphs: Graphs, path: Path) -> None:
    rows = [(*triple, graph) for graph, triples in graphs.items() for triple in triples]
    columns = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate("spog")}
    engine.register("given", pa.table(columns))
    write_cottas(engine, sql("SELECT s, p, o, g FROM given"), path)


def changed(engine: Engine, old: Graphs, new: Graphs, folder: Path) -> Change:
    """Return the change from some graphs to others, as a build finds it."""
    names = [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    for name, graphs in (("old", old), ("new", new), ("now", {n: new[n] for n in names if n in new})):
        store(engine, graphs, folder / f"{name}.parquet")
    engine.register("changed", pa.table({"g": pa.array(names, pa.string())}))
    change = Change("test", folder / "old.parquet", folder / "new.parquet")
    return find_change(engine, change, folder / "now.parquet", "changed")


def forget(engine: Engine, change: Change) -> None:
    for table in (change.was, change.now, change.touched, change.before, change.after):
        engine.drop(table)


def check(engine: Engine, old: Graphs, new: Graphs, compare: Callable[[Change, Path], None]) -> None:
    with tempfile.TemporaryDirectory() as name:
        change = changed(engine, old, new, Path(name))
        try:
            compare(change, Path(name))
        finally:
            forget(engine, change)


@settings(max_examples=60, phases=QUICK, deadline=None)
@given(edits())
def test_json_ld(engine: Engine, graphs: tuple[Graphs, Graphs]) -> None:
    def compare(change: Change, folder: Path) -> None:
        write_jsonld(engine, read_cottas(change.old), folder / "old.jsonld")
        write_jsonld(engine, read_cottas(change.new), folder / "new.jsonld")
        update_jsonld(engine, change, folder / "old.jsonld", folder / "made.jsonld")
        assert (folder / "made.jsonld").read_bytes() == (folder / "new.jsonld").read_bytes()

    check(engine, *graphs, compare)


# A text that is the name of a thing is no such thing.
NAMED = frozenset({("<urn:a>", TYPE, CLASSES[0]), ("<urn:a>", f"<{SCHEMA}name>", '"x"')})
CONFUSED = frozenset({("<urn:b>", LINKS[1], '"urn:a"')})


@settings(max_examples=60, phases=QUICK, deadline=None)
@given(edits())
@example(({RECORDS[0]: NAMED}, {RECORDS[0]: NAMED, RECORDS[1]: CONFUSED}))
def test_tables(engine: Engine, graphs: tuple[Graphs, Graphs]) -> None:
    def compare(change: Change, folder: Path) -> None:
        old, new, made = (folder / name for name in ("old", "new", "made"))
        made.mkdir()
        write_tables(engine, read_cottas(change.old), old)
        files = [path.name for path in write_tables(engine, read_cottas(change.new), new)]
        written = [f"{name}.csv" for name in update_tables(engine, change, old, made)]
        assert written == [name for name in files if name.endswith(".csv")]
        for name in written:
            assert (made / name).read_bytes() == (new / name).read_bytes(), name

    check(engine, *graphs, compare)


@st.composite
def stated(draw: st.DrawFn) -> tuple[Graphs, Graphs]:
    """Draw graphs and an edit of them; some say whose records are, and may say otherwise when edited."""
    says = st.dictionaries(st.sampled_from(RECORDS), st.sampled_from(SOURCES))
    owners = draw(says)
    old, new = draw(edits())
    speaker = draw(st.sampled_from(["<urn:types>", *RECORDS]))
    others = {**owners, **draw(says)} if draw(st.booleans()) else owners
    return _owned(old, owners, speaker), _owned(new, others, speaker)


def _owned(graphs: Graphs, owners: dict[str, str], speaker: str) -> Graphs:
    made = dict(graphs)
    for record, source in owners.items():
        graph = record if record in graphs else speaker
        made[graph] = made.get(graph, frozenset()) | {(record, f"<{VOID}inDataset>", source)}
    return made


@settings(max_examples=100, phases=QUICK, deadline=None)
@given(stated())
def test_counts(engine: Engine, graphs: tuple[Graphs, Graphs]) -> None:
    def compare(change: Change, folder: Path) -> None:
        whole, base = "urn:whole", "http://base.example/"
        old, new = (tally_of(engine, read_cottas(file), whole, base) for file in (change.old, change.new))
        made = update_tally(engine, change, tally_from_json(old.to_json()), whole, base)
        assert made is None or made == new

    check(engine, *graphs, compare)
