"""After a change only what it touches is validated: seen by results that a full validation would not give."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from lodgrants.rdf.formats import rdf_file
from lodgrants.validate.again import Change, Memory, validate_again
from lodgrants.validate.footprint import compile_footprint
from lodgrants.validate.imports import read_shapes
from lodgrants.validate.needs import needed_predicates
from lodgrants.validate.parse import parse_shapes

_SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <http://x/> .
x:S sh:targetClass x:C ; sh:property [ sh:path ( x:p x:q ) ; sh:minCount 1 ] .
"""
_DATA = [(n, "type", "C", n) for n in "abcd"] + [("a", "p", "e", "a"), ("b", "p", "e", "b")]
_EDIT = [("c", "p", "f", "f"), ("f", "q", "g", "f")]


def _terms(quad: tuple[str, ...]) -> list[str]:
    names = {"type": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"}
    return [f"<{names.get(name, f'http://x/{name}')}>" for name in quad]


def _store(file: Path, quads: list[tuple[str, str, str, str]]) -> Path:
    rows = sorted(map(_terms, quads))
    table = pa.table({name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate("spog")})
    pyarrow.parquet.write_table(table, file)
    return file


def _focus_nodes(folder: Path, new: list[tuple[str, str, str, str]], graphs: str, kept: str) -> list[str]:
    """Return the focus nodes of the results after a change, when those of `kept` had results before it."""
    (folder / "shapes.ttl").write_text(_SHAPES)
    graph = read_shapes([rdf_file(folder / "shapes.ttl")])
    shapes = parse_shapes(graph)
    columns = {
        "rule": pa.array([0] * len(kept), pa.int32()),
        "focus": pa.array([f"<http://x/{name}>" for name in kept]),
        **{name: pa.array([None] * len(kept), pa.string()) for name in ("value", "path", "record")},
        "messages": pa.array([None] * len(kept), pa.list_(pa.string())),
    }
    pyarrow.parquet.write_table(pa.table(columns), folder / "results.parquet")
    now = _store(folder / "now.parquet", [quad for quad in new if quad[3] in graphs])
    old = _store(folder / "old.parquet", _DATA)
    change = Change(
        [_store(folder / "new.parquet", new)], [f"<http://x/{name}>" for name in graphs], [old], [now]
    )
    memory = Memory(folder / "results.parquet", compile_footprint(shapes), needed_predicates(shapes))
    report = validate_again(change, (graph, shapes), memory)
    assert report is not None
    with report:
        return [row["focus"][10:-1] for row in report.table().to_pylist()]


@pytest.mark.parametrize(
    ("change", "graphs", "found"),
    [
        # Nothing has changed: what is known stays, and d, which breaks the rule, is not looked at.
        ([], "", "ax"),
        # What a and b lead to: both are looked at, and neither breaks the rule now.
        ([("e", "q", "g", "e")], "e", "x"),
        # The same said in another graph changes nothing.
        ([("a", "p", "e", "f")], "f", "ax"),
        ([("d", "r", "g", "d"), ("d", "type", "C", "d")], "d", "ax"),
        # A walk of statements that are all new; c breaks the rule no longer, a still does.
        (_EDIT, "f", "ax"),
        ([("a", "p", "h", "f")], "f", "ax"),
        ([("y", "type", "C", "y")], "y", "axy"),
        ([("d", "p", "i", "f"), ("z", "type", "D", "f")], "f", "adx"),
    ],
)
def test_only_what_a_change_touches_is_looked_at(
    tmp_path: Path, change: list[tuple[str, str, str, str]], graphs: str, found: str
) -> None:
    data = [quad for quad in _DATA if quad[3] not in graphs]
    assert "".join(sorted(_focus_nodes(tmp_path, data + change, graphs, "ax"))) == found


def test_what_is_no_longer_in_focus_has_no_results(tmp_path: Path) -> None:
    data = [quad for quad in _DATA if quad[3] != "a"]
    assert _focus_nodes(tmp_path, data, "a", "acd") == ["c", "d"]
