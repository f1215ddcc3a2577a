"""The embedded database: the only place that opens DuckDB connections.

SQL arrives as sqlglot expressions or as filled templates (`fragment`) and leaves as DuckDB's dialect;
values never pass through string formatting elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any

# The package around it takes longer to import than a small job; only Arrow needs it (see `_with_arrow`).
import _duckdb

from lodgrants.db.fragment import Statement, sql
from lodgrants.errors import InternalError, Problem

if TYPE_CHECKING:
    import duckdb
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

    def __init__(self, connection: _duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.log: list[Statement] = []
        self._statements = 0

    def run(self, query: Statement) -> None:
        """Run a statement whose result nobody needs; `log` keeps it for those who explain it."""
        self.log.append(query)
        self._execute(query)

    def rows(self, query: Statement) -> list[tuple[Any, ...]]:
        """Return a small result as tuples; never used for data that grows with the input."""
        return self._execute(query).fetchall()

    def batches(self, query: Statement, rows: int = BATCH_ROWS) -> pa.RecordBatchReader:
        """Return a result as a stream of Arrow record batches."""
        with _said(query.sql(DIALECT)) as text:
            return _with_arrow(self._connection).sql(text).to_arrow_reader(rows)

    def table(self, query: Statement) -> pa.Table:
        """Return a result that fits into memory as an Arrow table."""
        return self.batches(query).read_all()

    def twin(self) -> Engine:
        """Return an engine on the same database that runs its statements beside this one's."""
        return Engine(self._connection.cursor())

    def write_text(self, query: Statement, sink: IO[bytes]) -> int:
        """Write the one text column of a query, rows joined as they are; return the number of rows."""
        from lodgrants.db.text import write_text

        return write_text(self.batches(query), sink)

    def copy_lines(self, query: Statement, path: Path) -> None:
        """Write the one text column of a query to a file, a line for each row; for text without line breaks.

        The database's own writer needs no Arrow, whose import takes longer than most such files.
        """
        copy = sql(
            "COPY :query TO :path (FORMAT csv, HEADER FALSE, QUOTE '', ESCAPE '', DELIMITER E'\\x01')",
            query=query,
            path=str(path),
        )
        self.run(copy)

    def progress(self) -> tuple[int, float | None]:
        """Return how many statements were run, and how much of the last is done where that is known.

        May be asked from another thread while a statement runs.
        """
        try:
            done = self._connection.query_progress()
        except _duckdb.Error:
            done = -1.0
        return self._statements, done / 100 if 0 <= done <= 100 else None

    def script(self, statements: Iterable[str]) -> None:
        """Run statements that are constants of the program, such as definitions of SQL macros."""
        for statement in statements:
            self._connection.execute(statement)

    def keep_order(self, keep: bool = True) -> None:
        """Give every table the order of what it is read from, for those who number rows."""
        self._execute(sql("SET preserve_insertion_order = :keep", keep=keep))

    def columns(self, query: Statement) -> list[tuple[str, str]]:
        """Return the names and types of a query's columns without running it."""
        described = self._execute(sql("DESCRIBE :query", query=query)).fetchall()
        return [(str(row[0]), str(row[1])) for row in described]

    def copy_to_parquet(self, query: Statement, path: Path, metadata: Mapping[str, str] | None = None) -> int:
        """Write a result to a Parquet file, in parallel, with key-value metadata; return its rows."""
        copy = sql(
            "COPY :query TO :path (FORMAT parquet, COMPRESSION zstd, KV_METADATA :metadata)",
            query=query,
            path=str(path),
            metadata=metadata or {},
        )
        return int(self.rows(copy)[0][0])

    def append(self, table: str, rows: pa.Table) -> None:
        """Add rows to a temporary table, which is made from the first ones."""
        self.register("appended_rows", rows)
        try:
            self.add(table, sql("SELECT * FROM appended_rows"))
        finally:
            self.unregister("appended_rows")

    def create(self, table: str, query: Statement) -> None:
        """Make a table of a query's rows."""
        self.run(sql("CREATE TABLE _t AS SELECT * FROM _q AS q", _t=table, _q=query))

    def add(self, table: str, query: Statement) -> int:
        """Add the rows of a query to a temporary table, which is made by the first; return their number."""
        made = self.rows(sql("SELECT 1 FROM duckdb_tables WHERE table_name = :name", name=table))
        statement = (
            sql("INSERT INTO _t SELECT * FROM _rows", _t=table, _rows=query)
            if made
            else sql("CREATE TEMPORARY TABLE _t AS SELECT * FROM _rows", _t=table, _rows=query)
        )
        return int(self.rows(statement)[0][0])

    def drop(self, table: str) -> None:
        """Forget a table and free what it holds."""
        self._execute(sql("DROP TABLE _t", _t=table))

    def register(self, name: str, data: pa.Table | pa.RecordBatchReader) -> None:
        """Make Arrow data readable under a name; a reader can be read once."""
        _with_arrow(self._connection).register(name, data)

    def unregister(self, name: str) -> None:
        """Let go of what was registered under a name."""
        self._connection.unregister(name)

    def _execute(self, query: Statement) -> _duckdb.DuckDBPyConnection:
        self._statements += 1
        with _said(query.sql(DIALECT)) as text:
            return self._connection.execute(text)


def _with_arrow(connection: _duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return a connection with all methods: the package adds those for Arrow to what the extension has."""
    import duckdb

    assert isinstance(connection, duckdb.DuckDBPyConnection)
    return connection


@contextmanager
def _said(sql: str) -> Iterator[str]:
    """Give a statement's text, and say it when the database refuses it."""
    try:
        yield sql
    except _duckdb.Error as error:
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
            # It sorts a sorted file in parts and joins these in any order; who compares a row with the row
            # before (`lag` over a sorted subquery) needs one order, and memory for more than one row.
            "disabled_optimizers": "partitioned_execution",
            **({"threads": str(limits.threads)} if limits.threads else {}),
            **({"memory_limit": limits.memory} if limits.memory else {}),
        }
        connection = _duckdb.connect(":memory:", config=dict(config))
        # The bar would be written to standard output, among the data; how far it is can be asked.
        connection.execute("SET enable_progress_bar = true")
        connection.execute("SET enable_progress_bar_print = false")
        connection.execute("SET progress_bar_time = 500")
        try:
            yield Engine(connection)
        finally:
            connection.close()
