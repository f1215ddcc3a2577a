"""What a component sees of the shape around it when it is compiled, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lodgrants.db.fragment import Sql, column, sql
from lodgrants.validate.model import Constraint, Shape, Shapes, Term
from lodgrants.validate.paths import compile_path, edges, is_one_step

VALUE = column("value", "v")


@dataclass(frozen=True, slots=True)
class Scope:
    """A shape over a query of focus nodes (column ``node``), among all shapes.

    ``failing`` gives the table (column ``node``) of the nodes that do not conform to another shape or, where
    a node's own term tells, the condition that ``v.value`` does. ``table`` holds the value nodes, where they
    were looked up before. ``step`` is the query of all pairs of a path of one step where it is not that of
    the shape alone: then nodes in focus are pairs of a rule and a node (see `batch`).
    """

    shapes: Shapes
    shape: Shape
    focus: Sql
    failing: Callable[[Term], str | Sql]
    table: str | None = None
    step: Sql | None = None

    @property
    def values(self) -> Sql:
        """The value nodes, as ``focus, value`` (https://www.w3.org/TR/shacl/#value-nodes), with repeats."""
        if self.table:
            return sql("SELECT focus, value FROM _v", _v=self.table)
        if self.step:
            return sql(
                "SELECT b.focus, b.value FROM _f AS f JOIN _b AS b ON b.focus = f.node",
                _f=self.focus,
                _b=self.step,
            )
        start = sql("SELECT node AS focus, node AS value FROM _f", _f=self.focus)
        return compile_path(self.shape.path, start) if self.shape.path else start

    @property
    def candidates(self) -> Sql:
        """The value nodes, and where that is cheaper those of nodes that are not in focus: see `of_focus`."""
        if self.step:
            return self.step
        return edges(self.shape.path) if self.is_plain and self.shape.path else self.values

    def of_focus(self, found: Sql) -> Sql:
        """Return those rows of a query over `candidates` that are about focus nodes.

        Violations are few: to ask for them first and for the focus nodes last joins little.
        """
        if not self.is_plain:
            return found
        return sql("SELECT q.* FROM _q AS q SEMI JOIN _f AS f ON f.node = q.focus", _q=found, _f=self.focus)

    @property
    def is_plain(self) -> bool:
        """Whether the shape's path is one step, so that value nodes are rows of the data as they stand."""
        return self.shape.path is not None and is_one_step(self.shape.path)


@dataclass(frozen=True, slots=True)
class Test:
    """A component compiled to a condition on a single value node, ``v.value``, by which it conforms.

    ``surely`` is a cheaper condition that implies it, if there is one.
    """

    holds: Sql
    surely: Sql | None = None


# A component compiled: a test, or a query for ``focus, value, path`` of its violations, where path NULL
# means the shape's own.
Compile = Callable[[Constraint, Scope], Test | Sql]


def values_not(scope: Scope, holds: Sql) -> Sql:
    """Return the value nodes (as ``v.value``) for which a condition does not hold."""
    return scope.of_focus(
        sql(
            "SELECT DISTINCT v.focus, v.value, NULL AS path FROM _v AS v WHERE NOT coalesce(:holds, FALSE)",
            _v=scope.candidates,
            holds=holds,
        )
    )
