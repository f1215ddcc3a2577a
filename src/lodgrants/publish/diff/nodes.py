"""Which things came, went or moved to another IRI: the tables `lost` and `won`, `node` and `move`.

`lost` and `won` hold what no record states any more, or none stated before. What only followed a thing to its
new IRI is taken out of them again, so that a merge of two organisations is one change and not a hundred.
"""

from __future__ import annotations

import pyarrow as pa

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, column, sql
from lodgrants.publish.diff.kinds import (
    AMOUNT,
    IDENTIFIERS,
    KINDS,
    NAMES,
    REPLACED,
    REPLACES,
    SAME,
    TOMBSTONES,
    TYPE,
    UNTOLD,
)
from lodgrants.publish.materialise import load_hierarchy
from lodgrants.rdf.literals import lexical_form


def create_nodes(engine: Engine) -> None:
    """Fill the tables from those of the comparison."""
    _register(engine)
    _create_facts(engine)
    _create_nodes(engine)
    _name_amounts(engine)
    _create_moves(engine)
    _follow_moves(engine)


def _register(engine: Engine) -> None:
    rows = [(name, rank, kind.name) for rank, kind in enumerate(KINDS) for name in kind.classes]
    columns = [list(column) for column in zip(*rows, strict=True)]
    engine.register("class", pa.table(columns, names=["class", "rank", "kind"]))
    pairs = load_hierarchy().properties
    both = [pa.array([pair[side] for pair in pairs], pa.string()) for side in (0, 1)]
    engine.register("entailed", pa.table(both, names=["below", "above"]))


def _create_facts(engine: Engine) -> None:
    """A statement that another record still makes, or made before, is no change of what is known."""
    for table, from_, other in (("lost", "removed", "after"), ("won", "added", "before")):
        engine.run(
            sql(
                "CREATE TABLE _t AS SELECT DISTINCT s, p, o FROM _f AS f WHERE NOT EXISTS"
                " (SELECT 1 FROM _o AS o WHERE o.s = f.s AND o.p = f.p AND o.o = f.o)",
                _t=table, _f=from_, _o=other,
            )
        )  # fmt: skip


def _create_nodes(engine: Engine) -> None:
    """Every subject of a change: its kind, and whether the old and the new graph describe it."""
    engine.run(
        sql(
            """
            CREATE TABLE node AS
            WITH subject AS (SELECT DISTINCT s FROM (SELECT s FROM lost UNION ALL SELECT s FROM won)),
            said AS (
                SELECT s, p, o, FALSE AS now FROM before SEMI JOIN subject USING (s)
                UNION ALL SELECT s, p, o, TRUE FROM after SEMI JOIN subject USING (s)
            )
            SELECT s AS node,
                bool_or(NOT now AND p NOT IN (:replaced)) AND NOT bool_or(NOT now AND buried) AS in_old,
                bool_or(now AND p NOT IN (:replaced)) AND NOT bool_or(now AND buried) AS in_new,
                arg_min(kind, IF(p = :type, rank, NULL)) AS kind, coalesce(min(rank), 99) AS rank,
                min(o) FILTER (p = :type) AS type
            FROM (
                SELECT said.*, p = :type AND o IN (:tombstones) AS buried FROM said
            ) AS q
            LEFT JOIN class AS c ON q.p = :type AND c.class = q.o
            GROUP BY s
            """,
            type=TYPE, tombstones=TOMBSTONES, replaced=REPLACED,
        )
    )  # fmt: skip


def _name_amounts(engine: Engine) -> None:
    """What a grant has as its amount is one, whether or not it says so."""
    engine.run(
        sql(
            "UPDATE node SET kind = 'amount' WHERE kind IS NULL AND node IN ("
            "SELECT o FROM before WHERE p IN (:links) UNION SELECT o FROM after WHERE p IN (:links))",
            links=AMOUNT,
        )
    )


