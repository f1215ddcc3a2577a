"""YAML with places: values, where they stand, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from yaml import YAMLError

from lodgrants.errors import ConfigError
from lodgrants.extract.composer import PlacedMap, compose
from lodgrants.extract.yaml import load_yaml
from lodgrants.resources import shipped


def test_values_are_those_of_the_core_schema() -> None:
    text = "a: yes\nb: true\nc: ~\nd: 1.10\ne: '~'\nf: [x, {g: null}]\nh: &one {i: 012}\nj: *one\n"
    assert compose(text) == {
        "a": "yes",
        "b": True,
        "c": None,
        "d": "1.10",
        "e": "~",
        "f": ["x", {"g": None}],
        "h": {"i": "012"},
        "j": {"i": "012"},
    }
    assert compose("") is None


def test_maps_and_their_keys_know_their_places() -> None:
    made = compose("a: 1\nlist:\n  - b: 1\n    c: 2\n")
    (inner,) = made["list"]
    assert isinstance(inner, PlacedMap)
    assert (inner.place, inner.keys_at) == ((3, 5), {"b": (3, 5), "c": (4, 5)})


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\na: 2\n", 2, "twice"),
        ("a: 'x\n", 2, "end of stream"),
        ("a: *b\n", 1, "anchor 'b'"),
        ("a: &b [*b]\n", 1, "anchor 'b'"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("[a]: 1\n", 1, "a key must be a text"),
        ("a:\n- " + "[" * 200 + "]" * 200, 2, "100 levels"),
        ("a: \x07\n", None, "control characters"),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_place(
    text: str, line: int | None, said: str, tmp_path: Path
) -> None:
    with pytest.raises(YAMLError, match=said):
        compose(text)
    file = tmp_path / "source.yml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=said) as caught:
        load_yaml(file)
    (problem,) = caught.value.problems
    assert problem.code == "LG-CFG-001"
    assert problem.where is not None
    assert problem.where.line == line


def test_profiles_are_read_as_another_parser_reads_them() -> None:
    files = sorted(shipped("mappings").glob("*/source.yml"))
    assert files
    for file in files:
        text = file.read_text(encoding="utf8")
        assert compose(text) == _as_text(YAML(typ="safe", pure=True).load(text)), file


def _as_text(value: object) -> object:
    if isinstance(value, dict):
        return {key: _as_text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_text(each) for each in value]
    return value if value is None or isinstance(value, bool) else str(value)
