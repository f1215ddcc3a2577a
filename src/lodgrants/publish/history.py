"""The history beside the releases: `releases.json` for programs, `releases.atom` for feed readers.

It is made from the releases themselves, so a lost or broken history is made again; only the order in which
versions came is taken from the one before.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as xml

from lodgrants.db.files import replacing
from lodgrants.publish.checksums import MANIFEST, SUMS

RELEASES, HISTORY, ATOM = "releases", "releases.json", "releases.atom"
_ATOM = "http://www.w3.org/2005/Atom"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?=$|[^0-9])")
Entry = dict[str, Any]


def write_history(target: Path, current: str) -> None:
    """Write the history of a target, in which ``current`` is the latest release."""
    known = [entry for entry in read_history(target) if (target / RELEASES / entry["version"]).is_dir()]
    missing = _folders(target) - {entry["version"] for entry in known}
    # Releases that a run put in place without coming to the history: their order is that of their names.
    for version in sorted(missing, key=lambda name: (name == current, name)):
        known.append(_entry(target / RELEASES / version, known[-1]["version"] if known else None))
    _write(target / HISTORY, f"{json.dumps({'latest': current, 'releases': known}, indent=2)}\n")
    _write(target / ATOM, _feed(known))


def read_history(target: Path) -> list[Entry]:
    """Return the entries of a target's history, oldest first; none where it is missing or broken."""
    try:
        entries = json.loads((target / HISTORY).read_text(encoding="utf8"))["releases"]
        return [entry for entry in entries if isinstance(entry["version"], str) and entry["date"]]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return []


def release_date(folder: Path) -> str:
    """Return a release's date (UTC): the one its name begins with, else the day on which it was made."""
    if named := _DATE.match(folder.name):
        return named.group()
    return datetime.fromtimestamp((folder / SUMS).stat().st_mtime, UTC).date().isoformat()


def release_id(folder: Path) -> str:
    """Return the name of a release's content: the same for the same files wherever they are."""
    digest = hashlib.sha256((folder / SUMS).read_bytes()).hexdigest()
    return uuid5(NAMESPACE_URL, f"sha256:{digest}").urn


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
    }


def _statements(folder: Path) -> int | None:
    """Return the number of statements that the manifest gives, None where it gives none."""
    try:
        given = json.loads((folder / MANIFEST).read_text(encoding="utf8")).get("statements")
    except (FileNotFoundError, ValueError, AttributeError):
        return None
    return given if isinstance(given, int) else None


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
    return counts if entry["statements"] is None else f"{entry['statements']:,} statements in {counts}"


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
