"""The checksums are those of the files, in the form that `sha256sum --check` reads, and stay the same."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from lodgrants.publish.checksums import write_checksums


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b.nt").write_text("<urn:a> <urn:b> <urn:c> .\n")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv.gz").write_bytes(b"packed")
    (tmp_path / ".hidden").write_text("no")
    write_checksums(tmp_path)
    return tmp_path


def test_every_file_is_listed_with_its_checksum(folder: Path) -> None:
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    assert [line.split("  ")[1] for line in lines] == ["b.nt", "manifest.json", "tables/a.csv.gz"]
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_the_manifest_says_size_and_media_type(folder: Path) -> None:
    first, second = json.loads((folder / "manifest.json").read_text())["files"]
    assert (first["path"], first["bytes"], first["mediaType"]) == ("b.nt", 26, "application/n-triples")
    assert (second["path"], second["mediaType"]) == ("tables/a.csv.gz", "text/csv")


def test_a_second_time_gives_the_same(folder: Path) -> None:
    before = (folder / "SHA256SUMS").read_bytes(), (folder / "manifest.json").read_bytes()
    write_checksums(folder)
    assert before == ((folder / "SHA256SUMS").read_bytes(), (folder / "manifest.json").read_bytes())
