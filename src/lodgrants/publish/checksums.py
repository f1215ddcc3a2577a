"""What was published, so that anyone can check it: `manifest.json`, and `SHA256SUMS` for `sha256sum`."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lodgrants.db.files import replacing

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
MEDIA_TYPES = {
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
    ".ttl": "text/turtle",
    ".trig": "application/trig",
    ".jsonld": "application/ld+json",
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
}


class Digests:
    """The SHA-256 of a folder's finished files, in hexadecimal digits: each read once, several at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, str] = {}

    def of(self, names: Iterable[str]) -> dict[str, str]:
        """Return the digests of files by name; none of them may change any more."""
        wanted = list(names)
        missing = sorted(set(wanted) - self._known.keys(), key=self._size, reverse=True)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            paths = [self.folder / name for name in missing]
            self._known |= zip(missing, pool.map(sha256, paths), strict=True)
        return {name: self._known[name] for name in wanted}

    def _size(self, name: str) -> int:
        return (self.folder / name).stat().st_size


def write_checksums(folder: Path, digests: Digests | None = None) -> None:
    """Write the manifest of a folder's files, then the checksums of these and of the manifest, by name."""
    digests = digests or Digests(folder)
    names = [name for name in file_names(folder) if name != MANIFEST]
    files = [
        {
            "path": name,
            "mediaType": media_type(name),
            "bytes": (folder / name).stat().st_size,
            "sha256": digest,
        }
        for name, digest in digests.of(names).items()
    ]
    with replacing(folder / MANIFEST) as part:
        part.write_text(json.dumps({"files": files}, indent=2) + "\n", encoding="utf8")
    lines = (f"{digest}  {name}\n" for name, digest in digests.of(file_names(folder)).items())
    with replacing(folder / SUMS) as part:
        part.write_text("".join(lines), encoding="utf8")


def file_names(folder: Path) -> Iterator[str]:
    """Yield the files below a folder by their paths in it, in order, without hidden ones and the sums."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    shown = (path for path in paths if not any(part.startswith(".") for part in path.parts))
    yield from sorted(path.as_posix() for path in shown if path.as_posix() != SUMS)


def media_type(name: str) -> str:
    """Return the media type of a file by its name, of what is in it where it is packed."""
    plain = name.removesuffix(".gz")
    return MEDIA_TYPES.get(Path(plain).suffix, "application/octet-stream")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
