"""`lodgrants.validate(...)`: files, Arrow tables and rdflib graphs give the same report."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import rdflib

import lodgrants

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


def found(data: object, shapes: Path) -> set[tuple[str | None, ...]]:
    with lodgrants.validate(data, shapes) as report:
        rows = report.table().to_pylist()
    return {(row["focus"], row["path"], row["value"], row["severity"]) for row in rows}


def test_a_file(shapes: Path, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf8")
    assert found(tmp_path / "data.ttl", shapes) == EXPECTED


def test_an_rdflib_graph(shapes: Path) -> None:
    assert found(rdflib.Graph().parse(data=DATA, format="turtle"), shapes) == EXPECTED


def test_an_arrow_table(shapes: Path) -> None:
    lines = rdflib.Graph().parse(data=DATA, format="turtle").serialize(format="nt").splitlines()
    rows = [dict(zip("spo", line.removesuffix(" .").split(" ", 2), strict=True)) for line in lines if line]
    assert found(pa.Table.from_pylist(rows), shapes) == EXPECTED
