"""RDF files of any syntax and compression into a table ``s, p, o, g`` of N-Triples terms.

N-Triples and N-Quads are split by the database itself; a line that is not canonical, and every other
syntax, goes through pyoxigraph, which writes canonical N-Quads that the database then splits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING

from sqlglot import exp

from lodgrants.db.template import condition, sql
from lodgrants.errors import InputError, Problem, Where
from lodgrants.rdf.formats import STDIN, RdfFile, open_bytes, oxigraph_format
from lodgrants.rdf.graph import Graph, Triple
from lodgrants.rdf.lines import parquet_quads, split_lines

if TYPE_CHECKING:
    from lodgrants.db.engine import Engine

QUADS = "quad"


def read_graph(files: Iterable[RdfFile], blank: str = "_:b") -> Graph:
    """Return the triples of small files (all named graphs together); blank nodes are numbered.

    :raises InputError: on a syntax error, with file, line and column.
    """
    graph = Graph()
    names: dict[tuple[int, str], str] = {}

    def term(number: int, node: object) -> str:
        text = str(node)
        return names.setdefault((number, text), f"{blank}{len(names)}") if text.startswith("_:") else text

    import pyoxigraph as ox

    for number, file in enumerate(files):
        try:
            with open_bytes(file) as source:
                for quad in ox.parse(source, oxigraph_format(file.syntax), base_iri=base_iri(file)):
                    triple: Triple = tuple(  # type: ignore[assignment]
                        term(number, part) for part in (quad.subject, quad.predicate, quad.object)
                    )
                    graph.add(triple)
        except SyntaxError as error:
            raise _syntax_error(file, error) from error
    return graph


def load_quads(
    engine: Engine, files: Sequence[RdfFile], where: exp.Expr | None = None, table: str = QUADS
) -> None:
    """Create a table of all quads of the files; ``where`` keeps only some (over columns s, p, o, g).

    Blank nodes of the second and later files are renamed, so that no two files share one.

    :raises InputError: on a syntax error, with file, line and column.
    """
    engine.run(sql("CREATE TABLE _t (s VARCHAR, p VARCHAR, o VARCHAR, g VARCHAR)", _t=table))
    for number, file in enumerate(files):
        _load(engine, file, f"f{number}" if number else "", where or exp.true(), table)


def base_iri(file: RdfFile) -> str | None:
    """Return the IRI against which a file's relative IRIs are read."""
    return None if file.path == STDIN else file.path.resolve().as_uri()


def _load(engine: Engine, file: RdfFile, prefix: str, where: exp.Expr, table: str) -> None:
    if file.syntax == "parquet":
        return _insert(engine, parquet_quads(engine, file.path), prefix, where, table)
    if file.by_line and file.path != STDIN and file.compression in (None, "gzip"):
        return _load_lines(engine, file, prefix, where, table)
    with TemporaryDirectory(prefix="lodgrants-") as folder, open_bytes(file) as source:
        plain = _canonical(source, file, Path(folder))
        return _insert(engine, split_lines(plain), prefix, where, table)


def _load_lines(engine: Engine, file: RdfFile, prefix: str, where: exp.Expr, table: str) -> None:
    """Split the canonical lines in the database and send the others, usually few, through pyoxigraph."""
    _insert(engine, split_lines(file, strict=True), prefix, condition(":w OR s IS NULL", w=where), table)
    odd = engine.rows(sql("SELECT o FROM _t WHERE s IS NULL", _t=table))
    if not odd:
        return
    engine.run(sql("DELETE FROM _t WHERE s IS NULL", _t=table))
    with TemporaryDirectory(prefix="lodgrants-") as folder:
        plain = _canonical(BytesIO("\n".join(line for (line,) in odd).encode()), file, Path(folder))
        _insert(engine, split_lines(plain), prefix, where, table)


def _insert(engine: Engine, rows: exp.Expr, prefix: str, where: exp.Expr, table: str) -> None:
    if not prefix:
        engine.run(sql("INSERT INTO _t SELECT s, p, o, g FROM _rows WHERE :w", _t=table, _rows=rows, w=where))
        return
    renamed = sql(
        "SELECT IF(starts_with(s, '_:'), :x || s[3:], s) AS s, p, IF(starts_with(o, '_:'), :x || o[3:],"
        " o) AS o,"
        " IF(starts_with(g, '_:'), :x || g[3:], g) AS g FROM _rows",
        _rows=rows,
        x=f"_:{prefix}",
    )
    _insert(engine, renamed, "", where, table)


def _canonical(source: IO[bytes], file: RdfFile, folder: Path) -> RdfFile:
    """Write what pyoxigraph reads as canonical N-Quads; both loops run inside pyoxigraph."""
    import pyoxigraph as ox

    target = folder / "canonical.nq"
    try:
        quads = ox.parse(source, oxigraph_format(file.syntax), base_iri=base_iri(file))
        ox.serialize(quads, str(target), ox.RdfFormat.N_QUADS)
    except SyntaxError as error:
        raise _syntax_error(file, error) from error
    return RdfFile(target, "nq")


def _syntax_error(file: RdfFile, error: SyntaxError) -> InputError:
    where = Where(str(file.path), error.lineno, error.offset)
    message = str(error.msg).partition(": ")[2] or str(error.msg)
    return InputError(Problem("LG-RDF-003", f"{file.path} is not well-formed: {message}", where=where))
