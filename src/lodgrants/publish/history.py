"""The history beside the releases: `releases.json` for programs, `releases.atom` for feed readers.

It is made from the releases themselves, so a lost or broken history is made again; only the order in which
versions came is taken from the one before.
"""

from __future__ import annotations

import json
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as xml

from pyarrow import ArrowInvalid
from pyarrow.parquet import read_metadata

from lodgrants.db.engine import open_engine
from lodgrants.db.files import replacing
from lodgrants.errors import LodgrantsError
from lodgrants.publish.checksums import SUMS
from lodgrants.publish.diff.account import account
from lodgrants.publish.diff.compare import compare
from lodgrants.publish.diff.sides import find_side
from lodgrants.publish.diff.words import summary
from lodgrants.publish.places import ATOM, HISTORY, RELEASES, Entry, read_history, release_date, release_id

__all__ = ["RELEASES", "write_history"]
_ATOM = "http://www.w3.org/2005/Atom"
# Larger releases are compared when somebody asks: a build that changes one page is not to wait for that.
_MOST_COMPARED = 200_000


def write_history(target: Path, current: str) -> None:
    """Write the history of a target, in which ``current`` is the latest release."""
    known = [entry for entry in read_history(target) if (target / RELEASES / entry["version"]).is_dir()]
    missing = _folders(target) - {entry["version"] for entry in known}
    # Releases that a run put in place without coming to the history: their order is that of their names.
    for version in sorted(missing, key=lambda name: (name == current, name)):
        known.append(_entry(target / RELEASES / version, known[-1]["version"] if known else None))
    _write(target / HISTORY, f"{json.dumps({'latest': current, 'releases': known}, indent=2)}\n")
    _write(target / ATOM, _feed(known))


def _folders(target: Path) -> set[str]:
    return {path.name for path in (target / RELEASES).iterdir() if (path / SUMS).is_file()}


def _entry(folder: Path, previous: str | None) -> Entry:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        "version": folder.name,
        "date": release_date(folder),
        "id": release_id(folder),
        "previous": previous,
        "statements": _statements(folder),
        "files": len(files),
        "bytes": sum(path.stat().st_size for path in files),
        "changes": _changes(folder.parent / previous, folder) if previous else None,
    }


def _statements(folder: Path) -> int | None:
    """Return the number of statements of the graph, as its Parquet file says; None where there is none."""
    try:
        return int(read_metadata(folder / "lodgrants.parquet").num_rows)
    except (OSError, ArrowInvalid):
        return None


def _changes(old: Path, new: Path) -> Entry | None:
    """Count what changed from one release to the next, as `lodgrants diff` does; None for large ones."""
    sizes = [_statements(folder) for folder in (old, new)]
    if any(size is None or size > _MOST_COMPARED for size in sizes):
        return None
    try:
        with open_engine() as engine:
            comparison = compare(engine, *(find_side(str(folder), folder.parent) for folder in (old, new)))
            words = summary(account(comparison, 0))
            return {"added": comparison.added, "removed": comparison.removed, "summary": words}
    except LodgrantsError:
        # The release is in place and whole; `lodgrants diff` says why it cannot be compared.
        return None


def _feed(entries: list[Entry]) -> str:
    """Return the history as an Atom feed (RFC 4287), newest first."""
    feed = xml.Element("feed", xmlns=_ATOM)
    _add(feed, "id", uuid5(NAMESPACE_URL, f"releases since {entries[0]['id']}").urn)
    _add(feed, "title", "Releases")
    _add(feed, "updated", f"{max(entry['date'] for entry in entries)}T00:00:00Z")
    _add(_add(feed, "author"), "name", "lodgrants")
    xml.SubElement(feed, "link", rel="self", href=ATOM)
    for entry in reversed(entries):
        item = _add(feed, "entry")
        _add(item, "id", entry["id"])
        _add(item, "title", f"Release {entry['version']}")
        _add(item, "updated", f"{entry['date']}T00:00:00Z")
        xml.SubElement(item, "link", rel="alternate", href=f"{RELEASES}/{entry['version']}/")
        _add(item, "summary", _summary(entry))
    xml.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{xml.tostring(feed, encoding="unicode")}\n'


def _summary(entry: Entry) -> str:
    counts = f"{entry['files']:,} files, {entry['bytes']:,} bytes"
    counts = counts if entry["statements"] is None else f"{entry['statements']:,} statements in {counts}"
    changes = (entry.get("changes") or {}).get("summary") or []
    return "; ".join([counts, *([", ".join(changes)] if changes else [])])


def _add(parent: xml.Element, name: str, text: str | None = None) -> xml.Element:
    child = xml.SubElement(parent, name)
    child.text = text
    return child


def _write(path: Path, text: str) -> None:
    """Write a file unless it says so already; parts that a killed run left are cleared away."""
    if path.is_file() and not path.is_symlink() and path.read_text(encoding="utf8", errors="replace") == text:
        return
    for part in path.parent.glob(f".{path.name}.*.part"):
        part.unlink(missing_ok=True)
    with replacing(path) as part:
        part.write_text(text, encoding="utf8")
