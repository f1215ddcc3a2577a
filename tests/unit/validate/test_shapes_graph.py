"""What a shapes graph may hold besides shapes: imports, vocabularies, components of others."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from lodgrants.errors import ShapeError, UnsupportedError
from lodgrants.validate.report.formats import writer
from lodgrants.validate.run import validate

HEAD = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix dash: <http://datashapes.org/dash#> .
"""
TARGET = "ex:S sh:targetSubjectsOf ex:part ; "
DATA = HEAD + "ex:a ex:part 1, 2 ."


def components(tmp_path: Path, shapes: str) -> list[str]:
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf8")
    (tmp_path / "shapes.ttl").write_text(HEAD + shapes, encoding="utf8")
    with validate(tmp_path / "data.ttl", tmp_path / "shapes.ttl") as report:
        return sorted(row["component"] for row in report.table().to_pylist())


def test_files_imported_by_relative_iris_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    parts = tmp_path / "sub" / "the parts.ttl"
    parts.write_text(HEAD + "<> owl:imports <../shapes.ttl> . ex:P sh:path ex:part ; sh:maxCount 1 .")
    imports = "<> owl:imports <sub/the%20parts.ttl>, <nowhere.ttl>, <http://example.org/other> . "
    found = components(tmp_path, imports + TARGET + "sh:property ex:P, [ sh:path ex:part ; sh:maxCount 0 ] .")
    assert found == ["<http://www.w3.org/ns/shacl#MaxCountConstraintComponent>"] * 2


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        (TARGET + "dash:closedByTypes true .", "closedByTypes"),
        (TARGET + "sh:property [ sh:path ex:part ; dash:stem 'x' ] .", "stem"),
        ("ex:S a sh:ShapeClass ; sh:closed true .", "ShapeClass"),
        (
            "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:most ] ; sh:validator"
            " [ a sh:JSValidator ; sh:jsFunctionName 'f' ] . " + TARGET + "ex:most 1 .",
            "no validator in SPARQL",
        ),
    ],
)
def test_components_of_others_are_refused_by_name(tmp_path: Path, shapes: str, said: str) -> None:
    with pytest.raises(UnsupportedError, match=said):
        components(tmp_path, shapes)


def test_a_declared_component_of_dash_is_used(tmp_path: Path) -> None:
    declared = """dash:StemConstraintComponent a sh:ConstraintComponent ; sh:parameter [ sh:path dash:stem ] ;
      sh:validator [ sh:ask "ASK { FILTER (STRSTARTS(STR($value), $stem)) }" ] . """
    found = components(tmp_path, declared + TARGET + "sh:property [ sh:path ex:part ; dash:stem '1' ] .")
    assert found == ["<http://datashapes.org/dash#StemConstraintComponent>"]


def test_the_vocabulary_of_shacl_among_the_shapes_changes_nothing(tmp_path: Path) -> None:
    own = """sh:MaxCountConstraintComponent a sh:ConstraintComponent ; sh:parameter sh:MaxCount-maxCount ;
      sh:propertyValidator [ sh:select "SELECT $this WHERE { $this $PATH ?v }" ] .
      sh:MaxCount-maxCount a sh:Parameter ; sh:path sh:maxCount . """
    found = components(tmp_path, own + TARGET + "sh:property [ sh:path ex:part ; sh:maxCount 1 ] .")
    assert found == ["<http://www.w3.org/ns/shacl#MaxCountConstraintComponent>"]


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ("ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:path ex:part ; sh:maxCount 1 .", "sh:NodeShape"),
        (TARGET + "sh:property [ sh:path () ; sh:maxCount 1 ] .", "two members or more"),
        (
            "ex:K a sh:ConstraintComponent ; sh:validator [ sh:ask 'ASK {}' ] . " + TARGET + "sh:in () .",
            "no parameter",
        ),
        (
            "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:most ; sh:optional true ] . "
            + TARGET
            + "ex:most 1 .",
            "no parameter",
        ),
    ],
)
def test_what_could_never_be_meant_is_refused(tmp_path: Path, shapes: str, said: str) -> None:
    with pytest.raises(ShapeError, match=said):
        components(tmp_path, shapes)


@pytest.mark.parametrize(
    ("shapes", "verdict"),
    [
        ("ex:a ex:b ex:c .", "Nothing was validated"),
        ("ex:S a sh:NodeShape ; sh:closed true .", "Nothing was validated"),
        (TARGET + "sh:nodeKind sh:IRI .", "The data conforms."),
    ],
)
def test_where_nothing_was_asked_the_report_says_so(tmp_path: Path, shapes: str, verdict: str) -> None:
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf8")
    (tmp_path / "shapes.ttl").write_text(HEAD + shapes, encoding="utf8")
    with validate(tmp_path / "data.ttl", tmp_path / "shapes.ttl") as report:
        for format_ in ("table", "markdown", "html"):
            out = io.BytesIO()
            writer(format_)(report, out)
            assert verdict in out.getvalue().decode()
