"""A sorted file of quads as text, some ranges of its subjects at a time: nothing is sorted as a whole.

Each range is read, ordered and made text by itself in memory, one for each processor; they are written in
their order. What stands in memory is a few ranges, however large the file is.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, TypeVar

import pyarrow.parquet as pq

from lodgrants.db.engine import Engine, Limits, open_engine
from lodgrants.db.fragment import Sql, all_of, sql
from lodgrants.db.text import write_text
from lodgrants.publish.cottas import first_subject, read_cottas
from lodgrants.rdf.write import ORDER, compile_text, find_prefixes, header

T = TypeVar("T")
U = TypeVar("U")
# A range ends with the row group in which it has either: few long texts take the memory of many short ones.
ROWS, BYTES = 400_000, 64 << 20


@dataclass(frozen=True, slots=True)
class SubjectRange:
    """What a COTTAS file says of the subjects from one to before another; None is its start or its end."""

    file: Path
    first: str | None
    end: str | None

    def compile(self) -> Sql:
        """Return the query for its quads, which come in the order of the file."""
        within = [sql("s >= :first", first=self.first)] if self.first is not None else []
        within += [sql("s < :end", end=self.end)] if self.end is not None else []
        return sql("SELECT * FROM _q AS q WHERE :within", _q=read_cottas(self.file), within=all_of(within))


def subject_ranges(file: Path, rows: int = ROWS, size: int = BYTES) -> list[SubjectRange]:
    """Cut a COTTAS file where row groups begin into ranges of so many rows, or bytes, or some more.

    A file that does not say that it is sorted is none to cut.
    """
    parquet = pq.ParquetFile(file)
    if (parquet.metadata.metadata or {}).get(b"index") != ORDER.encode():
        return []
    starts: list[str] = []
    filled = 0.0
    for number in range(parquet.metadata.num_row_groups):
        if filled >= 1:
            starts.append(first_subject(parquet, number))
            filled = 0.0
        group = parquet.metadata.row_group(number)
        filled += max(group.num_rows / rows, group.total_byte_size / size)
    return [SubjectRange(file, first, end) for first, end in pairwise([None, *starts, None])]


def write_ranges(
    engine: Engine, ranges: list[SubjectRange], syntax: str, prefixes: Mapping[str, str], sink: IO[bytes]
) -> int:
    """Write the ranges of one file as text in their order; return the number of statements.

    :raises ValueError: when the syntax is none of ``lodgrants.rdf.write.SYNTAXES``.
    """
    used = _find_prefixes(engine, ranges, syntax, prefixes)
    plans = (compile_text(each.compile(), syntax, used, ordered=True) for each in ranges)
    sink.write(header(used))
    count, end = 0, b""
    with open_engine(Limits(threads=1)) as own:
        own.keep_order()
        for plan, batches in _in_order(lambda plan: (plan, own.twin().table(plan.text)), plans):
            if batches.num_rows:
                sink.write(plan.between.encode() if count else b"")
                count += write_text(batches.to_batches(), sink)
                end = plan.end.encode()
    sink.write(end)
    return count


def _find_prefixes(
    engine: Engine, ranges: list[SubjectRange], syntax: str, prefixes: Mapping[str, str]
) -> dict[str, str]:
    """Return the prefixes in use: what the first range has need not be looked for in all others."""
    used = find_prefixes(engine, ranges[0].compile(), syntax, prefixes)
    nested = any(
        one != other and one.startswith(other) for one in prefixes.values() for other in prefixes.values()
    )
    rest = {name: iri for name, iri in prefixes.items() if nested or name not in used}
    used |= find_prefixes(engine, read_cottas(ranges[0].file), syntax, rest)
    return {name: iri for name, iri in prefixes.items() if name in used}


def _in_order(work: Callable[[T], U], tasks: Iterable[T], at_once: int = os.cpu_count() or 1) -> Iterator[U]:
    """Yield the results of tasks in their order; a few are done, or wait to be taken, at any time."""
    waiting: deque[Future[U]] = deque()
    with ThreadPoolExecutor(at_once) as pool:
        for task in tasks:
            waiting.append(pool.submit(work, task))
            if len(waiting) > at_once:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
