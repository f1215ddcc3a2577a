"""A default namespace that only the root declares is left out before parsing: no element is renamed then."""

from __future__ import annotations

import mmap
import re
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import IO, cast

_DECLARED = re.compile(rb"""\sxmlns\s*=\s*(?:"[^"<]*"|'[^'<]*')""")
_LIKE_IT = re.compile(rb"xmlns\s*=")
_HEAD = 1 << 16


def only_default_namespace(path: Path) -> tuple[int, int] | None:
    """Return where a document whose root has a default namespace declares it, from and to; None if unsure.

    Nothing else in the file may look like such a declaration: then what does is the root's.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        head = data[:_HEAD]
        found = _DECLARED.search(head)
        # A document type can give attributes to elements that do not have them in the text.
        if found is None or b"<!DOCTYPE" in head[: found.start()]:
            return None
        alike = [each.start() for each in islice(_LIKE_IT.finditer(data), 2)]
        return found.span() if alike == [found.start() + 1] else None


class _Without:
    """Reads a file as if some of its bytes were not there."""

    def __init__(self, file: BufferedReader, start: int, end: int) -> None:
        self._file, self._start, self._end = file, start, end

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most as many as asked for."""
        at = self._file.tell()
        if at == self._start:
            at = self._file.seek(self._end)
        before = at < self._start and (size < 0 or at + size > self._start)
        return self._file.read(self._start - at if before else size)


def without(file: BufferedReader, start: int, end: int) -> IO[bytes]:
    """Return a file to read from its start to its end, without the bytes between two places."""
    return cast("IO[bytes]", _Without(file, start, end))
