"""Running a query and writing its answer in the standard formats (SPARQL 1.1: JSON, XML, CSV and TSV)."""

from __future__ import annotations

from typing import IO

import pyarrow as pa
import pyoxigraph as ox

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import sql
from lodgrants.errors import Problem, QueryError
from lodgrants.query.text import Source, check_query, syntax_problem
from lodgrants.rdf.namespaces import PREFIXES
from lodgrants.rdf.write import run_text

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
TABLES = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
GRAPHS = ("ttl", "nt")


def run_query(store: ox.Store, source: Source) -> Answer:
    """Answer a query over the store, whose default graph is the merge of all its graphs (see `open_store`).

    The prefixes of ``ontology/prefixes.ttl`` are declared unless the query declares them otherwise.

    :raises UnsupportedError: for SERVICE and updates. QueryError: when the query is wrong or fails.
    """
    check_query(source)
    try:
        return store.query(source.text, prefixes=dict(PREFIXES))
    except SyntaxError as error:
        raise syntax_problem(source, error, PREFIXES) from error
    except OSError as error:
        raise QueryError(Problem("LG-QRY-006", f"the query could not be answered: {error}")) from error


def check(source: Source) -> None:
    """Refuse what `run_query` would refuse, before any data are read.

    :raises UnsupportedError, QueryError: as `run_query`.
    """
    run_query(ox.Store(), source)


def write_answer(answer: Answer, form: str, sink: IO[bytes]) -> None:
    """Write an answer in one of the formats of ``TABLES`` or, for a graph, of ``GRAPHS``.

    :raises QueryError: when the format does not fit the kind of query.
    """
    is_graph = isinstance(answer, ox.QueryTriples)
    fitting = GRAPHS if is_graph else tuple(TABLES)
    if form not in fitting:
        kind = (
            "CONSTRUCT or DESCRIBE query gives a graph" if is_graph else "SELECT or ASK query gives a table"
        )
        expected = ", ".join(fitting if is_graph else ("table", *fitting))
        message = f"a {kind}, which {form} cannot hold"
        raise QueryError(Problem("LG-QRY-004", message, value=form, expected=expected))
    try:
        if isinstance(answer, ox.QueryTriples):
            _write_graph(answer, form, sink)
        else:
            answer.serialize(sink, TABLES[form])
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise QueryError(Problem("LG-QRY-006", f"the query could not be answered: {error}")) from error


def _write_graph(answer: ox.QueryTriples, form: str, sink: IO[bytes]) -> None:
    rows = [(str(triple.subject), str(triple.predicate), str(triple.object)) for triple in answer]
    columns = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate("spo")}
    with open_engine() as engine:
        engine.register("answer", pa.table({**columns, "g": pa.nulls(len(rows), pa.string())}))
        run_text(engine, sql("SELECT s, p, o, g FROM answer"), form, PREFIXES, sink)
