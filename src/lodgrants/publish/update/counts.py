"""Counts from those of the release before: what touched things had is taken away, what they have is added.

That holds for what is a sum over subjects. An object comes or goes only where no untouched thing has it too,
which is asked of the graph for the few objects in question; so are first things of classes that are gone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, sql
from lodgrants.publish.catalogue.tally import (
    OBJECTS,
    PROPERTY_OBJECTS,
    TYPE,
    Tally,
    compile_scoped,
    compile_stated,
    count_scoped,
)
from lodgrants.publish.cottas import read_cottas
from lodgrants.publish.update.change import Change
from lodgrants.rdf.namespaces import VOID

Counts = Counter[tuple[str, ...]]
_STATED, _STATED_THEN = "_lg_stated", "_lg_stated_then"
_BEFORE, _AFTER = "_lg_scoped_before", "_lg_scoped_after"
_MOVED, _ELSEWHERE, _FIRST = "_lg_moved_object", "_lg_elsewhere", "_lg_first"


def update_tally(engine: Engine, change: Change, tally: Tally, whole: str, base: str) -> Tally | None:
    """Return the counts of a changed graph; None when they are to be counted anew.

    ``tally`` is that of the graph before. It is of no use where a graph is another source's than before and
    things are in it of which nothing else is said.
    """
    update = _Update(engine, change, whole)
    try:
        update.prepare()
        return None if update.other_scopes() else update.tally(tally, base)
    finally:
        update.forget()


@dataclass(frozen=True, slots=True)
class _Update:
    """One update, with its tables."""

    engine: Engine
    change: Change
    whole: str

    def prepare(self) -> None:
        """Make tables of whose the graphs are and were, and of touched things' triples by scope."""
        change, in_dataset = self.change, f"<{VOID}inDataset>"
        now = sql("SELECT s, p, o FROM _q AS q WHERE p = :p", _q=read_cottas(change.new), p=in_dataset)
        self.engine.create("_lg_in_dataset", now)
        then = sql(
            "SELECT d.s, p, o FROM _d AS d ANTI JOIN _t AS t ON d.s = t.s"
            " UNION ALL SELECT s, p, o FROM _b AS b",
            _d="_lg_in_dataset", _t=change.touched, _b=change.before,
        )  # fmt: skip
        self.engine.create(_STATED, compile_stated(sql("FROM _d AS d", _d="_lg_in_dataset")))
        self.engine.create(_STATED_THEN, compile_stated(then))
        self.engine.drop("_lg_in_dataset")
        self.engine.create(_BEFORE, self._scoped(sql("FROM _b AS b", _b=change.before), _STATED_THEN))
        self.engine.create(_AFTER, self._scoped(sql("FROM _a AS a", _a=change.after), _STATED))

    def forget(self) -> None:
        """Drop the tables."""
        for table in (_STATED, _STATED_THEN, _BEFORE, _AFTER):
            self.engine.drop(table)

    def _scoped(self, quads: Sql, stated: str) -> Sql:
        return compile_scoped(quads, sql("FROM _s AS s", _s=stated), self.whole)

    def other_scopes(self) -> bool:
        """Whether untouched things are in graphs that came into a scope or went out of one."""
        moved = sql(
            "SELECT g FROM (SELECT * FROM _a AS a EXCEPT SELECT * FROM _b AS b) AS come"
            " UNION SELECT g FROM (SELECT * FROM _b AS b EXCEPT SELECT * FROM _a AS a) AS gone",
            _a=_STATED, _b=_STATED_THEN,
        )  # fmt: skip
        self.engine.create(_MOVED, moved)
        some = bool(self.engine.rows(sql("SELECT 1 FROM _m AS m LIMIT 1", _m=_MOVED)))
        found = some and self.engine.rows(
            sql(
                "SELECT 1 FROM (SELECT s, q.g FROM _q AS q SEMI JOIN _m AS m ON q.g = m.g) AS there"
                " ANTI JOIN _t AS t ON there.s = t.s LIMIT 1",
                _q=read_cottas(self.change.new), _m=_MOVED, _t=self.change.touched,
            )
        )  # fmt: skip
        self.engine.drop(_MOVED)
        return bool(found)

    def tally(self, old: Tally, base: str) -> Tally:
        """Return the counts after the change."""
        was = count_scoped(self.engine, sql("FROM _b AS b", _b=_BEFORE), base)
        now = count_scoped(self.engine, sql("FROM _a AS a", _a=_AFTER), base)
        counts = Counter(old.counts)
        for side, sign in ((was, -1), (now, 1)):
            sums = {k: n * sign for k, n in side.counts.items() if k[0] not in (OBJECTS, PROPERTY_OBJECTS)}
            counts.update(sums)
        counts.update(self._objects())
        counts = Counter({key: number for key, number in counts.items() if number})
        return Tally(counts, self._examples(old, now, counts))

    def _objects(self) -> Counts:
        """Return how many objects more there are (or fewer, below nought), by scope and by property."""
        moved = sql(
            """
            SELECT DISTINCT o FROM (
                (SELECT scope, p, o FROM _a AS a EXCEPT SELECT scope, p, o FROM _b AS b)
                UNION ALL (SELECT scope, p, o FROM _b AS b EXCEPT SELECT scope, p, o FROM _a AS a)
            ) AS moved
            """,
            _a=_AFTER, _b=_BEFORE,
        )  # fmt: skip
        self.engine.create(_MOVED, moved)
        others = sql(
            "SELECT q.s, p, q.o, g FROM _q AS q SEMI JOIN _m AS m ON q.o = m.o"
            " ANTI JOIN _t AS t ON q.s = t.s",
            _q=read_cottas(self.change.new), _m=_MOVED, _t=self.change.touched,
        )  # fmt: skip
        self.engine.create(_ELSEWHERE, self._scoped(others, _STATED))
        found: Counts = Counter()
        for table, sign in ((_BEFORE, -1), (_AFTER, 1)):
            for name, query in ((OBJECTS, _OBJECTS), (PROPERTY_OBJECTS, _PROPERTY_OBJECTS)):
                for *key, number in self.engine.rows(sql(query, _t=table, _e=_ELSEWHERE)):
                    found.update({(name, *key): number * sign})
        for table in (_MOVED, _ELSEWHERE):
            self.engine.drop(table)
        return found

    def _examples(self, old: Tally, now: Tally, counts: Counts) -> dict[tuple[str, str], str]:
        """Return the first thing of each class, sought in the graph where that of before is no longer one."""
        rows = [(*key, thing) for key, thing in sorted(old.examples.items())]
        names = ("scope", "class", "s")
        columns = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)}
        self.engine.register(_FIRST, pa.table(columns))
        lost = sql(
            "SELECT f.scope, f.class FROM _f AS f SEMI JOIN _t AS t ON f.s = t.s"
            " ANTI JOIN _a AS a ON a.scope = f.scope AND a.s = f.s AND a.o = f.class AND a.p = :type",
            _f=_FIRST, _t=self.change.touched, _a=_AFTER, type=TYPE,
        )  # fmt: skip
        gone = {(str(scope), str(class_)) for scope, class_ in self.engine.rows(lost)}
        kept = {key: thing for key, thing in old.examples.items() if key not in gone}
        firsts = kept | {key: min(kept.get(key, s), s) for key, s in now.examples.items()}
        firsts |= self._sought({key for key in gone if counts["things", *key]})
        return {key: thing for key, thing in firsts.items() if counts["things", *key]}

    def _sought(self, places: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
        if not places:
            return {}
        typed = sql(
            "SELECT * FROM _q AS q WHERE p = :type AND o IN (:classes)",
            _q=read_cottas(self.change.new), type=TYPE, classes=sorted({class_ for _, class_ in places}),
        )  # fmt: skip
        firsts = sql("SELECT scope, o, min(s) FROM _r AS r GROUP BY ALL", _r=self._scoped(typed, _STATED))
        return {(scope, o): s for scope, o, s in self.engine.rows(firsts) if (scope, o) in places}


_OBJECTS = """
    SELECT scope, count(*) FROM (SELECT scope, o FROM _t AS t EXCEPT SELECT scope, o FROM _e AS e) AS own
    GROUP BY scope
"""
_PROPERTY_OBJECTS = """
    SELECT scope, p, count(*)
    FROM (SELECT scope, p, o FROM _t AS t EXCEPT SELECT scope, p, o FROM _e AS e) AS own
    GROUP BY ALL
"""
