"""What one pass over the quads can tell of a shape: which of its focus nodes surely conform.

What is noted of each subject are marks, which are bits, and a few of its values. Whatever is not sure counts
against a subject: it is then validated in earnest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from lodgrants.db.fragment import Sql, all_of, any_of, column, sql
from lodgrants.rdf.comparison import surely_precedes
from lodgrants.rdf.graph import TYPE
from lodgrants.rdf.literals import text_of
from lodgrants.validate.components import COMPONENTS, TERM_TESTS
from lodgrants.validate.components.scope import Scope, Test
from lodgrants.validate.components.string import PATTERN, expression_of
from lodgrants.validate.model import Constraint, Predicate, Shape, Shapes, TargetKind, Term, sh
from lodgrants.validate.order import active_constraints

BITS = 62
# The mark of a type that is none of the classes.
OTHER = 0
_NO_FOCUS = sql("SELECT NULL AS node WHERE FALSE")
_PROPERTY, _CLASS, _MIN_COUNT = (
    sh(f"{name}ConstraintComponent") for name in ("Property", "Class", "MinCount")
)


@dataclass(slots=True)
class Look:
    """All that is noted of a subject.

    ``marks`` has for each predicate the numbers of marks, with the condition on ``v.value`` that sets them
    where there is one. ``single`` are the predicates whose repetition is noted, ``first`` and ``lists`` those
    of which a value, or all, are kept; ``classes`` are the classes that count.
    """

    numbers: dict[tuple[Term, ...], int] = field(default_factory=dict)
    marks: dict[Term, dict[int, Sql | None]] = field(default_factory=lambda: defaultdict(dict))
    single: set[Term] = field(default_factory=set)
    first: dict[Term, int] = field(default_factory=dict)
    lists: dict[Term, int] = field(default_factory=dict)
    classes: dict[Term, int] = field(default_factory=dict)

    @property
    def columns(self) -> range:
        """The numbers of the columns that the marks take."""
        return range((len(self.numbers) + OTHER) // BITS + 1)

    @property
    def predicates(self) -> set[Term]:
        """The predicates of whose quads something is noted."""
        return {*self.marks, *self.first, *self.lists}

    def mark(self, predicate: Term, name: str, when: Sql | None, *key: Term) -> int:
        """Note of a subject that it has a value of a predicate, or one for which a condition holds."""
        number = self.numbers.setdefault((predicate, name, *key), len(self.numbers) + OTHER + 1)
        self.marks[predicate][number] = when
        return number

    def has(self, predicate: Term) -> int:
        """Note whether a subject has a predicate at all."""
        return self.mark(predicate, "has", None)

    def is_a(self, class_: Term) -> int:
        """Note whether a subject is said to be of a class."""
        number = self.mark(TYPE, "is", sql("v.value = :class", **{"class": class_}), class_)
        self.classes[class_] = number
        return number

    def note_others(self) -> None:
        """Note types that are none of the classes."""
        self.marks[TYPE][OTHER] = sql(
            "NOT coalesce(list_contains(:classes, v.value), FALSE)", classes=[*self.classes]
        )

    def once(self, predicate: Term) -> Sql:
        """Note whether a predicate is repeated; return the condition that any such is."""
        self.has(predicate)
        self.single.add(predicate)
        return sql("repeated")

    def a_value(self, predicate: Term) -> Sql:
        """Keep a value of a predicate and return it."""
        return column(f"first_{self.first.setdefault(predicate, len(self.first))}")


def marked(number: int) -> Sql:
    """Return the condition that a subject has a mark."""
    return sql("_f & CAST(:bit AS BIGINT) <> 0", _f=f"marks_{number // BITS}", bit=1 << number % BITS)


def unmarked(number: int) -> Sql:
    """Return the condition that a subject lacks a mark."""
    return sql("NOT :marked", marked=marked(number))


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Who may break a shape: focus nodes of which a condition holds, or with a value of no right class.

    ``targets`` are the marks of focus nodes; ``of_class`` pairs of a list's number and a class's mark.
    """

    targets: Sequence[int]
    condition: Sql
    of_class: Sequence[tuple[int, int]]


