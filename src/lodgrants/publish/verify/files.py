"""Files: each one there, none too many, every byte as it was when the release was made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from lodgrants.publish.checksums import MANIFEST, SUMS
from lodgrants.publish.verify.model import Check, Lie, counted
from lodgrants.publish.verify.sums import Listed, read_list, read_manifest, read_sums


def check_files(folder: Path) -> Check:
    """Compare the files of a folder with `SHA256SUMS` and `manifest.json`."""
    if not (folder / SUMS).is_file():
        return Check("files", (), (Lie(SUMS, "a release has checksums", "there are none here"),))
    sums = read_sums(read_list(folder / SUMS))
    there = set(_names(folder))
    lies = [*sums.lies, *_missing(folder, sums, there), *_extra(sums, there)]
    digests = {name: digest(folder / name) for name in sorted(there & set(sums.files))}
    lies += [
        Lie(name, f"{SUMS}: {sums.files[name]}", f"the file's SHA-256 is {found}: it was changed")
        for name, found in digests.items()
        if found != sums.files[name]
    ]
    size = sum((folder / name).stat().st_size for name in digests)
    said = [f"{counted(len(digests), 'file')}, {size:,} bytes; the SHA-256 of each is the one in {SUMS}"]
    if MANIFEST in digests:
        manifest = read_manifest(read_list(folder / MANIFEST))
        lies += [*manifest.lies, *_against_manifest(folder, sums, manifest, digests)]
        said.append(f"{MANIFEST} lists the same files with their sizes and checksums")
    return Check("files", tuple(said), tuple(lies), {"files": len(digests), "bytes": size})


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes; a file that did not change is read once."""
    now = path.stat()
    return _digest(path, (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns))


@lru_cache(maxsize=256)
def _digest(path: Path, state: tuple[int, ...]) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _names(folder: Path) -> Iterator[str]:
    """Yield the files below a folder, without hidden ones and the sums; a link that leads out is none."""
    root = folder.resolve()
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in Path(name).parts)
        if path.is_file() and not hidden and name != SUMS and path.resolve().is_relative_to(root):
            yield name


def _missing(folder: Path, sums: Listed, there: set[str]) -> Iterator[Lie]:
    for name, value in sorted(sums.files.items()):
        if name not in there:
            outside = (folder / name).is_symlink()
            truth = "it is a link that leads out of the release" if outside else "it is missing"
            yield Lie(name, f"{SUMS}: {value}", truth)


def _extra(sums: Listed, there: set[str]) -> Iterator[Lie]:
    for name in sorted(there - set(sums.files)):
        yield Lie(name, f"{SUMS} names every file of the release", "this one is not named there")


def _against_manifest(folder: Path, sums: Listed, manifest: Listed, digests: dict[str, str]) -> Iterator[Lie]:
    for name in sorted(set(digests) - set(manifest.files) - {MANIFEST}):
        yield Lie(name, f"{MANIFEST} lists every file of the release", "this one is not listed there")
    for name, entry in sorted(manifest.files.items()):
        if name not in sums.files:
            yield Lie(name, f"{MANIFEST} lists it", f"{SUMS} does not name it")
        if name not in digests or digests[name] != sums.files[name]:
            # That it is missing or was changed is said once.
            continue
        so: dict[str, Any] = {"bytes": (folder / name).stat().st_size, "sha256": digests[name]}
        for key, value in so.items():
            if entry.get(key) != value:
                yield Lie(name, f"{MANIFEST}: {key} {entry.get(key)!r}", f"{key} {value!r}")
