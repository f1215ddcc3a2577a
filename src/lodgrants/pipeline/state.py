"""What a build leaves for the next one, under `.lodgrants/state` beside the output.

It is only a help: without it, or with one of another version, everything is done again with the same result.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lodgrants.pipeline.pages import Known, PageEntry, load_index, write_index
from lodgrants.pipeline.tombstones import Name
from lodgrants.publish.releases import latest

_STATE, _OLD = "state", "staging-old"
STORE, INDEX, ABOUT = "records.store", "pages.jsonl", "about.json"


@dataclass(slots=True)
class State:
    """The folder of what an earlier build has left, and what it says of it."""

    folder: Path
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, stage: str, fingerprint: str) -> bool:
        """Whether a stage of the earlier build depended on the same things."""
        return self.fingerprints.get(stage) == fingerprint

    def release(self, output: Path) -> Path | None:
        """Return the release that the state belongs to, where its files are as they were left."""
        folder = output / "releases" / str(self.about.get("release"))
        sizes = self.about.get("files")
        return folder if sizes and sizes == file_marks(folder) else None

    def holds(self, fingerprint: str, output: Path) -> bool:
        """Whether the latest release is the state's own, and made from the same."""
        own, current = self.release(output), latest(output)
        same = own is not None and current is not None and own.resolve() == current.resolve()
        return same and self.fits("release", fingerprint)

    def names(self) -> list[Name] | None:
        """Return the names of the release's records; None where another version has not kept them."""
        if "names" not in self.about:
            return None
        return [Name(id_, source, url, tuple(numbers)) for id_, source, url, numbers in self.about["names"]]

    def pages(self, fingerprint: str) -> Known:
        """Return the pages that need not be read again."""
        index = self.folder / INDEX
        return load_index(index) if self.fits("extract", fingerprint) and index.is_file() else Known()


def file_marks(folder: Path) -> dict[str, list[int]]:
    """Return size and time of change of a folder's files: enough to see that nobody has touched them."""
    files = (
        (path.relative_to(folder).as_posix(), path.stat()) for path in folder.rglob("*") if path.is_file()
    )
    return {name: [found.st_size, found.st_mtime_ns] for name, found in sorted(files)}


def load_state(home: Path, force: bool) -> State:
    """Return the state of the last build that came to its end; an empty one when there is none."""
    folder = home / _STATE
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf8"))
        return State(folder) if force else State(folder, about["fingerprints"], about)
    except (OSError, ValueError, KeyError):
        return State(folder)


def next_store(state: State, staging: Path, keep: bool) -> Path:
    """Return the store of records of the next state: that of the last one, to grow, or an empty one."""
    store, old = staging / STORE, state.folder / STORE
    if keep and old.is_file():
        os.link(old, store)
    else:
        store.touch()
    return store


def live_share(pages: Mapping[str, PageEntry], store: Path) -> float:
    """Return how much of a store is still in use."""
    used = sum(record.size for page in pages.values() for record in page.records)
    size = store.stat().st_size if store.is_file() else 0
    return used / size if size else 0.0


def save_state(home: Path, staging: Path, pages: list[PageEntry], about: dict[str, Any]) -> None:
    """Put a finished state in place of the last one; one that is cut off in between leaves none."""
    write_index(staging / INDEX, pages)
    (staging / ABOUT).write_text(json.dumps(about), encoding="utf8")
    old = home / _OLD
    shutil.rmtree(old, ignore_errors=True)
    if (home / _STATE).exists():
        (home / _STATE).rename(old)
    staging.rename(home / _STATE)
    shutil.rmtree(old, ignore_errors=True)
