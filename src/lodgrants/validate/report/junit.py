"""Results as JUnit XML: a test case for every constraint, so that what holds is counted too."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from lodgrants.validate.messages import component_name, short, short_iris
from lodgrants.validate.report.model import Group, Report
from lodgrants.validate.report.table import level_name, subject

EXAMPLES = 10


def write_junit(report: Report, out: IO[bytes]) -> None:
    """Write one test suite for each shape and one test case for each of its constraints."""
    found: dict[int, list[Group]] = {}
    for group in report.groups(EXAMPLES):
        found.setdefault(group.rule, []).append(group)
    rows = report.rule_rows()
    counts = f'tests="{len(rows)}" failures="{len(found)}"'
    out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {counts}>\n'.encode())
    for shape, members in groupby(enumerate(rows), key=lambda row: row[1][1]):
        cases = list(members)
        failed = sum(1 for number, _ in cases if number in found)
        name = quoteattr(short_iris(shape))
        out.write(f'  <testsuite name={name} tests="{len(cases)}" failures="{failed}">\n'.encode())
        for number, (_, _, component, path, expected) in cases:
            title = " ".join(filter(None, (short_iris(path or ""), component_name(component), expected)))
            out.write(_case(name, title, found.get(number, ())).encode())
        out.write(b"  </testsuite>\n")
    out.write(b"</testsuites>\n")


def _case(suite: str, title: str, groups: Iterable[Group]) -> str:
    failures = "".join(_failure(group) for group in groups)
    head = f"    <testcase classname={suite} name={quoteattr(_clean(title))}"
    return f"{head}>\n{failures}    </testcase>\n" if failures else f"{head}/>\n"


def _failure(group: Group) -> str:
    lines = [short(one.focus) + (f": {short(one.value)}" if one.value else "") for one in group.examples]
    if group.count > len(lines):
        lines.append(f"… and {group.count - len(lines):,} more")
    message = quoteattr(_clean(f"{group.count:,} x {subject(group)}{group.message}"))
    kind = quoteattr(level_name(group.severity))
    body = escape(_clean("\n".join(lines)))
    return f"      <failure type={kind} message={message}>{body}</failure>\n"


def _clean(text: str) -> str:
    """Leave out characters that XML cannot hold."""
    return "".join(char for char in text if char in "\t\n\r" or "\x20" <= char not in "\ufffe\uffff")
