"""Results for reading: grouped by shape, each kind once with its count and three examples."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import IO, Any

from lodgrants.db.template import sql
from lodgrants.validate.messages import component_name, short, short_iris
from lodgrants.validate.report.model import Report

EXAMPLES = 3
_STYLES = {"Violation": "bold red", "Warning": "yellow", "Info": "cyan"}
_WIDTH = 160


def write_table(report: Report, out: IO[bytes]) -> None:
    """Write groups of results; in colour when the output is a terminal."""
    lines = _lines(report)
    if out is sys.stdout.buffer and sys.stdout.isatty():
        from rich.console import Console

        console = Console(soft_wrap=True, highlight=False)
        for text, style in lines:
            console.print(text, style=style, markup=False)
        return
    for text, _ in lines:
        out.write(f"{text}\n".encode())


def _lines(report: Report) -> list[tuple[str, str]]:
    rows = report.engine.rows(
        sql(
            "SELECT r.shape_label, r.severity, r.component, coalesce(f.path, r.path) AS path,"
            " any_value(r.message),"
            " count(*) AS n, arg_min(struct_pack(focus := f.focus, value := f.value), f.focus, :examples)"
            " FROM _finding AS f JOIN _rule AS r ON r.rule = f.rule"
            " GROUP BY r.rule, r.shape_label, r.severity, r.component, coalesce(f.path, r.path) ORDER BY"
            " r.rule, path",
            examples=EXAMPLES,
        )
    )
    if not rows:
        return [("The data conforms.", "bold green")]
    lines: list[tuple[str, str]] = []
    for shape, group in groupby(rows, key=lambda row: row[0]):
        lines.append((short_iris(shape), "bold"))
        for row in group:
            lines += _group(row)
        lines.append(("", ""))
    total = sum(row[5] for row in rows)
    return [*lines, (f"{total:,} result{'' if total == 1 else 's'}: {_summary(report)}", "bold")]


def _group(row: tuple[Any, ...]) -> list[tuple[str, str]]:
    _, severity, component, path, message, count, examples = row
    level = short(severity).removeprefix("sh:")
    subject = f"{short_iris(path)}: " if path and short_iris(path) not in message else ""
    head = f"  {level}  {count:,} x  {subject}{message}  [{component_name(component)}]"
    lines = [(head, _STYLES.get(level, ""))]
    for example in examples:
        value = f"  ->  {short(example['value'])}" if example["value"] else ""
        lines.append((f"      {short(example['focus'])}{value}"[:_WIDTH], "dim"))
    if count > len(examples):
        lines.append((f"      … and {count - len(examples):,} more", "dim"))
    return lines


def _summary(report: Report) -> str:
    return ", ".join(
        f"{count:,} {short(severity).removeprefix('sh:')}" for severity, count in report.counts().items()
    )
