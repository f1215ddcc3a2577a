"""What a build is asked to do, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lodgrants.errors import Problem
from lodgrants.rdf.namespaces import BASE

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build: folders of pages, where to publish, which sources to read by which profiles.

    ``withhold`` are lists of what must not be published, beside the shipped one. ``previous`` is the release
    whose missing records become tombstones: by default the latest in the output; ``fresh`` begins without.
    ``force`` uses nothing that an earlier build has left.
    """

    pages: tuple[Path, ...]
    output: Path
    only: tuple[str, ...] = ()
    profiles: tuple[Path, ...] = ()
    base: str = BASE
    processes: int | None = None
    version: str | None = None
    withhold: tuple[Path, ...] = ()
    allow_unlicensed: bool = False
    previous: Path | None = None
    fresh: bool = False
    force: bool = False


@dataclass(slots=True)
class SourceSummary:
    """What came of one source's pages; ``lines`` and ``read`` count lines that are not blank.

    ``withheld`` counts contact data that was left out, ``kept_back`` records that are not published.
    """

    pages: int = 0
    records: int = 0
    facts: int = 0
    lines: int = 0
    read: int = 0
    withheld: int = 0
    kept_back: int = 0
    findings: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Summary:
    """What a build made, per source, and what to look at; ``skipped`` says what was not redone."""

    sources: dict[str, SourceSummary] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    statements: int = 0
    evidence: int = 0
    withdrawn: int = 0
    withheld: int = 0
    version: str = ""
    release: Path = Path()
    files: list[Path] = field(default_factory=list)

    def source(self, name: str) -> SourceSummary:
        """Return the summary of a source, a new one at first."""
        return self.sources.setdefault(name, SourceSummary())

    @property
    def violations(self) -> int:
        """The number of findings that make data unusable."""
        return sum(source.findings.get("Violation", 0) for source in self.sources.values())
