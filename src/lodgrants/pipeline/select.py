"""Which records are published, under which names, and how their lines come together.

Decided on the index alone: a record's text is only opened where it has to be changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lodgrants.extract.conflicts import Conflict, conflict, further_name, renamed
from lodgrants.pipeline.pages import PageEntry, RecordEntry
from lodgrants.pipeline.policy import Policy
from lodgrants.publish.splice import copy_range


@dataclass(frozen=True, slots=True)
class Line:
    """A record as it is published: its name, and whether the unread lines of its page are left out."""

    entry: RecordEntry
    id: str
    bare: bool = False

    @property
    def plain(self) -> bool:
        """Whether the line is published as it stands in the store."""
        return self.id == self.entry.id and not self.bare

    @property
    def fingerprint(self) -> str:
        """Return what changes when anything in the published line does."""
        return self.entry.digest if self.plain else f"{self.entry.digest} {self.bare}"


@dataclass(slots=True)
class Selection:
    """The lines to publish in order, what is kept back by source and reason, conflicts of captures."""

    lines: list[Line] = field(default_factory=list)
    withheld: set[str] = field(default_factory=set)
    kept_back: dict[tuple[str, str], int] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)


def select(pages: Iterable[PageEntry], policy: Policy) -> Selection:
    """Leave out what must not be published and give each capture's record a name of its own."""
    selection = Selection()
    kept: dict[str, dict[str, RecordEntry]] = {}
    touched: set[str] = set()
    for entry in (record for page in pages for record in page.records):
        reason = policy.reason(entry)
        if reason is None:
            # A capture that is given twice is kept once.
            kept.setdefault(entry.id, {}).setdefault(entry.capture, entry)
            continue
        key = (entry.source, reason)
        selection.kept_back[key] = selection.kept_back.get(key, 0) + 1
        touched.add(entry.capture)
        if reason == policy.TAKEDOWN:
            selection.withheld.add(entry.id)
    for name, captures in kept.items():
        for number, entry in enumerate(captures.values()):
            line = further_name(name, entry.capture) if number else name
            # The lines of a page that nobody read may be about a record of it that is kept back.
            selection.lines.append(Line(entry, line, entry.capture in touched))
        if len(captures) > 1:
            stated = [(entry.place, entry.sums) for entry in captures.values()]
            selection.conflicts.append(conflict(name, stated))
    selection.lines.sort(key=lambda line: line.id)
    selection.conflicts.sort(key=lambda each: each.record)
    return selection


def write_lines(lines: Iterable[Line], store: Path, path: Path) -> None:
    """Write the records of some lines; neighbours in the store are copied in one go."""
    with store.open("rb") as source, path.open("wb") as sink:
        for start, size, changed in _runs(lines):
            if changed is None:
                copy_range(source, sink, start, size)
            else:
                source.seek(start)
                sink.write(_changed(source.read(size).decode(), changed))


def _runs(lines: Iterable[Line]) -> Iterator[tuple[int, int, Line | None]]:
    start = size = 0
    for line in lines:
        if line.plain and line.entry.start == start + size:
            size += line.entry.size
            continue
        if size:
            yield start, size, None
        start, size = line.entry.start, line.entry.size
        if not line.plain:
            yield start, size, line
            start = size = 0
    if size:
        yield start, size, None


def _changed(text: str, line: Line) -> bytes:
    if line.id != line.entry.id:
        text = renamed(text, line.entry.id, line.id)
    if line.bare:
        record = json.loads(text)
        record["coverage"]["unclaimedLines"] = []
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
    return text.encode()
