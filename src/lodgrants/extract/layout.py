"""Labels in a page: where they stand, how far their values go, and where one record ends.

A label may stand on the line of its value, on the line before it, behind a bullet, in a table cell,
glued to its value, or (when the profile says so) inside a line. A label followed by another label
has no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest

from lodgrants.extract.profile import Field, Label, Layout
from lodgrants.extract.values.countries import country_code
from lodgrants.extract.values.money import currency_code
from lodgrants.extract.values.organizations import says_beside_name
from lodgrants.extract.words import Words

_BULLET = r"(?P<bullet>(?:[•·▪●○*|–—>-]|\d{1,2}[.)])[ \t\u00a0]+|\|)?"
# A unit between a label and its colon: "Budget (EUR):", "Sum, EUR:".
_UNIT = re.compile(
    r"[ \t\u00a0]*(?:\(([^()\n]{1,40})\)|,[ \t\u00a0]*([^\W\d_]{1,5}|[€£$]))[ \t\u00a0]*(?=[:|\t]|\Z)"
)
_ENDED = r"(?=[ \t\u00a0]*(?:[:|\t(,]|\Z|[–—-] ))"
# In a strict layout a label may also touch its value ("Start date01.10.2020"), or have a sum behind a space.
_TOUCHES = r"(?-i:(?<=[^\W\d_A-Z])(?=[\d€$£]|[^\W\d_a-zà-öø-ÿāčēģīķļņšūžąęėįųūõа-яё]))"
_SUM_FOLLOWS = (
    r"(?=[ \t\u00a0](?:(?:[€$£]|[A-Z]{3})[ \u00a0]?\d|\d[\d .,’'\u00a0\u202f]*(?:[€$£]|[A-Z]{3}\b|euro)))"
)
_NUMBER_FOLLOWS = r"(?<=[NnR][ro]\.)(?=[ \t\u00a0]\S*\d)"
_FRONT = re.compile(r"[ \t\u00a0:|–-]*")
_LOWER = "a-zà-öø-ÿāčēģīķļņšūžąęėįųūõа-яё"
_STARTS_VALUE = re.compile(rf"[\d€£$\"„“«'(]|[^\W\d_{_LOWER}]")
_SENTENCE_END = re.compile(r"[.!?…][\"”’)]?\s*\Z")
_UNKNOWN_LABEL = re.compile(r"[ \t\u00a0•*]*([^\W\d_a-z][^\n:\"“„«()]{1,40}):(?:[ \t\u00a0]|\Z|(?=\n))")
_CELLS = re.compile(r"\S *(?:\t|\|)")
_LONG_LINE = 80
_PROSE_LINE = 40
_SHORTEST_RUN = 3
_GAP_IN_RUN = 6
_TYPED = ("amount", "start", "end", "period", "identifier", "status")
_OPEN = ("amount", "identifier")
_LONGEST_NAME = 300
_AGENTS = ("promoter", "partner")
_LINES_OF_ADDRESS = 7


@dataclass(frozen=True, slots=True)
class Mark:
    """A label found in a page: its words, where it begins (its bullet included) and its value may start."""

    label: Label
    words: Words
    begin: int
    value_start: int
    bullet: bool
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """The words that stand behind a label; empty when nothing does."""

    mark: Mark
    words: Words


Fits = Callable[[Field, Words], bool]


class LabelReader:
    """Finds the labels of one layout; `others` are labels that end a value but are not read."""

    def __init__(self, layout: Layout, fits: Fits, opens_with: Fits) -> None:
        self._labels = layout.labels
        self._strict = layout.strict
        self._fits = fits
        self._opens_with = opens_with
        self._at_line = re.compile(
            _BULLET + f"(?:{_alternatives(self._labels, layout.strict)})", re.IGNORECASE
        )
        inline = tuple(label for label in self._labels if label.inline)
        self._inside = re.compile(_alternatives(inline)) if inline else None

    @cached_property
    def _further(self) -> re.Pattern[str]:
        """Labels behind another one on its line; made when needed, for it takes long to compile."""
        labels = _alternatives(self._labels)
        return re.compile(rf"(?<=[.;|])[ \t\u00a0]+(?:{labels})[ \t\u00a0]*:", re.IGNORECASE)

    def marks(self, words: Words) -> list[Mark]:
        """Return the labels in the words, in order, none overlapping another."""
        lines = words.texts()
        match_at = self._at_line.match
        labelled = {
            i: match for i, line in enumerate(lines) if (match := match_at(line.page, line.start, line.end))
        }
        found = [mark for i, match in labelled.items() if (mark := self._line_mark(lines[i], match))]
        ends = {line.start: line.end for line in lines}
        found += [further for mark in found for further in self._further_marks(mark, ends[mark.begin])]
        found += self._lone_marks(lines, labelled, {mark.words.start for mark in found})
        if self._inside is not None:
            starts = {mark.words.start for mark in found}
            found += [mark for mark in self._inline_marks(words) if mark.words.start not in starts]
        found.sort(key=lambda mark: mark.words.start)
        return [
            mark for i, mark in enumerate(found) if i == 0 or mark.words.start >= found[i - 1].value_start
        ]

    def values(self, words: Words, marks: list[Mark]) -> Iterator[Value]:
        """Yield each label with its value; what follows the value is left to others."""
        for mark, following in zip_longest(marks, marks[1:]):
            end = following.begin if following else words.end
            yield Value(
                mark, self._extent(mark, Words(words.page, mark.value_start, max(end, mark.value_start)))
            )

    def _line_mark(self, line: Words, match: re.Match[str]) -> Mark | None:
        label, words = self._matched(match, line)
        end, currency = _unit(words, line)
        start = self._value_start(label, words.to(end), line)
        bullet = bool((match["bullet"] or "").strip(" |\t"))
        return None if start is None else Mark(label, words, line.start, start, bullet, currency)

    def _further_marks(self, first: Mark, end: int) -> Iterator[Mark]:
        """Yield the labels behind the first one on its line: "Lead partner: A (Finland). Partners: B, C"."""
        if first.words.page.find(":", first.value_start, end) < 0:
            return
        for match in Words(first.words.page, first.value_start, end).find(self._further):
            label, words = self._matched(match, first.words)
            if words.page[words.start].isupper():
                yield Mark(label, words, words.start, match.end(), False)

    def column(self, cell: Words) -> Field | None:
        """Return the field that a cell in a table's heading names."""
        match = self._at_line.match(cell.page, cell.start, cell.end)
        if match is None:
            return None
        label, words = self._matched(match, cell)
        end, currency = _unit(words, cell)
        if Words(cell.page, end, cell.end).strip(":*"):
            return None
        return replace(label.field, currency=currency, stated=True) if currency else label.field

    def _lone_marks(
        self, lines: list[Words], labelled: dict[int, re.Match[str]], marked: set[int]
    ) -> Iterator[Mark]:
        """Yield one-word labels alone on their lines, without a colon, where a run of labels stands so.

        One of the run must be followed by a sum, a date or a number: a menu is no run.
        """
        alone = {i: match for i, match in labelled.items() if match.end() == lines[i].end}
        places = {i: self._matched(match, lines[i])[0] for i, match in alone.items()}
        runs: list[list[int]] = []
        for i in places:
            if runs and i - runs[-1][-1] <= _GAP_IN_RUN:
                runs[-1].append(i)
            else:
                runs.append([i])
        for run in runs:
            sure = len(run) >= _SHORTEST_RUN and self._has_typed(run, places, lines)
            for i in run:
                if (sure or self._names_country(i, places[i], lines)) and lines[i].start not in marked:
                    yield Mark(places[i], lines[i], lines[i].start, lines[i].end, False)

    def _names_country(self, index: int, label: Label, lines: list[Words]) -> bool:
        """Tell whether a body and its country stand below a label, an address between them perhaps."""
        below = (line.plain for line in lines[index + 2 : index + _LINES_OF_ADDRESS])
        return label.field.field in _AGENTS and any(len(text) > 2 and country_code(text) for text in below)

    def _has_typed(self, run: list[int], places: dict[int, Label], lines: list[Words]) -> bool:
        typed = [i for i in run if places[i].field.field in _TYPED and i + 1 < len(lines)]
        return any(self._fits(places[i].field, lines[i + 1]) for i in typed)

    def _matched(self, match: re.Match[str], line: Words) -> tuple[Label, Words]:
        name = next(name for name, text in match.groupdict().items() if text is not None and name != "bullet")
        labels = self._labels
        return labels[int(name[1:])], line.at(match, name)

    def _value_start(self, label: Label, words: Words, line: Words) -> int | None:
        """Return where the value starts, or None when these words are no label here."""
        rest = Words(line.page, words.end, line.end)
        text = str(rest)
        after = text.lstrip(" \t\u00a0")
        if after.startswith(":"):
            return line.end - len(after) + 1
        if after.startswith("|") or text[:1] == "\t":
            return words.end
        glued = text[:1] not in ("", " ", "\u00a0") and str(words)[-1].isalnum() and _STARTS_VALUE.match(text)
        if self._strict and glued and label.field.field in _TYPED:
            return words.end if self._opens_with(label.field, rest) else None
        if (
            label.colon
            and " " not in str(words)
            and not (not after and label.extent == "block" and _heads_prose(line))
        ):
            return None  # one word is too little to be a label without its colon
        if not after:
            return words.end
        if label.extent == "block" and not label.inline:
            return None
        if text.startswith(("  ", " –", " —", " - ")):
            return words.end
        if self._strict and not glued and label.field.field not in _OPEN and after[0] not in "(,–—-":
            return None  # what follows is a sum, and the label is none of a sum
        return words.end if glued or self._fits_behind_space(label, rest) else None

    def _fits_behind_space(self, label: Label, rest: Words) -> bool:
        text = str(rest)
        starts = label.field.field == "url" or _STARTS_VALUE.match(text.strip())
        if text[0] not in " \u00a0" or not starts:
            return False
        if label.field.field in ("amount", "status", "identifier", "start", "end", "period", "url"):
            return self._opens_with(label.field, rest.strip())
        if label.extent == "block":
            return True
        return len(text) < _LONG_LINE and not _SENTENCE_END.search(text) and label.field.field != "ignore"

    def _inline_marks(self, words: Words) -> Iterator[Mark]:
        assert self._inside is not None
        inline = [label for label in self._labels if label.inline]
        for match in words.find(self._inside):
            name = match.lastgroup or ""
            label, found = inline[int(name[1:])], words.at(match)
            before = words.page[match.start() - 1] if match.start() > words.start else "\n"
            after = words.page[match.end() : min(match.end() + 2, words.end)]
            if re.match(r"\s?:", after):
                if not before.isalpha() or before.islower():
                    yield Mark(label, found, found.start, match.end() + after.index(":") + 1, False)
            elif not label.colon and after and _is_glued(before, after):
                yield Mark(label, found, found.start, match.end(), False)

    def _extent(self, mark: Mark, space: Words) -> Words:
        """Return the value among the words up to the next label."""
        front = _FRONT.match(space.page, space.start, space.end)
        space = Words(space.page, front.end() if front else space.start, space.end)
        if mark.label.until is not None and (stop := next(space.find(mark.label.until), None)):
            space = space.to(stop.start())
        if mark.label.extent == "block":
            return space.strip()
        lines = space.lines()
        if not lines:
            return space
        if lines[0].strip():
            row = space.page[mark.words.end : mark.words.end + 1] in ("\t", "|")
            one = mark.label.extent == "line" or (row and any(_CELLS.search(str(line)) for line in lines[1:]))
            return (lines[0] if one else self._run(mark.label, lines)).strip("|")
        return self._below(mark.label, lines)

    def _below(self, label: Label, lines: list[Words]) -> Words:
        """Return a value that stands below its label; behind a blank line only one that fits is taken."""
        index = next((i for i, line in enumerate(lines) if line.strip()), None)
        if index is None:
            return lines[0].strip()
        first = lines[index].strip()
        gap = index > 1
        if not self._plausible(label, first, gap):
            return lines[0].strip()
        return first if label.extent == "line" else self._run(label, lines[index:])

    def _plausible(self, label: Label, line: Words, gap: bool) -> bool:
        field, text = label.field, str(line)
        if field.value is not None or field.field in ("amount", "status", "start", "end", "period"):
            return self._fits(field, line)
        sentence = len(text) > (_LONG_LINE if gap else _LONGEST_NAME) or (
            _SENTENCE_END.search(text) is not None and len(text) > _LONG_LINE
        )
        return not sentence

    def _run(self, label: Label, lines: list[Words]) -> Words:
        """Return the lines up to a blank one; a line that ends in a comma goes on behind it."""
        end = lines[0]
        for line in lines[1:]:
            if not line.strip():
                if not str(end).rstrip().endswith((",", ";")):
                    break
                continue
            if str(end).rstrip().endswith(").") or _is_other_label(line):
                break
            if label.field.leave and label.field.leave.search(str(line)):
                break
            end = line
        return lines[0].to(end.end).strip()


