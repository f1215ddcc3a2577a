"""Filters that the database tests find what a full engine of RFC 9535 finds."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonpath import JSONPath, JSONPathEnvironment

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import Sql, sql
from lodgrants.map.compile.values import macros
from lodgrants.map.model import JSON_PATH, FileSource, LogicalSource
from lodgrants.map.settings import Settings
from lodgrants.map.sources.json import load_json
from lodgrants.map.sources.jsonpath_filter import filtered_path
from lodgrants.map.sources.jsonpath_walk import finder
from lodgrants.map.sources.relation import Room

FILTERS = (
    "@.a", "!@.a", "@.a == 'x'", "@.a != 'x'", "'x' == @.a", "@.a < 'y'", "@.a >= 'x'", "@.a == 1",
    "@.a != 1", "@.a < 2", "@.a >= 1.5", "3 > @.a", "@.a == true", "@.a != false", "@.a <= true",
    "@.a < null", "@.a == null",
    "@.a != null", "@.a >= null", "@.b.a == 'x' && @.a", "@.a == 'x' || @['b'] == 1 && !@.c", "!(@.a == 1)",
    "@.b[0] == 1", "@.b[-1] == 'x'", "@ == 1", "@ == 'it\\'s'", "@['a b'] == 'q\"'", "@ != null",
)  # fmt: skip
PATHS = ("$[?{}]", "$.k[?({})]", "$[*][?{}]", "$[?{}].a", "$[?{}][*]", "$.k[?{}].b[?@ == 1]")

scalars = st.sampled_from([None, True, False, 0, 1, 2, 1.5, -3, "x", "y", "", "it's", 'q"', "1", "é"])
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "a b", "k"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(values, st.sampled_from(PATHS), st.sampled_from(FILTERS))
def test_what_passes_is_what_the_standard_says(document: object, path: str, test: str) -> None:
    iterator = path.replace("{}", test)
    assert filtered_path(iterator) is not None
    for whole, start in (({"r": document}, "$.r"), ([document, {"k": document}], "$")):
        expected = JSONPathEnvironment(strict=True).findall(start + iterator[1:], whole)
        assert found(whole, start + iterator[1:]) == expected


def found(document: object, iterator: str) -> list[object]:
    """Return what the database finds in a file, in order."""
    with TemporaryDirectory() as folder, open_engine() as engine:
        engine.script(macros())
        engine.keep_order()
        file = Path(folder, "d.json")
        file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf8")
        room = Room(engine, Path(folder), Settings(), str(Path(folder, "m.ttl")))
        source = LogicalSource(FileSource(str(file)), JSON_PATH, iterator)
        relation = load_json({source: ("$",)}, room)[source]
        rows = engine.rows(sql("SELECT c0 FROM _t", _t=Sql(relation.table)))
    return [None if row[0] is None else json.loads(row[0]) for row in rows]


@pytest.mark.parametrize(
    "path",
    ["$[?@.a == @.b]", "$[?length(@.a) > 1]", "$[?@.a[*]]", "$..x[?@.a]", "$[?@.a, ?@.b]", "$[1:2]", "$[?"],
)
def test_what_the_database_cannot_test_is_left_to_the_full_engine(path: str) -> None:
    assert filtered_path(path) is None


def test_several_filters_share_one_file(tmp_path: Path) -> None:
    rows = [{"kind": kind, "tags": [{"n": i}, {"n": kind}]} for i, kind in enumerate(("a", "b", "a", "c"))]
    (tmp_path / "d.json").write_text(json.dumps(rows), encoding="utf8")
    file = FileSource(str(tmp_path / "d.json"))
    needs = {
        LogicalSource(file, JSON_PATH, "$[?@.kind == 'a']"): ("kind", "tags[?@.n > 0].n"),
        LogicalSource(file, JSON_PATH, "$[?@.kind == 'b'].tags[*]"): ("n",),
        LogicalSource(file, JSON_PATH, "$[*]"): ("kind",),
    }
    with open_engine() as engine:
        engine.script(macros())
        engine.keep_order()
        relations = load_json(needs, Room(engine, tmp_path, Settings(), str(tmp_path / "m.ttl")))
        tables = [engine.rows(sql("SELECT * FROM _t", _t=Sql(each.table))) for each in relations.values()]
    assert tables == [
        [('"a"', []), ('"a"', ["2"])],
        [("1",), ('"b"',)],
        [('"a"',), ('"b"',), ('"a"',), ('"c"',)],
    ]


WALKED = (
    "$", "$.a", "$..a", "$..*", "$..[0]", "$..a[*]", "$..[?@.a]", "$[1:]", "$[::-1]", "$..[1:3:0]",
    "$['a', 'b']", "$..[0, 'a', *]", "$.a.b", "$[-1]", "$[-4]", "$..a..b",
)  # fmt: skip


@settings(max_examples=200)
@given(values, st.sampled_from(WALKED))
def test_a_walk_finds_what_the_full_engine_finds(document: object, path: str) -> None:
    compiled = JSONPathEnvironment(strict=True).compile(path)
    assert isinstance(compiled, JSONPath)
    expected = [each.obj for each in compiled.finditer([document])]
    assert json.dumps(finder(compiled)([document])) == json.dumps(expected)


def test_texts_are_no_documents() -> None:
    path = JSONPathEnvironment(strict=True).compile("$[?@.a]")
    assert finder(path)("[1]") == finder(path)("text") == []
