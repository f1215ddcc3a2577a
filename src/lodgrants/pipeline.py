"""The build: pages to records, records to quads, quads to checked and published files.

The only module that knows every stage. It returns what happened; the command line says it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlglot import exp

from lodgrants.db.engine import Engine, open_engine
from lodgrants.db.template import sql
from lodgrants.errors import InputError, Problem, Where
from lodgrants.extract.capture import ENDINGS, capture_files
from lodgrants.extract.conflicts import Conflict, find_conflicts, separate
from lodgrants.extract.run import Extracted, Reader, chosen, extract, load_sources
from lodgrants.map.api import run_mapping
from lodgrants.map.settings import Settings
from lodgrants.publish.dumps import write_dump
from lodgrants.publish.materialise import load_hierarchy, materialised
from lodgrants.rdf.namespaces import BASE
from lodgrants.resources import shipped
from lodgrants.validate.run import validate

NAME = "lodgrants"
SYNTAXES = ("ttl", "nt", "nq")
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build: folders of pages, where to publish, which sources to read by which profiles."""

    pages: tuple[Path, ...]
    output: Path
    only: tuple[str, ...] = ()
    profiles: tuple[Path, ...] = ()
    base: str = BASE
    processes: int | None = None


@dataclass(slots=True)
class SourceSummary:
    """What came of one source's pages; ``lines`` and ``read`` count lines that are not blank."""

    pages: int = 0
    records: int = 0
    facts: int = 0
    lines: int = 0
    read: int = 0
    withheld: int = 0
    findings: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Summary:
    """What a build made, per source, and what a person should look at."""

    sources: dict[str, SourceSummary] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    statements: int = 0
    files: list[Path] = field(default_factory=list)

    @property
    def violations(self) -> int:
        """The number of findings that make data unusable."""
        return sum(source.findings.get("Violation", 0) for source in self.sources.values())


def build(plan: Plan, progress: Progress) -> Summary:
    """Read pages and publish what they say as one graph; the files in the output change all at the end.

    :raises InputError: when there are no pages at all.
    :raises ConfigError: when a source is asked for that does not exist.
    """
    summary = Summary()
    reader = _reader(plan, summary)
    files = [file for folder in plan.pages for file in capture_files(folder)]
    if not files:
        where, expected = Where(", ".join(map(str, plan.pages))), ", ".join(ENDINGS)
        raise InputError(Problem("LG-EXT-008", "there are no pages", where, expected=expected))
    plan.output.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".lodgrants-", dir=plan.output) as folder:
        staging = Path(folder)
        progress(f"reading {len(files)} files")
        records = staging / "records.jsonl"
        _write_records(records, extract(files, reader, plan.processes), summary)
        with open_engine() as engine:
            conflicts = find_conflicts(engine, records)
            separate(records, conflicts)
            _say_conflicts(conflicts, summary)
            _publish(engine, plan, staging, records, summary, progress)
        summary.files = _move(staging, plan.output)
    return summary


def _reader(plan: Plan, summary: Summary) -> Reader:
    sources, problems = load_sources(shipped("mappings"), *plan.profiles)
    summary.problems += problems
    return Reader(chosen(sources, plan.only), plan.base)


def _write_records(path: Path, results: Iterator[Extracted], summary: Summary) -> None:
    with path.open("w", encoding="utf8") as sink:
        for result in results:
            sink.writelines(f"{record}\n" for record in result.records)
            _count(result, summary)


def _count(result: Extracted, summary: Summary) -> None:
    summary.problems += result.problems
    summary.notes += [f"{note} ({result.where})" for note in result.notes]
    if result.source is None:
        return
    source = summary.sources.setdefault(result.source, SourceSummary())
    source.pages += 1
    source.records += len(result.records)
    source.facts += result.facts
    source.withheld += result.withheld
    if result.coverage is not None:
        source.lines += result.coverage.lines
        source.read += result.coverage.claimed + result.coverage.ignored


def _say_conflicts(conflicts: list[Conflict], summary: Summary) -> None:
    """Captures that state different sums need somebody to decide; several that agree are worth a note."""
    hint = "both are published; take out the one that is wrong or old"
    summary.problems += [Problem("LG-EXT-022", c.message, hint=hint) for c in conflicts if c.differs]
    summary.notes += [f"LG-EXT-022 {c.message}" for c in conflicts if not c.differs]


def _publish(
    engine: Engine,
    plan: Plan,
    staging: Path,
    records: Path,
    summary: Summary,
    progress: Progress,
) -> None:
    """Map, add the super-classes and super-properties, check, and write the dumps."""
    mapped, quads = staging / "mapped.parquet", staging / "quads.parquet"
    progress("mapping")
    settings = Settings(base=plan.base, sources={"records.jsonl": records})
    run_mapping(shipped("mappings", "record.yml"), mapped, settings)
    engine.copy_to_parquet(materialised(engine, _quads(mapped), load_hierarchy()), quads)
    progress("validating")
    _validate(quads, staging, summary)
    progress("writing")
    for syntax in SYNTAXES:
        summary.statements = write_dump(engine, _quads(quads), staging / f"{NAME}.{syntax}", syntax)
    mapped.unlink()
    quads.unlink()


def _quads(path: Path) -> exp.Query:
    query = sql("SELECT s, p, o, g FROM read_parquet(:path)", path=str(path))
    assert isinstance(query, exp.Query)
    return query


def _validate(quads: Path, staging: Path, summary: Summary) -> None:
    """Check the graph against the shapes; the results are published beside it and counted per source."""
    from lodgrants.validate.report.formats import writer

    with validate(quads, shipped("shapes")) as report:
        with (staging / "validation.ttl").open("wb") as sink:
            writer("turtle")(report, sink)
        counts = sql(
            """
            SELECT coalesce(regexp_extract(record, '/record/([^/>]+)/', 1), ''),
                   regexp_extract(severity, '(\\w+)>$', 1), count(*)
            FROM result GROUP BY ALL ORDER BY ALL
            """
        )
        for source, severity, count in report.engine.rows(counts):
            summary.sources.setdefault(source or "(all)", SourceSummary()).findings[severity] = count


def _move(staging: Path, output: Path) -> list[Path]:
    """Put the finished files in place, one rename each."""
    moved = []
    for path in sorted(staging.iterdir()):
        os.replace(path, output / path.name)
        moved.append(output / path.name)
    return moved
