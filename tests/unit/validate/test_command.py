"""`lodgrants validate`: exit codes, choice of results, baseline, errors with their place."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lodgrants.cli.validate import command
from lodgrants.errors import InputError, ShapeError, UnsupportedError


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.mark.parametrize(("fail_on", "code"), [("violation", 1), ("info", 1), ("never", 0)])
def test_exit_codes(shapes: Path, data: Path, fail_on: str, code: int) -> None:
    assert run(data, "--shapes", shapes, "--fail-on", fail_on).exit_code == code


def test_a_warning_does_not_fail_by_default(shapes: Path, data: Path) -> None:
    chosen = ("--focus", "http://example.org/b")
    assert run(data, "--shapes", shapes, *chosen).exit_code == 0
    assert run(data, "--shapes", shapes, *chosen, "--fail-on", "warning").exit_code == 1


@pytest.mark.parametrize("name", ["json", "csv"])
def test_only_what_is_new_fails(shapes: Path, data: Path, tmp_path: Path, name: str) -> None:
    baseline = tmp_path / f"baseline.{name}"
    assert run(data, "--shapes", shapes, "--format", name, "-o", baseline).exit_code == 1
    assert run(data, "--shapes", shapes, "--baseline", baseline, "--fail-on", "info").exit_code == 0
    data.write_text(data.read_text().replace("/note>", "/amount>"), encoding="utf8")
    again = run(data, "--shapes", shapes, "--baseline", baseline, "--fail-on", "info")
    assert again.exit_code == 1 and "=1+1, long" in again.output and "much" not in again.output


def test_a_syntax_error_has_its_line(shapes: Path, data: Path) -> None:
    data.write_text(data.read_text() + "<http://example.org/c> nonsense .\n", encoding="utf8")
    with pytest.raises(InputError, match=r"data\.nt:9"):
        run(data, "--shapes", shapes)


@pytest.mark.parametrize(
    ("shape", "error", "said"),
    [
        ("ex:S a sh:NodeShape ; sh:minCount 1 .", ShapeError, "sh:minCount stands on a node shape"),
        ("ex:S a sh:PropertyShape ; sh:path ex:p ; sh:minCount 'x' .", ShapeError, "xsd:integer"),
        ("ex:S a sh:NodeShape ; sh:in ex:notAList .", ShapeError, "an RDF list"),
        ("ex:S a sh:PropertyShape ; sh:path ( ex:p ) .", ShapeError, "two members"),
        ("ex:S a sh:NodeShape ; sh:minLenght 3 .", UnsupportedError, "did you mean sh:minLength"),
        ("ex:S sh:targetNode ex:a ; sh:node ex:T . ex:T sh:node ex:S .", UnsupportedError, "recursive"),
        ("ex:S sh:targetNode ex:a ; sh:pattern '(a' .", ShapeError, "regular expression"),
        ("<> sh:entailment <http://www.w3.org/ns/entailment/RDFS> .", UnsupportedError, "entailment"),
        ("ex:S sh:targetNode ex:a ; sh:sparql [ sh:select 'SELECT nonsense' ] .", ShapeError, "SPARQL"),
    ],
)
def test_what_cannot_be_validated_never_conforms(
    data: Path, tmp_path: Path, shape: str, error: type[Exception], said: str
) -> None:
    shapes = tmp_path / "broken.ttl"
    prefixes = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
    shapes.write_text(prefixes + shape, encoding="utf8")
    with pytest.raises(error, match=said):
        run(data, "--shapes", shapes)
