"""The one result model from which every report is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING

from sqlglot import exp

from lodgrants.db.engine import Engine
from lodgrants.db.template import condition, sql
from lodgrants.rdf.formats import RdfFile
from lodgrants.rdf.literals import lexical_form
from lodgrants.rdf.terms import literal
from lodgrants.validate.custom import SPARQL
from lodgrants.validate.messages import chosen_message, default_message, expectation
from lodgrants.validate.model import Path, Shape, Term, sh
from lodgrants.validate.paths import TRIPLES
from lodgrants.validate.plan import FINDINGS, Rule
from lodgrants.validate.shape_paths import path_text, path_turtle

if TYPE_CHECKING:
    import pyarrow as pa

RESULTS = "result"
COLUMNS = (
    "focus", "path", "value", "severity", "component", "shape", "shape_label", "message", "expected",
    "record",
)  # fmt: skip
SEVERITIES = (sh("Info"), sh("Warning"), sh("Violation"))


@dataclass(frozen=True, slots=True)
class Report:
    """The results of a validation; holds the database they are in until it is closed."""

    engine: Engine
    rules: Sequence[Rule]
    files: Sequence[RdfFile]
    stack: ExitStack = field(repr=False)

    @property
    def conforms(self) -> bool:
        """Whether there is no result at all (https://www.w3.org/TR/shacl/#conforms)."""
        return not self.engine.rows(sql("SELECT 1 FROM _t LIMIT 1", _t=RESULTS))

    def counts(self) -> dict[Term, int]:
        """Return the number of results of each severity."""
        rows = self.engine.rows(sql("SELECT severity, count(*) FROM _t GROUP BY 1 ORDER BY 1", _t=RESULTS))
        return dict(rows)

    def table(self) -> pa.Table:
        """Return all results as an Arrow table of N-Triples terms and texts, in a fixed order."""
        return self.engine.batches(self.query()).read_all()

    def query(self) -> exp.Expr:
        """Return the query for all results in their fixed order."""
        columns = exp.select(*COLUMNS).from_(RESULTS)
        return columns.order_by("rule", "focus", "value", "path", "message")

    def close(self) -> None:
        """Let go of the database."""
        self.stack.close()

    def __enter__(self) -> Report:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def create_results(engine: Engine, rules: Sequence[Rule], labels: Mapping[Term, str]) -> None:
    """Create the view of results from the table of findings and what each rule says."""
    _create_rules(engine, rules, labels)
    engine.run(
        sql(
            "CREATE TABLE _record AS SELECT s AS node, min(g) AS record FROM _quad WHERE g IS NOT NULL"
            " AND s IN"
            " (SELECT focus FROM _finding) GROUP BY s",
            _quad=TRIPLES,
            _finding=FINDINGS,
        )
    )
    engine.run(
        sql(
            "CREATE VIEW result AS SELECT f.rule, f.focus, coalesce(f.path, r.path) AS path, f.value,"
            " r.severity,"
            " r.component, r.shape, r.shape_label, coalesce(:message, r.message) AS message, r.expected,"
            " g.record,"
            " coalesce(f.path, r.path_turtle) AS path_turtle, r.source_constraint,"
            " coalesce(array_to_string(f.messages, ', '), r.messages) AS messages"
            " FROM _finding AS f JOIN _rule AS r ON r.rule = f.rule LEFT JOIN _record AS g ON g.node ="
            " f.focus",
            _finding=FINDINGS,
            message=lexical_form(condition("f.messages[1]")),
        )
    )


def _create_rules(engine: Engine, rules: Sequence[Rule], labels: Mapping[Term, str]) -> None:
    columns: dict[str, list[str | None]] = {
        "path": [_path(rule.shape, path_text) for rule in rules],
        "path_turtle": [_path(rule.shape, path_turtle) for rule in rules],
        "severity": [rule.shape.severity for rule in rules],
        "component": [rule.constraint.component for rule in rules],
        "shape": [rule.shape.node for rule in rules],
        "shape_label": [labels.get(rule.shape.node, rule.shape.node) for rule in rules],
        "message": [rule_message(rule) for rule in rules],
        "messages": [", ".join(rule.shape.messages) or literal(rule_message(rule)) for rule in rules],
        "source_constraint": [_source_constraint(rule) for rule in rules],
        "expected": [expectation(rule.constraint) for rule in rules],
    }
    select = exp.select(exp.alias_(_unnest([rule.number for rule in rules], "INTEGER"), "rule"))
    for name, values in columns.items():
        select = select.select(exp.alias_(_unnest(values, "VARCHAR"), name))
    engine.run(sql("CREATE TABLE _rule AS SELECT * FROM _q AS q", _q=select))


def _unnest(values: Sequence[str | None] | Sequence[int], type_: str) -> exp.Expr:
    return exp.func("unnest", exp.cast(exp.convert(list(values)), f"{type_}[]"))


def _path(shape: Shape, write: Callable[[Path], str]) -> str | None:
    return write(shape.path) if shape.path else None


def _source_constraint(rule: Rule) -> Term | None:
    return rule.constraint.value if rule.constraint.component == SPARQL else None


def rule_message(rule: Rule) -> str:
    """Return the message of a rule's results: the shape's own, else a made one."""
    own = chosen_message(rule.shape.messages)
    return own if own is not None else default_message(rule.shape, rule.constraint)
