"""`lodgrants.validate(...)`: files, Arrow tables and rdflib graphs give the same report."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyshacl
import pytest
import rdflib
from rdflib.namespace import SH

import lodgrants
from lodgrants.db.engine import Limits
from lodgrants.db.fragment import sql
from lodgrants.errors import InputError
from lodgrants.validate import run

DATA = """
@prefix ex: <http://example.org/> .
ex:a a ex:Grant ; ex:amount 1.5 ; ex:title "A" .
ex:b a ex:Grant ; ex:amount "x" .
"""
EXPECTED = {
    (
        "<http://example.org/b>",
        "<http://example.org/amount>",
        '"x"',
        "<http://www.w3.org/ns/shacl#Violation>",
    ),
    ("<http://example.org/b>", "<http://example.org/title>", None, "<http://www.w3.org/ns/shacl#Warning>"),
}


def found(data: Any, shapes: Any) -> set[tuple[str | None, ...]]:
    with lodgrants.validate(data, shapes) as report:
        rows = report.table().to_pylist()
    return {(row["focus"], row["path"], row["value"], row["severity"]) for row in rows}


def test_a_file(shapes: Path, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf8")
    assert found(tmp_path / "data.ttl", shapes) == EXPECTED


def test_an_rdflib_graph(shapes: Path) -> None:
    assert found(rdflib.Graph().parse(data=DATA, format="turtle"), shapes) == EXPECTED


def _table(turtle: str) -> pa.Table:
    lines = rdflib.Graph().parse(data=turtle, format="turtle").serialize(format="nt").splitlines()
    return pa.Table.from_pylist(
        [dict(zip("spo", line.removesuffix(" .").split(" ", 2), strict=True)) for line in lines if line]
    )


def test_an_arrow_table(shapes: Path) -> None:
    assert found(_table(DATA), shapes) == EXPECTED


def test_an_arrow_reader_that_can_be_read_once(shapes: Path) -> None:
    table = _table(DATA)
    batches = (batch for batch in table.to_batches(max_chunksize=1))
    assert found(pa.RecordBatchReader.from_batches(table.schema, batches), shapes) == EXPECTED


def test_a_relation_of_another_database(shapes: Path) -> None:
    rows = _table(DATA)
    relation = duckdb.connect().from_arrow(rows).filter("o IS NOT NULL")
    assert found(relation, shapes) == EXPECTED
    assert found([relation.filter("s LIKE '%a>'"), relation.filter("s LIKE '%b>'")], shapes) == EXPECTED


def test_shapes_from_a_table(shapes: Path) -> None:
    assert found(_table(DATA), _table(shapes.read_text())) == EXPECTED


def test_a_table_without_quads_is_refused(shapes: Path) -> None:
    with pytest.raises(InputError) as raised:
        found(pa.table({"subject": ["<http://x/a>"]}), shapes)
    assert raised.value.problems[0].code == "LG-RDF-004"


def test_the_triple_is_that_of_pyshacl(shapes: Path) -> None:
    data = rdflib.Graph().parse(data=DATA + "[] a ex:Grant .", format="turtle")
    (nameless,) = (s for s in data.subjects(unique=True) if isinstance(s, rdflib.BNode))
    conforms, graph, text = pyshacl.validate(data, shacl_graph=str(shapes), inference="none")
    with lodgrants.validate(data, shapes) as report:
        ours = report.triple()
    assert ours[0] is conforms is False
    for name in ("focusNode", "value", "resultPath", "resultSeverity", "sourceConstraintComponent"):
        assert isinstance(graph, rdflib.Graph)
        assert Counter(ours[1].objects(None, SH[name])) == Counter(graph.objects(None, SH[name]))
    assert set(ours[1].subjects(SH.focusNode, nameless))
    assert ours[2].startswith("Validation Report\nConforms: False")
    assert text.startswith("Validation Report\nConforms: False")


def test_nodes_without_names_have_the_same_ones_in_every_run(shapes: Path, tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text(
        DATA + "ex:c ex:has [ a ex:Grant ; ex:amount [] ], [ a ex:Grant ; ex:amount 1 ] ."
        " _:nameless1 a ex:Grant ; ex:amount 2.5 ; ex:title 'has a name' .",
        encoding="utf8",
    )
    once, again = found(path, shapes), found(path, shapes)
    assert once == again
    nodes = {row[0] for row in once if str(row[0]).startswith("_:")}
    assert len(nodes) == 2
    assert all(str(node).startswith("_:nameless") for node in nodes)


def test_small_data_takes_one_thread_unless_told(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data.ttl"
    path.write_text(DATA, encoding="utf8")

    def threads(data: Any, limits: Limits | None = None) -> int:
        with lodgrants.validate(data, shapes, limits=limits) as report:
            ((number,),) = report.engine.rows(sql("SELECT current_setting('threads')"))
        return int(number)

    assert threads(path) == 1
    assert threads(path, Limits(threads=3)) == 3
    ((usual,),) = duckdb.connect().execute("SELECT current_setting('threads')").fetchall()
    assert threads(_table(DATA)) == usual
    monkeypatch.setattr(run, "_LARGE", -1)
    assert threads(path) == usual
