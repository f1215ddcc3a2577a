"""Spreadsheets (XLSX, XLS, ODS): the first row names the columns, the iterator names the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from lodgrants.errors import InputError, Problem
from lodgrants.map.model import FileSource, LogicalSource
from lodgrants.map.sources.files import locate
from lodgrants.map.sources.relation import Relation, Room
from lodgrants.map.sources.tables import from_rows


def load_sheet(source: LogicalSource, references: tuple[str, ...], room: Room) -> Relation:
    """Load columns of a sheet as text: numbers as a reader of the sheet sees them, dates in ISO 8601.

    An empty cell is no value. Raises InputError when the workbook or the sheet cannot be read.
    """
    assert isinstance(source.source, FileSource)
    path = locate(source.source, room, source.where)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        name = source.iterator or workbook.sheet_names[0]
        if name not in workbook.sheet_names:
            known = ", ".join(workbook.sheet_names)
            raise InputError(
                Problem("LG-MAP-004", "there is no such sheet", source.where, name, f"one of {known}")
            )
        rows = workbook.get_sheet_by_name(name).iter_rows()
    except (CalamineError, OSError) as error:
        problem = Problem("LG-MAP-004", f"the workbook cannot be read: {error}", source.where, str(path))
        raise InputError(problem) from error
    names = [str(_text(each) or f"column {i}") for i, each in enumerate(next(iter(rows), []), start=1)]
    return from_rows(_unique(names), _texts(rows), references, room)


def _texts(rows: Iterator[list[Any]]) -> Iterator[list[str | None]]:
    for row in rows:
        cells = [_text(each) for each in row]
        if any(each is not None for each in cells):
            yield cells


def _text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell) if not isinstance(cell, timedelta) else str(cell.total_seconds())


def _unique(names: list[str]) -> list[str]:
    """Return the names with a number added to those that came before (in any case, as SQL compares)."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name.lower()] = seen.get(name.lower(), 0) + 1
        found.append(name if seen[name.lower()] == 1 else f"{name} {seen[name.lower()]}")
    return found
