"""Packed files: what they unpack to, and never more of it than can be true."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

from lodgrants.publish.verify.files import digest
from lodgrants.publish.verify.model import Lie

CHUNK = 1 << 20


def unpack(path: Path, most: int) -> tuple[str, int]:
    """Return the SHA-256 and the length of what a file unpacks to; past ``most`` bytes it is given up.

    :raises ValueError: when it cannot be unpacked.
    """
    found, length = hashlib.sha256(), 0
    try:
        with gzip.open(path) as file:
            while length <= most and (chunk := file.read(CHUNK)):
                found.update(chunk)
                length += len(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"it cannot be unpacked: {error}") from error
    return found.hexdigest(), length


def twin_lie(path: Path) -> Lie | None:
    """Compare a packed file with its plain one; no more is unpacked than the plain file is long."""
    plain = path.with_suffix("")
    claim, size = f"{plain.name}, packed", plain.stat().st_size
    try:
        value, length = unpack(path, size)
    except ValueError as error:
        return Lie(path.name, claim, str(error))
    if length > size:
        return Lie(path.name, claim, f"it unpacks to more than the {size:,} bytes of {plain.name}")
    return None if value == digest(plain) else Lie(path.name, claim, "it unpacks to something else")
