"""One release put together: its name, what it says of itself, and its files."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lodgrants import __version__
from lodgrants.db.engine import Engine
from lodgrants.db.fragment import sql
from lodgrants.extract.profile import Source
from lodgrants.pipeline.graph import EVIDENCE as WORDS
from lodgrants.pipeline.graph import MAIN
from lodgrants.pipeline.plan import Plan
from lodgrants.pipeline.provenance import as_table, release_quads
from lodgrants.pipeline.select import Selection
from lodgrants.pipeline.tombstones import FILE
from lodgrants.publish.catalogue.tally import Tally, tally_from_json
from lodgrants.publish.checksums import Digests
from lodgrants.publish.dumps import write_dump
from lodgrants.publish.release import EVIDENCE, NAME, Given, ReleaseInfo, SourceInfo, write_release
from lodgrants.publish.update.change import Change
from lodgrants.publish.update.counts import update_tally

RECORDS, VALIDATION, PROVENANCE = "records.jsonl", "validation.ttl", "provenance.ttl"
CATALOGUE, COUNTS = "catalogue.ttl", "counts.json"
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Contents:
    """What a release says of itself: its sources with their records and captures, and what is not in it."""

    version: str | None
    base: str
    sources: tuple[SourceInfo, ...]
    counts: dict[str, tuple[int, int]]
    withheld: tuple[tuple[str, int], ...]
    unfilled: tuple[tuple[str, str, str, int], ...]

    @property
    def newest(self) -> str | None:
        """The time of the newest capture, where captures state times."""
        return max((source.newest for source in self.sources if source.newest), default=None)


def contents(plan: Plan, selection: Selection, sources: tuple[Source, ...], contacts: int) -> Contents:
    """Sum up what is published of each source, and what is kept back by reason."""
    times: dict[str, list[str]] = {}
    captures: dict[str, set[str]] = {}
    records: Counter[str] = Counter()
    for entry in (line.entry for line in selection.lines):
        records[entry.source] += 1
        captures.setdefault(entry.source, set()).add(entry.capture)
        times.setdefault(entry.source, []).extend([entry.retrieved] if entry.retrieved else [])
    present = [source for source in sources if source.name in records]
    withheld = Counter({"contact data": contacts} if contacts else {})
    for (_, reason), count in selection.kept_back.items():
        withheld[reason] += count
    return Contents(
        version=plan.version,
        base=plan.base,
        sources=tuple(_info(source, times[source.name]) for source in present),
        counts={source.name: (records[source.name], len(captures[source.name])) for source in present},
        withheld=tuple(sorted(withheld.items())),
        unfilled=tuple(_unfilled(selection)),
    )


def _unfilled(selection: Selection) -> Iterator[tuple[str, str, str, int]]:
    """Yield how often records of a source have a label for a class and property, and nothing behind it."""
    # Pages of one kind leave the same labels empty: lists are counted before they are read.
    lists = Counter((line.entry.source, line.entry.unfilled) for line in selection.lines)
    found: Counter[tuple[str, str, str]] = Counter()
    for (source, text), records in lists.items():
        for row in json.loads(text or "[]"):
            found[source, row["class"], row["property"]] += row["count"] * records
    for key, number in sorted(found.items()):
        yield (*key, number)


def publish(
    engine: Engine, quads: Path, about: Contents, digests: Digests, ready: list[str], tally: Tally | None
) -> tuple[str, int, int]:
    """Write a release into the folder of the digests; some files may be ``ready``, the tally may be known.

    Returns its version and the number of statements of its two graphs. The tally stays beside the quads.
    """
    main, evidence, folder = quads / MAIN, quads / WORDS, digests.folder
    version = about.version or _version(about, digests)
    engine.register("_release", as_table(release_quads(version, about.base, about.sources, about.counts)))
    write_dump(engine, sql("SELECT s, p, o, g FROM _release"), folder / PROVENANCE, "ttl")
    info = ReleaseInfo(
        version=version,
        base=about.base,
        sources=about.sources,
        issued=about.newest[:10] if about.newest else None,
        withheld=about.withheld,
        unfilled=about.unfilled,
        extras=(RECORDS, VALIDATION, FILE, PROVENANCE),
    )
    published = write_release(engine, main, evidence, folder, info, Given(ready, tally, digests))
    (quads / COUNTS).write_text(published.tally.to_json(), encoding="utf8")
    return version, published.statements, published.evidence


def link_quads(quads: Path, digests: Digests) -> list[str]:
    """Publish the quads as they pass between the stages as Parquet files; return the names of these."""
    names = {f"{NAME}.parquet": quads / MAIN, f"{EVIDENCE}.parquet": quads / WORDS}
    for name, file in names.items():
        os.link(file, digests.folder / name)
        digests.begin(name)
    return [*names]


def known_counts(engine: Engine, main: Change, base: str) -> Tally | None:
    """Return the counts of the changed graph, where those of the graph before lie beside it."""
    kept = main.old.parent / COUNTS
    if not kept.is_file():
        return None
    whole = ReleaseInfo("", base).whole
    return update_tally(engine, main, tally_from_json(kept.read_text(encoding="utf8")), whole, base)


def _version(about: Contents, digests: Digests) -> str:
    """Name a release by the day of its newest capture, where known, and by its content.

    All that the other files are made from counts, and which lodgrants made them: two releases of one name
    are one release.
    """
    digest = hashlib.sha256(repr((__version__, about.base, about.sources, about.withheld)).encode())
    for each in digests.of((f"{NAME}.parquet", f"{EVIDENCE}.parquet", RECORDS, VALIDATION)).values():
        digest.update(bytes.fromhex(each))
    return f"{f'{about.newest[:10]}-' if about.newest else ''}{digest.hexdigest()[:_DIGITS]}"


def _info(source: Source, times: list[str]) -> SourceInfo:
    return SourceInfo(
        name=source.name,
        title=source.title,
        publisher=source.publisher,
        page=source.publisher_url or None,
        licence=source.licence or None,
        language=source.language,
        newest=max((_utc(time) for time in times), default=None),
    )


def _utc(time: str) -> str:
    """Return an xsd:dateTime in UTC to the second; without a zone it is taken as UTC."""
    found = datetime.fromisoformat(time)
    moment = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
