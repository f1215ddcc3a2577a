"""Items of lists as pages write them: bullets, numbers at line starts, ``1)…2)…`` inside a paragraph."""

from __future__ import annotations

import re
from itertools import zip_longest

from lodgrants.extract.words import Words

_BULLET = re.compile(r"(?:^|(?<=\s))[•·▪●○◦–*-][ \t\u00a0]+(?=\S)", re.MULTILINE)
_LINE_BULLET = re.compile(r"^[ \t\u00a0]*[•·▪●○◦–*-][ \t\u00a0]+(?=\S)", re.MULTILINE)
_LINE_NUMBER = re.compile(r"^[ \t\u00a0]*(\d{1,2})[.)][ \t\u00a0]*(?=\S)", re.MULTILINE)
_INNER_NUMBER = re.compile(r"(?:^|(?<=[\s.;:,!?)”’\"]))\(?(\d{1,2})\)[ \t\u00a0]*(?=\S)", re.MULTILINE)
_INNER_POINT = re.compile(r"(?:^|(?<=[.;:!?]\s))(\d{1,2})\.[ \u00a0](?=[^\W_a-z])", re.MULTILINE)
_PARAGRAPH = re.compile(r"\n[ \t\u00a0]*(?:\n[ \t\u00a0]*)+")
_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"(?<=[.!?])[ \t\u00a0\n]+(?=[^\W\d_a-z])")
_FEWEST = 2


def items_of(words: Words, form: str = "") -> tuple[list[Words], list[Words]]:
    """Return the items of the list that the words hold, and the paragraphs around it.

    :param form: ``numbered``, ``bullets``, ``paragraphs`` or ``sentences`` to say what to expect; by
        default numbers are looked for first, then bullets; without either all is "around".
    """
    words = _from_line_start(words)
    if form == "paragraphs":
        return [_without_bullet(line) for line in words.split(_LINE)], []
    if form == "sentences":
        return words.split(_SENTENCE), []
    starts = _numbers(words) if form in ("", "numbered") else []
    if not starts and form in ("", "bullets"):
        starts = _bullets(words)
    if not starts:
        return [], words.split(_PARAGRAPH)
    return _cut(words, starts)


def _without_bullet(line: Words) -> Words:
    bullet = _BULLET.match(line.page, line.start, line.end)
    return Words(line.page, bullet.end(), line.end) if bullet else line


def _from_line_start(words: Words) -> Words:
    """Take in the indent before the first item, so that its mark stands at the start of a line."""
    start = words.start
    while start > 0 and words.page[start - 1] in " \t\u00a0":
        start -= 1
    return Words(words.page, start, words.end)


def _numbers(words: Words) -> list[re.Match[str]]:
    """Return the numbers 1, 2, 3 … in order; any other number is part of the text."""
    for pattern in (_LINE_NUMBER, _INNER_NUMBER, _INNER_POINT):
        wanted, found = 1, []
        for match in words.find(pattern):
            if int(match[1]) == wanted:
                found.append(match)
                wanted += 1
        if len(found) >= _FEWEST:
            return found
    return []


def _bullets(words: Words) -> list[re.Match[str]]:
    found = list(words.find(_LINE_BULLET))
    inner = [match for match in words.find(_BULLET) if match.group()[0] in "•·▪●○◦"]
    return max(found, inner, key=len)


def _cut(words: Words, starts: list[re.Match[str]]) -> tuple[list[Words], list[Words]]:
    """Cut items at their marks; the last one ends with its paragraph."""
    items: list[Words] = []
    around = Words(words.page, words.start, starts[0].start()).split(_PARAGRAPH)
    for match, following in zip_longest(starts, starts[1:]):
        item = Words(words.page, match.end(), following.start() if following else words.end)
        if following is None and (stop := next(item.find(_PARAGRAPH), None)):
            around += Words(words.page, stop.end(), words.end).split(_PARAGRAPH)
            item = item.to(stop.start())
        items.append(item.strip())
    return [item for item in items if item], around
