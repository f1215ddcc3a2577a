"""Large JSON documents: what is taken apart is what the whole document has, and only that."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import Sql, sql
from lodgrants.errors import InputError
from lodgrants.map.api import run_mapping
from lodgrants.map.compile.values import macros
from lodgrants.map.model import JSON_PATH, FileSource, LogicalSource
from lodgrants.map.settings import Settings
from lodgrants.map.sources import json as json_source
from lodgrants.map.sources import json_apart
from lodgrants.map.sources.json import load_json
from lodgrants.map.sources.relation import Room

ITERATORS = (
    ("$.a[*]",),
    ("$.a[*]", "$.b[*]"),
    ("$.a.b[*]", "$.c"),
    ("$.a[?@.x]", "$.a[*].x"),
    ("$.a.a.a[*]", "$.b[0].x"),
    ("$.a", "$.a.b[*]"),
    ("$", "$.a[*]"),
)
values = st.recursive(
    st.sampled_from([None, True, 1, -2.5e3, 12, "", 'x"],[{}', "é\n", "]"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "c", "x", 'q"', "é"]), inner, max_size=4)
    ),
    max_leaves=16,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), values), st.sampled_from(ITERATORS), st.booleans())
def test_parts_hold_what_the_document_holds(
    document: dict[str, object], iterators: tuple[str, ...], pretty: bool
) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        text = json.dumps(document, ensure_ascii=pretty, indent=2 if pretty else None)
        (folder / "d.json").write_text(text, encoding="utf8")
        whole = loaded(folder, iterators)
        patch.setattr(json_source, "_LARGE", 0)
        patch.setattr(json_apart, "_READ", 3)
        assert loaded(folder, iterators) == whole


def loaded(folder: Path, iterators: tuple[str, ...]) -> list[list[tuple[object, ...]]]:
    """Return for each iterator what it finds that is not null."""
    file = FileSource(str(folder / "d.json"))
    needs = {LogicalSource(file, JSON_PATH, each): ("$",) for each in iterators}
    with open_engine() as engine:
        engine.script(macros())
        engine.keep_order()
        relations = load_json(needs, Room(engine, folder, Settings(), str(folder / "m.ttl")))
        asked = [
            sql("SELECT * FROM _t WHERE c0 IS NOT NULL", _t=Sql(relations[each].table)) for each in needs
        ]
        return [engine.rows(each) for each in asked]


@pytest.mark.parametrize(
    "text", ['{"a": [{"x": 1}], "b": 2} y', '{"a": [{"x": 1}], "b": }', '{"a": [1 2], "b": 1}', '{"a": [1]']
)
def test_what_is_no_json_is_said(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_source, "_LARGE", 0)
    (tmp_path / "d.json").write_text(text, encoding="utf8")
    (tmp_path / "m.ttl").write_text(
        """@prefix rml: <http://w3id.org/rml/> . <http://ex.org/m> rml:logicalSource [ rml:source "d.json";
        rml:referenceFormulation rml:JSONPath; rml:iterator "$.a[*]" ];
        rml:subjectMap [ rml:template "http://ex.org/{x}"; rml:class <http://ex.org/C> ] .""",
        encoding="utf8",
    )
    with pytest.raises(InputError):
        run_mapping(tmp_path / "m.ttl", tmp_path / "out.nt")
