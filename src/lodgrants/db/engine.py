"""The embedded database: the only place that opens DuckDB connections.

SQL arrives as sqlglot expressions (or, inside `db`, as constant text) and leaves as DuckDB's dialect;
values never pass through string formatting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from lodgrants.errors import InternalError, Problem

if TYPE_CHECKING:
    import pyarrow as pa

DIALECT = "duckdb"
BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the machine a job may use; None leaves DuckDB's default (all cores, 80 % of memory)."""

    threads: int | None = None
    memory: str | None = None


class Engine:
    """One embedded database that runs sqlglot expressions and hands results out as Arrow."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, query: exp.Expr) -> None:
        """Run a statement whose result nobody needs."""
        self._execute(query)

    def rows(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Return a small result as tuples; never used for data that grows with the input."""
        return self._execute(query).fetchall()

    def batches(self, query: exp.Expr, rows: int = BATCH_ROWS) -> pa.RecordBatchReader:
        """Return a result as a stream of Arrow record batches."""
        with self._said(query) as sql:
            return self._connection.sql(sql).to_arrow_reader(rows)

    def write_text(self, query: exp.Expr, out: IO[bytes]) -> None:
        """Write the one text column of a query, rows joined as they are, without touching single rows."""
        for batch in self.batches(query):
            column = batch.column(0)
            _, offsets, data = column.buffers()
            if data is None or not len(column):
                continue
            view = memoryview(offsets).cast("q" if str(column.type).startswith("large") else "i")
            out.write(memoryview(data)[view[column.offset] : view[column.offset + len(column)]])

    def register(self, name: str, data: pa.Table | pa.RecordBatchReader) -> None:
        """Make Arrow data readable under a name; a reader can be read once."""
        self._connection.register(name, data)

    def _execute(self, query: exp.Expr) -> duckdb.DuckDBPyConnection:
        with self._said(query) as sql:
            return self._connection.execute(sql)

    @contextmanager
    def _said(self, query: exp.Expr) -> Iterator[str]:
        """Give the statement's text, and say it when the database refuses it."""
        sql = query.sql(DIALECT)
        try:
            yield sql
        except duckdb.Error as error:
            problem = Problem("LG-DB-001", f"the database could not run a statement: {error}", value=sql)
            raise InternalError(problem) from error


@contextmanager
def open_engine(limits: Limits | None = None, spill: Path | None = None) -> Iterator[Engine]:
    """Open a database in memory that spills to a temporary folder and is closed on leaving."""
    limits = limits or Limits()
    with TemporaryDirectory(prefix="lodgrants-", dir=spill) as folder:
        config: Mapping[str, Any] = {
            "temp_directory": folder,
            "preserve_insertion_order": "false",
            **({"threads": str(limits.threads)} if limits.threads else {}),
            **({"memory_limit": limits.memory} if limits.memory else {}),
        }
        connection = duckdb.connect(":memory:", config=dict(config))
        # The database's own bar would go to standard output, among the data.
        connection.execute("SET enable_progress_bar = false")
        try:
            yield Engine(connection)
        finally:
            connection.close()