def can_look(shapes: Shapes, start: Shape) -> bool:
    """Whether all that a shape with targets asks of a focus node stands in the node's own quads.

    But for classes of values: it is enough to know some that are surely of a class.
    """
    kinds = {target.kind for target in start.targets}
    if not kinds <= {TargetKind.CLASS, TargetKind.SUBJECTS_OF}:
        return False
    return all(
        _can_look_below(shapes[constraint.value])
        if constraint.component == _PROPERTY and start.path is None
        else _is_known(start, constraint)
        for constraint in active_constraints(start)
    ) and (start.path is None or isinstance(start.path, Predicate))


def _can_look_below(shape: Shape) -> bool:
    known = all(_is_known(shape, constraint) for constraint in active_constraints(shape))
    return known and isinstance(shape.path, Predicate)


def _is_known(shape: Shape, constraint: Constraint) -> bool:
    if constraint.component == PATTERN:
        return expression_of(constraint, shape).linear
    if constraint.component == _MIN_COUNT:
        return int(text_of(constraint.value)) <= 1
    component = constraint.component
    return component in TERM_TESTS or (
        shape.path is not None and (component == _CLASS or component in _LOOKS)
    )


def look_at(look: Look, shapes: Shapes, start: Shape) -> Suspicion:
    """Note what a shape of which `can_look` says so needs, and return what makes a focus node suspect."""
    targets = [
        look.is_a(target.term) if target.kind is TargetKind.CLASS else look.has(target.term)
        for target in start.targets
    ]
    below = [shapes[c.value] for c in active_constraints(start) if c.component == _PROPERTY]
    conditions = [one for shape in (start, *below) for one in _conditions(look, shapes, shape)]
    of_class = [
        (look.lists.setdefault(shape.path.iri, len(look.lists)), look.is_a(constraint.value))
        for shape in (start, *below)
        for constraint in active_constraints(shape)
        if constraint.component == _CLASS and isinstance(shape.path, Predicate)
    ]
    return Suspicion(targets, any_of(conditions), of_class)


def _conditions(look: Look, shapes: Shapes, shape: Shape) -> Iterator[Sql]:
    """Yield the conditions that a subject may break a shape, but for the classes of values."""
    tests = []
    for constraint in active_constraints(shape):
        if constraint.component in TERM_TESTS:
            scope = Scope(shapes, shape, _NO_FOCUS, lambda node: node)
            test = COMPONENTS[constraint.component](constraint, scope)
            assert isinstance(test, Test)
            tests.append(test.surely or test.holds)
        elif isinstance(shape.path, Predicate) and (looked := _LOOKS.get(constraint.component)):
            yield looked(look, shape.path.iri, constraint)
    if tests:
        fails = sql("NOT coalesce(:holds, FALSE)", holds=all_of(tests))
        if isinstance(shape.path, Predicate):
            fails = marked(look.mark(shape.path.iri, "fails", fails, shape.node))
        yield fails


def _min_count(look: Look, predicate: Term, constraint: Constraint) -> Sql:
    least = int(text_of(constraint.value))
    return unmarked(look.has(predicate)) if least else sql("FALSE")


def _max_count(look: Look, predicate: Term, constraint: Constraint) -> Sql:
    most = int(text_of(constraint.value))
    return look.once(predicate) if most else marked(look.has(predicate))


def _unique_lang(look: Look, predicate: Term, constraint: Constraint) -> Sql:
    return look.once(predicate)


def _has_value(look: Look, predicate: Term, constraint: Constraint) -> Sql:
    same = sql("v.value = :value", value=constraint.value)
    return unmarked(look.mark(predicate, "value", same, constraint.value))


def _less_than(look: Look, predicate: Term, constraint: Constraint) -> Sql:
    """One value each is compared; where there are more, the pairs are not known."""
    left, right = look.a_value(predicate), look.a_value(constraint.value)
    return sql(
        ":repeated OR :again OR (:l IS NOT NULL AND :r IS NOT NULL AND NOT coalesce(:surely, FALSE))",
        repeated=look.once(predicate),
        again=look.once(constraint.value),
        l=left,
        r=right,
        surely=surely_precedes(left, right),
    )


_LOOKS: dict[Term, Callable[[Look, Term, Constraint], Sql]] = {
    sh(f"{name}ConstraintComponent"): looked
    for name, looked in {
        "MinCount": _min_count,
        "MaxCount": _max_count,
        "UniqueLang": _unique_lang,
        "HasValue": _has_value,
        "LessThan": _less_than,
        "LessThanOrEquals": _less_than,
    }.items()
}
