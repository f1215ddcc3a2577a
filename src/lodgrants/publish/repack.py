"""A packed dump made anew from an older one: members whose text is the same are copied as they stand.

Where a block ends depends on its own text and little more, so cutting the new text comes back to the old
places soon after a change: what is made is what packing in full would make.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from lodgrants.db.files import replacing
from lodgrants.publish.packing import CUT, Cut, open_members
from lodgrants.publish.splice import FORMS, Form, Kept, Piece, bound, edit
from lodgrants.publish.unpacking import Member, OddPackingError, PackedText, open_packed


def repack(old: Path, new: Path, pieces: Sequence[Piece], cut: Cut = CUT) -> bool:
    """Pack a text that is made of pieces, some of them of the text that is packed in an older file.

    Returns False, and writes nothing, where the older file is damaged or was not packed by `packing`.
    """
    return _repack(old, new, lambda text: pieces, cut)


def splice_packed(old: Path, new: Path, syntax: str, blocks: Mapping[bytes, bytes], cut: Cut = CUT) -> bool:
    """Write a sorted, packed dump of lines anew in which the lines of some subjects are others.

    Only members around these are unpacked. Returns False as `repack` does.
    """
    form = FORMS[syntax]
    return _repack(old, new, lambda text: edit(_PackedLines(text, form), form, b"", blocks), cut)


def _repack(old: Path, new: Path, find: Callable[[PackedText], Sequence[Piece]], cut: Cut) -> bool:
    if not old.is_file():
        return False
    try:
        with (
            open_packed(old) as text,
            replacing(new) as part,
            part.open("wb") as sink,
            open_members(sink) as members,
        ):
            made, at = _Made(text, find(text), cut), 0
            while at < len(made):
                if same := made.unchanged(at):
                    member, end = same
                    members.copy(text.file, member.at, member.size)
                else:
                    block = made.block(at)
                    members.pack(block)
                    end = at + len(block)
                at = end
    except OddPackingError:
        return False
    return True


class _Made:
    """A text made of pieces, some of them of an older one."""

    def __init__(self, old: PackedText, pieces: Sequence[Piece], cut: Cut) -> None:
        self._old, self._pieces, self._cut = old, pieces, cut
        sizes = (p.end - p.start if isinstance(p, Kept) else len(p) for p in pieces)
        # Where each piece starts in the new text and, last, where all ends.
        self._starts = list(accumulate(sizes, initial=0))
        self._numbers = {start: number for number, start in enumerate(old.starts[:-1])}

    def __len__(self) -> int:
        return self._starts[-1]

    def unchanged(self, at: int) -> tuple[Member, int] | None:
        """Return the old member that is the block which starts here, and where it ends, if there is one.

        The text is the same then, as far as the end of the block depends on it.
        """
        number = bisect_right(self._starts, at) - 1
        piece = self._pieces[number]
        if not isinstance(piece, Kept):
            return None
        moved = self._starts[number] - piece.start
        if (found := self._numbers.get(at - moved)) is None:
            return None
        end = self._old.starts[found + 1]
        both_end = piece.end == len(self._old) and piece.end + moved == len(self)
        if piece.end < end + self._cut.seen and not both_end:
            return None
        return self._old.members[found], end + moved

    def block(self, at: int) -> bytes:
        """Return the block that starts here."""
        size = 2 * self._cut.least
        while True:
            text = self._read(at, min(at + size, len(self)))
            if (end := self._cut.end(text, 0, whole=at + size >= len(self))) is not None:
                return text[:end]
            size *= 2

    def _read(self, start: int, end: int) -> bytes:
        parts = []
        number = bisect_right(self._starts, start) - 1
        while start < end:
            piece, offset = self._pieces[number], self._starts[number]
            if isinstance(piece, Kept):
                moved = offset - piece.start
                parts.append(self._old.read(start - moved, min(end - moved, piece.end)))
            else:
                parts.append(piece[start - offset : end - offset])
            number += 1
            start = self._starts[number]
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class _PackedLines:
    """Packed sorted lines, found by bisection over the first line of each member."""

    text: PackedText
    form: Form
    body: int = 0
    _keys: dict[int, bytes] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.text)

    def bounds(self, key: bytes, low: int) -> tuple[int, int]:
        if not len(self):
            return 0, 0
        numbers = range(len(self.text.members))
        # In the last member that begins before the key, or is all there is, its lines begin ...
        first = max(bisect_left(numbers, key, key=self._key) - 1, 0)
        # ... and in the last one that does not begin behind it, they end.
        last = max(bisect_right(numbers, key, key=self._key) - 1, 0)
        begin = self._bound(first, key, low)
        return begin, self._bound(last, key, begin, behind=True)

    def _bound(self, number: int, key: bytes, low: int, behind: bool = False) -> int:
        start = self.text.starts[number]
        return start + bound(self.text.block(number), self.form, key, max(low - start, 0), behind)

    def _key(self, number: int) -> bytes:
        if number not in self._keys:
            key, end, _ = self.text.first_line(number).partition(self.form.key_end)
            if not end:
                raise OddPackingError(f"member {number} does not begin with a statement")
            self._keys[number] = key
        return self._keys[number]
