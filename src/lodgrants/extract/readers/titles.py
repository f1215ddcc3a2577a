"""Names without a label: the line before an anchor, or the first line of a page."""

from __future__ import annotations

import re
from bisect import bisect_left

from lodgrants.extract.layout import Mark
from lodgrants.extract.profile import Source, Title
from lodgrants.extract.words import Words

_CUT = re.compile(r"(?:\.\.\.?|…|\[\.\.\])\]?\s*\Z")
_OPEN_END = re.compile(
    r"(?:[,:–—&-]|\b(?:a|an|the|of|for|and|to|in|on|with|by|from|un|ja|ir|и|og|par|kā))\s*\Z", re.IGNORECASE
)
_ADDRESS = re.compile(r"\w@\w|\+\d[\d ()-]{6,}")
_LONGEST = 400


def find_title(
    segment: Words, title: Title, source: Source, marks: list[Mark], heading: str = ""
) -> Words | None:
    """Return the words of the name, over two lines where the first one clearly goes on.

    :param heading: the page's main heading, which is the name where the first line would be.
    """
    if title.first and (found := _heading_line(segment, heading)):
        return found
    space = segment
    if title.before is not None:
        anchor = next(segment.find(title.before), None)
        if anchor is None:
            return None
        space = segment.to(anchor.start())
    labelled = [mark.words.start for mark in marks]
    lines = [line for line in space.lines() if _can_be_title(line, title, source, labelled)]
    if not lines:
        return None
    if title.above_labels and marks and lines[0].end <= marks[0].begin:
        lines = [line for line in lines if line.end <= marks[0].begin]
        return _joined(lines, len(lines) - 1, False)
    index = 0 if title.first else len(lines) - 1
    return _joined(lines, index, title.first)


def _heading_line(segment: Words, heading: str) -> Words | None:
    return next((line for line in segment.texts() if heading and line.plain == heading), None)


def _can_be_title(line: Words, title: Title, source: Source, labelled: list[int]) -> bool:
    text = str(line.strip())
    if not re.search(r"[^\W\d_]", text) or len(text) > _LONGEST or _CUT.search(text) or _ADDRESS.search(text):
        return False
    if title.not_this is not None and title.not_this.search(text):
        return False
    index = bisect_left(labelled, line.start)
    if index < len(labelled) and labelled[index] < line.end:
        return False
    return not any(rule.pattern.search(text) for rule in source.ignore)


def _joined(lines: list[Words], index: int, forwards: bool) -> Words:
    """Add the neighbouring line when one name runs over both."""
    line = lines[index].strip()
    other = index + 1 if forwards else index - 1
    if not 0 <= other < len(lines):
        return line
    first, second = sorted((line, lines[other].strip()), key=lambda words: words.start)
    if first.page.count("\n", first.end, second.start) != 1:
        return line
    if _OPEN_END.search(str(first)) or str(second)[:1].islower():
        return Words(first.page, first.start, second.end)
    return line
