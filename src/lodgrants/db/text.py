"""Text out of the database: a column of strings goes to a file as it lies in memory, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

import pyarrow as pa


def write_text(batches: Iterable[pa.RecordBatch], sink: IO[bytes]) -> int:
    """Write the first column of each batch, one value after the other, and return the number of values.

    An Arrow string column keeps its characters in one buffer without gaps (Arrow, "Variable-size
    Binary Layout"), so nothing happens row by row.
    """
    count = 0
    for batch in batches:
        column = batch.column(0)
        if len(column):
            sink.write(_characters(column))
            count += len(column)
    return count


def _characters(column: pa.Array) -> memoryview:
    if column.null_count or column.type not in (pa.string(), pa.large_string()):
        raise ValueError(f"a column of text without nulls is needed, not {column.type}")
    _, offsets, characters = column.buffers()
    raw = memoryview(offsets).cast("B")
    places = raw.cast("q") if pa.types.is_large_string(column.type) else raw.cast("i")
    first, last = places[column.offset], places[column.offset + len(column)]
    return memoryview(characters)[first:last] if characters else memoryview(b"")
