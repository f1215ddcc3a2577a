"""The build: pages to records, records to quads, quads to checked and published files.

The only module that knows every stage. It returns what happened; the command line says it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lodgrants.errors import Problem
from lodgrants.rdf.namespaces import BASE

NAME = "lodgrants"
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build: the folders of pages, the sources to read, where to publish, and under which base."""

    pages: tuple[Path, ...]
    output: Path
    sources: tuple[str, ...] = ()
    base: str = BASE
    processes: int | None = None


@dataclass(slots=True)
class SourceSummary:
    """What came of one source's pages."""

    pages: int = 0
    records: int = 0
    facts: int = 0
    lines: int = 0
    read: int = 0
    without_record: int = 0
    findings: int = 0


@dataclass(slots=True)
class Summary:
    """What a build made, per source, and what a person should look at."""

    sources: dict[str, SourceSummary] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    quads: int = 0
    files: list[Path] = field(default_factory=list)
