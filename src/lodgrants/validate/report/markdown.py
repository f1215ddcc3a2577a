"""Results as Markdown, for a pull request or a wiki: one table of kinds, and examples that fold."""

from __future__ import annotations

from typing import IO

from lodgrants.validate.messages import component_name, short, short_iris
from lodgrants.validate.report.model import Group, Report
from lodgrants.validate.report.table import level_name, subject, summary, where

EXAMPLES = 10


def write_markdown(report: Report, out: IO[bytes]) -> None:
    """Write the kinds of results with counts, and some examples of each."""
    groups = report.groups(EXAMPLES if report.limit is None else report.limit)
    lines = ["# Validation report", ""]
    if not groups:
        lines.append(report.verdict)
    else:
        lines += [f"{sum(group.count for group in groups):,} results: {summary(report)}.", ""]
        lines += ["| severity | shape | what | component | results |", "|---|---|---|---|---:|"]
        lines += [_row(group) for group in groups]
        lines += [line for group in groups for line in _examples(group)]
    out.write(("\n".join(lines) + "\n").encode())


def _row(group: Group) -> str:
    cells = (
        level_name(group.severity),
        short_iris(group.shape),
        subject(group) + group.message,
        component_name(group.component),
        f"{group.count:,}",
    )
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _examples(group: Group) -> list[str]:
    what = _escaped(f"{short_iris(group.shape)}: {subject(group)}{group.message}")
    lines = ["", f"<details><summary>{what} ({group.count:,})</summary>", ""]
    for one in group.examples:
        value = f": {_escaped(short(one.value))}" if one.value else ""
        place = f" ({_escaped(where(one))})" if where(one) else ""
        lines.append(f"- {_escaped(short(one.focus))}{value}{place}")
    if group.count > len(group.examples):
        lines.append(f"- … and {group.count - len(group.examples):,} more")
    return [*lines, "", "</details>"]


def _escaped(text: str) -> str:
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(char, entity)
    for char in "\\|*_`[]":
        text = text.replace(char, f"\\{char}")
    return text.replace("\n", " ")
