"""A packed dump as the text in it, which is read anywhere without unpacking what stands before."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO

from lodgrants.publish.packing import CHECK, MEMBER_HEAD, SIZE

_BODY = len(MEMBER_HEAD) + SIZE.size
_KEPT, _FEW = 4, 1 << 12


class OddPackingError(ValueError):
    """A packed file is not of the form in which dumps are packed, or is damaged."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member: where it starts in the file and its size there."""

    at: int
    size: int


@dataclass(slots=True)
class PackedText:
    """A packed text: its members in order, and where the text of each starts (and, last, where all ends)."""

    file: IO[bytes]
    data: mmap
    members: list[Member]
    starts: list[int]
    _blocks: dict[int, bytes] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.starts[-1]

    def block(self, number: int) -> bytes:
        """Return the text of a member; the last few are remembered.

        :raises OddPackingError: when it is damaged.
        """
        if number not in self._blocks:
            if len(self._blocks) == _KEPT:
                del self._blocks[next(iter(self._blocks))]
            self._blocks[number] = _unpacked(self.data, self.members[number])
        return self._blocks[number]

    def first_line(self, number: int) -> bytes:
        """Return how a member's text begins, up to the end of its first line at least.

        :raises OddPackingError: when it is damaged.
        """
        here = self.members[number]
        unpacker, line = zlib.decompressobj(-zlib.MAX_WBITS), b""
        packed = self.data[here.at + _BODY : here.at + here.size - CHECK.size]
        with _said():
            while packed and b"\n" not in line:
                line += unpacker.decompress(packed, _FEW)
                packed = unpacker.unconsumed_tail
        return line

    def read(self, start: int, end: int) -> bytes:
        """Return a part of the text.

        :raises OddPackingError: when a member that holds it is damaged.
        """
        parts = []
        number = bisect_right(self.starts, start) - 1
        while start < end:
            offset = self.starts[number]
            parts.append(self.block(number)[start - offset : end - offset])
            number += 1
            start = self.starts[number]
        return b"".join(parts)


@contextmanager
def open_packed(path: Path) -> Iterator[PackedText]:
    """Open a packed file.

    :raises OddPackingError: when it is not of the form in which `packing` writes.
    """
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            raise OddPackingError(f"{path} is empty")
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            members = list(_members(data))
            sizes = (CHECK.unpack_from(data, each.at + each.size - CHECK.size)[1] for each in members)
            yield PackedText(file, data, members, list(accumulate(sizes, initial=0)))


def _members(data: mmap) -> Iterator[Member]:
    at = 0
    while at < len(data):
        if data[at : at + len(MEMBER_HEAD)] != MEMBER_HEAD or len(data) - at < _BODY + CHECK.size:
            raise OddPackingError(f"no member of a dump at byte {at}")
        (size,) = SIZE.unpack_from(data, at + len(MEMBER_HEAD))
        if not _BODY + CHECK.size < size <= len(data) - at:
            raise OddPackingError(f"the member at byte {at} has a size that cannot be")
        yield Member(at, size)
        at += size


def _unpacked(data: mmap, here: Member) -> bytes:
    end = here.at + here.size - CHECK.size
    with _said():
        text = zlib.decompress(data[here.at + _BODY : end], -zlib.MAX_WBITS)
    if CHECK.unpack_from(data, end) != (zlib.crc32(text), len(text)):
        raise OddPackingError(f"the member at byte {here.at} is damaged")
    return text


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except zlib.error as error:
        raise OddPackingError(str(error)) from error
