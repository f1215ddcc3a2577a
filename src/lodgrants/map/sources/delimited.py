"""CSV and TSV with every dialect option of CSVW, read by DuckDB in parallel."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from lodgrants.errors import InputError, InternalError, Problem, UnsupportedError
from lodgrants.map.compile.values import Column
from lodgrants.map.limits import memory_error
from lodgrants.map.model import Dialect, FileSource, LogicalSource
from lodgrants.map.sources.files import plain_file
from lodgrants.map.sources.relation import Relation, Room, struct, table_function
from lodgrants.rdf.sql import Expr, call, value, when

# A text that no file contains: without it, DuckDB would take an empty field for no value.
_NO_NULL = "\x01\x02no value\x02\x01"
_BATCH = 20_000
# The longest record that is read; DuckDB keeps several buffers of twice that.
_LINE = 8 << 20
# The longest field that Python reads, where DuckDB cannot.
_FIELD = 1 << 30


def load_csv(source: LogicalSource, references: tuple[str, ...], room: Room) -> Relation:
    """Load the columns that a mapping refers to into a table.

    Implements RML-IO "CSV" and the dialect description of CSVW (Tabular Data Model, section 5.9).
    Raises InputError when the file is not what the dialect says.
    """
    file = source.source
    assert isinstance(file, FileSource)
    path = plain_file(file, room, source.where)
    dialect = file.dialect
    if len(dialect.delimiter) != 1 or len(dialect.quote or '"') != 1:
        what = f"the delimiter {dialect.delimiter!r} or quote character {dialect.quote!r}"
        raise UnsupportedError(Problem("LG-MAP-007", f"{what} is not supported", source.where))
    try:
        names, lines = read_header(path, dialect)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            Problem("LG-MAP-004", f"the source is not CSV: {error}", source.where, file.path)
        ) from error
    if not names and references:
        raise InputError(
            Problem("LG-MAP-004", "the source is empty: it has no header", source.where, file.path)
        )
    table = room.name("csv")
    columns = {each: Column(f"c{at}") for each, at in _places(names, references, source).items()}
    selected = [
        _cell(exp.column(column.name), file, dialect).as_(column.name) for column in columns.values()
    ] or [value(1).as_("c")]
    if not names:
        room.create(table, exp.select(value(1).as_("c")).where("FALSE"))
    elif _needs_python(dialect):
        _read_in_python(table, selected, source, _Records(path, dialect, names), room)
    else:
        try:
            if _has_long_end(path):
                raise InternalError(Problem("LG-DB-001", "a record is longer than the reader's buffer"))
            room.create(table, exp.select(*selected).from_(_read_csv(path, dialect, names, lines)))
        except InternalError as error:
            if memory_error(error) is not None:
                raise
            # Mixed line ends and very long records; and what is wrong with a file is said better here.
            _read_in_python(table, selected, source, _Records(path, dialect, names, complete=True), room)
    return Relation(table, columns, tuple(name for name in names if not name.startswith("\0")))


def _places(names: list[str], references: tuple[str, ...], source: LogicalSource) -> dict[str, int]:
    """Return the places of the columns that are referred to; raise InputError for a name that several have.

    Columns of a file without a header are called by their number, or `_col.1` as in CSVW.
    """
    assert isinstance(source.source, FileSource)
    prefix = "" if source.source.dialect.header else "_col."
    called = {each: each.removeprefix(prefix) for each in dict.fromkeys(references)}
    if twice := [name for name in called.values() if names.count(name) > 1]:
        message = "several columns of the source have the same name"
        hint = (
            "name them apart in the file, or read it without its header (csvw:header false, csvw:skipRows 1) "
            "and refer to _col.1, _col.2, …"
        )
        raise InputError(*(Problem("LG-MAP-004", message, source.where, each, hint=hint) for each in twice))
    return {each: names.index(name) for each, name in called.items() if name in names}


def _read_in_python(
    table: str, selected: list[Expr], source: LogicalSource, records: _Records, room: Room
) -> None:
    """Load a file row by row: slower, for dialects and files that DuckDB cannot read."""
    rows = f"{table}_rows"
    room.engine.register(rows, records.reader())
    try:
        room.create(table, exp.select(*selected).from_(rows))
    except InternalError as error:
        message = f"the source is not CSV: {records.fault or error}"
        problem = Problem("LG-MAP-004", message, source.where, getattr(source.source, "path", None))
        raise InputError(problem) from error


def _has_long_end(path: Path) -> bool:
    """Tell whether the last line of a file is longer than DuckDB's buffer: it would be lost silently."""
    size = path.stat().st_size
    if size <= _LINE:
        return False
    with path.open("rb") as file:
        file.seek(size - _LINE)
        return b"\n" not in file.read(_LINE - 1)


