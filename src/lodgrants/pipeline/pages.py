"""Reading pages: each capture once, whatever its place; what an earlier build read of the same bytes is kept.

Records lie as lines in a store that only grows; the index says for each page where its lines are and what is
needed of them to put a release together, so that nobody reads a record that has not changed.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from pathlib import Path
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


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page: its fingerprint (None when it must be read again) and what came of it."""

    key: str | None
    where: str
    source: str | None
    records: tuple[RecordEntry, ...]
    facts: int
    withheld: int
    lines: int
    read: int
    notes: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def page_key(raw: RawCapture) -> str:
    """Return the fingerprint of a page: its bytes and all that its record says of where they come from."""
    digest = hashlib.sha256(raw.content)
    digest.update(json.dumps([raw.media_type, raw.file, raw.url, raw.retrieved]).encode())
    return digest.hexdigest()


def read_pages(
    files: Iterable[Path],
    reader: Reader,
    known: Mapping[str, PageEntry],
    store: IO[bytes],
    processes: int | None = None,
) -> list[PageEntry]:
    """Return an entry for each page in order; pages that are not known are read and added to the store."""
    found: list[PageEntry | None] = []
    missing: deque[tuple[int, str | None]] = deque()

    def unread() -> Iterator[RawCapture | InputError]:
        for raw in (raw for path in files for raw in read_raw(path)):
            key = None if isinstance(raw, InputError) else page_key(raw)
            entry = known.get(key) if key else None
            if entry is not None and isinstance(raw, RawCapture):
                found.append(replace(entry, where=raw.where))
            else:
                missing.append((len(found), key))
                found.append(None)
                yield raw

    for result in extract_raw(unread(), reader, processes):
        at, key = missing.popleft()
        found[at] = _entry(None if result.problems else key, result, store)
    return [entry for entry in found if entry is not None]


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


def load_index(path: Path) -> dict[str, PageEntry]:
    """Read what an earlier build has left, by fingerprint."""
    with path.open(encoding="utf8") as lines:
        entries = (_from_row(json.loads(line)) for line in lines)
        return {entry.key: entry for entry in entries if entry.key}


def write_index(path: Path, entries: Iterable[PageEntry]) -> None:
    """Keep the pages that need not be read again."""
    rows = (_to_row(entry) for entry in entries if entry.key)
    with path.open("w", encoding="utf8") as sink:
        sink.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


# A row has the fields in their order; problems are never kept, and a record's numbers stand first.
_PAGE = tuple(field.name for field in fields(PageEntry) if field.name not in ("records", "problems"))
_RECORD = tuple(field.name for field in fields(RecordEntry) if field.name != "numbers")
_page, _record = attrgetter(*_PAGE), attrgetter(*_RECORD)


def _to_row(entry: PageEntry) -> list[Any]:
    return [[[record.numbers, *_record(record)] for record in entry.records], *_page(entry)]


def _from_row(row: list[Any]) -> PageEntry:
    records = tuple(
        RecordEntry(numbers=tuple(numbers), **dict(zip(_RECORD, rest, strict=True)))
        for numbers, *rest in row[0]
    )
    page = dict(zip(_PAGE, row[1:], strict=True))
    return PageEntry(**{**page, "records": records, "notes": tuple(page["notes"])})


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
