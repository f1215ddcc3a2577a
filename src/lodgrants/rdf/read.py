"""RDF files of any syntax and compression into a table ``s, p, o, g`` of N-Triples terms.

N-Triples and N-Quads are split by the database itself; a line that is not canonical, and every other
syntax, goes through pyoxigraph, which writes canonical N-Quads that the database then splits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, LiteralString

from lodgrants.db.fragment import Sql, all_of, any_of, sql, union
from lodgrants.errors import InputError, InternalError, Problem, Where
from lodgrants.rdf.formats import STDIN, UNREADABLE, RdfFile, open_bytes, oxigraph_format
from lodgrants.rdf.graph import Graph, Triple
from lodgrants.rdf.lines import (
    LONGEST,
    nameless,
    parquet_quads,
    quads_of,
    refused,
    rejected,
    split_quads,
    split_triples,
)
from lodgrants.rdf.long_lines import refuse_long_lines

if TYPE_CHECKING:
    from lodgrants.db.engine import Engine

QUADS = "quad"
_STREAM, _NAMES = "_stream", "_blank_name"


@dataclass(frozen=True, slots=True)
class Kept:
    """Which quads of files are kept: those with some ``predicates`` (None for all).

    With ``subjects``, a table (column ``node``), of Parquet only those of them about its nodes or about blank
    nodes, and any that have a predicate, and perhaps one of some objects, in ``whole``.
    """

    predicates: tuple[str, ...] | None = None
    subjects: str | None = None
    whole: Mapping[str, Collection[str] | None] = field(default_factory=dict)

    @property
    def of_predicate(self) -> Sql:
        """The condition on ``p``."""
        return sql("TRUE") if self.predicates is None else sql("p IN (:kept)", kept=self.predicates)

    @property
    def of_subject(self) -> Sql:
        """The condition on ``s``, or on ``p`` and ``o``."""
        if self.subjects is None:
            return sql("TRUE")
        whole = [
            sql("p = :p AND :object", p=p, object=sql("o IN (:objects)", objects=sorted(objects)))
            if objects is not None
            else sql("p = :p", p=p)
            for p, objects in self.whole.items()
        ]
        nodes = sql("SELECT node FROM _t", _t=self.subjects)
        return sql("starts_with(s, '_:') OR :whole OR s IN (:nodes)", whole=any_of(whole), nodes=nodes)


def read_graph(files: Iterable[RdfFile], blank: str = "_:b") -> Graph:
    """Return the triples of small files (all named graphs together); blank nodes are numbered.

    :raises InputError: on a syntax error, with file, line and column.
    """
    graph = Graph()
    names: dict[tuple[int, str], str] = {}
    prefixes: dict[str, set[str]] = {}

    def term(number: int, text: str) -> str:
        return names.setdefault((number, text), f"{blank}{len(names)}") if text.startswith("_:") else text

    for number, file in enumerate(files):
        for subject, predicate, object_ in _triples(file, prefixes):
            graph.add((term(number, subject), term(number, predicate), term(number, object_)))
    graph.prefixes = {name: iris.pop() for name, iris in prefixes.items() if len(iris) == 1}
    return graph


def _triples(file: RdfFile, prefixes: dict[str, set[str]]) -> Iterator[Triple]:
    """Yield the triples of a file; the prefixes it declares are added to those given."""
    if file.syntax in ("parquet", "arrow"):
        from lodgrants.db.engine import open_engine

        with open_engine() as engine:
            load_quads(engine, [file])
            yield from engine.rows(sql("SELECT s, p, o FROM _t", _t=QUADS))
        return
    import pyoxigraph as ox

    try:
        with open_bytes(file) as source:
            parser = ox.parse(source, oxigraph_format(file.syntax), base_iri=base_iri(file))
            for quad in parser:
                yield str(quad.subject), str(quad.predicate), str(quad.object)
            for name, iri in parser.prefixes.items():
                prefixes.setdefault(name, set()).add(iri)
    except SyntaxError as error:
        raise _syntax_error(file, error) from error
    except UNREADABLE as error:
        raise _unreadable(file, error) from error


def load_quads(
    engine: Engine, files: Sequence[RdfFile], kept: Kept | None = None, table: str = QUADS
) -> None:
    """Create a table of the quads of the files, or only of those that are to be kept.

    Blank nodes of the second and later files are renamed, so that no two files share one.

    :raises InputError: on a syntax error, with file, line and column.
    """
    into = _Table(engine, table, kept or Kept())
    for number, file in enumerate(files):
        _load(into, file, f"f{number}" if number else "")
    if not files:
        into.add(sql("SELECT NULL AS s, NULL AS p, NULL AS o, NULL AS g WHERE FALSE"), "")


def open_quads(engine: Engine, file: RdfFile, table: str) -> None:
    """Make the quads of one file readable under a name: of Parquet as a view of the file, else as a table.

    :raises InputError: as `load_quads`.
    """
    if file.syntax != "parquet":
        return load_quads(engine, [file], table=table)
    source = sql("SELECT * FROM read_parquet(:path)", path=str(file.path))
    quads = quads_of(engine, source, str(file.path))
    return engine.run(sql("CREATE VIEW _t AS SELECT * FROM _q AS q", _t=table, _q=quads))


def base_iri(file: RdfFile) -> str | None:
    """Return the IRI against which a file's relative IRIs are read."""
    return None if file.path == STDIN else file.path.resolve().as_uri()


