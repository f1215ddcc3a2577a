"""Results as CSV (https://www.rfc-editor.org/rfc/rfc4180), terms as N-Triples text."""

from __future__ import annotations

from typing import IO

from sqlglot import exp

from lodgrants.db.template import condition
from lodgrants.validate.report.model import COLUMNS, Report


def write_csv(report: Report, out: IO[bytes]) -> None:
    """Write a header and a record for each result."""
    out.write((",".join(COLUMNS) + "\r\n").encode())
    cells = exp.func("CONCAT_WS", exp.convert(","), *(_cell(exp.column(name)) for name in COLUMNS))
    report.write_lines(condition("concat(:cells, E'\\r\\n')", cells=cells), out)


def _cell(column: exp.Expr) -> exp.Expr:
    # A spreadsheet would run a cell that begins like a formula; terms begin with <, _ or a quote.
    return condition(
        "CASE WHEN :c IS NULL THEN '' WHEN regexp_matches(CAST(:c AS VARCHAR), '^[=+@-]')"
        " THEN concat('\"', chr(39), replace(CAST(:c AS VARCHAR), '\"', '\"\"'), '\"')"
        " ELSE concat('\"', replace(CAST(:c AS VARCHAR), '\"', '\"\"'), '\"') END",
        c=column,
    )
