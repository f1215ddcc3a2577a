"""A release folder holds one graph in every syntax, and is the same bytes every time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlglot import exp

from lodgrants.db.engine import open_engine
from lodgrants.db.template import sql
from lodgrants.map.api import run_mapping
from lodgrants.map.settings import Settings
from lodgrants.publish.materialise import load_hierarchy, materialised
from lodgrants.publish.release import Published, ReleaseInfo, SourceInfo, write_release
from lodgrants.rdf.namespaces import LG
from lodgrants.resources import shipped
from support import ROOT

RECORDS = ROOT / "output" / "records.jsonl"
ABOUT = ReleaseInfo(
    version="2024-05-01-0123456789ab",
    sources=(
        SourceInfo("sif", "Fund", "Fund, Latvia", "https://fund.example", "https://fund.example/terms"),
    ),
    extras=("records.jsonl",),
)


def stages(folder: Path) -> tuple[Path, Path]:
    """Return the samples' statements as the build hands them over: evidence in a file of its own."""
    mapped, main, words = (folder / f"{name}.parquet" for name in ("mapped", "main", "words"))
    run_mapping(shipped("mappings", "record.yml"), mapped, Settings(sources={"records.jsonl": RECORDS}))
    with open_engine() as engine:
        quads = sql("SELECT s, p, o, g FROM read_parquet(:path)", path=str(mapped))
        assert isinstance(quads, exp.Query)
        whole = materialised(engine, quads, load_hierarchy()).subquery("quad")
        supporting = f"p = '<{LG}evidence>' OR contains(s, '/evidence/')"
        for path, which in ((main, f"NOT ({supporting})"), (words, supporting)):
            engine.copy_to_parquet(exp.select("s", "p", "o", "g").from_(whole).where(which), path)
    return main, words


def release(folder: Path, quads: tuple[Path, Path]) -> Published:
    folder.mkdir()
    shutil.copy(RECORDS, folder)
    with open_engine() as engine:
        return write_release(engine, *quads, folder, ABOUT)


@pytest.fixture(scope="module")
def quads(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return stages(tmp_path_factory.mktemp("quads"))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, quads: tuple[Path, Path]) -> Path:
    folder = tmp_path_factory.mktemp("release") / "out"
    release(folder, quads)
    return folder


def test_a_second_run_gives_the_same_bytes(published: Path, quads: tuple[Path, Path], tmp_path: Path) -> None:
    release(tmp_path / "again", quads)
    assert (tmp_path / "again" / "SHA256SUMS").read_text() == (published / "SHA256SUMS").read_text()
