"""What was published, so that anyone can check it: `manifest.json`, and `SHA256SUMS` for `sha256sum`."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
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
    """The SHA-256 of a folder's finished files, in hexadecimal digits: each read once, beside other work.

    Threads of its own do it, and bring the files to the disk, which takes the longer the later it begins.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pool = ThreadPoolExecutor(os.cpu_count())
        self._known: dict[str, Future[str]] = {}

    def __enter__(self) -> Digests:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def begin(self, name: str, write: Callable[[Path], object] | None = None) -> None:
        """Begin with a file, which ``write`` makes first where it is given; it may not change any more."""
        self._known[name] = self._pool.submit(_finished, self.folder / name, write)

    def of(self, names: Iterable[str]) -> dict[str, str]:
        """Return the digests of files by name, when all of them are finished."""
        wanted = list(names)
        for name in wanted:
            if name not in self._known:
                self.begin(name)
        return {name: self._known[name].result() for name in wanted}

    def wait(self) -> None:
        """Return when every file that was begun with is finished.

        :raises OSError: as writing did.
        """
        for future in self._known.values():
            future.result()


def _finished(path: Path, write: Callable[[Path], object] | None) -> str:
    if write is not None:
        write(path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        return digest


def write_checksums(folder: Path, digests: Digests | None = None) -> None:
    """Write the manifest of a folder's files, then the checksums of these and of the manifest, by name."""
    if digests is None:
        with Digests(folder) as own:
            write_checksums(folder, own)
        return
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
