"""What a component sees of the shape around it when it is compiled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from lodgrants.db.template import sql
from lodgrants.validate.model import Constraint, Shape, Shapes, Term
from lodgrants.validate.paths import compile_path

VALUE = exp.column("value", "v")


@dataclass(frozen=True, slots=True)
class Scope:
    """A shape over a table of focus nodes (column ``node``), among all shapes.

    ``failing`` names the table (column ``node``) of the nodes that do not conform to another shape.
    """

    shapes: Shapes
    shape: Shape
    focus: str
    failing: Callable[[Term], str]

    @property
    def values(self) -> exp.Expr:
        """The value nodes, as ``focus, value`` (https://www.w3.org/TR/shacl/#value-nodes), with repeats."""
        start = sql("SELECT node AS focus, node AS value FROM _f", _f=self.focus)
        return compile_path(self.shape.path, start) if self.shape.path else start


# A component compiled: a query for ``focus, value, path`` of its violations; path NULL means the shape's own.
Compile = Callable[[Constraint, Scope], exp.Expr]


def values_not(scope: Scope, holds: exp.Expr) -> exp.Expr:
    """Return the value nodes (as ``v.value``) for which a condition does not hold."""
    return sql(
        "SELECT DISTINCT v.focus, v.value, NULL AS path FROM _v AS v WHERE NOT coalesce(:holds, FALSE)",
        _v=scope.values,
        holds=holds,
    )
