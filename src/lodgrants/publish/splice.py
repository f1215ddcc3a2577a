"""Sorted dumps made anew from older ones: changed blocks are replaced, all else is copied as it is.

What has not changed goes from file to file inside the operating system; the places of blocks are found by
bisection, since the files are sorted by what their blocks begin with.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO, Protocol

from lodgrants.rdf.namespaces import PREFIXES

_BLOCK = 1 << 30
_NEAR = 1 << 10


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


@dataclass(frozen=True, slots=True)
class Form:
    """How a sorted text dump is put together: what stands between two blocks, and where a block's key ends.

    A block is all that begins with one key: the lines of a subject, or its paragraph, or that of a graph.
    Keys are N-Triples terms, whose order is that of the blocks.
    """

    between: bytes
    key_end: bytes
    extra: int = 0

    def key(self, data: mmap | bytes, start: int) -> bytes:
        """Return the key of the block that starts here; what is in the default graph has none."""
        return self.term(data[start : data.find(self.key_end, start)])

    @staticmethod
    def term(name: bytes) -> bytes:
        """Return the N-Triples term that a word at the start of a block stands for."""
        if name[:1] in (b"<", b"_"):
            return name
        prefix, colon, local = name.partition(b":")
        return b"<%b%b>" % (PREFIXES[prefix.decode()].encode(), local) if colon else b""

    @property
    def gap(self) -> bytes:
        """What is to be put between two pieces, of which none brings it along."""
        return self.between[len(self.between) - self.extra :]


# ``extra`` bytes of what stands between two blocks do not stand behind the last one.
FORMS = {
    "nt": Form(b"\n", b" "),
    "nq": Form(b"\n", b" "),
    "ttl": Form(b" .\n\n", b"\n", 1),
    "trig": Form(b" .\n}\n\n", b" ", 1),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece of a new text that is a part of the old one."""

    start: int
    end: int


Piece = Kept | bytes


class Sorted(Protocol):
    """A sorted dump whose blocks can be found: where the first one begins, and those of a key."""

    @property
    def body(self) -> int: ...

    def __len__(self) -> int: ...

    def bounds(self, key: bytes, low: int) -> tuple[int, int]:
        """Return where the blocks of a key begin and end; both are its place where there are none."""
        ...


def splice(old: Path, syntax: str, header: bytes, blocks: Mapping[bytes, bytes]) -> list[Piece]:
    """Return of which pieces a dump is made when the blocks of some keys are others than in an older one.

    An empty block is none at all. ``header`` is what stands before the first block.
    """
    with old.open("rb") as source, mmap(source.fileno(), 0, access=ACCESS_READ) as data:
        return edit(_Plain(data, FORMS[syntax]), FORMS[syntax], header, blocks)


def write_pieces(old: Path, new: Path, pieces: Iterable[Piece]) -> None:
    """Write a file that is made of pieces, some of an older one; the operating system copies these."""
    with old.open("rb") as source, new.open("wb") as sink:
        for piece in pieces:
            if isinstance(piece, Kept):
                copy_range(source, sink, piece.start, piece.end - piece.start)
            else:
                sink.write(piece)


def edit(text: Sorted, form: Form, header: bytes, blocks: Mapping[bytes, bytes]) -> list[Piece]:
    """Return of which pieces a sorted dump is made when the blocks of some keys are others."""
    pieces = _Pieces(header, form.gap)
    at, end = text.body, len(text)
    for key in sorted(blocks):
        first, last = text.bounds(key, at)
        pieces.keep(at, first - (form.extra if first < end else 0))
        pieces.add(blocks[key])
        at = last
    pieces.keep(at, end)
    return pieces.all


@dataclass(slots=True)
class _Pieces:
    """Pieces of a dump, the header first and a separator between any two that are not empty."""

    header: bytes
    between: bytes
    all: list[Piece] = field(default_factory=list)

    def keep(self, start: int, end: int) -> None:
        if end > start:
            self._add(Kept(start, end))

    def add(self, block: bytes) -> None:
        if block:
            self._add(block)

    def _add(self, piece: Piece) -> None:
        before = self.between if self.all else self.header
        self.all += [before, piece] if before else [piece]


@dataclass(frozen=True, slots=True)
class _Plain:
    """A dump as it lies in a file."""

    data: mmap
    form: Form

    @property
    def body(self) -> int:
        """Behind the prefixes and an empty line, where there are any."""
        return self.data.find(b"\n\n") + 2 if self.data[:8] == b"@prefix " else 0

    def __len__(self) -> int:
        return len(self.data)

    def bounds(self, key: bytes, low: int) -> tuple[int, int]:
        first = bound(self.data, self.form, key, low)
        return first, bound(self.data, self.form, key, first, behind=True)


def blocks_of(text: bytes, syntax: str) -> dict[bytes, bytes]:
    """Take a sorted dump without its header apart into blocks by key."""
    form = FORMS[syntax]
    text += b"\n" * form.extra
    found, at = {}, 0
    while at < len(text) - form.extra:
        key = form.key(text, at)
        end = bound(text, form, key, at, behind=True)
        found[key] = text[at : end - form.extra]
        at = end
    return found


def prefixes_in(old: Path) -> set[str]:
    """Return the prefixes that a dump declares."""
    with old.open("rb") as lines:
        head = takewhile(lambda line: line.startswith(b"@prefix "), lines)
        return {line.split(b":")[0].removeprefix(b"@prefix ").decode() for line in head}


def bound(data: mmap | bytes, form: Form, key: bytes, low: int, behind: bool = False) -> int:
    """Return where the first block begins whose key is not less (or, if ``behind``, greater) than a key.

    It is looked for from ``low`` in growing steps, as what is touched together often stands together.
    """
    high, step = len(data), _NEAR
    while low < high:
        middle = min(low + step, (low + high) // 2)
        found = data.rfind(form.between, low, middle)
        start = found + len(form.between) if found >= 0 else low
        here = form.key(data, start)
        if here < key or (behind and here == key):
            following = data.find(form.between, start)
            low = following + len(form.between) if following >= 0 else len(data)
            step *= 4
        else:
            high = start
    return low
