"""A release from the web into a folder: what its SHA256SUMS names, and no byte more than its manifest says.

Nothing that the other side says is taken as a path, and nothing is unpacked on the way.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import quote, urljoin, urlsplit

import requests

from lodgrants.errors import Problem, PublishError, Where
from lodgrants.publish.checksums import MANIFEST, SUMS
from lodgrants.publish.verify.sums import MOST_BYTES, is_safe, read_list, read_manifest, read_sums

_TIMEOUT = (10, 60)
_CHUNK = 1 << 20
# For a file of which no manifest says how long it is.
_MOST_UNSAID = 1 << 30


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, amount: int, /) -> bytes: ...


def is_url(place: str) -> bool:
    """Whether a place is on the web."""
    return urlsplit(place).scheme.lower() in ("http", "https")


def fetch_release(url: str, folder: Path, progress: Callable[[str], None], most_bytes: int) -> None:
    """Fetch the files of a release into a folder; what the server does not have is missing there.

    A file that is longer than the manifest says is cut off one byte after, which its checksum then shows.

    :raises PublishError: when the server cannot be reached or refuses (LG-REL-009), or the release is larger
        than ``most_bytes`` or than the disk has room for (LG-REL-010).
    """
    base = url.removesuffix(SUMS).removesuffix(MANIFEST).rstrip("/") + "/"
    with requests.Session() as session:
        # Packed files are wanted as they are, not as a proxy packs or unpacks them.
        session.headers["Accept-Encoding"] = "identity"
        session.headers["User-Agent"] = "lodgrants-verify"
        if not _fetch(session, base, SUMS, folder, MOST_BYTES):
            raise _refused(urljoin(base, SUMS), "there is none", "name the folder of a release on the web")
        names = [name for name in read_sums(read_list(folder / SUMS)).files if is_safe(name) and name != SUMS]
        if MANIFEST in names:
            _fetch(session, base, MANIFEST, folder, MOST_BYTES)
        sizes = _sizes(folder)
        _check_room(folder, [sizes.get(name, 0) for name in names], most_bytes)
        for number, name in enumerate(names, 1):
            progress(f"fetching {number} of {len(names)}: {name}")
            if name != MANIFEST:
                _fetch(session, base, name, folder, sizes.get(name, _MOST_UNSAID))


def _sizes(folder: Path) -> dict[str, int]:
    """Return how long the files are said to be."""
    if not (folder / MANIFEST).is_file():
        return {}
    entries = read_manifest(read_list(folder / MANIFEST)).files.items()
    said = {name: entry.get("bytes") for name, entry in entries if isinstance(entry, dict)}
    return {name: size for name, size in said.items() if isinstance(size, int) and size >= 0}


def _check_room(folder: Path, sizes: list[int], most_bytes: int) -> None:
    wanted, free = sum(sizes), shutil.disk_usage(folder).free
    if wanted > min(most_bytes, free):
        limit = f"at most {most_bytes:,} bytes" if wanted > most_bytes else f"{free:,} bytes are free"
        hint = "allow more with --max-size, or make room on the disk for temporary files"
        raise PublishError(
            Problem(
                "LG-REL-010", "the release is too large", value=f"{wanted:,} bytes", expected=limit, hint=hint
            )
        )


def _fetch(session: requests.Session, base: str, name: str, folder: Path, most: int) -> bool:
    """Fetch one file, and at most a byte more than it may have; return whether it is there."""
    address = urljoin(base, quote(name))
    try:
        with session.get(address, stream=True, timeout=_TIMEOUT) as answer:
            if answer.status_code in (404, 410):
                return False
            answer.raise_for_status()
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as sink:
                _copy(answer.raw, sink, most + 1)
    except (requests.RequestException, OSError) as error:
        raise _refused(address, str(error), "check the address and the connection, and try again") from error
    return True


def _copy(source: Readable, sink: IO[bytes], most: int) -> None:
    while most > 0 and (chunk := source.read(min(_CHUNK, most))):
        sink.write(chunk)
        most -= len(chunk)


def _refused(address: str, why: str, hint: str) -> PublishError:
    return PublishError(Problem("LG-REL-009", f"cannot be fetched: {why}", Where(address), hint=hint))
