"""Files of sorted rows made anew from older ones: some rows are replaced, all else is copied as it is.

Where a row begins is found by bisection. Rows of CSV may have line ends in their quoted cells: a line end
ends a row when the quotation marks before it are even in number (RFC 4180, section 2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

from lodgrants.publish.splice import copy_range

# How far to look for a row at first, twice as far each time: rows are often near one another.
_STEP = 1 << 12


@dataclass(frozen=True, slots=True)
class RowForm:
    """How rows lie in a file, and where the key of a row stands, by which they are sorted.

    ``before_key`` and ``behind_key`` are what stands on both sides of a key; ``between`` separates rows, or
    ends each of them where ``ended``. Where there are rows, ``first`` stands before them; ``tail`` ends all.
    """

    between: bytes
    before_key: bytes
    behind_key: bytes
    first: bytes = b""
    tail: bytes = b""
    ended: bool = False
    quoted: bool = False

    @property
    def separator(self) -> bytes:
        """What is to be put between two pieces of a file."""
        return b"" if self.ended else self.between


JSONLD = RowForm(b",\n", b'{"id": "', b'"', first=b"\n", tail=b"\n]}\n")
CSV = RowForm(b"\n", b"", b",", ended=True, quoted=True)


def replace_rows(old: Path, new: Path, form: RowForm, header: bytes, rows: Mapping[bytes, bytes]) -> None:
    """Write a file of sorted rows anew in which the rows of some keys are others; none is the empty text.

    ``header`` is what both files begin with.

    :raises ValueError: when the old one does not.
    """
    with (
        old.open("rb") as source,
        new.open("wb") as sink,
        mmap(source.fileno(), 0, access=ACCESS_READ) as data,
    ):
        if data[: len(header)] != header:
            raise ValueError(f"{old} begins otherwise")
        sink.write(header)
        between = form.first
        for piece in _Rows(data, form, len(header)).replaced(rows):
            sink.write(between)
            if isinstance(piece, bytes):
                sink.write(piece)
            else:
                copy_range(source, sink, piece.start, len(piece))
            between = form.separator
        sink.write(form.tail)


class _Rows:
    """The rows of a file behind its header."""

    def __init__(self, data: mmap, form: RowForm, header: int) -> None:
        self._data, self._form = data, form
        self._body = header + len(form.first)
        self._end = max(self._body, len(data) - len(form.tail))

    def replaced(self, rows: Mapping[bytes, bytes]) -> Iterator[bytes | range]:
        """Yield what the file is made of when some rows are others: texts, and ranges of this file."""
        at = self._body
        for key in sorted(rows):
            first = self._bound(key, at, behind=False)
            kept = range(at, first if first == self._end else first - len(self._form.separator))
            if kept:
                yield kept
            if rows[key]:
                yield rows[key]
            at = self._bound(key, first, behind=True)
        if at < self._end:
            yield range(at, self._end)

    def _bound(self, key: bytes, low: int, behind: bool) -> int:
        """Return where the first row begins whose key is not less (or, if ``behind``, greater) than a key."""
        high, step = self._end, _STEP
        while low < high:
            middle = min(low + step, (low + high) // 2) if step else (low + high) // 2
            start = self._row_at(low, middle)
            here = self._key(start)
            if here < key or (behind and here == key):
                low, step = self._next(start), step * 2
            else:
                high, step = start, 0
        return low

    def _key(self, start: int) -> bytes:
        start += len(self._form.before_key)
        if self._form.quoted and self._data[start : start + 1] == b'"':
            return self._data[start : self._data.find(b'"', start + 1) + 1]
        return self._data[start : self._data.find(self._form.behind_key, start)]

    def _row_at(self, low: int, at: int) -> int:
        """Return where the row begins that a place lies in; ``low`` is the begin of it or of one before."""
        found = self._data.rfind(self._form.between, low, at)
        odd = found >= 0 and self._inside(low, found)
        while odd:
            at, found = found, self._data.rfind(self._form.between, low, found)
            odd = found >= 0 and not self._inside(found, at)
        return low if found < 0 else found + len(self._form.between)

    def _next(self, start: int) -> int:
        """Return where the row behind one begins."""
        found = self._data.find(self._form.between, start, self._end)
        while found >= 0 and self._inside(start, found):
            found = self._data.find(self._form.between, found + 1, self._end)
        return self._end if found < 0 else found + len(self._form.between)

    def _inside(self, start: int, end: int) -> bool:
        """Whether one of two places lies inside a quoted cell, and the other does not."""
        return self._form.quoted and self._data[start:end].count(b'"') % 2 == 1
