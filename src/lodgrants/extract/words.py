"""A run of words in a page that knows where it stands: what evidence is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Spaces that pages put around words; no-break and zero-width ones included.
_ZERO_WIDTH = "\u200b\u2060\ufeff"
_SOFT_HYPHEN = "\u00ad"
BLANK = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + _ZERO_WIDTH
_BLANKS = re.compile(f"[{BLANK}]+")
_TEXT = re.compile(r"\S[^\n]*")
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")


@dataclass(frozen=True, slots=True)
class Words:
    """The characters ``start`` to ``end`` of a page's text."""

    page: str
    start: int
    end: int

    def __str__(self) -> str:
        return self.page[self.start : self.end]

    def __bool__(self) -> bool:
        return self.end > self.start

    @property
    def plain(self) -> str:
        """The words with every run of white space as one space, and without soft hyphens."""
        return _BLANKS.sub(" ", str(self).replace(_SOFT_HYPHEN, "")).strip()

    def cut(self, start: int, end: int | None = None) -> Words:
        """Return a part, by offsets within these words."""
        stop = self.end if end is None else self.start + end
        return Words(self.page, self.start + start, max(self.start + start, stop))

    def to(self, end: int) -> Words:
        """Return the same start with another end, both in characters of the page."""
        return Words(self.page, self.start, max(self.start, end))

    def strip(self, more: str = "") -> Words:
        """Return the words without white space (and the characters in ``more``) at both ends."""
        text, marks = str(self), BLANK + more
        tail = text.lstrip(marks)
        return Words(self.page, self.end - len(tail), self.end - len(tail) + len(tail.rstrip(marks)))

    def lines(self) -> list[Words]:
        """Return the lines, line feeds left out."""
        return [self.cut(m.start(), m.end() - m.group().endswith("\n")) for m in _LINE.finditer(str(self))]

    def texts(self) -> list[Words]:
        """Return the lines that hold something, white space around them left out."""
        lines = (self.cut(*match.span()).strip() for match in _TEXT.finditer(str(self)))
        return [line for line in lines if line]

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Find a pattern in these words; offsets of the matches are offsets in the page."""
        return pattern.finditer(self.page, self.start, self.end)

    def at(self, match: re.Match[str], group: str | int = 0) -> Words:
        """Return the words of a match (or its group) made by `find`."""
        return Words(self.page, *match.span(group))

    def split(self, pattern: re.Pattern[str]) -> list[Words]:
        """Return the parts between matches, stripped, the empty ones left out."""
        parts, last = [], self.start
        for match in self.find(pattern):
            parts.append(Words(self.page, last, match.start()))
            last = match.end()
        parts.append(Words(self.page, last, self.end))
        return [part for part in (part.strip() for part in parts) if part]


def whole(page: str) -> Words:
    """Return all of a page."""
    return Words(page, 0, len(page))
