"""The stages in order."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from lodgrants.db.engine import Engine, open_engine
from lodgrants.errors import ConfigError, InputError, Problem, Where
from lodgrants.extract.capture import ENDINGS, capture_files
from lodgrants.extract.run import Reader, chosen, load_sources
from lodgrants.pipeline.check import LEFT, check, check_catalogue
from lodgrants.pipeline.content import Content, gather
from lodgrants.pipeline.delta import MOST, Changes, Delta, changed_graphs, find_changes, merge, splice_dumps
from lodgrants.pipeline.fingerprint import stage_fingerprint
from lodgrants.pipeline.graph import EVIDENCE, MAIN, map_records, write_graphs
from lodgrants.pipeline.pages import Known, PageEntry, in_order, read_pages
from lodgrants.pipeline.place import HIDDEN, workplace
from lodgrants.pipeline.plan import Plan, Progress, Summary
from lodgrants.pipeline.policy import Policy, load_policy
from lodgrants.pipeline.provenance import as_table
from lodgrants.pipeline.release import (
    CATALOGUE,
    COUNTS,
    RECORDS,
    VALIDATION,
    Contents,
    contents,
    known_counts,
    link_quads,
    publish,
)
from lodgrants.pipeline.select import select, write_lines
from lodgrants.pipeline.state import STORE, State, file_marks, live_share, load_state, next_store, save_state
from lodgrants.pipeline.tell import tell
from lodgrants.pipeline.tombstones import (
    FILE,
    Name,
    Previous,
    Tombstone,
    bury,
    load_previous,
    write_tombstones,
)
from lodgrants.publish.checksums import Digests
from lodgrants.publish.history import RELEASES
from lodgrants.publish.releases import commit_release, latest
from lodgrants.publish.update.parts import update_parts
from lodgrants.resources import shipped

_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """One run: what was asked, where it works, what an earlier run has left, and what is said of it."""

    plan: Plan
    work: Path
    state: State
    summary: Summary
    progress: Progress

    def folder(self, name: str) -> Path:
        """Return a folder of the workplace, made when it is first asked for."""
        folder = self.work / name
        folder.mkdir(exist_ok=True)
        return folder


def build(plan: Plan, progress: Progress) -> Summary:
    """Read pages and publish what they say as one release; it appears, and is the latest, all at the end.

    :raises InputError: when there are no pages at all, or no room on the disk.
    :raises ConfigError: when a source is asked for that does not exist, or a list is wrong.
    """
    summary = Summary()
    sources, problems = load_sources(shipped("mappings"), *plan.profiles)
    summary.problems += problems
    reader = Reader(chosen(sources, plan.only), plan.base)
    files = [file for folder in plan.pages for file in capture_files(folder)]
    if not files:
        where, expected = Where(", ".join(map(str, plan.pages))), ", ".join(ENDINGS)
        raise InputError(Problem("LG-EXT-008", "there are no pages", where, expected=expected))
    policy = load_policy(
        (shipped("mappings", "withheld.csv"), *plan.withhold), reader.sources, plan.allow_unlicensed
    )
    with workplace(plan.output) as work:
        state = load_state(plan.output / HIDDEN, plan.force)
        _build(Job(plan, work, state, summary, progress), reader, files, policy)
    return summary


def _build(job: Job, reader: Reader, files: list[Path], policy: Policy) -> None:
    job.progress(f"reading {len(files)} files")
    reading = _reading_fingerprint(reader)
    pages = _read(job, reader, files, reading)
    selection = select(pages, policy)
    tell(job.summary, pages, selection, policy)
    names = [Name(line.id, line.entry.source, line.entry.url, line.entry.numbers) for line in selection.lines]
    about = contents(job.plan, selection, reader.sources, sum(page.withheld for page in pages))
    with open_engine() as engine:
        stones = _stones(job, engine, names, selection.withheld, reader)
        content = gather(selection.lines, stones, reader.sources, about)
        if job.state.holds(content.fingerprint, job.plan.output):
            _keep(job)
        else:
            _write(job, engine, content, stones, about)
    fingerprints = {
        "extract": reading,
        "graph": content.graph_fingerprint,
        "release": content.fingerprint,
    }
    kept = {"fingerprints": fingerprints, "names": names, "graphs": content.graphs}
    save_state(job.plan.output / HIDDEN, job.folder("state"), pages, kept | _results(job.summary))


def _keep(job: Job) -> None:
    """The release that is there is the one that would be made: nothing is written."""
    old, state, summary = job.state.about, job.folder("state"), job.summary
    for name in (MAIN, EVIDENCE, COUNTS, *LEFT):
        os.link(job.state.folder / name, state / name)
    summary.version, (summary.statements, summary.evidence) = old["release"], old["statements"]
    summary.release = job.plan.output / RELEASES / summary.version
    summary.files = sorted(job.plan.output / path.name for path in summary.release.iterdir())
    for name, findings in old["findings"].items():
        summary.source(name).findings = findings
    summary.skipped.append("anything: the release is as it would be")


def _write(job: Job, engine: Engine, content: Content, stones: list[Tombstone], about: Contents) -> None:
    with Digests(job.folder("release")) as digests:
        digests.begin(RECORDS, partial(write_lines, content.lines, job.folder("state") / STORE))
        write_tombstones(stones, digests.folder / FILE)
        delta = _delta(job, content)
        changes = _graphs(job, engine, content, delta)
        ready = _ready(job, engine, changes, digests)
        _check(job, delta)
        _publish(job, engine, about, changes, digests, ready)


def _results(summary: Summary) -> dict[str, Any]:
    """Return what the next build says again if it has nothing to do."""
    return {
        "release": summary.version,
        "files": file_marks(summary.release),
        "statements": [summary.statements, summary.evidence],
        "findings": {name: source.findings for name, source in summary.sources.items() if source.findings},
    }


def _reading_fingerprint(reader: Reader) -> str:
    profiles = (f"{source.name} {source.version}" for source in reader.sources)
    return stage_fingerprint("extract", words=(reader.base, *profiles))


def _read(job: Job, reader: Reader, files: list[Path], fingerprint: str) -> list[PageEntry]:
    """Read what is new; the store of records grows until half of it is no longer of use."""
    known = job.state.pages(fingerprint)
    keep = live_share(known.pages, job.state.folder / STORE) > _HALF
    store = next_store(job.state, job.folder("state"), keep)
    with store.open("ab") as sink:
        pages = read_pages(files, reader, known if keep else Known(), sink, job.plan.processes)
    return pages if keep else in_order(pages, store)


def _stones(
    job: Job, engine: Engine, names: list[Name], withheld: set[str], reader: Reader
) -> list[Tombstone]:
    read = {source.name for source in reader.sources}
    stones = bury(_previous(job, engine), names, withheld, read)
    job.summary.withheld = sum(stone.withheld for stone in stones)
    job.summary.withdrawn = len(stones) - job.summary.withheld
    return stones


def _previous(job: Job, engine: Engine) -> Previous | None:
    folder = None if job.plan.fresh else job.plan.previous or latest(job.plan.output)
    if folder is None:
        return None
    if not (folder / RECORDS).is_file():
        hint = "name a folder releases/VERSION of an earlier build"
        raise ConfigError(
            Problem("LG-BLD-004", "this is no release to continue", Where(str(folder)), hint=hint)
        )
    release = job.state.release(job.plan.output)
    own = release is not None and release.resolve() == folder.resolve()
    return load_previous(engine, folder, job.state.names() if own else None)


def _graphs(job: Job, engine: Engine, content: Content, delta: Delta | None) -> Changes | None:
    """Write the quads of the release; return what has changed where there are some to start from."""
    lines, more = content.lines, content.more
    if delta is not None:
        changed = set(delta.changed)
        lines = [line for line in lines if line.id in changed]
        more = {name: quads for name, quads in more.items() if name in changed}
        job.summary.skipped.append(f"mapping of {len(content.lines) - len(lines)} records")
    job.progress(f"mapping {len(lines)} records")
    state = job.folder("state")
    source, mapped = job.work / "records.jsonl", job.work / "mapped.parquet"
    write_lines(lines, state / STORE, source)
    map_records(source, mapped, job.plan.base)
    table = as_table([quad for quads in more.values() for quad in quads])
    write_graphs(engine, mapped, table, state if delta is None else delta.new, job.plan.base)
    if delta is None:
        return None
    changes = find_changes(engine, delta, state)
    merge(engine, changes)
    return changes


def _delta(job: Job, content: Content) -> Delta | None:
    """Return what to start from, where an earlier release is there and little has changed since."""
    release = job.state.release(job.plan.output)
    if release is None or not job.state.fits("graph", content.graph_fingerprint):
        return None
    changed = changed_graphs(job.state.about["graphs"], content.graphs)
    if len(changed) > MOST * len(content.graphs):
        return None
    return Delta(job.state.folder, job.folder("changed"), release, changed)


def _check(job: Job, delta: Delta | None) -> None:
    job.progress("validating")
    state = job.folder("state")
    checked = check([state / MAIN, state / EVIDENCE], job.folder("release") / VALIDATION, state, delta)
    for source, severity, count in checked.counts:
        job.summary.source(source or "(all)").findings[severity] = count
    if checked.partly:
        job.summary.skipped.append("validation of all that the change does not touch")


def _ready(job: Job, engine: Engine, changes: Changes | None, digests: Digests) -> list[str]:
    """Make all files of the release that can be made from those of the one before; return their names."""
    ready = link_quads(job.folder("state"), digests)
    if changes is not None:
        made = splice_dumps(engine, changes, digests)
        made += update_parts(engine, changes.main, changes.release, digests.folder)
        job.summary.skipped.append(f"all but the changed parts of {', '.join(made)}")
        ready += made
    return ready


def _publish(
    job: Job,
    engine: Engine,
    about: Contents,
    changes: Changes | None,
    digests: Digests,
    ready: list[str],
) -> None:
    job.progress("writing")
    state, folder, summary = job.folder("state"), job.folder("release"), job.summary
    tally = known_counts(engine, changes.main, job.plan.base) if changes is not None else None
    summary.version, summary.statements, summary.evidence = publish(
        engine, state, about, digests, ready, tally
    )
    check_catalogue(folder / CATALOGUE)
    digests.wait()
    summary.files = commit_release(folder, job.plan.output, summary.version)
    summary.release = job.plan.output / RELEASES / summary.version
