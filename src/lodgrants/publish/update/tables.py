"""Tables from those of the release before: only the rows of things of which something else is said.

A row tells what is said of a thing, and in columns of inverse properties who points to it.
"""

from __future__ import annotations

from pathlib import Path

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import sql
from lodgrants.publish.cottas import read_cottas
from lodgrants.publish.tables import TABLES, Column, Rows, compile_lines, compile_tables
from lodgrants.publish.update.change import Change
from lodgrants.publish.update.rows import CSV, replace_rows
from lodgrants.rdf.literals import text

_IDS, _NEAR = "_lg_row_id", "_lg_row_quad"
_INVERSE = [f"<{column.property}>" for table in TABLES for column in table.columns if column.inverse]


def update_tables(engine: Engine, change: Change, old: Path, new: Path) -> list[str]:
    """Write the tables of a changed graph from those in an older folder; return the names of those written.

    None is where blank nodes have changed: they have no names by which rows could be found.
    """
    _find(engine, change)
    blank = engine.rows(sql("SELECT 1 FROM _i AS i WHERE starts_with(s, '_:') LIMIT 1", _i=_IDS))
    tables = [] if blank else compile_tables(sql("FROM _n AS n", _n=_NEAR))
    ids = Rows("ids", (Column("id", ""),), sql("SELECT :id AS id FROM _i AS i", id=text(sql("s")), _i=_IDS))
    keys = [line[: -len(CSV.between)] for line in _lines(engine, ids)] if tables else []
    for table in tables:
        rows = dict.fromkeys(keys, b"")
        for line in _lines(engine, table):
            rows[CSV.key(line, 0)] += line
        file = f"{table.name}.csv"
        replace_rows(old / file, new / file, CSV, table.header, rows)
    for name in (_IDS, _NEAR):
        engine.drop(name)
    return [table.name for table in tables]


def _find(engine: Engine, change: Change) -> None:
    """Make tables of the things whose rows may have changed, and of all quads that their rows tell of."""
    ids = sql(
        """
        SELECT s FROM _t AS t
        UNION SELECT o FROM _b AS b WHERE p IN (:inverse) AND NOT starts_with(o, '"')
        UNION SELECT o FROM _a AS a WHERE p IN (:inverse) AND NOT starts_with(o, '"')
        """,
        _t=change.touched, _b=change.before, _a=change.after, inverse=_INVERSE,
    )  # fmt: skip
    engine.create(_IDS, ids)
    near = sql(
        "SELECT q.s, p, o, g FROM _q AS q SEMI JOIN _i AS i ON q.s = i.s"
        " UNION SELECT r.s, p, o, g FROM (SELECT * FROM _q AS q WHERE p IN (:inverse)) AS r"
        " SEMI JOIN _i AS i ON r.o = i.s",
        _q=read_cottas(change.new), _i=_IDS, inverse=_INVERSE,
    )  # fmt: skip
    engine.create(_NEAR, near)


def _lines(engine: Engine, rows: Rows) -> list[bytes]:
    return [str(line).encode() for (line,) in engine.rows(compile_lines(rows))]