def read_header(path: Path, dialect: Dialect) -> tuple[list[str], int]:
    """Return the names of the columns, and how many lines come before the records.

    Columns without a name are called by their number, from 1.
    """
    with path.open(encoding="utf8", newline="") as file:
        skipped = [next(file, "") for _ in range(dialect.skip_rows)]
        reader = csv.reader(_uncommented(file, dialect), dialect=_dialect(dialect))
        header: list[list[str]] = []
        for _ in range(dialect.header_rows if dialect.header else 1):
            header.append(next(reader, []))
    if not dialect.header:
        return _kept([str(number) for number in range(1, len(header[0]) + 1)], dialect), dialect.skip_rows
    width = max((len(row) for row in header), default=0)
    names = [
        " ".join(part for row in header if (part := _trimmed(row[i] if i < len(row) else "", dialect)))
        for i in range(width)
    ]
    # DuckDB counts records among what it skips, and does not count comments when it is told of them.
    counted = [each for each in skipped if not (dialect.comment and each.startswith(dialect.comment))]
    return _kept(names, dialect), len(counted) + dialect.header_rows


def _kept(names: list[str], dialect: Dialect) -> list[str]:
    """Return the names with those of skipped columns made unreachable."""
    return [f"\0{i}" if i < dialect.skip_columns else name for i, name in enumerate(names)]


def _trimmed(text: str, dialect: Dialect) -> str:
    return text if dialect.trim in ("false", "") else text.strip()


def _uncommented(lines: Iterable[str], dialect: Dialect) -> Iterator[str]:
    for line in lines:
        if not (dialect.comment and line.startswith(dialect.comment)):
            yield line


def _dialect(given: Dialect) -> type[csv.Dialect]:
    class Described(csv.Dialect):
        delimiter = given.delimiter
        quotechar = given.quote or '"'
        quoting = csv.QUOTE_MINIMAL if given.quote else csv.QUOTE_NONE
        doublequote = given.double_quote
        escapechar = None if given.double_quote else "\\"
        skipinitialspace = given.skip_initial_space
        lineterminator = "\n"
        strict = True

    csv.field_size_limit(_FIELD)
    return Described


def _needs_python(dialect: Dialect) -> bool:
    """Tell whether a dialect has something that DuckDB's reader does not know."""
    odd_ends = [each for each in dialect.line_terminators if each not in ("\n", "\r\n", "\r")]
    return bool(dialect.skip_initial_space or odd_ends or (dialect.comment and len(dialect.comment) > 1))


def _read_csv(path: Path, dialect: Dialect, names: list[str], lines: int) -> exp.Table:
    return table_function(
        "read_csv",
        value(str(path)),
        auto_detect=False,
        header=False,
        delim=dialect.delimiter,
        quote=dialect.quote or "",
        escape=(dialect.quote or "") if dialect.double_quote else "\\",
        skip=lines,
        nullstr=_NO_NULL,
        columns=struct({f"c{i}": "VARCHAR" for i in range(len(names))}),
        strict_mode=True,
        max_line_size=_LINE,
        buffer_size=2 * _LINE,
        **({"comment": dialect.comment} if dialect.comment else {}),
    )


def _cell(given: Expr, file: FileSource, dialect: Dialect) -> Expr:
    trims = {"true": "trim", "start": "ltrim", "end": "rtrim"}
    if dialect.trim in trims:
        given = call(trims[dialect.trim], given)
    for text in file.nulls or ():
        given = when(exp.NEQ(this=given.copy(), expression=value(text)), given)
    return given


@dataclass(slots=True)
class _Records:
    """The records of a file, read row by row; `complete` demands as many cells as there are names."""

    path: Path
    dialect: Dialect
    names: list[str]
    complete: bool = False
    fault: Exception | None = None

    def reader(self) -> pa.RecordBatchReader:
        """Return the records as a stream of Arrow batches; what stops it is kept as `fault`."""
        schema = pa.schema([(f"c{i}", pa.string()) for i in range(len(self.names))])

        def batches() -> Iterator[pa.RecordBatch]:
            with self.path.open(encoding="utf8", newline="") as file:
                records = self._rows(file)
                while rows := [self._fitted(row) for row in islice(records, _BATCH)]:
                    cells = zip(*rows, strict=True)
                    yield pa.record_batch([pa.array(each, pa.string()) for each in cells], schema)

        def kept() -> Iterator[pa.RecordBatch]:
            try:
                yield from batches()
            except (ValueError, csv.Error) as error:
                self.fault = error
                raise

        return pa.RecordBatchReader.from_batches(schema, kept())

    def _rows(self, file: Iterator[str]) -> Iterator[list[str]]:
        dialect = self.dialect
        for _ in range(dialect.skip_rows):
            next(file, None)
        records = csv.reader(_uncommented(_ended(file, dialect), dialect), dialect=_dialect(dialect))
        for _ in range(dialect.header_rows if dialect.header else 0):
            next(records, None)
        return (row for row in records if row)

    def _fitted(self, row: list[str]) -> list[str | None]:
        width = len(self.names)
        if self.complete and len(row) != width:
            start = ",".join(row)[:60]
            raise ValueError(f"a record has {len(row)} cells where the header has {width}: {start}")
        return [*row[:width], *[None] * (width - len(row))]


def _ended(file: Iterator[str], dialect: Dialect) -> Iterator[str]:
    """Yield lines that end where the dialect says."""
    odd = [each for each in dialect.line_terminators if each not in ("\n", "\r\n", "\r")]
    if not odd:
        yield from file
        return
    for text in chain.from_iterable(line.split(odd[0]) for line in file):
        if text.strip("\r\n"):
            yield text