@dataclass(slots=True)
class _Table:
    """The table that is being filled, and which quads it keeps."""

    engine: Engine
    name: str
    kept: Kept
    made: bool = False

    def add(self, rows: Sql, prefix: str) -> None:
        """Add rows, their blank nodes' names prefixed; the first make the table, which is the fastest way."""
        if prefix:
            rows = sql(
                "SELECT IF(starts_with(s, '_:'), :x || s[3:], s) AS s, p,"
                " IF(s IS NOT NULL AND starts_with(o, '_:'), :x || o[3:], o) AS o,"
                " IF(starts_with(g, '_:'), :x || g[3:], g) AS g FROM _rows",
                _rows=rows,
                x=f"_:{prefix}",
            )
        # Few predicates are kept as numbers: an eighth of the memory, and comparing them costs nothing.
        kind: LiteralString = "VARCHAR" if self.kept.predicates is None else "ENUM(:kept)"
        typed = sql(
            f"SELECT CAST(s AS VARCHAR) AS s, CAST(p AS {kind}) AS p, CAST(o AS VARCHAR) AS o,"
            " CAST(g AS VARCHAR) AS g FROM _rows",
            _rows=rows,
            kept=self.kept.predicates,
        )
        self.engine.run(
            sql("INSERT INTO _t SELECT * FROM _q AS q", _t=self.name, _q=typed)
            if self.made
            else sql("CREATE TABLE _t AS SELECT * FROM _q AS q", _t=self.name, _q=typed)
        )
        self.made = True


def _load(into: _Table, file: RdfFile, prefix: str) -> None:
    if file.stream is not None:
        return _load_stream(into, file, prefix)
    if file.syntax == "parquet":
        return _load_relation(into, parquet_quads(into.engine, file.path), prefix)
    if file.by_line and file.path != STDIN and file.compression in (None, "gzip"):
        return _load_lines(into, file, prefix)
    return _load_parsed(into, file, prefix)


def _load_parsed(into: _Table, file: RdfFile, prefix: str) -> None:
    with TemporaryDirectory(prefix="lodgrants-") as folder:
        plain = write_canonical(file, Path(folder))
        rows = split_quads(plain, into.kept.of_predicate)
        into.add(rows if file.by_line else _with_stable_names(into.engine, plain, rows), prefix)


def _has_returns(file: RdfFile) -> bool:
    with open_bytes(file) as source:
        return any(b"\r" in block for block in iter(lambda: source.read(1 << 20), b""))


def _load_relation(into: _Table, quads: Sql, prefix: str) -> None:
    keep = all_of([into.kept.of_predicate, into.kept.of_subject])
    into.add(sql("SELECT * FROM _q AS q WHERE :keep", _q=quads, keep=keep), prefix)


def _load_stream(into: _Table, file: RdfFile, prefix: str) -> None:
    import pyarrow as pa

    into.engine.register(_STREAM, pa.RecordBatchReader.from_stream(file.stream))
    try:
        source = sql("SELECT * FROM _s", _s=_STREAM)
        _load_relation(into, quads_of(into.engine, source, str(file.path)), prefix)
    finally:
        into.engine.unregister(_STREAM)


def _with_stable_names(engine: Engine, plain: RdfFile, rows: Sql) -> Sql:
    """Return rows in which nodes that had no name have one by their place, the same in every run.

    pyoxigraph names them at random.
    """
    engine.keep_order()
    engine.run(
        sql("CREATE OR REPLACE TABLE _n AS SELECT * FROM _names AS n", _n=_NAMES, _names=nameless(plain))
    )
    engine.keep_order(False)
    if not engine.rows(sql("SELECT 1 FROM _n LIMIT 1", _n=_NAMES)):
        return rows
    return sql(
        "SELECT coalesce(a.name, q.s) AS s, q.p, coalesce(b.name, q.o) AS o, coalesce(c.name, q.g) AS g"
        " FROM _q AS q LEFT JOIN _n AS a ON a.label = q.s LEFT JOIN _n AS b ON b.label = q.o"
        " LEFT JOIN _n AS c ON c.label = q.g",
        _q=rows,
        _n=_NAMES,
    )


