"""A page and what was read of it, for a person at a terminal: each line with its facts beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from lodgrants.extract.words import whole

_WIDTH = 100


def page_view(text: str, records: list[dict[str, Any]]) -> Iterator[Text]:
    """Yield the lines of a page; below each one the values that were read from it, in order."""
    evidence = sorted(
        (row for record in records for row in record["evidence"]),
        key=lambda row: (row["start"], row["end"], row["property"]),
    )
    unread = {line["start"] for record in records for line in record["coverage"]["unclaimedLines"]}
    for number, line in enumerate(whole(text).lines(), 1):
        inner = line.strip()
        if not inner:
            continue
        style = "bold red" if inner.start in unread else "dim"
        yield Text(f"{number:>4} {'?' if inner.start in unread else ' '} {inner.plain[:_WIDTH]}", style=style)
        for row in evidence:
            if inner.start <= row["start"] < inner.end:
                yield _fact(row)


def _fact(row: dict[str, Any]) -> Text:
    name = row["property"].rsplit("#", 1)[-1].rsplit("/", 1)[-1]
    words = " ".join(row["exact"].split())
    return Text.assemble(
        ("       ", ""), (f"{name} ", "green"), (words[:_WIDTH], ""), (f"  <- {row['rule']}", "dim")
    )


def summary_lines(record: dict[str, Any]) -> Iterator[str]:
    """Yield what a record holds, in a few lines."""
    coverage = record["coverage"]
    counts = {
        name: len(rows)
        for name, rows in record.items()
        if isinstance(rows, list) and rows and name != "notes"
    }
    yield f"record {record['id']}"
    yield "  " + ", ".join(f"{count} {name}" for name, count in counts.items())
    read, ignored, unread = coverage["claimed"], coverage["ignored"], coverage["unclaimed"]
    yield f"  lines: {read} read, {ignored} ignored, {unread} unread"
    if record["withheld"]:
        yield "  left out: " + ", ".join(f"{count} {kind}" for kind, count in record["withheld"].items())
    for note in record["notes"]:
        yield f"  note {note['code']}: {note['message']}"
