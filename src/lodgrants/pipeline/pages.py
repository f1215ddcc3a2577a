"""Reading pages: each capture once, whatever its place; what an earlier build read of the same bytes is kept.

Records lie as lines in a store that only grows; the index says for each page where its lines are and what is
needed of them to put a release together, so that nobody reads a record that has not changed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from pathlib import Path
from time import time_ns
from typing import IO, Any

from lodgrants.db.files import replacing
from lodgrants.errors import InputError, Problem
from lodgrants.extract.capture import RawCapture, read_raw
from lodgrants.extract.run import Extracted, Reader, extract_raw
from lodgrants.publish.splice import copy_range


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """One record in the store: its line's place and digest, what names it, what is counted or in conflict.

    ``unfilled`` is the record's own list of labels without a value, as JSON.
    """

    id: str
    source: str
    start: int
    size: int
    digest: str
    topic: str
    capture: str
    place: str
    url: str | None
    retrieved: str | None
    numbers: tuple[str, ...]
    sums: str | None
    unfilled: str | None


# A file's size, and the times of the last change of its content and of its entry, in nanoseconds.
Mark = tuple[int, int, int]
# So recently changed, a file may change again without another time: file systems count in steps.
_SETTLED = 2_000_000_000


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page: its fingerprint (None when it must be read again) and what came of it.

    ``mark`` tells whether its ``file`` is as it was; None when that cannot be told.
    """

    key: str | None
    where: str
    source: str | None
    records: tuple[RecordEntry, ...]
    facts: int
    withheld: int
    lines: int
    read: int
    notes: tuple[str, ...]
    file: str = ""
    mark: Mark | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """The pages that an earlier build has read, by fingerprint, and by file where the file can be told."""

    pages: Mapping[str, PageEntry] = field(default_factory=dict)
    files: Mapping[str, Sequence[PageEntry]] = field(default_factory=dict)

    def unchanged(self, file: str, mark: Mark | None) -> Sequence[PageEntry]:
        """Return the pages of a file that nobody has touched since they were read from it."""
        pages = self.files.get(file, ())
        return pages if mark is not None and pages and pages[0].mark == mark else ()


def page_key(raw: RawCapture) -> str:
    """Return the fingerprint of a page: its bytes and all that its record says of where they come from."""
    digest = hashlib.sha256(raw.content)
    digest.update(json.dumps([raw.media_type, raw.file, raw.url, raw.retrieved]).encode())
    return digest.hexdigest()


def read_pages(
    files: Iterable[Path],
    reader: Reader,
    known: Known,
    store: IO[bytes],
    processes: int | None = None,
) -> list[PageEntry]:
    """Return an entry for each page in order; pages that are not known are read and added to the store.

    Files that are as they were are not even opened.
    """
    found: list[PageEntry | None] = []
    missing: deque[tuple[int, str | None, str, Mark | None]] = deque()
    settled = time_ns() - _SETTLED

    def unread() -> Iterator[RawCapture | InputError]:
        for path in files:
            file, mark = os.path.abspath(path), _mark(path, settled)
            if unchanged := known.unchanged(file, mark):
                found.extend(unchanged)
                continue
            for raw in read_raw(path):
                key = None if isinstance(raw, InputError) else page_key(raw)
                entry = known.pages.get(key) if key else None
                if entry is not None and isinstance(raw, RawCapture):
                    found.append(replace(entry, where=raw.where, file=file, mark=mark))
                else:
                    missing.append((len(found), key, file, mark))
                    found.append(None)
                    yield raw

    for result in extract_raw(unread(), reader, processes):
        at, key, file, mark = missing.popleft()
        entry = _entry(None if result.problems else key, result, store)
        found[at] = replace(entry, file=file, mark=mark)
    return [entry for entry in found if entry is not None]


