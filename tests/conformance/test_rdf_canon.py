"""The W3C test suite of RDF Dataset Canonicalization, whole: forms, names, and graphs that are poison."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp

from lodgrants.db.engine import open_engine
from lodgrants.errors import InputError
from lodgrants.rdf.canonical import canonical_names, canonical_quads
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.read import QUADS, load_quads
from lodgrants.rdf.write import compile_text
from support import shared

COUNTS = {"RDFC10EvalTest": 64, "RDFC10MapTest": 21, "RDFC10NegativeEvalTest": 1}


def cases() -> list[dict[str, Any]]:
    try:
        manifest = shared("suites", "rdf-canon", "tests", "manifest.jsonld")
    except pytest.skip.Exception:
        return []
    entries: list[dict[str, Any]] = json.loads(manifest.read_text())["entries"]
    return entries


def test_the_suite_is_whole() -> None:
    shared("suites", "rdf-canon")
    kinds = [entry["type"].removeprefix("rdfc:") for entry in cases()]
    assert {kind: kinds.count(kind) for kind in kinds} == COUNTS


@pytest.mark.parametrize("entry", cases(), ids=lambda entry: entry["id"])
def test_case(entry: dict[str, Any]) -> None:
    folder = shared("suites", "rdf-canon", "tests")
    algorithm = entry.get("hashAlgorithm", "SHA256").lower()
    if entry["type"] == "rdfc:RDFC10NegativeEvalTest":
        with pytest.raises(InputError) as error:
            canonicalise(folder / entry["action"], algorithm)
        assert error.value.problems[0].code == "LG-RDF-005"
        return
    form, names = canonicalise(folder / entry["action"], algorithm)
    wanted = (folder / entry["result"]).read_text(encoding="utf8")
    if entry["type"] == "rdfc:RDFC10MapTest":
        assert names == json.loads(wanted)
    else:
        assert form == wanted


def canonicalise(path: Path, algorithm: str) -> tuple[str, dict[str, str]]:
    """Return the canonical N-Quads of a file, and the names that its blank nodes got."""
    text = BytesIO()
    with open_engine() as engine:
        load_quads(engine, [rdf_file(path)])
        named = canonical_quads(engine, exp.select("s", "p", "o", "g").from_(QUADS), algorithm)
        engine.write_text(compile_text(named, "nq").text, text)
        blank = "_:" in text.getvalue().decode()
        rows = engine.rows(canonical_names()) if blank else []
    return text.getvalue().decode(), {node[2:]: name[2:] for node, name in rows}
