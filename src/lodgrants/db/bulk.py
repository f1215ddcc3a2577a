"""Writing much at once: past a size, blocks go to the disk without passing through the page cache.

A cached write costs the kernel a page for every 4 KiB, which for gigabytes of output can take longer than
making them; it also drives out what the machine has cached for others.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
from contextlib import suppress
from io import RawIOBase
from pathlib import Path
from typing import IO, Any, cast

BLOCK = 1 << 20
CACHED = 128 << 20
_ALIGNED = 4096
# Not every system has it.
_DIRECT: int = getattr(os, "O_DIRECT", 0)


def open_bulk(path: Path) -> IO[bytes]:
    """Open a new or emptied file for writing from its start to its end."""
    return cast("IO[bytes]", BulkFile(path))


class BulkFile(RawIOBase):
    """A file that is written from its start to its end, in blocks of one size.

    The first ``cached`` bytes are written as usual: small results stay in the cache for who reads them next.
    Where the system knows no direct writing, all is written as usual.
    """

    def __init__(self, path: Path, cached: int = CACHED) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        # Direct writes are from addresses, at offsets and of sizes that are multiples of a device's block.
        store = (ctypes.c_char * (BLOCK + _ALIGNED))()
        start = -ctypes.addressof(store) % _ALIGNED
        self._block = memoryview(store).cast("B")[start : start + BLOCK]
        self._used = 0
        self._left = cached // BLOCK

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Take all of some bytes; they reach the file when a block is full, at the latest on closing."""
        if self.closed:
            raise ValueError("the file is closed")
        given = memoryview(data).cast("B")
        at = 0
        while at < len(given):
            end = min(at + BLOCK - self._used, len(given))
            self._block[self._used : self._used + end - at] = given[at:end]
            self._used += end - at
            at = end
            if self._used == BLOCK:
                self._write_block()
        return len(given)

    def close(self) -> None:
        """Write what is left, which need not fill a block, and close the file."""
        if self.closed:
            return
        try:
            self._direct(False)
            _write_all(self._file, self._block[: self._used])
        finally:
            os.close(self._file)
            super().close()

    def _write_block(self) -> None:
        if self._left == 0:
            self._direct(True)
        self._left -= 1
        _write_all(self._file, self._block)
        self._used = 0

    def _direct(self, wanted: bool) -> None:
        """Turn direct writing on or off; a file system without it says so, and is written as usual."""
        flags = fcntl.fcntl(self._file, fcntl.F_GETFL)
        with suppress(OSError):
            fcntl.fcntl(self._file, fcntl.F_SETFL, flags | _DIRECT if wanted else flags & ~_DIRECT)


def _write_all(file: int, data: memoryview) -> None:
    while data:
        data = data[os.write(file, data) :]
