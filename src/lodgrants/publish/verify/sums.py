"""SHA256SUMS and manifest.json as anybody may have written them: read with care, as data and no paths."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from lodgrants.publish.checksums import MANIFEST, SUMS
from lodgrants.publish.verify.model import Lie

MOST_BYTES = 64 * 1024 * 1024
_LINE = re.compile(r"([0-9a-f]{64}) [ *]([^\n]+)")
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list says: a value for each file by name, and what is wrong with the list itself."""

    files: Mapping[str, Any]
    lies: tuple[Lie, ...] = ()


def is_safe(name: str) -> bool:
    """Whether a name in a list stays inside its folder, on any system."""
    path = PurePosixPath(name)
    inside = not path.is_absolute() and ".." not in path.parts and path.as_posix() == name
    return inside and name not in ("", ".") and not re.search(r'[\x00-\x1f\\:*?"<>|]', name)


def read_sums(text: str) -> Listed:
    """Return the checksums by name; lines that are none, and names that lead elsewhere, are lies."""
    files: dict[str, str] = {}
    lies = []
    for number, line in enumerate(text.splitlines(), 1):
        found = _LINE.fullmatch(line)
        if found is None:
            lies.append(Lie(SUMS, f"line {number}: {line[:_SHOWN]!r}", "no checksum and name"))
        elif not is_safe(found[2]):
            lies.append(_unsafe(SUMS, found[2]))
        elif found[2] in files:
            lies.append(Lie(SUMS, f"line {number} names {found[2]}", "an earlier line does already"))
        else:
            files[found[2]] = found[1]
    return Listed(files, tuple(lies))


def read_manifest(text: str) -> Listed:
    """Return the manifest's entries by name; what is not as `write_checksums` makes it is a lie."""
    try:
        entries = json.loads(text)["files"]
        listed = [(str(entry["path"]), entry) for entry in entries]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return Listed({}, (Lie(MANIFEST, "a list of files", f"not readable as such: {error!r}"),))
    lies = [_unsafe(MANIFEST, name) for name, _ in listed if not is_safe(name)]
    return Listed({name: entry for name, entry in listed if is_safe(name)}, tuple(lies))


def read_list(path: Path) -> str:
    """Return the text of a list; more than there can be is cut off, and then found wrong."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES).decode("utf8", errors="replace")


def _unsafe(where: str, name: str) -> Lie:
    return Lie(where, f"a file named {name[:_SHOWN]!r}", "not the name of a file in this folder; not opened")
