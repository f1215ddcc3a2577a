"""Results as JSON lines: one object a line, terms as N-Triples text."""

from __future__ import annotations

from typing import IO

from sqlglot import exp

from lodgrants.db.template import condition
from lodgrants.validate.report.model import COLUMNS, Report


def write_json(report: Report, out: IO[bytes]) -> None:
    """Write one JSON object for each result."""
    columns = [exp.PropertyEQ(this=exp.to_identifier(name), expression=exp.column(name)) for name in COLUMNS]
    line = exp.func("TO_JSON", exp.Struct(expressions=columns))
    report.write_lines(condition("concat(CAST(:line AS VARCHAR), E'\\n')", line=line), out)
