"""What must not be published: records on a takedown list, and sources that name no licence."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from lodgrants.errors import ConfigError, Problem, Where
from lodgrants.extract.profile import Source
from lodgrants.pipeline.pages import RecordEntry

COLUMNS = ("what", "reason", "date")


@dataclass(frozen=True, slots=True)
class Policy:
    """Names on the takedown lists, and the sources whose records may not be published."""

    TAKEDOWN: ClassVar[str] = "takedown"
    NO_LICENCE: ClassVar[str] = "no licence"
    listed: frozenset[str] = frozenset()
    unlicensed: frozenset[str] = frozenset()
    met: set[str] = field(default_factory=set)

    def reason(self, entry: RecordEntry) -> str | None:
        """Return why a record must not be published, or None; what is on the list and met is noted."""
        names = {entry.id, entry.topic, *entry.numbers, *([entry.url] if entry.url else [])} & self.listed
        self.met.update(names)
        if names:
            return self.TAKEDOWN
        return self.NO_LICENCE if entry.source in self.unlicensed else None

    @property
    def unmet(self) -> list[str]:
        """What is on the list and in no page: perhaps taken down by the publisher, perhaps mistyped."""
        return sorted(self.listed - self.met)


def load_policy(lists: Iterable[Path], sources: Iterable[Source], allow_unlicensed: bool) -> Policy:
    """Read the takedown lists and the profiles' words on licences.

    :raises ConfigError: with every line that is wrong, by file and line.
    """
    problems: list[Problem] = []
    listed = frozenset(name for path in lists for name in _names(path, problems))
    if problems:
        raise ConfigError(*problems)
    barred = (source.name for source in sources if not source.licence and not source.unlicensed_because)
    return Policy(listed, frozenset() if allow_unlicensed else frozenset(barred))


def _names(path: Path, problems: list[Problem]) -> Iterator[str]:
    expected = "a CSV file with the header " + ",".join(COLUMNS)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                found = ",".join(rows.fieldnames or ()) or "nothing"
                wrong = Problem(
                    "LG-BLD-001",
                    "this is no list of what to withhold",
                    Where(str(path), 1),
                    value=found,
                    expected=expected,
                )
                problems.append(wrong)
                return
            for row in rows:
                what = (row["what"] or "").strip()
                if what:
                    yield what
                    continue
                message, where = "a line does not say what to withhold", Where(str(path), rows.line_num)
                wanted = "a record's or project's IRI, the address of a page, or a project number"
                problems.append(Problem("LG-BLD-001", message, where, expected=wanted))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(
            Problem("LG-BLD-001", f"the list cannot be read: {error}", Where(str(path)), expected=expected)
        )
