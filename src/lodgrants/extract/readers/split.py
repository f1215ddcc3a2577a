"""Where one record of a page ends and the next one starts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise, zip_longest

from lodgrants.extract.fields import fits
from lodgrants.extract.layout import Mark
from lodgrants.extract.profile import Field, Layout, Split
from lodgrants.extract.values.organizations import is_body
from lodgrants.extract.words import Words

_BODY_HEADING = Field("promoter", "heading")
_NAME_HEADING = Field("title", "heading")
_LONGEST_HEADING = 120
_FEWEST_HEADINGS = 2

Segment = tuple[Words, list[tuple[Field, Words]]]


def segments(text: Words, layout: Layout, marks: list[Mark]) -> Iterator[Segment]:
    """Yield the words of each record, with the fields that its position alone has named."""
    if layout.split.anchor is not None:
        yield from _around_anchors(text, layout.split)
    elif layout.split.at:
        yield from _at_labels(text, layout.split.at, marks)
    else:
        yield text, []


def _at_labels(text: Words, fields: tuple[str, ...], marks: list[Mark]) -> Iterator[Segment]:
    """Start a record at each label that begins one and that the current record has already moved past.

    One that stands in front of such a label begins the record with it.
    """
    starts: list[int] = []
    seen: set[str] = set()
    last = ""
    for mark, following in zip_longest(marks, marks[1:]):
        name, ahead = mark.label.field.field, following.label.field.field if following else ""
        past = name in seen or (ahead in fields and ahead in seen and ahead != last)
        if name in fields and (not starts or (past and name != last)):
            starts.append(mark.words.start)
            seen = set()
        seen.add(name)
        last = name
    if not starts:
        return
    headings = _headings(text, starts, [mark.words.start for mark in marks])
    begins = [heading.start if heading else start for heading, start in zip(headings, starts, strict=True)]
    for heading, (start, end) in zip(headings, pairwise([*begins, text.end]), strict=True):
        own = slice(*(bisect_left(marks, at, key=lambda mark: mark.words.start) for at in (start, end)))
        labelled = {mark.label.field.field for mark in marks[own]}
        field = _heading_field(heading, labelled) if heading else None
        yield Words(text.page, start, end), [(field, heading)] if heading and field else []


def _heading_field(heading: Words, labelled: set[str]) -> Field | None:
    """Return what a heading above a record names: what its labels do not name already."""
    body = "promoter" not in labelled and ("title" in labelled or is_body(heading.plain))
    return _BODY_HEADING if body else _NAME_HEADING if "title" not in labelled else None


def _headings(text: Words, starts: list[int], labels: list[int]) -> list[Words | None]:
    """Return the heading above each record, if every record of the page has one."""
    lines = text.texts()
    places = [bisect_left(lines, start, key=lambda line: line.start) for start in starts]
    above = [lines[place - 1] for place in places if place > 0]
    if len(above) < max(len(starts), _FEWEST_HEADINGS) or not all(
        _is_heading(line, labels) for line in above
    ):
        return [None] * len(starts)
    return list(above)


def _is_heading(line: Words, labels: list[int]) -> bool:
    index = bisect_left(labels, line.start)
    labelled = index < len(labels) and labels[index] < line.end
    return not labelled and len(line.plain) <= _LONGEST_HEADING and line.plain[-1] not in ".:;!?,"


def _around_anchors(text: Words, split: Split) -> Iterator[Segment]:
    """Make a record of each anchor line: the lines just before it have fields, what follows has one."""
    assert split.anchor is not None
    lines = [line.strip() for line in text.lines()]
    lines = [line for line in lines if line]
    anchors = [i for i, line in enumerate(lines) if _is_anchor(split.anchor, line)]
    back = len(split.before)
    for anchor, following in zip_longest(anchors, anchors[1:]):
        first, last = max(anchor - back, 0), following - back if following is not None else len(lines)
        before = lines[first:anchor]
        given = list(zip(split.before[back - len(before) :], before, strict=True))
        given.append((split.anchor, lines[anchor]))
        if split.after is not None:
            given += [(split.after, line) for line in lines[anchor + 1 : last]]
        yield Words(text.page, lines[first].start, lines[max(anchor, last - 1)].end), given


def _is_anchor(field: Field, line: Words) -> bool:
    if field.value is not None:
        return field.value.fullmatch(line.plain) is not None
    return fits(field, line)
