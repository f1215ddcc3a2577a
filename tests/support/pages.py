"""Reading pages in tests, and saying in a few lines what was read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lodgrants.errors import InputError
from lodgrants.extract.capture import Capture, read_raw, to_capture
from lodgrants.extract.facts import Fact
from lodgrants.extract.page import Page, read_page
from lodgrants.extract.profile import Source
from lodgrants.extract.run import load_sources
from lodgrants.extract.values.money import Money
from lodgrants.extract.values.organizations import Organization
from lodgrants.extract.values.places import Place
from lodgrants.resources import shipped


@cache
def sources() -> tuple[Source, ...]:
    """Return the shipped profiles."""
    found, problems = load_sources(shipped("mappings"))
    assert not problems
    return found


def captures(path: Path) -> Iterator[Capture]:
    """Yield the captures in a file that is known to be good."""
    for raw in read_raw(path):
        assert not isinstance(raw, InputError), raw
        yield to_capture(raw)


def pages(path: Path) -> list[Page]:
    """Read all captures in a file."""
    return [read_page(capture, sources()) for capture in captures(path)]


def said(path: Path) -> str:
    """Return what was read of a page: a line a fact, records apart, unread lines last."""
    lines = []
    for page in pages(path):
        lines.append(f"{page.source.name if page.source else '-'} {page.layout.name if page.layout else '-'}")
        lines += [f"note {note.code} {note.message}" for note in page.notes]
        for reading in page.readings:
            lines.append("record")
            lines += [f"  {fact_line(fact)}" for fact in reading.facts]
            lines += [f"  note {note.code} {note.message}" for note in reading.notes]
            lines += [f"  left out {kind} {count}" for kind, count in sorted(reading.withheld.items())]
    return "\n".join(lines) + "\n"


def fact_line(fact: Fact) -> str:
    """Return a fact in one line."""
    field = fact.field
    name = " ".join(part for part in (fact.phase, field.field, field.kind, field.nature) if part)
    return f"{name} = {value_text(fact)}"


def value_text(fact: Fact) -> str:
    """Return a fact's value, with the country or currency it has."""
    value = fact.value
    if isinstance(value, Money):
        return f"{value.value} {value.currency or 'without currency'}"
    if isinstance(value, Organization):
        others = "".join(f" [{other.plain}]" for other in value.alternates)
        return f"{value.name}{others} {'person ' if value.person else ''}{value.country or ''}".rstrip()
    if isinstance(value, Place):
        within = f" in {value.part_of.name}" if value.part_of else ""
        return f"{value.name}{within} {value.country or ''}".rstrip()
    return str(value)
