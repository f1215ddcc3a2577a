"""Files of sorted rows made anew from older ones: some rows are replaced, all else is copied as it is.

Where a row begins is found by bisection. Rows of CSV may have line ends in their quoted cells: a line end
ends a row when the quotation marks before it are even in number (RFC 4180, section 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

from lodgrants.publish.splice import Form, edit, write_pieces

# How far to look for a row at first, twice as far each time: rows are often near one another.
_STEP = 1 << 12


@dataclass(frozen=True, slots=True)
class RowForm(Form):
    """How rows lie in a file: blocks whose keys may have something before them, and cells in quotes.

    Where there are rows, ``first`` stands before them; ``tail`` ends the file.
    """

    before_key: bytes = b""
    first: bytes = b""
    tail: bytes = b""
    quoted: bool = False

    def key(self, data: mmap | bytes, start: int) -> bytes:
        """Return the key of the row that starts here."""
        start += len(self.before_key)
        if self.quoted and data[start : start + 1] == b'"':
            return data[start : data.find(b'"', start + 1) + 1]
        return data[start : data.find(self.key_end, start)]


JSONLD = RowForm(b",\n", b'"', extra=2, before_key=b'{"id": "', first=b"\n", tail=b"\n]}\n")
CSV = RowForm(b"\n", b",", quoted=True)


def replace_rows(old: Path, new: Path, form: RowForm, header: bytes, rows: Mapping[bytes, bytes]) -> None:
    """Write a file of sorted rows anew in which the rows of some keys are others; none is the empty text.

    ``header`` is what both files begin with.

    :raises ValueError: when the old one does not.
    """
    with old.open("rb") as source, mmap(source.fileno(), 0, access=ACCESS_READ) as data:
        if data[: len(header)] != header:
            raise ValueError(f"{old} begins otherwise")
        pieces = edit(_Rows(data, form, len(header)), form, header + form.first, rows) or [header]
    write_pieces(old, new, [*pieces, form.tail])


class _Rows:
    """The rows of a file behind its header."""

    def __init__(self, data: mmap, form: RowForm, header: int) -> None:
        self._data, self._form = data, form
        self.body = header + len(form.first)
        self._end = max(self.body, len(data) - len(form.tail))

    def __len__(self) -> int:
        return self._end

    def bounds(self, key: bytes, low: int) -> tuple[int, int]:
        """Return where the rows of a key begin and end."""
        first = self._bound(key, low)
        return first, self._bound(key, first, behind=True)

    def _bound(self, key: bytes, low: int, behind: bool = False) -> int:
        """Return where the first row begins whose key is not less (or, if ``behind``, greater) than a key."""
        high, step = self._end, _STEP
        while low < high:
            middle = min(low + step, (low + high) // 2) if step else (low + high) // 2
            start = self._row_at(low, middle)
            here = self._form.key(self._data, start)
            if here < key or (behind and here == key):
                low, step = self._next(start), step * 2
            else:
                high, step = start, 0
        return low

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