def _create_moves(engine: Engine) -> None:
    """Find where things went that are no longer described: as said, by name, or by what points at them.

    Where nothing says so, a thing counts as moved to another one of its kind when all that pointed at it now
    points there, and it has a name or number in common with it or at least two things point at it.
    """
    engine.run(
        sql(
            "CREATE TABLE gone AS SELECT node, kind FROM node WHERE in_old AND NOT in_new"
            " AND coalesce(kind, '') NOT IN (:parts)",
            parts=UNTOLD,
        )
    )
    engine.run(
        sql(
            "CREATE TABLE pointer AS SELECT DISTINCT s, p, o AS old FROM before AS b SEMI JOIN gone AS g"
            " ON g.node = b.o WHERE p <> :type AND s NOT IN (SELECT node FROM gone)",
            type=TYPE,
        )
    )
    said = sql(
        "SELECT s AS old, o AS new, 1 AS reason FROM after SEMI JOIN gone ON node = s WHERE p IN (:replaced)"
        " UNION SELECT o, s, 1 FROM after SEMI JOIN gone ON node = o WHERE p IN (:replaces)",
        replaced=[*REPLACED, *SAME], replaces=[*REPLACES, *SAME],
    )  # fmt: skip
    engine.run(
        sql(
            """
            CREATE TABLE move AS
            WITH candidate AS (SELECT * FROM _said AS a UNION ALL SELECT * FROM _pointed AS b),
            best AS (SELECT old, min(reason) AS reason FROM candidate GROUP BY old)
            SELECT old, min(new) AS new FROM candidate SEMI JOIN best USING (old, reason)
            WHERE old <> new AND new IN (SELECT s FROM after)
            GROUP BY old HAVING count(DISTINCT new) = 1
            """,
            _said=said, _pointed=_pointed(),
        )
    )  # fmt: skip


def _pointed() -> Sql:
    return sql(
        """
        SELECT t.old, t.new, IF(named, 2, 3) AS reason FROM (
            SELECT p.old, a.o AS new, count(*) AS moved, count(DISTINCT p.s) AS things,
                bool_and(w.s IS NOT NULL) AS fresh, bool_or(n.old IS NOT NULL) AS named
            FROM pointer AS p
            JOIN (SELECT DISTINCT s, p, o FROM after) AS a ON a.s = p.s AND a.p = p.p AND a.o <> p.old
            LEFT JOIN won AS w ON w.s = a.s AND w.p = a.p AND w.o = a.o
            LEFT JOIN _namesakes AS n ON n.old = p.old AND n.new = a.o
            GROUP BY p.old, a.o
        ) AS t
        JOIN (SELECT old, count(*) AS all_ FROM pointer GROUP BY old) AS c ON c.old = t.old AND all_ = moved
        JOIN gone AS g ON g.node = t.old
        WHERE (named OR (fresh AND things > 1)) AND EXISTS (
            SELECT 1 FROM after AS k JOIN class AS c ON c.class = k.o
            WHERE k.s = t.new AND k.p = :type AND c.kind = g.kind)
        """,
        type=TYPE, _namesakes=_namesakes(),
    )  # fmt: skip


def _namesakes() -> Sql:
    """Return the pairs of a thing that is gone and one that has a name or number of it."""
    return sql(
        "SELECT DISTINCT b.s AS old, a.s AS new FROM before AS b JOIN gone AS g ON g.node = b.s"
        " JOIN after AS a ON lower(:old) = lower(:new) AND a.s <> b.s"
        " WHERE b.p IN (:naming) AND a.p IN (:naming)",
        old=lexical_form(column("o", "b")), new=lexical_form(column("o", "a")),
        naming=[*NAMES, *IDENTIFIERS],
    )  # fmt: skip


def _follow_moves(engine: Engine) -> None:
    """Fill `fact` with what was lost and won beyond moves, without what other changes entail."""
    engine.run(
        sql(
            "CREATE TABLE followed AS SELECT coalesce(a.new, s) AS s, p, coalesce(b.new, o) AS o,"
            " a.new IS NOT NULL AS moved FROM lost LEFT JOIN move AS a ON a.old = s"
            " LEFT JOIN move AS b ON b.old = o"
        )
    )
    engine.run(
        sql(
            """
            CREATE TABLE fact AS
            WITH changed AS (
                SELECT s, p, o, FALSE AS won FROM followed AS f WHERE NOT moved
                    AND NOT EXISTS (SELECT 1 FROM after AS a WHERE a.s = f.s AND a.p = f.p AND a.o = f.o)
                UNION SELECT s, p, o, TRUE FROM won ANTI JOIN followed USING (s, p, o)
            )
            SELECT * FROM changed AS c WHERE NOT EXISTS (
                SELECT 1 FROM changed AS d JOIN entailed AS e ON e.below = d.p
                WHERE e.above = c.p AND d.s = c.s AND d.o = c.o AND d.won = c.won)
            """
        )
    )
