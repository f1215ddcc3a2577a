"""All shapes compiled to a list of SQL statements, run one after the other.

Every shape has up to two sets of focus nodes: those whose results are reported (from its targets, or as
value nodes of a shape that has it as ``sh:property``), and those of which only conformance is asked (by
``sh:node``, ``sh:or``, …). They are found from the referring shapes down; sets of failing nodes then from
the referred shapes up; at last each constraint of a reported shape adds its results. One statement does for
all targets, for shapes that say the same (`alike`), and for constraints that many shapes have (`batch`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lodgrants.db.fragment import Part, Sql, all_of, sql, union
from lodgrants.validate.alike import alike_shapes, node_tests
from lodgrants.validate.backtracking import MatchStep, compile_match
from lodgrants.validate.batch import (
    Batch,
    Member,
    batch_focus,
    batch_step,
    batches,
    compile_batch,
    compile_batches,
)
from lodgrants.validate.components import COMPONENTS
from lodgrants.validate.components.scope import Scope, Test, values_not
from lodgrants.validate.components.string import expression_of, is_matched_outside
from lodgrants.validate.model import Constraint, Shape, Shapes, TargetKind, Term, sh
from lodgrants.validate.order import active_constraints, entries, reachable, references
from lodgrants.validate.targets import compile_subclasses, compile_targets

FINDINGS, _FOCUS = "_finding", "_focus"
_PROPERTY = sh("PropertyConstraintComponent")
_CLASS = sh("ClassConstraintComponent")
_NONE = sql("SELECT NULL AS node WHERE FALSE")


@dataclass(frozen=True, slots=True)
class SparqlStep:
    """A SPARQL constraint to evaluate over a table of focus nodes, into a table of its violations."""

    table: str
    shape: Shape
    constraint: Constraint
    focus: Sql


Step = Sql | SparqlStep | MatchStep


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
    """Focus nodes: a query, and the number of their set where it is one of the table of all such sets.

    ``counted`` when a column ``n`` says how often a node is to be reported.
    """

    nodes: Sql
    counted: bool = False
    number: int | None = None


@dataclass(slots=True)
class _Planner:
    shapes: Shapes
    only_nodes: Sequence[Term]
    counts: Callable[[Term], bool]
    nodes: Mapping[Term, str | None] | None = None
    instead: Mapping[Term, Term] = field(default_factory=dict)
    tests: Mapping[Term, Sql] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    targets: dict[Term, _Focus] = field(default_factory=dict)
    reported: dict[Term, _Focus] = field(default_factory=dict)
    asked: dict[Term, Sql] = field(default_factory=dict)
    chosen: dict[Term, _Focus] = field(default_factory=dict)
    narrowed: dict[tuple[Sql, str], _Focus] = field(default_factory=dict)
    report_from: dict[Term, list[tuple[Shape, _Focus]]] = field(default_factory=lambda: defaultdict(list))
    ask_from: dict[Term, list[tuple[Shape, Sql]]] = field(default_factory=lambda: defaultdict(list))
    values: dict[tuple[Term, Sql], str] = field(default_factory=dict)
    sets: int = 0
    tables: int = 0


def compile_plan(
    shapes: Shapes,
    only_shapes: Iterable[Term] = (),
    only_nodes: Sequence[Term] = (),
    nodes: Mapping[Term, str | None] | None = None,
) -> Plan:
    """Return the statements that validate a table of quads against shapes.

    ``only_shapes`` keeps the results of some shapes, ``only_nodes`` those of some target nodes. With
    ``nodes`` there are only the results of shapes that it has, for nodes of the table (column ``node``) that
    it names, or for all where it names none; rules keep the numbers that they have without.

    :raises UnsupportedError: for recursive shapes and regular expressions that the database does not have.
    """
    starts, counts = entries(shapes, only_shapes)
    order = reachable(shapes, starts)
    planner = _Planner(shapes, only_nodes, counts, nodes, alike_shapes(shapes, order))
    planner.tests = node_tests(order, lambda shape, tests: Scope(shapes, shape, _NONE, tests.__getitem__))
    planner.steps.append(compile_subclasses(_classes(order)))
    _target_sets(planner, starts)
    for shape in order:
        _focus_nodes(planner, shape, shape.node in starts)
    for shape in reversed(order):
        if shape.node in planner.asked:
            _failing_table(planner, shape)
    reported = [shape for shape in order if shape.node in planner.reported and counts(shape.node)]
    _all_results(planner, reported)
    return Plan(planner.steps, planner.rules, order)


def _classes(shapes: Iterable[Shape]) -> set[Term]:
    """Return the classes whose instances are asked for."""
    targets = {t.term for shape in shapes for t in shape.targets if t.kind is TargetKind.CLASS}
    return targets | {c.value for shape in shapes for c in shape.constraints if c.component == _CLASS}


def _target_sets(planner: _Planner, starts: Iterable[Term]) -> None:
    """Add the step that makes the table of sets of focus nodes, with those of all targets."""
    planner.targets = {node: _numbered(number) for number, node in enumerate(starts)}
    planner.sets = len(planner.targets)
    nodes = compile_targets({n: planner.shapes[node].targets for n, node in enumerate(planner.targets)})
    if planner.only_nodes:
        nodes = sql(
            "SELECT * FROM _nodes AS t WHERE node IN (:chosen)",
            _nodes=nodes,
            chosen=tuple(planner.only_nodes),
        )
    planner.steps.append(sql("CREATE TABLE _t AS SELECT * FROM _q AS q", _t=_FOCUS, _q=nodes))


def _numbered(number: int) -> _Focus:
    nodes = sql("SELECT node FROM _t WHERE number = :number", _t=_FOCUS, number=number)
    return _Focus(nodes, number=number)


def _focus_nodes(planner: _Planner, shape: Shape, is_start: bool) -> None:
    focus = _reported_focus(planner, shape, is_start)
    asked = _asked_focus(planner, shape)
    chosen = _chosen(planner, shape, focus) if focus else None
    if focus:
        planner.reported[shape.node] = focus
    if chosen:
        planner.chosen[shape.node] = chosen
    if asked:
        planner.asked[shape.node] = asked
    for constraint in active_constraints(shape):
        for other in references(planner.shapes, shape, constraint):
            if focus and constraint.component == _PROPERTY:
                planner.report_from[other].append((shape, focus))
            elif chosen:
                _ask(planner, other, shape, chosen.nodes)
            if asked:
                _ask(planner, other, shape, asked)


def _ask(planner: _Planner, other: Term, user: Shape, focus: Sql) -> None:
    """Note that a shape needs to know which of its value nodes conform to another one."""
    if other not in planner.tests:
        planner.ask_from[planner.instead[other]].append((user, focus))


def _reported_focus(planner: _Planner, shape: Shape, is_start: bool) -> _Focus | None:
    parents = planner.report_from[shape.node]
    if not parents:
        return planner.targets[shape.node] if is_start else None
    if len(parents) == 1 and not is_start and parents[0][0].path is None:
        return parents[0][1]  # the focus nodes of a node shape are its value nodes
    sources = [_counted_values(planner, parent, focus) for parent, focus in parents]
    if is_start:
        own = planner.targets[shape.node].nodes
        sources.append(sql("SELECT node, 1 AS n FROM _nodes AS t", _nodes=own))
    total = sql("SELECT node, CAST(sum(n) AS BIGINT) AS n FROM _q AS q GROUP BY node", _q=union(sources))
    return _Focus(_table(planner, "focus", total), counted=True)


def _chosen(planner: _Planner, shape: Shape, focus: _Focus) -> _Focus | None:
    """Return the focus nodes whose results are wanted, where only some are."""
    if planner.nodes is None:
        return focus
    if shape.node not in planner.nodes:
        return None
    table = planner.nodes[shape.node]
    if table is None:
        return focus
    key = (focus.nodes, table)
    if key not in planner.narrowed:  # the property shapes of a node shape share its focus nodes
        planner.narrowed[key] = _narrowed(planner, focus, table)
    return planner.narrowed[key]


def _narrowed(planner: _Planner, focus: _Focus, table: str) -> _Focus:
    wanted = sql("SELECT f.* FROM _f AS f SEMI JOIN _t AS t ON t.node = f.node", _f=focus.nodes, _t=table)
    if focus.counted:
        return replace(focus, nodes=_table(planner, "chosen", wanted))
    number, planner.sets = planner.sets, planner.sets + 1
    planner.steps.append(
        sql("INSERT INTO _t SELECT :number, node FROM _q AS q", _t=_FOCUS, number=number, _q=wanted)
    )
    return _numbered(number)


def _counted_values(planner: _Planner, parent: Shape, focus: _Focus) -> Sql:
    values = sql("SELECT DISTINCT focus, value FROM _v AS v", _v=_scope(planner, parent, focus.nodes).values)
    if not focus.counted:
        return sql("SELECT value AS node, 1 AS n FROM _v AS v", _v=values)
    return sql(
        "SELECT v.value AS node, f.n FROM _v AS v JOIN _f AS f ON f.node = v.focus", _v=values, _f=focus.nodes
    )


def _asked_focus(planner: _Planner, shape: Shape) -> Sql | None:
    users = list(dict.fromkeys((user.node, focus) for user, focus in planner.ask_from[shape.node]))
    if not users:
        return None
    if len(users) == 1 and planner.shapes[users[0][0]].path is None:
        return users[0][1]
    values = [_scope(planner, planner.shapes[node], focus).values for node, focus in users]
    return _table(planner, "asked", sql("SELECT DISTINCT value AS node FROM _v AS v", _v=union(values)))


def _failing_table(planner: _Planner, shape: Shape) -> None:
    focus = planner.asked[shape.node]
    compiled = [_compiled(planner, shape, constraint, focus) for constraint in active_constraints(shape)]
    tests = [one.holds for one in compiled if isinstance(one, Test)]
    queries = [one for one in compiled if isinstance(one, Sql)]
    if tests:
        queries.append(values_not(_scope(planner, shape, focus), all_of(tests)))
    nodes = [sql("SELECT focus AS node FROM _q AS q", _q=query) for query in queries]
    none = sql("SELECT node FROM _f AS f WHERE FALSE", _f=focus)
    planner.steps.append(
        sql(
            "CREATE TABLE _t AS SELECT DISTINCT node FROM _q AS q",
            _t=_failing_name(planner, shape.node),
            _q=union([none, *nodes]),
        )
    )


def _failing_name(planner: _Planner, shape: Term) -> str:
    return f"_failing_{list(planner.asked).index(shape)}"


def _failing(planner: _Planner, shape: Term) -> str | Sql:
    """Return how it is known which nodes do not conform to a shape (see `Scope`)."""
    return planner.tests.get(shape) or _failing_name(planner, planner.instead[shape])


def _all_results(planner: _Planner, shapes: Iterable[Shape]) -> None:
    """Add the steps that report all results: of constraints that many shapes have, then of each shape."""
    of_shape: dict[Term, list[Rule]] = {}
    members: list[Member] = []
    for shape in shapes:
        own = [constraint for constraint in active_constraints(shape) if constraint.component != _PROPERTY]
        rules = [Rule(number, shape, constraint) for number, constraint in enumerate(own, len(planner.rules))]
        planner.rules += rules
        if focus := planner.chosen.get(shape.node):
            of_shape[shape.node] = rules
            if focus.number is not None:
                members += [Member(rule.number, shape, rule.constraint, focus.number) for rule in rules]
    together = batches(members, planner.instead)
    _batch_results(planner, together)
    done = {member.rule for batch in together for member in batch.members}
    for node, rules in of_shape.items():
        _results(planner, planner.shapes[node], [rule for rule in rules if rule.number not in done])


def _batch_results(planner: _Planner, together: Sequence[Batch]) -> None:
    if together:
        planner.steps.append(compile_batches(together))
    for number, batch in enumerate(together):
        first = batch.members[0]
        focus, step = batch_focus(number, _FOCUS), batch_step(number, first.shape.path, _FOCUS)
        scope = replace(_scope(planner, first.shape, focus), step=step)
        compiled = compile_batch(batch, scope)
        found = values_not(scope, compiled.holds) if isinstance(compiled, Test) else compiled
        rows = sql(
            "SELECT q.focus.rule AS rule, q.focus.node AS focus, q.value, q.path FROM _q AS q", _q=found
        )
        planner.steps.append(_insert([rows], _numbered(first.focus)))


def _results(planner: _Planner, shape: Shape, rules: Sequence[Rule]) -> None:
    """Add the step that reports results of a shape; tests of single value nodes share one scan."""
    focus = planner.chosen[shape.node]
    tests: dict[int, Sql] = {}
    found: list[Sql] = []
    for rule in rules:
        compiled = _compiled(planner, shape, rule.constraint, focus.nodes)
        if isinstance(compiled, Test):
            tests[rule.number] = compiled.holds
        else:
            found.append(
                sql("SELECT CAST(:n AS INTEGER) AS rule, q.* FROM _q AS q", n=rule.number, _q=compiled)
            )
    if tests:
        found.append(_tested(_scope(planner, shape, focus.nodes), tests))
    if found:
        planner.steps.append(_insert(found, focus))


def _tested(scope: Scope, tests: Mapping[int, Sql]) -> Sql:
    """Return the violations of all tests: value nodes that pass them all are sorted out in one go."""
    failed = [
        sql("IF(coalesce(:holds, FALSE), NULL, CAST(:n AS INTEGER))", holds=holds, n=number)
        if len(tests) > 1
        else sql("CAST(:n AS INTEGER)", n=number)
        for number, holds in tests.items()
    ]
    rows = sql(
        "SELECT DISTINCT v.focus, v.value, :failed AS failed FROM _v AS v WHERE NOT coalesce(:holds, FALSE)",
        _v=scope.candidates,
        failed=failed,
        holds=all_of(tests.values()),
    )
    return sql(
        "SELECT q.rule, q.focus, q.value, NULL AS path FROM"
        " (SELECT unnest(failed) AS rule, focus, value FROM _rows AS r) AS q WHERE q.rule IS NOT NULL",
        _rows=scope.of_focus(rows),
    )


def _insert(found: Sequence[Sql], focus: _Focus) -> Sql:
    rows = Sql(" UNION ALL BY NAME ".join(one.text for one in found))
    if not focus.counted:
        return sql("INSERT INTO _t BY NAME SELECT q.* FROM _q AS q", _t=FINDINGS, _q=rows)
    return sql(
        "INSERT INTO _t BY NAME SELECT q.* FROM _q AS q"
        " JOIN _f AS f ON f.node = q.focus CROSS JOIN unnest(range(f.n))",
        _t=FINDINGS,
        _q=rows,
        _f=focus.nodes,
    )


def _compiled(planner: _Planner, shape: Shape, constraint: Constraint, focus: Sql) -> Test | Sql:
    compile_component, scope = COMPONENTS.get(constraint.component), _scope(planner, shape, focus)
    if is_matched_outside(constraint, shape):
        planner.tables += 1
        expression = expression_of(constraint, shape).text
        match, test = compile_match(expression, scope, f"_matching_{planner.tables}")
        planner.steps.append(match)
        return test
    if compile_component:
        return compile_component(constraint, scope)
    planner.tables += 1
    step = SparqlStep(f"_sparql_{planner.tables}", shape, constraint, focus)
    planner.steps.append(step)
    return sql("SELECT focus, value, path, messages FROM _t", _t=step.table)


def _scope(planner: _Planner, shape: Shape, focus: Sql) -> Scope:
    """Return a shape's scope; the value nodes of a path of several steps are looked up once for all."""
    key = (shape.node, focus)
    scope = Scope(planner.shapes, shape, focus, lambda node: _failing(planner, node), planner.values.get(key))
    if scope.table or shape.path is None or scope.is_plain or len(active_constraints(shape)) < 2:
        return scope
    planner.values[key] = _create(
        planner, "values", sql("SELECT DISTINCT focus, value FROM _v AS v", _v=scope.values)
    )
    return replace(scope, table=planner.values[key])


def _create(planner: _Planner, kind: str, query: Part) -> str:
    planner.tables += 1
    name = f"_{kind}_{planner.tables}"
    planner.steps.append(sql("CREATE TABLE _t AS SELECT * FROM _q AS q", _t=name, _q=query))
    return name


def _table(planner: _Planner, kind: str, query: Part) -> Sql:
    """Add the step that keeps the rows of a query, and return the query that reads them."""
    return sql("SELECT * FROM _t", _t=_create(planner, kind, query))
