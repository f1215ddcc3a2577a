"""JSON-LD from that of the release before: lines are made anew of entities that say or hold something else.

What an embedded node's place is follows from who points to it, and to those: places are found for all nodes
as they were and as they are, which takes little beside writing what is said of them.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, sql
from lodgrants.publish.context import Context, load_context
from lodgrants.publish.cottas import read_cottas
from lodgrants.publish.jsonld import PATHS, compile_links, compile_name, header, make_paths, write_entities
from lodgrants.publish.update.change import Change
from lodgrants.publish.update.rows import JSONLD, replace_rows

_LINKS, _KNOWN, _THEN, _ROOTS = "_lg_link", "_lg_known", "_lg_path_then", "_lg_root"


def update_jsonld(engine: Engine, change: Change, old: Path, new: Path) -> None:
    """Write the document of a changed graph from that of the release before."""
    context = load_context()
    engine.create(_LINKS, compile_links(read_cottas(change.new)))
    engine.create(_KNOWN, _compile_known(change))
    make_paths(engine, PATHS, sql("FROM _l AS l", _l=_LINKS), sql("FROM _k AS k", _k=_KNOWN))
    moved = bool(engine.rows(_compile_moves(change)))
    if moved:
        make_paths(engine, _THEN, *_compile_then(change))
    engine.create(_ROOTS, _compile_roots(change, moved))
    rows = dict.fromkeys(_keys(engine, context), b"") | _entities(engine, change, context)
    for table in (_LINKS, _KNOWN, PATHS, *([_THEN] if moved else []), _ROOTS):
        engine.drop(table)
    replace_rows(old, new, JSONLD, header(context), rows)


def _compile_known(change: Change) -> Sql:
    """Return the query for what is told of now and embedding predicates lead to, or led to."""
    return sql(
        "SELECT child AS s FROM (SELECT child FROM _l AS l UNION SELECT child FROM _w AS w) AS c"
        " SEMI JOIN _q AS q ON c.child = q.s",
        _l=_LINKS, _w=_links_of(change.before), _q=read_cottas(change.new),
    )  # fmt: skip


def _links_of(table: str) -> Sql:
    return compile_links(sql("FROM _t AS t", _t=table))


def _compile_moves(change: Change) -> Sql:
    """Return a query that has rows where a place may be another: by what leads where, or what is told of."""
    return sql(
        """
        WITH was AS (SELECT * FROM _was AS a UNION ALL SELECT s, NULL, NULL FROM _before AS b),
        now AS (SELECT * FROM _now AS a UNION ALL SELECT s, NULL, NULL FROM _after AS b)
        (SELECT 1 FROM (SELECT * FROM was EXCEPT SELECT * FROM now) AS gone)
        UNION ALL (SELECT 1 FROM (SELECT * FROM now EXCEPT SELECT * FROM was) AS come) LIMIT 1
        """,
        _was=_links_of(change.before), _now=_links_of(change.after),
        _before=change.before, _after=change.after,
    )  # fmt: skip


def _compile_then(change: Change) -> tuple[Sql, Sql]:
    """Return the queries for the links that there were, and for what was told of."""
    links = sql("SELECT * FROM _l AS l ANTI JOIN _t AS t ON l.parent = t.s UNION ALL SELECT * FROM _w AS w",
                _l=_LINKS, _t=change.touched, _w=_links_of(change.before))  # fmt: skip
    known = sql("SELECT k.s FROM _k AS k ANTI JOIN _t AS t ON k.s = t.s UNION SELECT s FROM _b AS b",
                _k=_KNOWN, _t=change.touched, _b=change.before)  # fmt: skip
    return links, known


def _compile_roots(change: Change, moved: bool) -> Sql:
    """Return the entities on whose lines something is, or was, that is touched or has another place."""
    touched = sql("SELECT s FROM _t AS t", _t=change.touched)
    if not moved:
        return sql("SELECT coalesce(n.root, s) AS s FROM _t AS t LEFT JOIN _now AS n ON s = n.child",
                   _t=touched, _now=PATHS)  # fmt: skip
    return sql(
        """
        WITH moved AS (
            SELECT s FROM _touched AS t
            UNION SELECT child FROM (SELECT * FROM _now AS a EXCEPT SELECT * FROM _then AS b) AS come
            UNION SELECT child FROM (SELECT * FROM _then AS b EXCEPT SELECT * FROM _now AS a) AS gone
        )
        SELECT coalesce(n.root, s) AS s FROM moved LEFT JOIN _now AS n ON s = n.child
        UNION SELECT coalesce(w.root, s) FROM moved LEFT JOIN _then AS w ON s = w.child
        """,
        _touched=touched, _now=PATHS, _then=_THEN,
    )  # fmt: skip


def _keys(engine: Engine, context: Context) -> list[bytes]:
    names = sql("SELECT :name FROM _r AS r", name=compile_name(sql("s"), context), _r=_ROOTS)
    return [str(name).encode() for (name,) in engine.rows(names)]


def _entities(engine: Engine, change: Change, context: Context) -> dict[bytes, bytes]:
    """Return the new lines by the names of their entities."""
    on_them = sql(
        "SELECT s FROM _r AS r UNION SELECT child FROM _p AS p SEMI JOIN _r AS r ON p.root = r.s",
        _r=_ROOTS, _p=PATHS,
    )  # fmt: skip
    quads = "_lg_on_line"
    engine.create(quads, sql("SELECT q.s, p, o, g FROM _q AS q SEMI JOIN _on AS on_ ON q.s = on_.s",
                             _q=read_cottas(change.new), _on=on_them))  # fmt: skip
    sink = BytesIO()
    write_entities(engine, sql("SELECT * FROM _q AS q", _q=quads), sink, context)
    engine.drop(quads)
    text = sink.getvalue().removeprefix(JSONLD.first)
    lines = text.split(JSONLD.between) if text else []
    start = len(JSONLD.before_key)
    return {line[start : line.index(JSONLD.key_end, start)]: line for line in lines}
