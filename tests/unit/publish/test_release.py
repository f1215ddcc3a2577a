"""A release folder holds one graph in every syntax, and is the same bytes every time."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
from rdflib import Dataset, Graph
from rdflib.compare import to_canonical_graph

from lodgrants.db.engine import Limits
from support import ROOT
from support.release import publish, stages

FORMATS = {
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
}


@pytest.fixture(scope="module")
def quads(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return stages(tmp_path_factory.mktemp("quads"))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, quads: tuple[Path, Path]) -> Path:
    folder = tmp_path_factory.mktemp("release") / "out"
    publish(folder, quads)
    return folder


def test_another_run_gives_the_same_bytes(published: Path, quads: tuple[Path, Path], tmp_path: Path) -> None:
    publish(tmp_path / "again", quads, Limits(threads=1, memory="1GB"))
    assert (tmp_path / "again" / "SHA256SUMS").read_text() == (published / "SHA256SUMS").read_text()


def test_another_time_zone_and_hash_seed_give_the_same_bytes(
    published: Path, quads: tuple[Path, Path], tmp_path: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from support.release import publish;"
        "publish(Path(sys.argv[1]), (Path(sys.argv[2]), Path(sys.argv[3])))"
    )
    paths = os.pathsep.join(map(str, (ROOT / "src", ROOT / "tests")))
    env = {**os.environ, "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "PYTHONPATH": paths, "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", code, tmp_path / "there", *quads], env=env, check=True)
    assert (tmp_path / "there" / "SHA256SUMS").read_text() == (published / "SHA256SUMS").read_text()


def canonical(path: Path, syntax: str, graphs: bool) -> set[str]:
    dataset = ox.Dataset()
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for quad in ox.parse(text, format=FORMATS[syntax]):
        dataset.add(quad if graphs else ox.Quad(quad.subject, quad.predicate, quad.object))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def canonical_by_rdflib(path: Path, syntax: str) -> set[str]:
    names = {"nt": "nt", "nq": "nquads", "ttl": "turtle", "trig": "trig", "jsonld": "json-ld"}
    graph = Graph()
    if syntax in ("nq", "trig"):
        data = Dataset().parse(path, format=names[syntax])
        for subject, predicate, object_, _ in data.quads():
            graph.add((subject, predicate, object_))
    else:
        graph.parse(path, format=names[syntax])
    return {" ".join(term.n3() for term in triple) for triple in to_canonical_graph(graph)}


@pytest.mark.parametrize("name", ["lodgrants", "evidence"])
def test_pyoxigraph_reads_one_graph_from_every_syntax(published: Path, name: str) -> None:
    files = [(path, syntax) for syntax in FORMATS for path in published.glob(f"{name}.{syntax}*")]
    merged = [canonical(path, syntax, graphs=False) for path, syntax in files]
    assert len(merged[0]) > 100 and len(merged) > 1
    assert all(each == merged[0] for each in merged)
    named = [canonical(path, syntax, graphs=True) for path, syntax in files if syntax in ("nq", "trig")]
    assert all(each == named[0] for each in named)


def test_rdflib_reads_one_graph_from_every_syntax(published: Path) -> None:
    first, *others = (canonical_by_rdflib(published / f"lodgrants.{syntax}", syntax) for syntax in FORMATS)
    assert len(first) > 100
    assert all(other == first for other in others)


def with_duckdb(path: Path) -> set[tuple[str, ...]]:
    return set(duckdb.connect().execute("FROM read_parquet(?)", [str(path)]).fetchall())


def with_arrow(path: Path) -> set[tuple[str, ...]]:
    return {tuple(row[name] for name in "spog") for row in pq.read_table(path).to_pylist()}


@pytest.mark.parametrize("read", [with_duckdb, with_arrow])
@pytest.mark.parametrize("name", ["lodgrants", "evidence"])
def test_parquet_holds_the_quads(
    published: Path, name: str, read: Callable[[Path], set[tuple[str, ...]]]
) -> None:
    lines = {" ".join(row) + " .\n" for row in read(published / f"{name}.parquet")}
    text = gzip.decompress((published / f"{name}.nq.gz").read_bytes()).decode()
    assert lines == set(text.splitlines(keepends=True))


def test_parquet_is_sorted_and_says_so_as_cottas_wants_it(published: Path) -> None:
    path = published / "lodgrants.parquet"
    assert pq.read_schema(path).metadata[b"index"] == b"spog"
    rows = [tuple(row[name] for name in "spog") for row in pq.read_table(path).to_pylist()]
    assert rows == sorted(set(rows))


@pytest.mark.parametrize("name", ["lodgrants.ttl", "lodgrants.nt", "lodgrants.nq"])
def test_packed_files_hold_the_same(published: Path, name: str) -> None:
    packed = (published / f"{name}.gz").read_bytes()
    assert gzip.decompress(packed) == (published / name).read_bytes()
    assert packed[4:8] == bytes(4), "no time in the header"


COTTAS = ROOT / "benchmarks" / "peers" / "cottas" / "bin" / "python"


@pytest.mark.skipif(not COTTAS.exists(), reason="pycottas wants an older DuckDB: see benchmarks/publish")
def test_pycottas_reads_the_file(published: Path) -> None:
    code = """
import sys, pycottas
path = sys.argv[1]
assert pycottas.verify(path)
info = pycottas.info(path)
assert info["index"] == "spog" and info["quads"] and info["triples"] > 100
pattern = "?s <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/lodgrants/ontology#Project>"
assert len(pycottas.search(path, pattern)) > 5
"""
    subprocess.run([COTTAS, "-c", code, published / "lodgrants.parquet"], check=True, env={})
