"""Results as CSV (https://www.rfc-editor.org/rfc/rfc4180), terms as N-Triples text."""

from __future__ import annotations

from typing import IO

from lodgrants.db.fragment import Sql, call, column, sql
from lodgrants.validate.report.model import COLUMNS, Report


def write_csv(report: Report, out: IO[bytes]) -> None:
    """Write a header and a record for each result."""
    out.write((",".join(COLUMNS) + "\r\n").encode())
    cells = call("concat_ws", ",", *(_cell(column(name)) for name in COLUMNS))
    report.write_lines(sql("concat(:cells, E'\\r\\n')", cells=cells), out)


def _cell(value: Sql) -> Sql:
    # A spreadsheet would run a cell that begins like a formula; terms begin with <, _ or a quote.
    return sql(
        "CASE WHEN :c IS NULL THEN '' WHEN regexp_matches(CAST(:c AS VARCHAR), '^[=+@-]')"
        " THEN concat('\"', chr(39), replace(CAST(:c AS VARCHAR), '\"', '\"\"'), '\"')"
        " ELSE concat('\"', replace(CAST(:c AS VARCHAR), '\"', '\"\"'), '\"') END",
        c=value,
    )
