"""Records of many captures: read in as many processes as there are cores, given back in a stable order.

Memory does not grow with the number of pages: a few chunks are under way at a time.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lodgrants.errors import ConfigError, InputError, Problem, Where
from lodgrants.extract.assemble import assemble
from lodgrants.extract.capture import Capture, RawCapture, read_raw, to_capture
from lodgrants.extract.coverage import Coverage, measure
from lodgrants.extract.facts import Note
from lodgrants.extract.page import Page, read_page
from lodgrants.extract.profile import Source, load_source

_CHUNK = 32
_CHUNKS_PER_PROCESS = 3


@dataclass(frozen=True, slots=True)
class Extracted:
    """What came of one capture: its records as JSON texts, its coverage, and what went wrong or is odd."""

    where: str
    sha256: str | None
    url: str | None
    source: str | None
    layout: str | None
    records: tuple[str, ...]
    facts: int
    withheld: int
    coverage: Coverage | None
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """The sources to recognise, and the base under which IRIs are minted."""

    sources: tuple[Source, ...]
    base: str


def load_sources(*folders: Path) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """Load every profile below some folders, a later one of the same name instead of an earlier.

    A broken profile is left out, and its problems are returned.
    """
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for path in (path for folder in folders for path in sorted(folder.glob("*/source.yml"))):
        try:
            source = load_source(path)
            sources[source.name] = source
        except ConfigError as error:
            problems += error.problems
    return tuple(sources[name] for name in sorted(sources)), tuple(problems)


def chosen(sources: tuple[Source, ...], names: tuple[str, ...]) -> tuple[Source, ...]:
    """Return the sources of those names, or all when none is given; raise ConfigError for an unknown one."""
    known = {source.name for source in sources}
    for name in names:
        if name not in known:
            problem = Problem(
                "LG-CFG-005", f"no source is called {name!r}", expected=", ".join(sorted(known))
            )
            raise ConfigError(problem)
    return tuple(source for source in sources if not names or source.name in names)


def extract(paths: Iterable[Path], reader: Reader, processes: int | None = None) -> Iterator[Extracted]:
    """Read all captures in the files, in order; pages that cannot be read come as problems."""
    return extract_raw((raw for path in paths for raw in read_raw(path)), reader, processes)


def extract_raw(
    raws: Iterator[RawCapture | InputError], reader: Reader, processes: int | None = None
) -> Iterator[Extracted]:
    """Read captures given as bytes, in order; the iterator runs ahead of the results by a few chunks."""
    first = list(islice(raws, _CHUNK))
    processes = processes or os.cpu_count() or 1
    if len(first) < _CHUNK or processes == 1:
        yield from (extract_one(raw, reader) for raw in first)
        yield from (extract_one(raw, reader) for raw in raws)
        return
    chunks = _chunks(first, raws)
    with ProcessPoolExecutor(processes, initializer=_start, initargs=(reader,)) as pool:
        waiting: deque[Future[list[Extracted]]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(_extract_chunk, chunk))
            if len(waiting) >= processes * _CHUNKS_PER_PROCESS:
                yield from waiting.popleft().result()
        for future in waiting:
            yield from future.result()


def _chunks(
    first: list[RawCapture | InputError],
    rest: Iterator[RawCapture | InputError],
) -> Iterator[list[RawCapture | InputError]]:
    while first:
        yield first
        first = list(islice(rest, _CHUNK))


_reader: Reader | None = None


def _start(reader: Reader) -> None:
    """Give a worker process what every chunk needs, once."""
    global _reader
    _reader = reader


def _extract_chunk(chunk: list[RawCapture | InputError]) -> list[Extracted]:
    assert _reader is not None
    return [extract_one(raw, _reader) for raw in chunk]


def extract_one(raw: RawCapture | InputError, reader: Reader) -> Extracted:
    if isinstance(raw, InputError):
        return _failed(str(raw.problems[0].where or ""), raw)
    try:
        capture = to_capture(raw)
    except InputError as error:
        return _failed(raw.where, error)
    page = read_page(capture, reader.sources)
    return _extracted(raw.where, capture, page, reader.base)


def _extracted(where: str, capture: Capture, page: Page, base: str) -> Extracted:
    claims = [*page.claims, *(claim for reading in page.readings for claim in reading.claims)]
    coverage = measure(capture.text, claims)
    records = []
    if page.source is not None:
        made = (assemble(reading, page.source, capture, coverage, base) for reading in page.readings)
        records = [json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in made]
    return Extracted(
        where=where,
        sha256=capture.sha256,
        url=capture.url,
        source=page.source.name if page.source else None,
        layout=page.layout.name if page.layout else None,
        records=tuple(records),
        facts=sum(len(reading.facts) for reading in page.readings),
        withheld=sum(sum(reading.withheld.values()) for reading in page.readings),
        coverage=coverage if records else None,
        notes=tuple(f"{note.code} {note.message}" for note in page.notes) if page.source else (),
        problems=() if page.source else tuple(_unknown(note, where) for note in page.notes),
    )


def _unknown(note: Note, where: str) -> Problem:
    """A page that no profile recognises has failed; one that is recognised as no project page has not."""
    hint = "add a profile (docs/profiles.md), or take the page out"
    return Problem(note.code, note.message, Where(where), hint=hint)


def _failed(where: str, error: InputError) -> Extracted:
    return Extracted(where, None, None, None, None, (), 0, 0, None, (), error.problems)
