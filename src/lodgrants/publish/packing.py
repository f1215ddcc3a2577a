"""Packed dumps: gzip members (RFC 1952, section 2.2), each of a block that ends where the text says so.

A change of a text changes the members around it and no others, so that the rest can be copied from an older
file. Every member says in an extra field how long it is, so that readers can hop over it.
"""

from __future__ import annotations

import struct
import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import RawIOBase
from typing import IO, Any, Protocol, cast

from lodgrants.publish.splice import copy_range

_LEVEL = 6
THREADS, _WAITING = 2, 4
# Neither name nor time (the same text gives the same bytes), no word on the system, and one extra field of
# four bytes, the member's size (RFC 1952, sections 2.3 and 2.3.1.1).
MEMBER_HEAD = b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff" + struct.pack("<H2sH", 8, b"LG", 4)
SIZE, CHECK = struct.Struct("<I"), struct.Struct("<II")


class Text(Protocol):
    """Bytes that can be searched and cut."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> bytes | bytearray: ...

    def find(self, sought: bytes, start: int, /) -> int:
        """Return where something stands next, or -1."""
        ...


@dataclass(frozen=True, slots=True)
class Cut:
    """Where blocks end: at a line start that is ``least`` bytes away and has a checksum that says so.

    One line in ``one_in`` has, by its first bytes. A block of ``most`` bytes ends with its line in any case.
    """

    least: int = 1 << 20
    most: int = 1 << 22
    one_in: int = 256
    seen: int = 1024

    def end(self, text: Text, start: int, whole: bool = True) -> int | None:
        """Return where the block ends that starts here; None when that is told by what follows the text.

        It depends on nothing but the text from ``start`` to ``seen`` bytes behind the end of the block.
        """
        at = text.find(b"\n", start + self.least - 1) + 1
        while at and (whole or at + self.seen <= len(text)):
            if at - start >= self.most or self._is_end(text[at : at + self.seen]):
                return at
            at = text.find(b"\n", at) + 1
        return len(text) if whole else None

    def _is_end(self, begin: bytes | bytearray) -> bool:
        return zlib.crc32(begin.partition(b"\n")[0]) % self.one_in == 0


CUT = Cut()


def member(block: bytes) -> bytes:
    """Pack a block as one gzip member, without name and time, that says how long it is."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(block) + packer.flush()
    size = len(MEMBER_HEAD) + SIZE.size + len(packed) + CHECK.size
    check = CHECK.pack(zlib.crc32(block), len(block) & 0xFFFFFFFF)
    return b"".join((MEMBER_HEAD, SIZE.pack(size), packed, check))


@dataclass(slots=True)
class Members:
    """The members of a file in order: packed by some threads, or copied from another file."""

    sink: IO[bytes]
    pool: ThreadPoolExecutor
    empty: bool = True
    _made: deque[Future[bytes]] = field(default_factory=deque)

    def pack(self, block: bytes) -> None:
        """Append a block; few wait to be packed at any time."""
        self.empty = False
        self._made.append(self.pool.submit(member, block))
        if len(self._made) > _WAITING:
            self.sink.write(self._made.popleft().result())

    def copy(self, source: IO[bytes], start: int, size: int) -> None:
        """Append members as they stand in a file."""
        self.empty = False
        self._write_all()
        copy_range(source, self.sink, start, size)

    def finish(self) -> None:
        """Write what is left; nothing at all is one member of nothing, as an empty file is none of gzip's."""
        if self.empty:
            self.pack(b"")
        self._write_all()

    def _write_all(self) -> None:
        while self._made:
            self.sink.write(self._made.popleft().result())


@contextmanager
def open_members(sink: IO[bytes], threads: int = THREADS) -> Iterator[Members]:
    """Give what writes members to a file, and write the last ones where all went well."""
    with ThreadPoolExecutor(threads) as pool:
        members = Members(sink, pool)
        yield members
        members.finish()


@contextmanager
def open_packer(sink: IO[bytes], cut: Cut = CUT, threads: int = THREADS) -> Iterator[IO[bytes]]:
    """Give a file that packs what is written to it into another one; threads change no byte."""
    with open_members(sink, threads) as members:
        packer = _Packer(members, cut)
        yield cast("IO[bytes]", packer)
        packer.flush_blocks(whole=True)


class _Packer(RawIOBase):
    def __init__(self, members: Members, cut: Cut) -> None:
        self._members, self._cut = members, cut
        self._text = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Take all of some bytes, and pack the blocks whose ends are known."""
        self._text += data
        self.flush_blocks(whole=False)
        return memoryview(data).nbytes

    def flush_blocks(self, whole: bool) -> None:
        """Pack the blocks of what was taken; of a ``whole`` text, all of it."""
        at = 0
        while at < len(self._text) and (end := self._cut.end(self._text, at, whole)) is not None:
            self._members.pack(bytes(self._text[at:end]))
            at = end
        del self._text[:at]
