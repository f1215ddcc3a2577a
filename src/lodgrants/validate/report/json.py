"""Results as JSON lines: one object a line, terms as N-Triples text."""

from __future__ import annotations

from typing import IO

from lodgrants.db.fragment import column, sql
from lodgrants.validate.report.model import COLUMNS, Report


def write_json(report: Report, out: IO[bytes]) -> None:
    """Write one JSON object for each result."""
    row = {name: column(name) for name in COLUMNS}
    report.write_lines(sql("concat(CAST(to_json(:row) AS VARCHAR), E'\\n')", row=row), out)
