"""Constraints that many shapes have alike, in one statement: profiles ask ``sh:maxCount 1`` a hundred times.

What such constraints differ in (the predicate, the focus nodes, the rule's number) becomes rows of a table.
Tests of single value nodes that are not alike become one condition by cases, if there are many.
In the one statement a "focus node" is a pair of a rule and a node, so that components need not know.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from lodgrants.db.fragment import Sql, case, sql
from lodgrants.validate.alike import said_by
from lodgrants.validate.components import COMPONENTS, TERM_TESTS
from lodgrants.validate.components.scope import Scope, Test
from lodgrants.validate.components.string import is_matched_outside
from lodgrants.validate.model import Constraint, Inverse, Path, Predicate, Shape, Term, sh
from lodgrants.validate.paths import TRIPLES, is_one_step

# Fewer alike are cheaper where they are, in the statements of their shapes.
_MANY = 4
# Of tests that are not alike; and how many of them at most are one statement.
_MANY_TESTS, _MOST_TESTS = 16, 64
_BATCHES = "_batch"
_ALIKE = TERM_TESTS | frozenset(
    sh(f"{name}ConstraintComponent")
    for name in (
        "Class", "MinCount", "MaxCount", "UniqueLang", "Not", "And", "Or", "Xone", "Node", "HasValue",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One constraint among others alike: its rule's number, its shape, and the number of its focus nodes."""

    rule: int
    shape: Shape
    constraint: Constraint
    focus: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Constraints for one statement: either all ``alike``, or each a test of a single value node."""

    members: Sequence[Member]
    alike: bool


def batches(members: Sequence[Member], instead: Mapping[Term, Term]) -> list[Batch]:
    """Return the constraints of which there are many alike, and the other tests where these are many.

    ``instead`` is of `alike_shapes`.
    """
    alike: dict[tuple[Hashable, type], list[Member]] = {}
    others: dict[type, list[Member]] = {}
    for member in members:
        if _can_join(member):
            said = said_by(member.constraint, instead)
            alike.setdefault((said, type(member.shape.path)), []).append(member)
    for (_, kind), some in alike.items():
        if len(some) < _MANY and some[0].constraint.component in TERM_TESTS:
            others.setdefault(kind, []).extend(some)
    found = [Batch(some, alike=True) for some in alike.values() if len(some) >= _MANY]
    return found + [
        Batch(some[start : start + _MOST_TESTS], alike=False)
        for some in others.values()
        if len(some) >= _MANY_TESTS
        for start in range(0, len(some), _MOST_TESTS)
    ]


def compile_batch(batch: Batch, scope: Scope) -> Test | Sql:
    """Return the batch as one component over pairs of rule and node."""
    if batch.alike:
        constraint = batch.members[0].constraint
        return COMPONENTS[constraint.component](constraint, scope)
    branches = []
    for member in batch.members:
        test = COMPONENTS[member.constraint.component](member.constraint, scope)
        assert isinstance(test, Test)
        branches.append((sql("v.focus.rule = :n", n=member.rule), test.holds))
    return Test(case(branches, True))


def _can_join(member: Member) -> bool:
    constraint, path = member.constraint, member.shape.path
    return (
        (path is None or is_one_step(path))
        and constraint.component in _ALIKE
        and not is_matched_outside(constraint, member.shape)
    )


def compile_batches(found: Sequence[Batch]) -> Sql:
    """Create the table of what the members of batches differ in, predicates in the type of the data's."""
    rows = [(number, member) for number, batch in enumerate(found) for member in batch.members]
    return sql(
        "CREATE TABLE _t AS SELECT w.batch, w.rule, w.focus, d.p FROM"
        " (SELECT CAST(unnest(:batches) AS INTEGER) AS batch, CAST(unnest(:rules) AS INTEGER) AS rule,"
        " CAST(unnest(:focus) AS INTEGER) AS focus, unnest(:predicates) AS p) AS w"
        " LEFT JOIN (SELECT DISTINCT p FROM _data) AS d ON d.p = w.p",
        _t=_BATCHES,
        batches=[str(number) for number, _ in rows],
        rules=[str(member.rule) for _, member in rows],
        focus=[str(member.focus) for _, member in rows],
        predicates=[_predicate(member.shape.path) for _, member in rows],
        _data=TRIPLES,
    )


def batch_focus(batch: int, focus_nodes: str) -> Sql:
    """Return the pairs of rule and node in focus, given the table of all focus nodes (``number, node``)."""
    return sql(
        "SELECT struct_pack(rule := b.rule, node := f.node) AS node FROM _b AS b"
        " JOIN _f AS f ON f.number = b.focus WHERE b.batch = :batch",
        _b=_BATCHES,
        _f=focus_nodes,
        batch=batch,
    )


def batch_step(batch: int, path: Path | None, focus_nodes: str) -> Sql:
    """Return all pairs (focus, value) of the batch's paths, each focus with its rule.

    Without a path the value node is the focus node.
    """
    if path is None:
        return sql(
            "SELECT node AS focus, node.node AS value FROM _f AS f", _f=batch_focus(batch, focus_nodes)
        )
    steps = sql(
        "SELECT b.rule, t.s, t.o FROM _t AS t JOIN _b AS b ON b.p = t.p WHERE b.batch = :batch",
        _t=TRIPLES,
        _b=_BATCHES,
        batch=batch,
    )
    if isinstance(path, Inverse):
        return sql("SELECT struct_pack(rule := rule, node := o) AS focus, s AS value FROM _q AS q", _q=steps)
    return sql("SELECT struct_pack(rule := rule, node := s) AS focus, o AS value FROM _q AS q", _q=steps)


def _predicate(path: Path | None) -> Term | None:
    if path is None:
        return None
    step = path.path if isinstance(path, Inverse) else path
    assert isinstance(step, Predicate)
    return step.iri