def _mark(path: Path, settled: int) -> Mark | None:
    """Return the mark of a file that has not changed since a time; None where that is not so."""
    try:
        found = path.stat()
    except OSError:
        return None
    times = found.st_mtime_ns, found.st_ctime_ns
    return (found.st_size, *times) if max(times) < settled else None


def in_order(pages: Iterable[PageEntry], store: Path) -> list[PageEntry]:
    """Put the records of a new store into the order of their names: few ranges of it are a release then."""
    pages = list(pages)
    records = [record for page in pages for record in page.records]
    starts: dict[int, int] = {}
    at = 0
    with store.open("rb") as source, replacing(store) as part, part.open("wb") as sink:
        for record in sorted(records, key=lambda each: (each.id, each.start)):
            copy_range(source, sink, record.start, record.size)
            starts[record.start] = at
            at += record.size
    return [
        replace(page, records=tuple(replace(each, start=starts[each.start]) for each in page.records))
        for page in pages
    ]


def load_index(path: Path) -> Known:
    """Read what an earlier build has left."""
    with path.open(encoding="utf8") as lines:
        entries = [_from_row(json.loads(line)) for line in lines]
    files: dict[str, list[PageEntry]] = {}
    for entry in entries:
        files.setdefault(entry.file, []).append(entry)
    return Known({entry.key: entry for entry in entries if entry.key}, files)


def write_index(path: Path, entries: Sequence[PageEntry]) -> None:
    """Keep the pages that need not be read again; a file with others is not as it was for anyone."""
    odd = {entry.file for entry in entries if not entry.key}
    kept = (replace(entry, mark=None) if entry.file in odd else entry for entry in entries if entry.key)
    rows = (_to_row(entry) for entry in kept)
    with path.open("w", encoding="utf8") as sink:
        sink.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


# A row has the fields in their order; problems are never kept, and a record's numbers stand first.
_PAGE = tuple(each.name for each in fields(PageEntry) if each.name not in ("records", "problems"))
_RECORD = tuple(each.name for each in fields(RecordEntry) if each.name != "numbers")
_page, _record = attrgetter(*_PAGE), attrgetter(*_RECORD)


def _to_row(entry: PageEntry) -> list[Any]:
    return [[[record.numbers, *_record(record)] for record in entry.records], *_page(entry)]


def _from_row(row: list[Any]) -> PageEntry:
    records = tuple(
        RecordEntry(numbers=tuple(numbers), **dict(zip(_RECORD, rest, strict=True)))
        for numbers, *rest in row[0]
    )
    page = dict(zip(_PAGE, row[1:], strict=True))
    mark = page["mark"] and tuple(page["mark"])
    return PageEntry(**{**page, "records": records, "notes": tuple(page["notes"]), "mark": mark})


def _entry(key: str | None, result: Extracted, store: IO[bytes]) -> PageEntry:
    coverage = result.coverage
    return PageEntry(
        key=key,
        where=result.where,
        source=result.source,
        records=tuple(_stored(text, store) for text in result.records),
        facts=result.facts,
        withheld=result.withheld,
        lines=coverage.lines if coverage else 0,
        read=coverage.claimed + coverage.ignored if coverage else 0,
        notes=result.notes,
        problems=result.problems,
    )


def _stored(text: str, store: IO[bytes]) -> RecordEntry:
    line = f"{text}\n".encode()
    start = store.tell()
    store.write(line)
    record = json.loads(text)
    capture = record["capture"]
    sums = ", ".join(sorted(row["statedAs"] for row in record["amounts"]))
    return RecordEntry(
        id=record["id"],
        source=record["source"],
        start=start,
        size=len(line),
        digest=hashlib.sha256(line).hexdigest(),
        topic=record["topic"],
        capture=capture["sha256"],
        place=capture.get("url") or capture["file"],
        url=record.get("url"),
        retrieved=capture.get("retrieved"),
        numbers=tuple(row["identifier"] for row in record["projects"] if "identifier" in row),
        sums=sums or None,
        unfilled=json.dumps(record["unfilled"]) if "unfilled" in record else None,
    )
