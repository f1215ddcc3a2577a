"""Sources that are tables already: Parquet, Arrow data of the caller, databases, and SPARQL results."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import pyarrow as pa
from sqlglot import exp

from lodgrants.errors import InputError, MappingError, Problem, UnsupportedError
from lodgrants.map.compile.values import DECIMAL, JSON, Column, kind_of
from lodgrants.map.model import SQL_QUERY, DatabaseSource, FileSource, LogicalSource
from lodgrants.map.sources.files import locate, plain_file
from lodgrants.map.sources.relation import Relation, Room, table_function
from lodgrants.rdf.sql import value

_BATCH = 20_000
_NAME_PART = re.compile(r'"(?:[^"]|"")*"|[^.]+')


def load_parquet(source: LogicalSource, references: tuple[str, ...], room: Room) -> Relation:
    """Load columns of a Parquet file; its types give the literals their datatypes."""
    assert isinstance(source.source, FileSource)
    path = locate(source.source, room, source.where)
    return columns_of(table_function("read_parquet", value(str(path))), references, room)


def load_arrow(source: LogicalSource, references: tuple[str, ...], room: Room) -> Relation:
    """Load columns of the Arrow data that the caller bound the source to."""
    from lodgrants.map.sources.load import binding

    given = binding(source.source, room)
    name = room.name("arrow")
    room.engine.register(name, given)
    return columns_of(exp.to_table(name), references, room)


def load_database(source: LogicalSource, references: tuple[str, ...], room: Room) -> Relation:
    """Load a table or the result of a query of SQLite (file) or PostgreSQL (through ADBC).

    R2RML leaves open which database is read: the caller binds it by the name `database`.
    """
    database = _database(source, room)
    if isinstance(database, Path):
        return _from_sqlite(database, source, references, room)
    dsn = database.dsn.removeprefix("jdbc:")
    scheme = dsn.split(":", 1)[0]
    if scheme == "sqlite":
        path = Path(
            unquote(dsn.removeprefix("sqlite:").removeprefix("//").removeprefix("/" if ":///" in dsn else ""))
        )
        return _from_sqlite(locate(FileSource(str(path)), room, source.where), source, references, room)
    if scheme in ("postgresql", "postgres"):
        return _from_postgresql(dsn, database, source, references, room)
    raise _unsupported(f"a {scheme or 'nameless'} database", source)


def _database(source: LogicalSource, room: Room) -> DatabaseSource | Path:
    """Return the database that the caller binds or else the mapping names, or the file of one."""
    given = source.source
    if isinstance(given, FileSource):
        return locate(given, room, source.where)
    own = given.dsn if isinstance(given, DatabaseSource) else given.name
    name = next((each for each in (own, "database") if each in room.settings.sources), None)
    if name is None and isinstance(given, DatabaseSource):
        return given
    if name is None:
        hint = "name it with --source database=FILE or --source database=postgresql://…"
        raise InputError(Problem("LG-MAP-004", "the mapping names no database", source.where, hint=hint))
    bound = str(room.settings.sources[name])
    if re.match(r"(jdbc:)?(sqlite|postgres(ql)?):", bound) is None:
        return locate(FileSource(name), room, source.where)
    login = (given.username, given.password) if isinstance(given, DatabaseSource) else ()
    return DatabaseSource(bound, *login)


def load_sqlite(source: LogicalSource, references: tuple[str, ...], room: Room) -> Relation:
    """Load a table or query of an SQLite file."""
    assert isinstance(source.source, FileSource)
    return _from_sqlite(locate(source.source, room, source.where), source, references, room)


def load_sparql(source: LogicalSource, references: tuple[str, ...], room: Room) -> Relation:
    """Load the solutions of a SPARQL query over an RDF file (SPARQL 1.1 Query Results CSV).

    That format keeps no datatypes; a value that is written as an integer is read as one.
    """
    import pyoxigraph as ox

    assert isinstance(source.source, FileSource)
    path = plain_file(source.source, room, source.where)
    store = ox.Store()
    try:
        store.bulk_load(path=str(path))
        solutions: Any = store.query(source.iterator or "")
        names = [each.value for each in solutions.variables]
    except (SyntaxError, ValueError, OSError, AttributeError) as error:
        raise InputError(Problem("LG-MAP-004", f"the query cannot be run: {error}", source.where)) from error
    rows = ([_bare(row[name]) for name in names] for row in solutions)
    relation = from_rows(names, rows, references, room)
    return replace(relation, columns={each: replace(c, kind=JSON) for each, c in relation.columns.items()})


def _bare(term: Any) -> str | None:
    """Return a term's text as JSON: a number where it looks like one."""
    if term is None:
        return None
    text = str(term.value)
    return text if re.fullmatch("0|-?[1-9][0-9]*", text) else json.dumps(text, ensure_ascii=False)


def columns_of(rows: exp.Table, references: tuple[str, ...], room: Room) -> Relation:
    """Load the columns that are referred to; lists become several values."""
    types = dict(room.engine.columns(exp.select("*").from_(rows.copy())))
    columns: dict[str, Column] = {}
    selected: list[Any] = []
    for reference in references:
        name = _column_name(reference, types)
        if name is None:
            continue
        many = types[name].endswith("[]")
        column = Column(f"c{len(columns)}", kind_of(types[name].removesuffix("[]")), many)
        columns[reference] = column
        selected.append(exp.column(name, quoted=True).as_(column.name))
    table = room.name("table")
    room.create(table, exp.select(*(selected or [value(1).as_("c")])).from_(rows))
    return Relation(table, columns, tuple(types))


