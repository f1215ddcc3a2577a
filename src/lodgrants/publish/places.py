"""Where releases are: the folder of a version, the one in force, and what the history says of them."""

from __future__ import annotations

import hashlib
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lodgrants.errors import Problem, PublishError
from lodgrants.publish.checksums import SUMS

RELEASES, HISTORY, ATOM = "releases", "releases.json", "releases.atom"
LATEST, PREVIOUS = "latest", "previous"
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?=$|[^0-9])")
_MOST_NAMED = 10
Entry = dict[str, Any]


def latest(target: Path) -> Path | None:
    """Return the folder of the release in force, None where nothing has been published."""
    link = target / LATEST
    return target / os.readlink(link) if link.is_symlink() and link.is_dir() else None


def find_release(target: Path, version: str) -> Path | None:
    """Return the folder of a version (or of `latest`), None where there is no such release."""
    if version == LATEST:
        return latest(target)
    folder = target / RELEASES / version
    return folder if VERSION.fullmatch(version) and folder.is_dir() else None


def named_release(name: str, target: Path) -> Path:
    """Return the folder that a name stands for: a folder, or a version in a target (`latest`, `previous`).

    The folder in which releases are published stands for the one in force.

    :raises PublishError: when it is neither (LG-REL-007).
    """
    if (path := Path(name)).is_dir():
        return latest(path) or path
    version = _before_latest(target) if name == PREVIOUS else name
    if version and (folder := find_release(target, version)):
        return folder
    versions = ", ".join(entry["version"] for entry in read_history(target)[-_MOST_NAMED:])
    raise PublishError(
        Problem(
            "LG-REL-007",
            "neither a file, nor a folder, nor a release",
            value=name,
            expected=f"a path, or a version in {target}: {versions or 'there are none'}",
            hint="say with --target where the releases are",
        )
    )


def _before_latest(target: Path) -> str | None:
    now = latest(target)
    entries = read_history(target)
    return next((entry.get("previous") for entry in entries if now and entry["version"] == now.name), None)


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
