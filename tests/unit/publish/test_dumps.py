"""Dumps say exactly the quads they were given, in an order and form that never change."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Dataset, Graph
from rdflib.compare import isomorphic

from lodgrants.db.engine import Engine, Limits, open_engine
from lodgrants.db.fragment import sql
from lodgrants.errors import InternalError
from lodgrants.publish.cottas import write_cottas
from lodgrants.publish.dumps import write_dump
from lodgrants.publish.ranges import subject_ranges, write_ranges
from lodgrants.publish.row_groups import Cutter
from lodgrants.rdf.namespaces import LG, PREFIXES, RDF, SCHEMA, XSD
from lodgrants.rdf.terms import literal
from support.quads import PHASES, Row, tables

FORMATS = {
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
}


@cache
def shared_engine() -> Engine:
    """One database for all dumps of this module: opening one takes longer than a dump."""
    return stack.enter_context(open_engine(Limits(threads=2)))


stack = ExitStack()


@pytest.fixture(autouse=True, scope="module")
def closed_at_the_end() -> Iterator[None]:
    with stack:
        yield
        shared_engine.cache_clear()


def dump(table: list[Row], syntax: str, packed: bool = False) -> bytes:
    engine = shared_engine()
    with TemporaryDirectory() as folder:
        columns = {name: pa.array([row[at] for row in table], pa.string()) for at, name in enumerate("spog")}
        engine.register("quads", pa.table(columns))
        path = Path(folder, f"out.{syntax}{'.gz' if packed else ''}")
        write_dump(engine, sql("SELECT s, p, o, g FROM quads"), path, syntax)
        return path.read_bytes()


def read(text: bytes, syntax: str) -> set[Row]:
    def rows() -> Iterator[Row]:
        for quad in ox.parse(text, FORMATS[syntax]):
            graph = None if isinstance(quad.graph_name, ox.DefaultGraph) else str(quad.graph_name)
            yield str(quad.subject), str(quad.predicate), str(quad.object), graph

    return set(rows())


def triples(table: list[Row]) -> set[Row]:
    return {(s, p, o, None) for s, p, o, _ in table}


@settings(max_examples=20, phases=PHASES)
@given(tables)
def test_each_syntax_reads_back_as_the_same_quads(table: list[Row]) -> None:
    assert read(dump(table, "nq"), "nq") == set(table)
    assert read(dump(table, "trig"), "trig") == set(table)
    assert read(dump(table, "nt"), "nt") == triples(table)
    assert read(dump(table, "ttl"), "ttl") == triples(table)


@pytest.mark.filterwarnings("ignore::UserWarning:rdflib.*")
@settings(max_examples=25, phases=PHASES)
@given(tables)
def test_a_second_parser_reads_the_same_turtle(table: list[Row]) -> None:
    lines = dump(table, "nt").decode()
    with_turtle = Graph().parse(data=dump(table, "ttl").decode(), format="turtle")
    assert isomorphic(with_turtle, Graph().parse(data=lines, format="nt"))


def test_a_second_parser_reads_the_same_trig() -> None:
    table: list[Row] = [
        ("<urn:s>", f"<{RDF}type>", f"<{LG}Grant>", "<urn:g>"),
        ("<urn:s>", "<urn:p>", '"x"', None),
    ]
    data = Dataset().parse(data=dump(table, "trig").decode(), format="trig")
    assert len(list(data.quads((None, None, None, None)))) == 2


@settings(max_examples=6, phases=PHASES)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_rows_change_no_byte(table: list[Row], random: object) -> None:
    shuffled = sorted([*table, *table], key=lambda _: random.random())  # type: ignore[attr-defined]
    for syntax in FORMATS:
        assert dump(table, syntax) == dump(shuffled, syntax)


@settings(max_examples=25, phases=PHASES)
@given(tables)
def test_lines_are_sorted_by_code_point(table: list[Row]) -> None:
    for syntax in ("nt", "nq"):
        lines = dump(table, syntax).decode().split("\n")[:-1]
        assert lines == sorted(set(lines))


@settings(max_examples=25, phases=PHASES)
@given(tables)
def test_only_prefixes_in_use_are_declared(table: list[Row]) -> None:
    header, _, body = dump(table, "ttl").decode().partition("\n\n")
    if not header.startswith("@prefix"):
        header, body = "", header + body
    declared = {line.split()[1] for line in header.splitlines()}
    for prefix in declared:
        without = "\n".join(line for line in header.splitlines() if line.split()[1] != prefix)
        with pytest.raises(SyntaxError):
            list(ox.parse(f"{without}\n{body}", ox.RdfFormat.TURTLE))


def test_turtle_is_readable() -> None:
    table: list[Row] = [
        ("<urn:s>", f"<{SCHEMA}name>", '"One"@en', "<urn:g>"),
        ("<urn:s>", f"<{SCHEMA}name>", '"Viens"@lv', "<urn:g>"),
        ("<urn:s>", f"<{RDF}type>", f"<{LG}Grant>", "<urn:g>"),
        ("<urn:s>", f"<{SCHEMA}value>", f'"25623.18"^^<{XSD}decimal>', "<urn:h>"),
        ("<urn:t>", f"<{SCHEMA}startDate>", f'"2012-09"^^<{XSD}gYearMonth>', "<urn:g>"),
    ]
    assert dump(table, "ttl").decode() == (
        f"@prefix lg: <{LG}> .\n@prefix schema: <{SCHEMA}> .\n@prefix xsd: <{XSD}> .\n\n"
        "<urn:s>\n    a lg:Grant ;\n"
        '    schema:name "One"@en ,\n        "Viens"@lv ;\n'
        "    schema:value 25623.18 .\n\n"
        '<urn:t>\n    schema:startDate "2012-09"^^xsd:gYearMonth .\n'
    )


def test_nothing_gives_an_empty_file() -> None:
    assert {dump([], syntax) for syntax in FORMATS} == {b""}


def test_a_packed_dump_holds_the_same_and_no_time() -> None:
    table: list[Row] = [("<urn:s>", "<urn:p>", '"x"', None)]
    packed = dump(table, "nt", packed=True)
    assert gzip.decompress(packed) == dump(table, "nt")
    assert packed[3] == 4, "no file name in the header, but the member's size"
    assert packed[4:8] == bytes(4), "no time in the header"


def test_a_failed_dump_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.nt"
    path.write_text("old")
    with open_engine() as engine, pytest.raises(InternalError):
        write_dump(engine, sql("SELECT s, p, o, g FROM missing"), path, "nt")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["out.nt"]


def test_many_batches_are_one_text() -> None:
    table: list[Row] = [
        (f"<urn:{at:07}>", f"<{SCHEMA}name>", literal("é" * (at % 7)), None) for at in range(200_000)
    ]
    assert dump(table, "nt").decode() == "".join(f"{s} {p} {o} .\n" for s, p, o, _ in table)
    assert read(dump(table, "ttl"), "ttl") == set(table)


def test_a_sorted_file_of_many_row_groups_stays_in_order(tmp_path: Path) -> None:
    """The database may sort such a file in parts and put these together in any order."""
    count = 600_000
    path = tmp_path / "quads.parquet"
    names = pa.array([f"<urn:{at // 2:07}>" for at in range(count)])
    columns = {"s": names, "p": names, "o": names, "g": pa.nulls(count, pa.string())}
    pq.write_table(pa.table(columns), path, row_group_size=60_000)
    with open_engine(Limits(threads=4)) as engine:
        quads = sql("SELECT s, p, o, g FROM read_parquet(:path)", path=str(path))
        written = write_dump(engine, quads, tmp_path / "out.nq", "nq")
        write_cottas(engine, quads, tmp_path / "out.parquet")
    lines = (tmp_path / "out.nq").read_text().splitlines()
    assert written == len(lines) == count // 2
    assert lines == sorted(lines)
    subjects = pq.read_table(tmp_path / "out.parquet", columns=["s"])["s"].to_pylist()
    assert subjects == sorted(set(names.to_pylist()))


@settings(max_examples=30, phases=PHASES)
@given(tables, st.integers(1, 4))
def test_a_sorted_file_is_written_in_ranges_as_it_would_be_in_one(table: list[Row], rows: int) -> None:
    engine = shared_engine()
    with TemporaryDirectory() as folder:
        file = Path(folder, "sorted.parquet")
        columns = {name: pa.array([row[at] for row in table], pa.string()) for at, name in enumerate("spog")}
        engine.register("quads", pa.table(columns))
        write_cottas(engine, sql("SELECT s, p, o, g FROM quads"), file, Cutter(rows, 1))
        ranges = subject_ranges(file, rows)
        for syntax in ("nt", "nq", "ttl"):
            sink = BytesIO()
            written = write_ranges(engine, ranges, syntax, PREFIXES, sink)
            assert sink.getvalue() == dump(table, syntax)
            assert written == len(read(sink.getvalue(), syntax))


def test_ranges_of_long_texts_are_short(tmp_path: Path) -> None:
    rows: list[Row] = [(f"<urn:{at:03}>", "<urn:p>", literal(f"{at:03}" * 1000), None) for at in range(100)]
    file = tmp_path / "sorted.parquet"
    with open_engine() as engine:
        columns = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate("spog")}
        engine.register("quads", pa.table(columns))
        write_cottas(engine, sql("SELECT s, p, o, g FROM quads"), file, Cutter(10, 1))
    assert len(subject_ranges(file, rows=1000, size=1 << 30)) == 1
    assert len(subject_ranges(file, rows=1000, size=60_000)) == 5


def test_a_file_that_does_not_say_how_it_is_sorted_is_sorted(tmp_path: Path) -> None:
    names = [f"<urn:{at % 10}>" for at in range(1000, 0, -1)]
    file = tmp_path / "quads.parquet"
    pq.write_table(pa.table({name: names for name in "spog"}), file, row_group_size=100)
    assert subject_ranges(file, 100) == []
    with open_engine() as engine:
        assert write_dump(engine, file, tmp_path / "out.nt", "nt") == 10
    lines = (tmp_path / "out.nt").read_text().splitlines()
    assert lines == sorted(set(lines))


def test_other_prefixes_can_be_given(tmp_path: Path) -> None:
    with open_engine() as engine:
        engine.register("quads", pa.table({name: ["<urn:x:a>"] for name in "spog"}))
        path = tmp_path / "out.ttl"
        write_dump(engine, sql("SELECT * FROM quads"), path, "ttl", {"x": "urn:x:"})
        assert path.read_text() == "@prefix x: <urn:x:> .\n\nx:a\n    x:a x:a .\n"
        write_dump(engine, sql("SELECT * FROM quads"), path, "ttl", {})
        assert path.read_text() == "<urn:x:a>\n    <urn:x:a> <urn:x:a> .\n"
    assert PREFIXES["schema"] == SCHEMA
