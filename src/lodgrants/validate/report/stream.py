"""Write a column of text to a file batch by batch, without touching single rows."""

from __future__ import annotations

from typing import IO

from sqlglot import exp

from lodgrants.validate.report.model import Report


def stream_text(report: Report, query: exp.Expr, out: IO[bytes]) -> None:
    """Write the one text column of a query, rows joined as they are; memory stays bounded by a batch."""
    for batch in report.engine.batches(query):
        column = batch.column(0)
        offsets, data = column.buffers()[1:3]
        if data is None or not len(column):
            continue
        width = 8 if str(column.type).startswith("large") else 4
        view = memoryview(offsets).cast("q" if width == 8 else "i")
        out.write(memoryview(data)[view[column.offset] : view[column.offset + len(column)]])
