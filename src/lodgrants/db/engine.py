"""The embedded database: the only place that opens DuckDB connections.

SQL arrives as sqlglot expressions (or, inside `db`, as constant text) and leaves as DuckDB's dialect;
values never pass through string formatting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from lodgrants.db.text import write_text
from lodgrants.errors import InternalError, Problem

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
        self.log: list[exp.Expr] = []
        self._statements = 0

    def run(self, query: exp.Expr) -> None:
        """Run a statement whose result nobody needs; `log` keeps it for those who explain it."""
        self.log.append(query)
        self._execute(query)

    def rows(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Return a small result as tuples; never used for data that grows with the input."""
        return self._execute(query).fetchall()

    def batches(self, query: exp.Expr, rows: int = BATCH_ROWS) -> pa.RecordBatchReader:
        """Return a result as a stream of Arrow record batches."""
        with _said(query.sql(DIALECT)) as sql:
            return self._connection.sql(sql).to_arrow_reader(rows)

    def write_text(self, query: exp.Expr, sink: IO[bytes]) -> int:
        """Write the one text column of a query, rows joined as they are; return the number of rows."""
        return write_text(self.batches(query), sink)

    def progress(self) -> tuple[int, float | None]:
        """Return how many statements were run, and how much of the last is done where that is known.

        May be asked from another thread while a statement runs.
        """
        try:
            done = self._connection.query_progress()
        except duckdb.Error:
            done = -1.0
        return self._statements, done / 100 if 0 <= done <= 100 else None

    def script(self, statements: Iterable[str]) -> None:
        """Run statements that are constants of the program, such as definitions of SQL macros."""
        for sql in statements:
            self._connection.execute(sql)

    def keep_order(self) -> None:
        """Give every table the order of what it is read from, for those who number rows."""
        self._connection.execute("SET preserve_insertion_order = true")

    def columns(self, query: exp.Query) -> list[tuple[str, str]]:
        """Return the names and types of a query's columns without running it."""
        described = self._execute(exp.Describe(this=query)).fetchall()
        return [(str(row[0]), str(row[1])) for row in described]

    def copy_to_parquet(self, query: exp.Query, path: Path) -> int:
        """Write a result to a Parquet file, in parallel and without going through Python; return its rows."""
        target = exp.Literal.string(str(path)).sql(DIALECT)
        sql = f"COPY ({query.sql(DIALECT)}) TO {target} (FORMAT parquet, COMPRESSION zstd)"
        counted = self._run_text(sql).fetchone()
        return int(counted[0]) if counted else 0

    def append(self, table: str, rows: pa.Table) -> None:
        """Add rows to a temporary table, which is made from the first ones."""
        self._connection.register("appended_rows", rows)
        try:
            self.add(table, exp.select("*").from_("appended_rows"))
        finally:
            self._connection.unregister("appended_rows")

    def add(self, table: str, query: exp.Query) -> int:
        """Add the rows of a query to a temporary table, which is made by the first; return their number."""
        known = self._connection.execute("SELECT 1 FROM duckdb_tables WHERE table_name = ?", [table])
        if known.fetchone():
            statement: exp.Expr = exp.insert(query, table)
        else:
            temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
            statement = exp.Create(
                this=exp.to_table(table), kind="TABLE", properties=temporary, expression=query
            )
        counted = self._execute(statement).fetchone()
        return int(counted[0]) if counted else 0

    def drop(self, table: str) -> None:
        """Forget a table and free what it holds."""
        self._run_text(f"DROP TABLE {exp.to_identifier(table, quoted=True).sql(DIALECT)}")

    def register(self, name: str, data: pa.Table | pa.RecordBatchReader) -> None:
        """Make Arrow data readable under a name; a reader can be read once."""
        self._connection.register(name, data)

    def _execute(self, query: exp.Expr) -> duckdb.DuckDBPyConnection:
        return self._run_text(query.sql(DIALECT))

    def _run_text(self, sql: str) -> duckdb.DuckDBPyConnection:
        self._statements += 1
        with _said(sql):
            return self._connection.execute(sql)


@contextmanager
def _said(sql: str) -> Iterator[str]:
    """Give a statement's text, and say it when the database refuses it."""
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
        # The bar would be written to standard output, among the data; how far it is can be asked.
        connection.execute("SET enable_progress_bar = true")
        connection.execute("SET enable_progress_bar_print = false")
        connection.execute("SET progress_bar_time = 500")
        try:
            yield Engine(connection)
        finally:
            connection.close()
