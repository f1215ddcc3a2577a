"""Files written in blocks hold what was given, whatever the sizes and wherever they lie."""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodgrants.db.bulk import BLOCK, BulkFile

AROUND = [4095, 4096, 4097, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK]
SIZES = st.lists(st.one_of(st.integers(0, 100), st.sampled_from(AROUND)), max_size=12)


@given(sizes=SIZES, cached=st.sampled_from([0, BLOCK, 2 * BLOCK]))
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], cached: int
) -> None:
    path = tmp_path_factory.mktemp("bulk") / "file"
    parts = [bytes([65 + at % 26]) * size for at, size in enumerate(sizes)]
    with BulkFile(path, cached) as file:
        assert [file.write(part) for part in parts] == sizes
    assert path.read_bytes() == b"".join(parts)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no file system in memory here")
def test_a_file_system_in_memory_is_written_too() -> None:
    path = Path("/dev/shm", f"lodgrants-bulk-{id(object())}")
    try:
        with BulkFile(path, cached=0) as file:
            file.write(b"x" * (BLOCK * 2 + 7))
        assert path.read_bytes() == b"x" * (BLOCK * 2 + 7)
    finally:
        path.unlink()


def test_it_takes_what_other_writers_give(tmp_path: Path) -> None:
    with BulkFile(tmp_path / "file", cached=0) as file:
        shutil.copyfileobj(BytesIO(b"abc" * BLOCK), file)
        file.write(memoryview(bytearray(b"end")))
    assert (tmp_path / "file").stat().st_size == 3 * BLOCK + 3


def test_it_begins_anew_and_closes_once(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"older and longer")
    file = BulkFile(path)
    file.write(b"new")
    file.close()
    file.close()
    assert path.read_bytes() == b"new"
    with pytest.raises(ValueError, match="closed"):
        file.write(b"more")
