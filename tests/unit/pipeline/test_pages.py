"""What a build reads again: files that nobody has touched are not even opened."""

from __future__ import annotations

import os
import time
from io import BytesIO
from pathlib import Path

import pytest

from lodgrants.extract.run import Reader, load_sources
from lodgrants.pipeline.pages import Known, PageEntry, load_index, read_pages, write_index
from lodgrants.rdf.namespaces import BASE
from support import ROOT

SAMPLE = (ROOT / "mappings/sif/sample/koalicija.txt").read_text(encoding="utf8")


@pytest.fixture(scope="module")
def reader() -> Reader:
    sources, _ = load_sources(ROOT / "mappings")
    return Reader(tuple(sources), BASE)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a page that was written a while ago: what is younger than two seconds is read again anyway."""
    path = tmp_path / "page.txt"
    path.write_text(SAMPLE, encoding="utf8")
    time.sleep(2.1)
    return path


def reread(file: Path, reader: Reader, known: Known) -> tuple[list[PageEntry], bool]:
    store = BytesIO()
    pages = read_pages([file], reader, known, store, 1)
    return pages, bool(store.getvalue())


def indexed(pages: list[PageEntry], folder: Path) -> Known:
    write_index(folder / "index", pages)
    return load_index(folder / "index")


def test_a_file_that_is_as_it_was_is_not_read_again(file: Path, reader: Reader) -> None:
    pages, read = reread(file, reader, Known())
    assert read
    files = indexed(pages, file.parent).files
    assert reread(file, reader, Known({}, files)) == (pages, False)


def test_another_content_of_the_same_size_and_time_is_read(file: Path, reader: Reader) -> None:
    pages, _ = reread(file, reader, Known())
    known = indexed(pages, file.parent)
    before = file.stat()
    file.write_text(SAMPLE.replace("25 623.18", "25 623.19"), encoding="utf8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    again, read = reread(file, reader, known)
    assert read
    assert again[0].key != pages[0].key


def test_what_has_just_been_written_may_change_unseen(tmp_path: Path, reader: Reader) -> None:
    file = tmp_path / "page.txt"
    file.write_text(SAMPLE, encoding="utf8")
    pages, _ = reread(file, reader, Known())
    assert pages[0].mark is None
    known = indexed(pages, tmp_path)
    assert reread(file, reader, Known({}, known.files))[1], "by its time the file cannot be known"
    assert not reread(file, reader, known)[1], "by its content it is"


def test_a_file_with_a_page_that_failed_is_read_again(file: Path, reader: Reader) -> None:
    pages, _ = reread(file, reader, Known())
    failed = PageEntry(None, "elsewhere", None, (), 0, 0, 0, 0, (), str(file), pages[0].mark)
    known = indexed([*pages, failed], file.parent)
    assert reread(file, reader, Known({}, known.files))[1]
