"""Tables of a project's partners: below the facts of one project, a row is a body and not another project."""

from __future__ import annotations

import re
from dataclasses import replace

from lodgrants.extract.facts import Reading
from lodgrants.extract.fields import read_field
from lodgrants.extract.layout import Mark
from lodgrants.extract.profile import Field, Label, Source
from lodgrants.extract.readers.tables import Table
from lodgrants.extract.values.organizations import Organization, beside_name
from lodgrants.extract.words import Words

_CELL = re.compile(r"\t+|[ \t]*\|[ \t]*")

_AT_ONCE = re.compile("")
_AGENTS = ("promoter", "partner")
_OF_A_PROJECT = ("identifier", "amount", "start", "end", "period", "programme", "status")
_FEWEST = 2


def lists_partners(table: Table, marks: list[Mark]) -> bool:
    """Tell whether a table that names bodies stands below the facts of one project.

    Two different facts above it are enough: a list of projects has none of its own.
    """
    above = {mark.label.field.field for mark in marks if mark.words.end <= table.heading.start}
    columns = {field.field for _, cells in table.rows for field, _ in cells}
    return len(above & set(_OF_A_PROJECT)) >= _FEWEST and bool(columns & set(_AGENTS))


def marks_around(table: Table, marks: list[Mark]) -> list[Mark]:
    """Return the labels outside the table; the table itself ends the value of the one above it."""
    outside = [mark for mark in marks if not table.covers(mark.words)]
    label = Label((), Field("ignore", "partners/heading"), until=_AT_ONCE)
    outside.append(Mark(label, table.heading, table.heading.start, table.end, False))
    return sorted(outside, key=lambda mark: mark.words.start)


def read_partners(table: Table, source: Source, reading: Reading) -> None:
    """Read each row's body, with the country and the role that its other cells name; its sums are its own."""
    for row, cells in table.rows:
        agent = next((each for each in cells if each[0].field in _AGENTS), None)
        reading.claim(row, "partners/row", ignored=True)
        if agent is not None:
            _read_row(row, agent[1], source, reading)


def _read_row(row: Words, name: Words, source: Source, reading: Reading) -> None:
    field = Field("partner", "partners/row", separators="\n")
    for fact in read_field(field, name, source, reading):
        assert isinstance(fact.value, Organization)
        beside = [cell for cell in row.split(_CELL) if cell != name]
        country, words, leads = beside_name(beside)
        body = fact.value if fact.value.country else replace(fact.value, country=country, country_words=words)
        role = replace(fact.field, field="promoter") if leads else fact.field
        reading.put(fact, replace(fact, field=role, value=body))
