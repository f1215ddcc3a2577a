"""Validation after a change: only of the nodes whose results it may have changed, the others' being kept.

Statements that came or went are read by walks (see `footprint`). Going back along these finds the nodes of
each shape that may read them. These are validated against what their own walks read; the results of all
others are those of the last time. To go back over the data as it is now is enough: of a walk over the data
before, the part up to the first statement that went is there now too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lodgrants.db.engine import Engine, open_engine
from lodgrants.db.fragment import Sql, sql, union
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.graph import TYPE, Graph
from lodgrants.rdf.read import Kept, load_quads
from lodgrants.validate.footprint import Footprint
from lodgrants.validate.messages import shape_labels
from lodgrants.validate.model import Shapes, Term
from lodgrants.validate.paths import TRIPLES
from lodgrants.validate.plan import FINDINGS, Plan, compile_plan
from lodgrants.validate.reach import GONE, NEAR, SUB, Neighbourhood, read, read_by, reversed_edges
from lodgrants.validate.report.model import Report, create_results
from lodgrants.validate.run import run_plan, sparql_store

_EDGES, _BACK, _TOUCHED, _REACHED, _UNITS = "_edge", "_back", "_touched", "_reached", "_unit"
_STARTS = "_start"
_OLD, _NEW, _CAME, _GRAPHS, _RULES, _KEPT = "_old", "_new", "_came", "_graph", "_of_rule", "_kept"
# With more nodes than this to validate again, validating all is quicker.
_MOST = 200_000


@dataclass(frozen=True, slots=True)
class Change:
    """Files of quads as they are now, and what has changed in them: quads of some named graphs.

    ``before`` are files of the quads before, of which those in ``graphs`` are read; ``now`` are files that
    hold the quads of these graphs as they are now. Files are Parquet with the columns ``s, p, o, g``.
    """

    files: Sequence[Path]
    graphs: Sequence[Term]
    before: Sequence[Path]
    now: Sequence[Path]


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known from the last validation: its results (see `save_results`), and of its shapes.

    ``predicates`` are those whose quads count (None for all).
    """

    results: Path
    footprint: Footprint
    predicates: Collection[Term] | None


def save_results(report: Report, file: Path) -> None:
    """Write the results of a report to a Parquet file, for `validate_again`."""
    rows = sql(
        "SELECT f.rule, f.focus, f.value, f.path, f.messages, g.record FROM _f AS f"
        " LEFT JOIN _record AS g ON g.node = f.focus",
        _f=FINDINGS,
    )
    report.engine.copy_to_parquet(rows, file)


def validate_again(change: Change, shapes: tuple[Graph, Shapes], memory: Memory) -> Report | None:
    """Return the report that validating all files would, but for the places of results that are kept.

    Returns None when so much has changed that validating all is quicker.

    :raises ShapeError: when a SPARQL constraint cannot be evaluated.
    """
    graph, parsed = shapes
    with ExitStack() as stack:
        engine = stack.enter_context(open_engine())
        again = _Again(engine, change, memory, Neighbourhood(engine, change.files, memory.predicates))
        if not again.find():
            return None
        plan = compile_plan(parsed, nodes=again.nodes())
        again.load()
        run_plan(engine, plan, parsed, lambda folder: sparql_store(engine, graph, folder, None))
        again.keep(plan)
        create_results(engine, plan.rules, shape_labels(parsed))
        again.find_records()
        files = [rdf_file(file) for file in change.files]
        return Report(engine, plan.rules, files, stack.pop_all())
    raise AssertionError("unreachable")


