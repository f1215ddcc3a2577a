"""COTTAS files: quads as Parquet with the columns ``s, p, o, g`` of N-Triples terms, sorted by them.

Row groups follow the order, so that a reader who asks for one subject opens few of them; the order stands in
the file's metadata under ``index``, as COTTAS tools want it. DuckDB, pandas and Arrow open it as any table.
"""

from __future__ import annotations

from pathlib import Path

from lodgrants.db.engine import Engine
from lodgrants.db.files import replacing
from lodgrants.db.fragment import Sql, Statement, sql
from lodgrants.rdf.write import compile_sorted

ORDER = "spog"


def write_cottas(engine: Engine, quads: Statement, path: Path) -> None:
    """Write quads to a COTTAS file, sorted, each once; the same quads give the same bytes."""
    with replacing(path) as part:
        engine.copy_to_parquet(compile_sorted(quads), part, {"index": ORDER})


def read_cottas(path: Path) -> Sql:
    """Return the query for the quads of a file."""
    return sql("SELECT s, p, o, g FROM read_parquet(:path)", path=str(path))
