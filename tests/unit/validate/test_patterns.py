"""Regular expressions of XPath: what each flag, escape and class means, in either engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lodgrants.errors import ShapeError
from lodgrants.validate.components.regex import translated
from lodgrants.validate.run import validate

DATA = "@prefix ex: <http://example.org/> .\nex:a ex:word {} .\n"
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
ex:S sh:targetSubjectsOf ex:word ; sh:property [ sh:path ex:word ; sh:pattern {} ; sh:flags "{}" ] .
"""


def matching(tmp_path: Path, pattern: str, words: list[str], flags: str = "", more: str = "") -> set[str]:
    (tmp_path / "data.ttl").write_text(DATA.format(", ".join(map(json.dumps, words))), encoding="utf8")
    shapes = SHAPES.format(json.dumps(pattern), flags) + more
    (tmp_path / "shapes.ttl").write_text(shapes, encoding="utf8")
    with validate(tmp_path / "data.ttl", tmp_path / "shapes.ttl") as report:
        failing = {json.loads(row["value"]) for row in report.table().to_pylist()}
    return set(words) - failing


@pytest.mark.parametrize(
    ("pattern", "flags", "yes", "no"),
    [
        ("^[a-z-[aeiou]]+$", "", ["rhythm", "b"], ["rhyme", "B", ""]),
        ("^[\\w-[\\d_]]+$", "", ["naïve"], ["n1", "a_b"]),
        ("^[^a-c-[x]]$", "", ["d"], ["a", "x"]),
        ("^\\p{IsBasicLatin}+$", "", ["plain"], ["café"]),
        ("\\P{IsGreek}", "", ["mixed Ω"], ["Ω"]),
        ("^(.)(.)\\2\\1$", "", ["abba", "noon"], ["abab"]),
        ("^(?!draft).*[0-9]$", "i", ["final 2"], ["Draft 2", "final"]),
        ("(?<=EUR )[0-9]", "", ["EUR 5"], ["5 EUR"]),
        ("(?!x)y$", "", ["y"], ["y\n"]),
        ("(?!x)y$", "m", ["y", "y\nz"], ["yz"]),
        ("^(?=.)[&&~~||]+$", "", ["&", "~|&"], ["x"]),
        ("^a{1,1500}$", "", ["aa"], ["", "b"]),
        ("a b", "x", ["cab"], ["a b"]),
        ("a[ ]b", "x", ["a b"], ["ab"]),
        ("a-[b]", "", ["a-b"], ["ab"]),
        ("a.c", "q", ["xa.c"], ["abc"]),
        ("^\\i\\c*$", "", ["_a.b-c:d", "é·"], ["1a", "a b"]),
        ("^[\\c]+$", "", ["a-b", "1"], ["a/b"]),
        ("a.c", "s", ["a\nc"], ["ac"]),
        ("a.c", "", ["abc"], ["a\nc"]),
    ],
)
def test_what_matches(tmp_path: Path, pattern: str, flags: str, yes: list[str], no: list[str]) -> None:
    assert matching(tmp_path, pattern, yes + no, flags) == set(yes)


def test_patterns_of_both_engines_under_other_shapes(tmp_path: Path) -> None:
    more = """ex:T sh:targetSubjectsOf ex:word ; sh:property [ sh:path ex:word ;
      sh:or ( [ sh:pattern "^(?!a)" ] [ sh:pattern "z$" ] ) ; sh:not [ sh:pattern "(.)\\\\1" ] ] ."""
    assert matching(tmp_path, "", ["az", "a", "b", "bb"], more=more) == {"az", "b"}


def test_a_blank_node_matches_nothing(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(SHAPES.format('"^(?!a)"', ""), encoding="utf8")
    data = tmp_path / "data.ttl"
    data.write_text("@prefix ex: <http://example.org/> .\nex:a ex:word [], ex:b, 5 .", encoding="utf8")
    with validate(data, shapes) as report:
        assert [row["value"][:2] for row in report.table().to_pylist()] == ["_:"]


@pytest.mark.parametrize("pattern", ["(", "[b-a]", "(?!a", "\\p{IsNowhere}", "(a)\\2"])
def test_what_is_no_regular_expression_is_refused(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(ShapeError, match="no regular expression"):
        matching(tmp_path, pattern, ["a"])


def test_only_what_the_database_lacks_leaves_it() -> None:
    assert translated("^[A-Z]{2}-\\d+(?:x|y)*$", "i", "ex:S").linear
    assert not translated("(a)\\1", "", "ex:S").linear
