"""All shapes compiled to a list of SQL statements, run one after the other.

Every shape has up to two tables of focus nodes: those whose results are reported (from its targets, or as
value nodes of a shape that has it as ``sh:property``), and those of which only conformance is asked (by
``sh:node``, ``sh:or``, …). Tables are filled from the referring shapes down; sets of failing nodes then from
the referred shapes up; at last each constraint of a reported shape adds its results.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from lodgrants.db.template import Part, sql
from lodgrants.validate.components import COMPONENTS
from lodgrants.validate.components.scope import Scope
from lodgrants.validate.model import Constraint, Shape, Shapes, TargetKind, Term, sh
from lodgrants.validate.order import active_constraints, entries, reachable, references
from lodgrants.validate.paths import union
from lodgrants.validate.targets import compile_subclasses, compile_targets

FINDINGS = "_finding"
_PROPERTY = sh("PropertyConstraintComponent")
_CLASS = sh("ClassConstraintComponent")


@dataclass(frozen=True, slots=True)
class SparqlStep:
    """A SPARQL constraint to evaluate over a table of focus nodes, into a table of its violations."""

    table: str
    shape: Shape
    constraint: Constraint
    focus: str


Step = exp.Expr | SparqlStep


@dataclass(frozen=True, slots=True)
class Rule:
    """One constraint of one shape, numbered: what all its results have in common."""

    number: int
    shape: Shape
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class Plan:
    """The statements in order, the rules that results name by number, and the shapes that take part."""

    steps: Sequence[Step]
    rules: Sequence[Rule]
    shapes: Sequence[Shape]


@dataclass(frozen=True, slots=True)
class _Focus:
    """A table of focus nodes; ``counted`` when its column ``n`` says how often a node is to be reported."""

    table: str
    counted: bool = False


@dataclass(slots=True)
class _Planner:
    shapes: Shapes
    only_nodes: Sequence[Term]
    counts: Callable[[Term], bool]
    steps: list[Step] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    reported: dict[Term, _Focus] = field(default_factory=dict)
    asked: dict[Term, str] = field(default_factory=dict)
    report_from: dict[Term, list[tuple[Shape, _Focus]]] = field(default_factory=lambda: defaultdict(list))
    ask_from: dict[Term, list[tuple[Shape, str]]] = field(default_factory=lambda: defaultdict(list))
    tables: int = 0


def compile_plan(shapes: Shapes, only_shapes: Iterable[Term] = (), only_nodes: Sequence[Term] = ()) -> Plan:
    """Return the statements that validate a table of quads against shapes.

    ``only_shapes`` keeps the results of some shapes, ``only_nodes`` those of some target nodes.

    :raises UnsupportedError: for recursive shapes and regular expressions that the database does not have.
    """
    starts, counts = entries(shapes, only_shapes)
    order = reachable(shapes, starts)
    planner = _Planner(shapes, only_nodes, counts)
    planner.steps.append(compile_subclasses(_classes(order)))
    for shape in order:
        _focus_tables(planner, shape, shape.node in starts)
    for shape in reversed(order):
        if shape.node in planner.asked:
            _failing_table(planner, shape)
    for shape in order:
        if shape.node in planner.reported and counts(shape.node):
            _results(planner, shape)
    return Plan(planner.steps, planner.rules, order)


def _classes(shapes: Iterable[Shape]) -> set[Term]:
    """Return the classes whose instances are asked for."""
    targets = {t.term for shape in shapes for t in shape.targets if t.kind is TargetKind.CLASS}
    return targets | {c.value for shape in shapes for c in shape.constraints if c.component == _CLASS}


def _focus_tables(planner: _Planner, shape: Shape, is_start: bool) -> None:
    focus = _reported_focus(planner, shape, is_start)
    asked = _asked_focus(planner, shape)
    if focus:
        planner.reported[shape.node] = focus
    if asked:
        planner.asked[shape.node] = asked
    for constraint in active_constraints(shape):
        for other in references(planner.shapes, shape, constraint):
            if focus and constraint.component == _PROPERTY:
                planner.report_from[other].append((shape, focus))
            elif focus:
                planner.ask_from[other].append((shape, focus.table))
            if asked:
                planner.ask_from[other].append((shape, asked))


def _reported_focus(planner: _Planner, shape: Shape, is_start: bool) -> _Focus | None:
    parents = planner.report_from[shape.node]
    if not is_start and not parents:
        return None
    if is_start and not parents:
        return _Focus(_create(planner, "focus", _target_nodes(planner, shape)))
    if len(parents) == 1 and not is_start and parents[0][0].path is None:
        return parents[0][1]  # the focus nodes of a node shape are its value nodes
    sources = [_counted_values(planner, parent, focus) for parent, focus in parents]
    if is_start:
        sources.append(sql("SELECT node, 1 AS n FROM _nodes", _nodes=_target_nodes(planner, shape)))
    total = sql("SELECT node, CAST(sum(n) AS BIGINT) AS n FROM _q AS q GROUP BY node", _q=union(sources))
    return _Focus(_create(planner, "focus", total), counted=True)


def _target_nodes(planner: _Planner, shape: Shape) -> exp.Expr:
    nodes = compile_targets(shape.targets)
    if not planner.only_nodes:
        return nodes
    return sql(
        "SELECT node FROM _nodes WHERE node IN (:chosen)", _nodes=nodes, chosen=tuple(planner.only_nodes)
    )


def _counted_values(planner: _Planner, parent: Shape, focus: _Focus) -> exp.Expr:
    values = sql("SELECT DISTINCT focus, value FROM _v AS v", _v=_scope(planner, parent, focus.table).values)
    if not focus.counted:
        return sql("SELECT value AS node, 1 AS n FROM _v AS v", _v=values)
    return sql(
        "SELECT v.value AS node, f.n FROM _v AS v JOIN _f AS f ON f.node = v.focus", _v=values, _f=focus.table
    )


def _asked_focus(planner: _Planner, shape: Shape) -> str | None:
    users = list(dict.fromkeys((user.node, table) for user, table in planner.ask_from[shape.node]))
    if not users:
        return None
    if len(users) == 1 and planner.shapes[users[0][0]].path is None:
        return users[0][1]
    values = [_scope(planner, planner.shapes[node], table).values for node, table in users]
    return _create(planner, "asked", sql("SELECT DISTINCT value AS node FROM _v AS v", _v=union(values)))


def _failing_table(planner: _Planner, shape: Shape) -> None:
    focus = planner.asked[shape.node]
    queries = [
        sql("SELECT focus AS node FROM _q AS q", _q=_violations(planner, shape, constraint, focus))
        for constraint in active_constraints(shape)
    ]
    none = sql("SELECT node FROM _f WHERE FALSE", _f=focus)
    failing = sql("SELECT DISTINCT node FROM _q AS q", _q=union([none, *queries]))
    planner.steps.append(
        sql("CREATE TABLE _t AS SELECT node FROM _q AS q", _t=_failing(planner, shape.node), _q=failing)
    )


def _failing(planner: _Planner, shape: Term) -> str:
    return f"_failing_{list(planner.asked).index(shape)}"


def _results(planner: _Planner, shape: Shape) -> None:
    focus = planner.reported[shape.node]
    for constraint in active_constraints(shape):
        if constraint.component == _PROPERTY:
            continue
        number = len(planner.rules)
        planner.rules.append(Rule(number, shape, constraint))
        found = _violations(planner, shape, constraint, focus.table)
        planner.steps.append(_insert(number, found, focus))


def _insert(number: int, found: exp.Expr, focus: _Focus) -> exp.Expr:
    if not focus.counted:
        return sql(
            "INSERT INTO _t BY NAME SELECT CAST(:n AS INTEGER) AS rule, q.* FROM _q AS q",
            _t=FINDINGS,
            n=number,
            _q=found,
        )
    return sql(
        "INSERT INTO _t BY NAME SELECT CAST(:n AS INTEGER) AS rule, q.* FROM _q AS q"
        " JOIN _f AS f ON f.node = q.focus CROSS JOIN unnest(range(f.n))",
        _t=FINDINGS,
        n=number,
        _q=found,
        _f=focus.table,
    )


def _violations(planner: _Planner, shape: Shape, constraint: Constraint, focus: str) -> exp.Expr:
    compile_component = COMPONENTS.get(constraint.component)
    if compile_component:
        return compile_component(constraint, _scope(planner, shape, focus))
    planner.tables += 1
    step = SparqlStep(f"_sparql_{planner.tables}", shape, constraint, focus)
    planner.steps.append(step)
    return sql("SELECT focus, value, path, messages FROM _t", _t=step.table)


def _scope(planner: _Planner, shape: Shape, focus: str) -> Scope:
    return Scope(planner.shapes, shape, focus, lambda node: _failing(planner, node))


def _create(planner: _Planner, kind: str, query: Part) -> str:
    planner.tables += 1
    name = f"_{kind}_{planner.tables}"
    planner.steps.append(sql("CREATE TABLE _t AS SELECT * FROM _q AS q", _t=name, _q=query))
    return name