def _unit(label: Words, line: Words) -> tuple[int, str]:
    """Return where a label ends with the unit behind it, and the currency that the unit names."""
    unit = _UNIT.match(line.page, label.end, line.end)
    return (unit.end(), currency_code(unit[1] or unit[2])) if unit else (label.end, "")


def _is_other_label(line: Words) -> bool:
    """Tell whether a line begins with a label that the profile does not know: its value is nobody's item."""
    match = _UNKNOWN_LABEL.match(line.page, line.start, line.end)
    return match is not None and not says_beside_name(line.at(match, 1))


def _heads_prose(line: Words) -> bool:
    """Tell whether running text or a list follows a line: then one word alone is its heading."""
    following = line.page[line.end : line.end + _LONGEST_NAME].strip().partition("\n")[0]
    return len(following) >= _PROSE_LINE or bool(
        re.match(r"[•·▪●–-]\s|1[.)]", following) and " " in following[3:]
    )


def _is_glued(before: str, after: str) -> bool:
    """Tell whether a label inside a line touches its value, or at least what stands before it."""
    return (
        after[0].isupper()
        or after[0] in "€$£0123456789"
        or (not before.isspace() and _STARTS_VALUE.match(after) is not None)
    )


def _alternatives(labels: tuple[Label, ...], strict: bool = False) -> str:
    """Return one pattern for all labels: each is a named group, longer ones are tried first.

    :param strict: a label counts only where a colon, a cell or the line ends it.
    """
    ended = f"(?:{_ENDED}|{_TOUCHES}|{_SUM_FOLLOWS}|{_NUMBER_FOLLOWS})" if strict else ""
    named = [(name, index) for index, label in enumerate(labels) for name in label.names]
    named.sort(key=lambda pair: -len(pair[0]))
    groups: dict[int, list[str]] = {}
    for name, index in named:
        groups.setdefault(index, []).append(name)
    ordered = sorted(groups, key=lambda index: -max(len(name) for name in groups[index]))
    if not ordered:
        return "(?!)"
    patterns = "|".join(rf"(?P<l{index}>{'|'.join(groups[index])})" for index in ordered)
    return rf"(?:{patterns})(?-i:(?![{_LOWER}])){ended}"
