"""Parquet files whose row groups are cut by their content, so that a change moves only those around it.

A group has a least number of rows and ends before the next subject whose checksum says so: where a group
begins, it alone and what stands in it decide where it ends. Groups that have not changed are copied as bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lodgrants.publish.parquet_footer import MAGIC, Footer, RowGroup, Struct, footer_bytes, read_footer
from lodgrants.publish.splice import copy_range

SCHEMA = pa.schema([(name, pa.string()) for name in "spog"])
# As many rows as DuckDB and COTTAS tools put in a group, more or less; one in so many subjects ends it.
LEAST_ROWS = 100_000
_ONE_IN = 64


@dataclass(frozen=True, slots=True)
class Cutter:
    """Where row groups end: ``least`` rows at least, then before one subject in ``one_in``."""

    least: int = LEAST_ROWS
    one_in: int = _ONE_IN

    def ends(self, rows: int, following: str | None) -> bool:
        """Whether a group of so many rows ends before a subject; the end of the file ends it anyway."""
        return following is None or (rows >= self.least and crc32(following.encode()) % self.one_in == 0)

    def cut(self, rows: pa.Table) -> tuple[list[pa.Table], pa.Table]:
        """Take the groups that end within some sorted rows off them; return these, and the rows left."""
        groups = []
        while (end := self._first_end(rows)) is not None:
            groups.append(rows.slice(0, end))
            rows = rows.slice(end)
        return groups, rows

    def _first_end(self, rows: pa.Table) -> int | None:
        if len(rows) <= self.least:
            return None
        # From the row before the first at which a group could end: where does another subject begin?
        subjects = rows.column("s").slice(self.least - 1)
        begins = pc.not_equal(subjects.slice(1), subjects.slice(0, len(subjects) - 1))
        for at in pc.indices_nonzero(begins):
            row: int = self.least + at.as_py()
            if self.ends(row, rows.column("s")[row].as_py()):
                return row
        return None


def cut_batches(batches: Iterable[pa.RecordBatch], cutter: Cutter) -> Iterator[pa.Table]:
    """Cut a stream of sorted rows into row groups."""
    left = SCHEMA.empty_table()
    for batch in batches:
        groups, left = cutter.cut(pa.concat_tables([left, pa.Table.from_batches([batch]).cast(SCHEMA)]))
        yield from groups
    if len(left):
        yield left


@dataclass(slots=True)
class GroupFile:
    """A Parquet file that is put together from row groups, new ones and those of another file."""

    sink: IO[bytes]
    metadata: dict[str, str]
    about: Struct | None = None
    groups: list[RowGroup] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sink.write(MAGIC)

    def add(self, rows: pa.Table) -> None:
        """Write some rows as a group of its own."""
        data, footer = _encoded(rows, self.metadata)
        self.about = footer.about
        for group in footer.groups:
            self._place(group)
            self.sink.write(memoryview(data)[group.start : group.start + group.size])

    def copy(self, file: IO[bytes], group: RowGroup) -> None:
        """Copy a group of another file that was put together in the same way."""
        self._place(group)
        copy_range(file, self.sink, group.start, group.size)

    def close(self, about: Struct | None = None) -> None:
        """Write the footer; ``about`` says what it has beside groups where all of them are copies."""
        known = self.about or about or _encoded(SCHEMA.empty_table(), self.metadata)[1].about
        self.sink.write(footer_bytes(known, self.groups))

    def _place(self, group: RowGroup) -> None:
        last = self.groups[-1] if self.groups else None
        start = last.start + last.size if last else len(MAGIC)
        self.groups.append(group.moved(start, len(self.groups)))


def _encoded(rows: pa.Table, metadata: dict[str, str]) -> tuple[pa.Buffer, Footer]:
    """Return a Parquet file of one row group (none where there are no rows) and its footer."""
    buffer = pa.BufferOutputStream()
    with pq.ParquetWriter(buffer, SCHEMA, compression="zstd", store_schema=False) as writer:
        writer.add_key_value_metadata(metadata)
        if len(rows):
            # In one piece: where the pieces of a column end would show in its pages.
            writer.write_table(rows.combine_chunks(), row_group_size=len(rows))
    data = buffer.getvalue()
    return data, read_footer(pa.BufferReader(data))
