"""Copying parts of files: what has not changed goes from file to file inside the operating system."""

from __future__ import annotations

import os
import shutil
from typing import IO

_BLOCK = 1 << 30


def copy_range(source: IO[bytes], sink: IO[bytes], start: int, size: int) -> None:
    """Append a range of bytes of one file to another; file systems that can, share the blocks.

    :raises EOFError: when the source ends before the range does.
    """
    sink.flush()
    left = size
    while left and hasattr(os, "copy_file_range"):
        try:
            done = os.copy_file_range(source.fileno(), sink.fileno(), min(left, _BLOCK), start + size - left)
        except OSError:
            # Not between these two file systems; where the disk is full, plain copying says so.
            break
        if not done:
            raise EOFError(f"{source.name} ends {left} bytes early")
        left -= done
    if left:
        _copy_plainly(source, sink, start + size - left, left)


def _copy_plainly(source: IO[bytes], sink: IO[bytes], start: int, size: int) -> None:
    source.seek(start)
    sink.seek(0, os.SEEK_END)
    while size:
        block = source.read(min(size, shutil.COPY_BUFSIZE))  # type: ignore[attr-defined]
        if not block:
            raise EOFError(f"{source.name} ends {size} bytes early")
        sink.write(block)
        size -= len(block)
