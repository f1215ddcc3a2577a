"""Walks over quads in sorted files: from nodes to what they lead to, fetching only what the walks come by.

A round of a walk asks for the statements of all its nodes at once. By subject they are found through the
order of the files; by object a file is read through, but only if it has one of the predicates asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Part, Sql, sql, union
from lodgrants.rdf.graph import SUBCLASS_OF
from lodgrants.validate.footprint import END, Edge
from lodgrants.validate.model import Term

NEAR, GONE, SUB = "_near", "_gone", "_sub"
_FRONT, _NEXT, _NODES, _LINKS = "_front", "_next", "_wanted_node", "_wanted_link"
_HAD_NODES, _HAD_LINKS = "_had_node", "_had_link"


@dataclass(slots=True)
class Neighbourhood:
    """The triples (table `NEAR`) that walks over some files have come by; `predicates` are all that count."""

    engine: Engine
    files: Sequence[Path]
    predicates: Collection[Term] | None
    _of_file: dict[Path, frozenset[Term]] = field(default_factory=dict)

    def prepare(self) -> None:
        """Make the tables."""
        for table in (NEAR, GONE):
            self.engine.run(sql("CREATE TABLE _t (s VARCHAR, p VARCHAR, o VARCHAR)", _t=table))
        for table in (_HAD_NODES, _HAD_LINKS):
            self.engine.run(sql("CREATE TABLE _t (node VARCHAR, p VARCHAR)", _t=table))

    def counts(self) -> Sql:
        """Return the condition on ``p`` of triples that count."""
        if self.predicates is None:
            return sql("TRUE")
        return sql("p IN (:p)", p=sorted(self.predicates))

    def name_edges(self, table: str, edges: Iterable[Edge]) -> None:
        """Make edges a table."""
        rows = list(edges)
        columns = {
            "start": pa.array([edge.start for edge in rows], pa.int32()),
            "stop": pa.array([edge.end for edge in rows], pa.int32()),
            "p": pa.array([edge.predicate for edge in rows], pa.string()),
            "inverse": pa.array([edge.inverse for edge in rows], pa.bool_()),
            "class": pa.array([edge.of for edge in rows], pa.string()),
        }
        self.engine.register("_rows", pa.table(columns))
        self.engine.create(table, sql("SELECT * FROM _rows"))
        self.engine.unregister("_rows")

    def name_subclasses(self, classes: Iterable[Term]) -> None:
        """Make a table of classes and their subclasses, as they are or have been."""
        stated = union(
            [
                *(
                    sql("SELECT s, o FROM _f WHERE p = :p", _f=read(file), p=SUBCLASS_OF)
                    for file in self._files_with({SUBCLASS_OF})
                ),
                sql("SELECT s, o FROM _gone WHERE p = :p", _gone=GONE, p=SUBCLASS_OF),
            ]
        )
        self.engine.run(
            sql(
                "CREATE TABLE _sub AS WITH RECURSIVE stated AS (SELECT * FROM _stated AS a), reached AS ("
                " SELECT c AS super, c AS sub FROM unnest(CAST(:classes AS VARCHAR[])) AS t(c)"
                " UNION SELECT r.super, t.s FROM reached AS r JOIN stated AS t ON t.o = r.sub)"
                " SELECT super, sub FROM reached",
                _sub=SUB,
                _stated=stated,
                classes=sorted(set(classes)),
            )
        )

    def walk(self, edges: str, reached: str) -> None:
        """Add to a table of nodes with states (``node, state``) all that edges lead to."""
        self.engine.run(sql("CREATE OR REPLACE TABLE _f AS SELECT * FROM _r", _f=_FRONT, _r=reached))
        while self.engine.rows(sql("SELECT 1 FROM _f LIMIT 1", _f=_FRONT)):
            self._fetch(edges)
            found = steps(NEAR, edges, _FRONT)
            self.engine.run(
                sql(
                    "CREATE OR REPLACE TABLE _n AS SELECT DISTINCT q.node, q.state FROM _q AS q"
                    " ANTI JOIN _r AS r ON r.node = q.node AND r.state = q.state",
                    _n=_NEXT, _q=found, _r=reached,
                )
            )  # fmt: skip
            self.engine.run(sql("INSERT INTO _r SELECT * FROM _n", _r=reached, _n=_NEXT))
            self.engine.run(sql("CREATE OR REPLACE TABLE _f AS SELECT * FROM _n", _f=_FRONT, _n=_NEXT))

    def _fetch(self, edges: str) -> None:
        """Fetch the statements that the next steps from the front read."""
        wanted = sql(
            "SELECT DISTINCT f.node, e.p, e.inverse FROM _f AS f JOIN _e AS e ON e.start = f.state",
            _f=_FRONT, _e=edges,
        )  # fmt: skip
        self.fetch_nodes(
            sql(
                "SELECT DISTINCT node FROM _w AS w WHERE NOT inverse AND NOT starts_with(node, '\"')",
                _w=wanted,
            )
        )
        self._fetch_links(sql("SELECT DISTINCT node, p FROM _w AS w WHERE inverse", _w=wanted))

    def fetch_nodes(self, wanted: Sql) -> None:
        """Fetch the statements about the nodes of a query (column ``node``)."""
        nodes = sql(
            "CREATE OR REPLACE TABLE _n AS SELECT w.node FROM _w AS w ANTI JOIN _had AS h ON h.node = w.node",
            _n=_NODES, _w=wanted, _had=_HAD_NODES,
        )  # fmt: skip
        if not self._any(nodes, _NODES):
            return
        self.engine.run(sql("INSERT INTO _had SELECT node, NULL FROM _n", _had=_HAD_NODES, _n=_NODES))
        for file in self.files:
            self._add(
                sql("SELECT q.* FROM _q AS q SEMI JOIN _n AS n ON n.node = q.s", _q=read(file), _n=_NODES)
            )

    def _fetch_links(self, wanted: Sql) -> None:
        links = sql(
            "CREATE OR REPLACE TABLE _l AS SELECT w.node, w.p FROM _w AS w"
            " ANTI JOIN _had AS h ON h.node = w.node AND h.p IS NOT DISTINCT FROM w.p",
            _l=_LINKS, _w=wanted, _had=_HAD_LINKS,
        )  # fmt: skip
        if not self._any(links, _LINKS):
            return
        self.engine.run(sql("INSERT INTO _had SELECT node, p FROM _l", _had=_HAD_LINKS, _l=_LINKS))
        asked = {p for (p,) in self.engine.rows(sql("SELECT DISTINCT p FROM _l", _l=_LINKS))}
        named = asked - {None}
        for file in self._files_with(named) if named else ():
            self._add(
                sql(
                    "SELECT q.* FROM _q AS q SEMI JOIN _l AS l ON l.node = q.o AND l.p = q.p"
                    " WHERE q.p IN (:named)",
                    _q=read(file), _l=_LINKS, named=sorted(named),
                )
            )  # fmt: skip
        for file in self.files if None in asked else ():
            any_ = sql("SELECT node FROM _l WHERE p IS NULL", _l=_LINKS)
            self._add(
                sql("SELECT q.* FROM _q AS q SEMI JOIN _l AS l ON l.node = q.o", _q=read(file), _l=any_)
            )

    def _any(self, made: Sql, table: str) -> bool:
        self.engine.run(made)
        return bool(self.engine.rows(sql("SELECT 1 FROM _t LIMIT 1", _t=table)))

    def _add(self, rows: Sql) -> None:
        self.engine.run(
            sql(
                "INSERT INTO _near SELECT DISTINCT s, p, o FROM _r AS r WHERE :counts",
                _near=NEAR, _r=rows, counts=self.counts(),
            )
        )  # fmt: skip

    def _files_with(self, predicates: Collection[Term]) -> list[Path]:
        for file in self.files:
            if file not in self._of_file:
                found = self.engine.rows(sql("SELECT DISTINCT p FROM _f AS f", _f=read(file)))
                self._of_file[file] = frozenset(p for (p,) in found)
        return [file for file in self.files if not self._of_file[file].isdisjoint(predicates)]


# A step that asks for a class reads no types but those.
_NARROW = sql(
    "e.class IS NULL OR EXISTS (SELECT 1 FROM _sub AS c WHERE c.super = e.class AND c.sub = t.o)", _sub=SUB
)


def read(file: Path) -> Sql:
    """Return the query for the quads of a Parquet file."""
    return sql("SELECT s, p, o, g FROM read_parquet(:file)", file=str(file))


def steps(triples: Part, edges: str, front: Part) -> Sql:
    """Return what edges lead to from nodes with states, one step on, as ``node, state``."""
    return union(
        sql(
            "SELECT :other AS node, e.stop AS state FROM _f AS f JOIN _e AS e ON e.start = f.state"
            " JOIN _t AS t ON :here AND :same WHERE e.stop <> :end AND :way AND :narrow",
            end=END, _f=front, _e=edges, _t=triples, narrow=_NARROW,
            other=other, here=here, same=same, way=way,
        )
        for other, here, way in (
            (sql("t.o"), sql("t.s = f.node"), sql("NOT e.inverse")),
            (sql("t.s"), sql("t.o = f.node"), sql("e.inverse")),
        )
        for same in (sql("t.p = e.p"), sql("e.p IS NULL"))
    )  # fmt: skip


def read_by(triples: Part, edges: str) -> Sql:
    """Return the ends of triples at which edges begin that read them, as ``node, state``."""
    return union(
        sql(
            "SELECT :here AS node, e.start AS state FROM _t AS t JOIN _e AS e ON :same"
            " WHERE :way AND :narrow",
            _e=edges, _t=triples, here=here, same=same, way=way, narrow=_NARROW,
        )
        for here, way in ((sql("t.s"), sql("NOT e.inverse")), (sql("t.o"), sql("e.inverse")))
        for same in (sql("t.p = e.p"), sql("e.p IS NULL"))
    )  # fmt: skip


def reversed_edges(edges: Iterable[Edge]) -> list[Edge]:
    """Return the edges that lead back."""
    return [Edge(edge.end, edge.start, edge.predicate, not edge.inverse, edge.of) for edge in edges]
