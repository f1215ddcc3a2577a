"""Names without a label: the line before an anchor, or the first line of a page."""

from __future__ import annotations

import re
from bisect import bisect_left

from lodgrants.extract.layout import Mark
from lodgrants.extract.profile import Source, Title
from lodgrants.extract.values.dates import find_periods
from lodgrants.extract.words import Words

_CUT = re.compile(r"(?:\.\.\.?|…|\[\.\.\])\]?\s*\Z")
_OPEN_END = re.compile(
    r"(?:[,:–—&-]|\b(?:a|an|the|of|for|and|to|in|on|with|by|from|un|ja|ir|и|og|par|kā))\s*\Z", re.IGNORECASE
)
_ADDRESS = re.compile(r"\w@\w|\+\d[\d ()-]{6,}")
# What may follow a date on a line that says only when something was: "March 2021 - present".
_BEHIND_DATE = re.compile(r"\s*(?:[–—-]\s*[^\W\d_]+|[,;(].{0,40})?[\s.]*")
# A line that is a label with its value: one word before or behind the colon, or a number behind it.
_LABEL_LINE = re.compile(r"[ \t]*[^\W\d_](?:\w+:[ \t]+\S|[^\n:]{1,40}:[ \t]+(?:\S+[ \t]*\Z|[^\n]*\d))")
_ACRONYM = re.compile(r"[A-Z\d-]{2,15}")
_BLANK_LINE = re.compile(r"\n[ \t\u00a0\r]*\n")
_SENTENCE = 80
_SAID = re.compile(r"(?:\S+\s+){4,}\S+\.\s*\Z")
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
    lines = [line for line in lines if not _SAID.search(str(line))] or lines
    if not lines:
        return None
    if title.above_labels and marks:
        if lines[0].end > marks[0].begin:  # labels first: only a line that stands alone is a name
            return next((line.strip() for line in lines if _stands_alone(line)), None)
        lines = _above_labels(lines, space.to(marks[0].begin), source)
        return _joined(lines, len(lines) - 1, False)
    index = 0 if title.first else len(lines) - 1
    return _joined(lines, index, title.first)


def _above_labels(lines: list[Words], space: Words, source: Source) -> list[Words]:
    """Return the lines that may be the name above the first label: those above running text and other labels.

    Lines that touch the first label and open with a label that nobody knows belong to the labels.
    """
    text = next((line for line in space.texts() if _is_running_text(line, source)), None)
    lines = [line for line in lines if line.end <= space.end]
    lines = [line for line in lines if text is None or line.end <= text.start] or lines
    blanks = [match.end() for match in space.find(_BLANK_LINE)]
    block = [line for line in lines if line.start >= (blanks[-1] if blanks else space.start)]
    labelled = next((line for line in block if _LABEL_LINE.match(line.page, line.start, line.end)), None)
    lines = [line for line in lines if labelled is None or line.end <= labelled.start] or lines
    return [line for line in lines if not _ACRONYM.fullmatch(line.plain)] or lines


def _stands_alone(line: Words) -> bool:
    above, below = line.page[max(0, line.start - 4) : line.start], line.page[line.end : line.end + 4]
    return above.count("\n") >= min(2, line.start) and (
        below.count("\n") > 1 or line.end + 1 >= len(line.page)
    )


def _is_running_text(line: Words, source: Source) -> bool:
    text = str(line)
    sentence = len(text) >= _SENTENCE and text[-1] in ".!?"
    return sentence and not any(rule.pattern.search(text) for rule in source.ignore)


def _heading_line(segment: Words, heading: str) -> Words | None:
    return next((line for line in segment.texts() if heading and line.plain == heading), None)


def _can_be_title(line: Words, title: Title, source: Source, labelled: list[int]) -> bool:
    text = str(line.strip())
    if not re.search(r"[^\W\d_]", text) or len(text) > _LONGEST or _CUT.search(text) or _ADDRESS.search(text):
        return False
    if (title.not_this is not None and title.not_this.search(text)) or _is_period(line.strip()):
        return False
    index = bisect_left(labelled, line.start)
    if index < len(labelled) and labelled[index] < line.end:
        return False
    return not any(rule.pattern.search(text) for rule in source.ignore)


def _is_period(line: Words) -> bool:
    """Tell whether a line says when something was, and nothing else."""
    period = next(find_periods(line), None)
    if period is None or period.words.start > line.start:
        return False
    return _BEHIND_DATE.fullmatch(line.page, period.words.end, line.end) is not None


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
