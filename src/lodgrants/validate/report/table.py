"""Results for reading: grouped by shape, each kind once with its count and three examples."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from typing import IO

from lodgrants.validate.messages import component_name, short, short_iris
from lodgrants.validate.report.model import Example, Group, Report

EXAMPLES = 3
_STYLES = {"Violation": "bold red", "Warning": "yellow", "Info": "cyan"}
_WORDS = 80


def write_table(report: Report, out: IO[bytes]) -> None:
    """Write groups of results; in colour when the output is a terminal."""
    if out is sys.stdout.buffer and sys.stdout.isatty():
        from rich.console import Console

        console = Console(soft_wrap=True, highlight=False)
        for text, style in _lines(report):
            console.print(text, style=style, markup=False)
        return
    for text, _ in _lines(report):
        out.write(f"{text}\n".encode())


def _lines(report: Report) -> Iterator[tuple[str, str]]:
    groups = report.groups(EXAMPLES)
    if not groups:
        yield report.verdict, "bold green" if report.asked else "bold yellow"
        return
    for shape, members in groupby(groups, key=lambda group: group.shape):
        yield short_iris(shape), "bold"
        for group in members:
            yield from _group(group)
        yield "", ""
    total = sum(group.count for group in groups)
    yield f"{total:,} result{'' if total == 1 else 's'}: {summary(report)}", "bold"


def _group(group: Group) -> Iterator[tuple[str, str]]:
    level = level_name(group.severity)
    head = (
        f"  {level}  {group.count:,} x  {subject(group)}{group.message}  [{component_name(group.component)}]"
    )
    yield head, _STYLES.get(level, "")
    for example in group.examples:
        shown = f"  ->  {short(example.value)}" if example.value else ""
        yield f"      {short(example.focus)}{shown}", "dim"
        if place := where(example):
            yield f"          {place}", "dim"
    if group.count > len(group.examples):
        yield f"      … and {group.count - len(group.examples):,} more", "dim"


def where(example: Example) -> str:
    """Return the page and words behind a result and the record that states them, as far as known."""
    words = " ".join((example.quote or "").split())
    cut = f"{words[:_WORDS]}…" if len(words) > _WORDS else words
    page = f"{example.source}: “{cut}”" if example.source and words else ""
    record = f"in {short(example.record)}" if example.record else ""
    return "  ".join(part for part in (page, record) if part)


def subject(group: Group) -> str:
    """Return what to put before a group's message: its path, unless the message names it or it is long."""
    path = short_iris(group.path) if group.path else ""
    return f"{path}: " if path and path not in group.message and len(path) <= _WORDS else ""


def level_name(severity: str) -> str:
    """Return a severity's short name."""
    return short(severity).removeprefix("sh:")


def summary(report: Report) -> str:
    """Return the number of results of each severity in words."""
    return ", ".join(f"{count:,} {level_name(severity)}" for severity, count in report.counts().items())