def _column_name(reference: str, names: dict[str, str]) -> str | None:
    """Return the column of a reference; in SQL a name may be quoted, and unquoted in another case."""
    plain = reference.strip('"`')
    if plain in names:
        return plain
    same = [name for name in names if name.lower() == plain.lower()]
    return same[0] if len(same) == 1 and not reference.startswith('"') else None


def _from_sqlite(path: Path, source: LogicalSource, references: tuple[str, ...], room: Room) -> Relation:
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    try:
        sql = _select(source, lambda: _only_table(connection, source))
        cursor = connection.execute(sql)
        names = [each[0] for each in cursor.description]
        _check_names(names, source)
        return from_rows(names, cursor, references, room)
    except sqlite3.Error as error:
        raise InputError(
            Problem("LG-MAP-004", f"the database says: {error}", source.where, str(path))
        ) from error
    finally:
        connection.close()


def _check_names(names: list[str], source: LogicalSource) -> None:
    """Raise MappingError when a query returns two columns of one name (R2RML, section 5.2)."""
    if twice := sorted({each for each in names if names.count(each) > 1}):
        message = "the query returns two columns of the same name"
        raise MappingError(Problem("LG-MAP-002", message, source.where, ", ".join(twice)))


def _select(source: LogicalSource, only_table: Callable[[], str]) -> str:
    if source.formulation == SQL_QUERY and source.iterator:
        return source.iterator
    # A table may have its schema's and catalogue's names before its own (R2RML, "rr:tableName").
    parts = _NAME_PART.findall(source.iterator or only_table())
    names = [exp.to_identifier(part.strip('"').replace('""', '"'), quoted=True) for part in parts]
    places = dict(zip(("this", "db", "catalog"), reversed(names), strict=False))
    return exp.select("*").from_(exp.Table(**places)).sql()


def _only_table(connection: sqlite3.Connection, source: LogicalSource) -> str:
    found = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    if len(found) != 1:
        names = ", ".join(found)
        problem = Problem("LG-MAP-002", "the source names no table", source.where, expected=f"one of {names}")
        raise InputError(problem)
    return str(found[0])


def _from_postgresql(
    dsn: str, database: DatabaseSource, source: LogicalSource, references: tuple[str, ...], room: Room
) -> Relation:
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError as error:
        hint = "install it with: pip install 'lodgrants[postgresql]'"
        problem = Problem("LG-MAP-007", "PostgreSQL sources need the ADBC driver", source.where, hint=hint)
        raise UnsupportedError(problem) from error
    sql = _select(source, lambda: "")
    name = room.name("postgresql")
    try:
        with dbapi.connect(_with_login(dsn, database)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            reader = cursor.fetch_record_batch()
            room.engine.register(name, reader)
            relation = columns_of(exp.to_table(name), references, room)
            return replace(relation, columns=_with_numerics(relation.columns, reader.schema))
    except dbapi.Error as error:
        raise InputError(Problem("LG-MAP-004", f"the database says: {error}", source.where)) from error


def _with_numerics(columns: Mapping[str, Column], schema: pa.Schema) -> dict[str, Column]:
    """Return the columns with those as decimals that the driver hands over as text, for want of a type."""
    numerics = {
        field.name for field in schema if (field.metadata or {}).get(b"ADBC:postgresql:typname") == b"numeric"
    }
    return {
        path: replace(column, kind=DECIMAL) if _column_name(path, dict.fromkeys(numerics, "")) else column
        for path, column in columns.items()
    }


def _with_login(dsn: str, database: DatabaseSource) -> str:
    parts = urlsplit(dsn)
    if database.username is None or "@" in parts.netloc:
        return dsn
    login = quote(database.username, safe="")
    if database.password is not None:
        login += ":" + quote(database.password, safe="")
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))


def from_rows(names: list[str], rows: Iterator[Any], references: tuple[str, ...], room: Room) -> Relation:
    """Load rows that come as Python values, in batches; a column's type is that of its first values."""
    table = room.name("rows")
    first = list(islice(rows, _BATCH))
    types = [_type([row[i] for row in first]) for i in range(len(names))]
    chunk = first
    while True:
        cells = list(zip(*chunk, strict=True)) or [()] * len(names)
        arrays = [_array(each, kind) for each, kind in zip(cells, types, strict=True)]
        room.engine.append(table, pa.Table.from_arrays(arrays, names=names))
        chunk = list(islice(rows, _BATCH))
        if not chunk:
            break
    return columns_of(exp.to_table(table), references, room)


def _type(values: list[Any]) -> pa.DataType:
    kinds = {type(each) for each in values if each is not None}
    if kinds == {int}:
        return pa.int64()
    if kinds and kinds <= {int, float}:
        return pa.float64()
    return pa.binary() if kinds == {bytes} else pa.string()


def _array(values: tuple[Any, ...], kind: pa.DataType) -> pa.Array:
    if kind == pa.string():
        return pa.array([each if each is None else str(each) for each in values], kind)
    return pa.array(values, kind)


def _unsupported(feature: str, source: LogicalSource) -> UnsupportedError:
    return UnsupportedError(Problem("LG-MAP-007", f"{feature} as source is not supported", source.where))
