"""Where triples go: text or Parquet, to files or a stream; a file appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import pyarrow as pa


def write_lines(batches: pa.RecordBatchReader, file: IO[bytes]) -> int:
    """Write the text of the first column as it is; return how many bytes that were.

    Every value ends its own lines, so the column's data buffer is the file: no row is looked at.
    """
    written = 0
    for batch in batches:
        column = batch.column(0)
        if len(column) == 0:
            continue
        if column.null_count:
            column = column.drop_null()
        wide = pa.types.is_large_string(column.type)
        _, offsets, data = column.buffers()
        if data is None:
            continue
        places = memoryview(offsets).cast("q" if wide else "i")
        part = memoryview(data)[places[column.offset] : places[column.offset + len(column)]]
        file.write(part)
        written += len(part)
    return written


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a temporary path beside a file, which takes the file's place when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as handle:
        temporary = Path(handle.name)
    try:
        yield temporary
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
