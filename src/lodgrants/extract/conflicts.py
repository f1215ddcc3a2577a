"""Several captures of one project: each keeps its own record, and what they disagree about is said.

The first capture keeps the record's plain IRI; the others get the start of their checksum behind it.
Amounts are named by what they say, so sums that differ stand side by side.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Conflict:
    """One record IRI that several captures have: where they come from, and whether their sums differ."""

    record: str
    places: tuple[str, ...]
    sums: tuple[str | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the captures state different sums."""
        return len(set(self.sums)) > 1

    @property
    def message(self) -> str:
        """Say it in words."""
        places = " and ".join(self.places)
        if not self.differs:
            return f"several captures of {self.record}: {places}"
        said = " against ".join(sums or "no sum" for sums in self.sums)
        return f"captures of {self.record} state different sums: {said} ({places})"


def conflict(record: str, captures: Iterable[tuple[str, str | None]]) -> Conflict:
    """Return the conflict between captures of one record, given each one's place and sums in any order."""
    ordered = sorted(captures, key=lambda each: (each[0], each[1] or ""))
    return Conflict(record, tuple(place for place, _ in ordered), tuple(sums for _, sums in ordered))


def further_name(record: str, capture: str) -> str:
    """Name the record of a further capture, by its checksum."""
    return f"{record}/{capture[:_DIGITS]}"


def renamed(line: str, old: str, new: str) -> str:
    """Replace the record's IRI where it stands as a whole value; evidence is the record's own, too."""
    evidence = old.replace("/record/", "/id/evidence/")
    line = line.replace(json.dumps(old, ensure_ascii=False), json.dumps(new, ensure_ascii=False))
    return line.replace(f'"{evidence}/', f'"{new.replace("/record/", "/id/evidence/")}/')
