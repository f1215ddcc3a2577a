"""Statement by statement: what one graph has and the other has not, as tables `removed` and `added`.

The tables `before` and `after` hold the two sides; everything is one join of the two, so memory is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import sql
from lodgrants.publish.diff.sides import Side, create_side

BEFORE, AFTER, REMOVED, ADDED = "before", "after", "removed", "added"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides and how many distinct statements they have, lost and won.

    Without ``graphs`` the statements were compared without their named graphs, because one side has none.
    """

    engine: Engine
    old: Side
    new: Side
    statements: tuple[int, int]
    removed: int
    added: int
    graphs: bool

    @property
    def equal(self) -> bool:
        """Whether both sides are the same graph."""
        return not (self.removed or self.added)


def compare(engine: Engine, old: Side, new: Side) -> Comparison:
    """Compare two sides and fill the tables of what differs.

    :raises LodgrantsError: when a side cannot be read.
    """
    create_side(engine, old, f"{BEFORE}_all")
    create_side(engine, new, f"{AFTER}_all")
    # A side without statements fits to either kind.
    kinds = {_has_graphs(engine, f"{table}_all") for table in (BEFORE, AFTER)} - {None}
    graphs = len(kinds) < 2
    for table in (BEFORE, AFTER):
        shown = (
            "SELECT s, p, o, g FROM _t" if graphs else "SELECT s, p, o, CAST(NULL AS VARCHAR) AS g FROM _t"
        )
        engine.run(sql("CREATE VIEW _v AS SELECT * FROM _q AS q", _v=table, _q=sql(shown, _t=f"{table}_all")))
    _separate(engine)
    removed, added = (
        engine.rows(sql("SELECT count(*) FROM _t", _t=table))[0][0] for table in (REMOVED, ADDED)
    )
    count = _count(engine, BEFORE)
    return Comparison(engine, old, new, (count, count - removed + added), removed, added, graphs)


def _has_graphs(engine: Engine, table: str) -> bool | None:
    """Return whether a table has named graphs, None when it has nothing."""
    if engine.rows(sql("SELECT 1 FROM _t WHERE g IS NOT NULL LIMIT 1", _t=table)):
        return True
    return False if engine.rows(sql("SELECT 1 FROM _t LIMIT 1", _t=table)) else None


def _separate(engine: Engine) -> None:
    """Join the two sides once and keep what has no partner."""
    engine.run(
        sql(
            "CREATE TABLE different AS SELECT DISTINCT coalesce(b.s, a.s) AS s, coalesce(b.p, a.p) AS p,"
            " coalesce(b.o, a.o) AS o, coalesce(b.g, a.g) AS g, b.s IS NULL AS won FROM before AS b"
            " FULL JOIN after AS a ON b.s = a.s AND b.p = a.p AND b.o = a.o"
            " AND coalesce(b.g, '') = coalesce(a.g, '') WHERE b.s IS NULL OR a.s IS NULL"
        )
    )
    for table, won in ((REMOVED, False), (ADDED, True)):
        engine.run(
            sql("CREATE VIEW _t AS SELECT s, p, o, g FROM different WHERE won = :won", _t=table, won=won)
        )


def _count(engine: Engine, table: str) -> int:
    """Count the distinct statements, by hashes of eight bytes: a sum to be read, not the comparison."""
    rows = engine.rows(sql("SELECT count(DISTINCT hash(s, p, o, g)) FROM _t", _t=table))
    return int(rows[0][0])