def _load_lines(into: _Table, file: RdfFile, prefix: str) -> None:
    """Split the canonical lines in the database and send the others, usually few, through pyoxigraph."""
    try:
        refuse_long_lines(file, LONGEST, file.path)
    except UNREADABLE as error:
        raise _unreadable(file, error) from error
    kept, triples = into.kept, file.syntax == "nt"
    try:
        into.add(
            split_triples(file, kept.predicates)
            if triples
            else split_quads(file, kept.of_predicate, strict=True),
            prefix,
        )
    except InternalError:
        # The database reads no file whose line ends are of several kinds; it has kept nothing then.
        if _has_returns(file):
            return _load_parsed(into, file, prefix)
        raise
    lines = sql("SELECT o AS line FROM _t WHERE s IS NULL", _t=into.name)
    if triples:
        _add_blank(into, file, prefix)
        lines = union([lines, _rejected(into.engine, file)])
    if into.engine.rows(sql("SELECT 1 FROM _l AS l LIMIT 1", _l=lines)):
        _load_odd(into, file, prefix, lines)


def _load_odd(into: _Table, file: RdfFile, prefix: str, lines: Sql) -> None:
    with TemporaryDirectory(prefix="lodgrants-") as folder:
        odd = Path(folder, "odd")
        into.engine.copy_lines(lines, odd)
        into.engine.run(sql("DELETE FROM _t WHERE s IS NULL", _t=into.name))
        with odd.open("rb") as source:
            plain = _canonical(source, file, odd.parent, lambda number: line_of(file, _line(odd, number)))
        into.add(split_quads(plain, into.kept.of_predicate), prefix)


def _add_blank(into: _Table, file: RdfFile, prefix: str) -> None:
    """Add the triples about blank nodes, where the rows of NULL say that there are any."""
    blank = sql("SELECT 1 FROM _t WHERE s IS NULL AND o IS NULL LIMIT 1", _t=into.name)
    if into.engine.rows(blank):
        into.engine.run(sql("DELETE FROM _t WHERE s IS NULL AND o IS NULL", _t=into.name))
        into.add(split_triples(file, into.kept.predicates, blank=True), prefix)


def _rejected(engine: Engine, file: RdfFile) -> Sql:
    """Return the query for the lines that were refused for nothing but their many pieces.

    :raises InputError: when a line was refused for anything else, such as bytes that are not UTF-8.
    """
    for line, column, why in engine.rows(refused(file)):
        problem = f"{file.path} is not well-formed: {why}"
        raise InputError(Problem("LG-RDF-003", problem, Where(str(file.path), line, column)))
    return rejected(file)


def line_of(file: RdfFile, wanted: bytes) -> int | None:
    """Return the number of the first line of a file that is the given one; for messages about errors only."""
    with open_bytes(file) as source:
        return next((n for n, found in enumerate(source, start=1) if found.rstrip(b"\r\n") == wanted), None)


def _line(path: Path, number: int) -> bytes:
    """Return a line of a file, or its last one: what ends too early is found missing after it."""
    with path.open("rb") as source:
        return (deque(islice(source, number), maxlen=1) or [b""])[0].rstrip(b"\n")


def write_canonical(file: RdfFile, folder: Path) -> RdfFile:
    """Write the statements of a file as canonical N-Quads, in its order, into a folder; return the new file.

    :raises InputError: on a syntax error, with file, line and column.
    """
    try:
        with open_bytes(file) as source:
            return _canonical(source, file, folder)
    except UNREADABLE as error:
        raise _unreadable(file, error) from error


def _canonical(
    source: IO[bytes], file: RdfFile, folder: Path, place: Callable[[int], int | None] | None = None
) -> RdfFile:
    """Write what pyoxigraph reads as canonical N-Quads; both loops run inside pyoxigraph.

    ``place`` gives the line of the file from which a line of the source was taken.
    """
    import pyoxigraph as ox

    target = folder / "canonical.nq"
    try:
        quads = ox.parse(source, oxigraph_format(file.syntax), base_iri=base_iri(file))
        ox.serialize(quads, str(target), ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        if place and error.lineno:
            error.lineno = place(error.lineno)
        raise _syntax_error(file, error) from error
    except UNREADABLE as error:
        raise _unreadable(file, error) from error
    plain = RdfFile(target, "nq")
    refuse_long_lines(plain, LONGEST, file.path)
    return plain


def _unreadable(file: RdfFile, error: Exception) -> InputError:
    return InputError(Problem("LG-RDF-003", f"{file.path} cannot be read: {error}", Where(str(file.path))))


def _syntax_error(file: RdfFile, error: SyntaxError) -> InputError:
    where = Where(str(file.path), error.lineno, error.offset)
    message = str(error.msg).partition(": ")[2] or str(error.msg)
    return InputError(Problem("LG-RDF-003", f"{file.path} is not well-formed: {message}", where=where))