@dataclass(frozen=True, slots=True)
class _Again:
    """One validation after a change; a unit is a node of a shape (by the state that it starts from)."""

    engine: Engine
    change: Change
    memory: Memory
    near: Neighbourhood

    def find(self) -> bool:
        """Find the units that the change touches, and what they read now; false when there are too many."""
        footprint = self.memory.footprint
        self.near.prepare()
        self._find_changed()
        self.near.name_edges(_EDGES, footprint.edges)
        self.near.name_edges(_BACK, reversed_edges(footprint.edges))
        self.near.name_subclasses(edge.of for edge in footprint.edges if edge.of)
        changed = union([sql("SELECT * FROM _t", _t=table) for table in (_CAME, GONE)])
        self.engine.create(
            _TOUCHED, sql("SELECT DISTINCT node, state FROM _r AS r", _r=read_by(changed, _EDGES))
        )
        self.near.walk(_BACK, _TOUCHED)
        states = pa.array(sorted(footprint.starts.values()), pa.int32())
        self.engine.register(_STARTS, pa.table({"state": states}))
        self.engine.create(
            _UNITS, sql("SELECT t.* FROM _t AS t SEMI JOIN _s USING (state)", _t=_TOUCHED, _s=_STARTS)
        )
        self.engine.create(_REACHED, self._in_focus())
        ((units,),) = self.engine.rows(sql("SELECT count(*) FROM _r", _r=_REACHED))
        if units <= _MOST:
            self.near.walk(_EDGES, _REACHED)
        return bool(units <= _MOST)

    def _find_changed(self) -> None:
        """Find the triples that came and went: those that graphs which have not changed do not state too."""
        graphs = pa.table({"g": pa.array(list(self.change.graphs), pa.string())})
        self.engine.register(_GRAPHS, graphs)
        old = union(
            sql("SELECT q.* FROM _q AS q SEMI JOIN _g AS c ON c.g = q.g", _q=read(file), _g=_GRAPHS)
            for file in self.change.before
        )
        for table, quads in ((_OLD, old), (_NEW, union(read(file) for file in self.change.now))):
            self.engine.create(
                table, sql("SELECT * FROM _q AS q WHERE :counts", _q=quads, counts=self.near.counts())
            )
        self.engine.create(_CAME, _without(_NEW, _OLD))
        self.engine.run(sql("INSERT INTO _gone SELECT * FROM _q AS q", _gone=GONE, _q=_without(_OLD, _NEW)))
        for file in self.change.files:
            self.engine.create(
                _KEPT,
                sql(
                    "SELECT q.s, q.p, q.o FROM _q AS q"
                    " SEMI JOIN (SELECT s FROM _came UNION ALL SELECT s FROM _gone) AS c ON c.s = q.s"
                    " ANTI JOIN _g AS g ON g.g = q.g",
                    _q=read(file), _came=_CAME, _gone=GONE, _g=_GRAPHS,
                ),
            )  # fmt: skip
            for table in (_CAME, GONE):
                self.engine.run(
                    sql(
                        "DELETE FROM _t AS t USING _k AS k WHERE k.s = t.s AND k.p = t.p AND k.o = t.o",
                        _t=table, _k=_KEPT,
                    )
                )  # fmt: skip
            self.engine.drop(_KEPT)

    def _in_focus(self) -> Sql:
        """The units whose nodes can be in focus now: those of shapes for classes are of these classes."""
        self.near.fetch_nodes(sql("SELECT DISTINCT node FROM _u", _u=_UNITS))
        starts, classes = self.memory.footprint.starts, self.memory.footprint.classes
        pairs = [(starts[shape], name) for shape, names in classes.items() for name in names]
        wanted = {
            "state": pa.array([state for state, _ in pairs], pa.int32()),
            "class": pa.array([name for _, name in pairs], pa.string()),
        }
        self.engine.register("_wanted_class", pa.table(wanted))
        return sql(
            "SELECT u.node, u.state FROM _u AS u WHERE u.state NOT IN (SELECT state FROM _wanted_class)"
            " OR EXISTS (SELECT 1 FROM _near AS t JOIN _sub AS c ON c.sub = t.o"
            " JOIN _wanted_class AS w ON w.class = c.super"
            " WHERE t.s = u.node AND t.p = :type AND w.state = u.state)",
            _u=_UNITS, _near=NEAR, _sub=SUB, type=TYPE,
        )  # fmt: skip

    def nodes(self) -> dict[Term, str | None]:
        """Return for each shape to validate the table of its nodes; shapes with the same nodes share one."""
        footprint = self.memory.footprint
        rows = self.engine.rows(
            sql(
                "SELECT state, md5(string_agg(node, ' ' ORDER BY node)) FROM _r SEMI JOIN _s USING (state)"
                " GROUP BY state ORDER BY state",
                _r=_REACHED,
                _s=_STARTS,
            )
        )
        tables: dict[str, str] = {}
        for state, digest in rows:
            if digest not in tables:
                tables[digest] = f"_units_{len(tables)}"
                self.engine.create(
                    tables[digest], sql("SELECT node FROM _r WHERE state = :s", _r=_REACHED, s=int(state))
                )
        of_state = {int(state): tables[digest] for state, digest in rows}
        found: dict[Term, str | None] = dict.fromkeys(footprint.unbounded)
        for shape, state in footprint.starts.items():
            if shape not in found and state in of_state:
                found[shape] = of_state[state]
        return found

    def load(self) -> None:
        """Make the table of quads: what the units read or, where a shape may read anything, all of them."""
        if self.memory.footprint.unbounded:
            predicates = self.memory.predicates
            kept = Kept(None if predicates is None else tuple(sorted(predicates)))
            load_quads(self.engine, [rdf_file(file) for file in self.change.files], kept)
        else:
            self.engine.create(
                TRIPLES, sql("SELECT DISTINCT s, p, o, CAST(NULL AS VARCHAR) AS g FROM _n", _n=NEAR)
            )

    def keep(self, plan: Plan) -> None:
        """Add the earlier results of all but the units to the findings."""
        starts, unbounded = self.memory.footprint.starts, self.memory.footprint.unbounded
        kept = [rule for rule in plan.rules if rule.shape.node not in unbounded]
        states = pa.array([starts[rule.shape.node] for rule in kept], pa.int32())
        numbers = pa.array([rule.number for rule in kept], pa.int32())
        self.engine.register(_RULES, pa.table({"rule": numbers, "state": states}))
        self.engine.create(_KEPT, sql("SELECT * FROM read_parquet(:file)", file=str(self.memory.results)))
        self.engine.run(
            sql(
                "INSERT INTO _f BY NAME SELECT k.rule, k.focus, k.value, k.path, k.messages FROM _k AS k"
                " JOIN _r AS r ON r.rule = k.rule"
                " ANTI JOIN _u AS u ON u.state = r.state AND u.node = k.focus",
                _f=FINDINGS, _k=_KEPT, _r=_RULES, _u=_UNITS,
            )
        )  # fmt: skip

    def find_records(self) -> None:
        """Look up the graphs of focus nodes that are new among the results, or that a changed graph names."""
        touched = sql("SELECT s FROM _o UNION ALL SELECT s FROM _n", _o=_OLD, _n=_NEW)
        known = sql(
            "SELECT DISTINCT k.focus AS node, k.record FROM _k AS k ANTI JOIN _t AS t ON t.s = k.focus",
            _k=_KEPT, _t=touched,
        )  # fmt: skip
        wanted = sql("SELECT focus FROM _result AS r ANTI JOIN _k AS k ON k.node = r.focus", _k=known)
        quads = union(
            sql(
                "SELECT q.s, q.g FROM _q AS q SEMI JOIN _w AS w ON w.focus = q.s"
                " WHERE q.g IS NOT NULL AND :counts",
                _q=read(file), _w=wanted, counts=self.near.counts(),
            )
            for file in self.change.files
        )  # fmt: skip
        found = sql("SELECT s AS node, min(g) AS record FROM _q AS q GROUP BY s", _q=quads)
        self.engine.run(
            sql("CREATE OR REPLACE TABLE _record AS SELECT * FROM _r AS r", _r=union([known, found]))
        )


def _without(table: str, other: str) -> Sql:
    return sql("SELECT s, p, o FROM _t EXCEPT SELECT s, p, o FROM _o", _t=table, _o=other)
