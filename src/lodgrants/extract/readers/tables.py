"""Tables with a row of labels above: every row below is a record, every cell the value of its column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest

from lodgrants.extract.profile import Field
from lodgrants.extract.words import Words

_SEPARATORS = (re.compile(r"\t\t"), re.compile(r"\t"), re.compile(r"[ \t]*\|[ \t]*"))
_ROW = re.compile(r"^[^\n\t|]*[\t|][^\n]*$", re.MULTILINE)
_RULE = re.compile(r"[\s|+:=-]*")
_FEWEST_LABELS = 2
_FEWEST_CELLS = 3
_SHARE = 0.6
_MOST_TRIED = 500

NamedCell = Callable[[Words], Field | None]


@dataclass(frozen=True, slots=True)
class Table:
    """The heading of a table and, by row, the words of its cells with the field of each column."""

    heading: Words
    rows: tuple[tuple[Words, list[tuple[Field, Words]]], ...]

    @property
    def end(self) -> int:
        """Where its last row ends."""
        return self.rows[-1][0].end

    def covers(self, words: Words) -> bool:
        """Tell whether words stand in the table."""
        return self.heading.start <= words.start < self.end


def find_table(text: Words, named: NamedCell) -> Table | None:
    """Return the first table whose heading names most columns; None when there is none.

    :param named: tells which field a heading's cell stands for.
    """
    for match in islice(text.find(_ROW), _MOST_TRIED):
        line = text.at(match).strip()
        separator = next((each for each in _SEPARATORS if each.search(str(line))), None)
        if separator is None:
            continue
        columns = [named(cell) for cell in _cells(line, separator)]
        known = sum(column is not None for column in columns)
        if known < _FEWEST_LABELS or len(columns) < _FEWEST_CELLS or known < _SHARE * len(columns):
            continue
        rows = tuple(_rows(Words(text.page, line.end, text.end).texts(), separator, columns))
        if rows:
            return Table(line, rows)
    return None


def _cells(line: Words, separator: re.Pattern[str]) -> list[Words]:
    """Cut a row into its cells, empty ones included."""
    line = line.strip("|") if "|" in separator.pattern else line
    cells, start = [], line.start
    for match in line.find(separator):
        cells.append(Words(line.page, start, match.start()).strip())
        start = match.end()
    return [*cells, Words(line.page, start, line.end).strip()]


def _rows(
    lines: list[Words], separator: re.Pattern[str], columns: list[Field | None]
) -> Iterator[tuple[Words, list[tuple[Field, Words]]]]:
    """Yield the rows until one does not fit: a cell of several lines joins what stands around it."""
    row: Words | None = None
    for line, following in zip_longest(lines, lines[1:]):
        if _RULE.fullmatch(str(line)):
            continue
        whole = line if row is None else row.to(line.end)
        cells = _cells(whole, separator)
        if len(cells) > len(columns):
            return
        if len(cells) < len(columns) and not _may_end(cells, columns, following):
            row = whole
            continue
        row = None
        if len(cells) == 1:
            return
        yield whole, [(field, cell) for field, cell in zip(columns, cells, strict=False) if field and cell]


def _may_end(cells: list[Words], columns: list[Field | None], following: Words | None) -> bool:
    """Tell whether a row may lack its last cells: the next line is no row's rest."""
    if following is None:
        return True
    more = str(following).count("\t") // 2
    return len(cells) > 1 and len(cells) + more > len(columns)
