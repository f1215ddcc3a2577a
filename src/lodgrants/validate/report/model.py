"""The one result model from which every report is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, TYPE_CHECKING

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, column, sql
from lodgrants.rdf.formats import RdfFile
from lodgrants.rdf.literals import lexical_form
from lodgrants.rdf.terms import literal
from lodgrants.validate.custom import SPARQL
from lodgrants.validate.evidence import create_places, find_lines
from lodgrants.validate.messages import (
    chosen_message,
    component_name,
    default_message,
    expectation,
    short_iris,
)
from lodgrants.validate.model import Path, Shape, Term, sh
from lodgrants.validate.paths import TRIPLES
from lodgrants.validate.plan import FINDINGS, Rule
from lodgrants.validate.shape_paths import path_text, path_turtle

if TYPE_CHECKING:
    import pyarrow as pa
    import rdflib

RESULTS = "result"
_PART = 20_000
COLUMNS = (
    "focus", "path", "value", "severity", "component", "shape", "shape_label", "message", "expected",
    "record", "source", "line", "start", "stop", "quote",
)  # fmt: skip
SEVERITIES = (sh("Info"), sh("Warning"), sh("Violation"))


@dataclass(frozen=True, slots=True)
class Example:
    """One result of a group: its nodes, and the record, page and words that it comes from, where known."""

    focus: Term
    value: Term | None
    record: Term | None
    source: str | None
    quote: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """All results of one constraint (and path), as people want them: once, with a count and examples."""

    rule: int
    shape: str
    severity: Term
    component: Term
    path: str | None
    message: str
    expected: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The results of a validation; holds the database they are in until it is closed.

    ``asked`` is false when there was no constraint to validate against.
    """

    engine: Engine
    rules: Sequence[Rule]
    files: Sequence[RdfFile]
    stack: ExitStack = field(repr=False)
    limit: int | None = None
    asked: bool = True

    @property
    def verdict(self) -> str:
        """What is said of a report without results."""
        if self.asked:
            return "The data conforms."
        return "Nothing was validated: no shape with a target has a constraint (are these the right shapes?)."

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
        return self.engine.table(self.query())

    def query(self) -> Sql:
        """Return the query for all columns of the results in their fixed order."""
        return sql(
            "SELECT _columns FROM _t ORDER BY id LIMIT :n",
            _columns=[column(name) for name in COLUMNS],
            _t=RESULTS,
            n=self.limit,
        )

    def write_lines(self, line: Sql, out: IO[bytes]) -> None:
        """Write a text for each result in their fixed order, part by part, so that memory stays bounded."""
        listed = sql("SELECT id FROM _result ORDER BY id LIMIT :n", n=self.limit)
        ((first, last),) = self.engine.rows(sql("SELECT min(id), max(id) FROM _q AS q", _q=listed))
        for start in range(first or 1, (last or 0) + 1, _PART):
            query = sql(
                "SELECT :line AS line FROM _t WHERE id BETWEEN :a AND :b ORDER BY id",
                line=line,
                _t=RESULTS,
                a=start,
                b=min(start + _PART - 1, last),
            )
            self.engine.write_text(query, out)

    def triple(self) -> tuple[bool, rdflib.Graph, str]:
        """Return what pySHACL's ``validate`` returns: conforms, the results graph, and a text for reading."""
        from lodgrants.validate.report.triple import as_triple

        return as_triple(self)

    def rule_rows(self) -> list[tuple[str, str, Term, str | None, str]]:
        """Return name, shape's label, component, path and expectation of every constraint."""
        rows = self.engine.rows(
            sql("SELECT name, shape_label, component, path, expected FROM _rule ORDER BY rule")
        )
        return [(name, label, component, path, text) for name, label, component, path, text in rows]

    def groups(self, examples: int) -> list[Group]:
        """Return the kinds of results that there are, each with its count and a few examples."""
        rows = self.engine.rows(
            sql(
                "SELECT r.rule, r.shape_label, r.severity, r.component, f.path AS path,"
                " coalesce(:message, any_value(r.message)),"
                " r.expected, count(*), arg_min(struct_pack(focus := f.focus, value := f.value,"
                " record := g.record, source := p.source, quote := p.quote), f.id, :examples)"
                " FROM _result AS f JOIN _rule AS r ON r.rule = f.rule"
                " LEFT JOIN _record AS g ON g.node = f.focus LEFT JOIN _place AS p ON p.id = f.id"
                " GROUP BY r.rule, r.shape_label, r.severity, r.component, f.path, r.expected"
                " ORDER BY r.rule, f.path",
                examples=max(examples, 1),
                message=lexical_form(sql("arg_min(f.messages[1], f.id)")),
            )
        )
        return [Group(*(*row[:-1], tuple(Example(**one) for one in row[-1]))) for row in rows]

    def find_lines(self) -> None:
        """Look up the lines of the results' statements in data files of one statement a line."""
        self.engine.keep_order()
        for file in self.files:
            if file.by_line and str(file.path) != "-":
                find_lines(self.engine, file)

    def drop_known(self, baseline: Sql) -> int:
        """Take out the results that an earlier report (``shape_label, component, path, focus, value``) has.

        Blank nodes have no lasting names and are all taken as the same. Returns the number taken out.
        """
        known = self.engine.rows(
            sql(
                "DELETE FROM _result USING _rule AS r, _b AS b WHERE r.rule = _result.rule"
                " AND b.shape_label = r.shape_label AND b.component = r.component"
                " AND coalesce(b.path, '') = coalesce(_result.path, '')"
                " AND regexp_replace(b.focus, '^_:.*', '_:') = regexp_replace(_result.focus, '^_:.*', '_:')"
                " AND regexp_replace(coalesce(b.value, ''), '^_:.*', '_:')"
                " = regexp_replace(coalesce(_result.value, ''), '^_:.*', '_:')",
                _b=baseline,
            )
        )
        return int(known[0][0]) if known else 0

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
    """Create the view of results, numbered in a fixed order, from the findings and their rules."""
    _create_rules(engine, rules, labels)
    engine.run(
        sql(
            "CREATE TABLE _result AS SELECT row_number() OVER (ORDER BY f.rule, f.focus, f.value, f.path,"
            " f.messages) AS id,"
            " f.rule, f.focus, coalesce(f.path, r.path) AS path, f.value, f.messages FROM _finding AS f"
            " JOIN _rule AS r ON r.rule = f.rule",
            _finding=FINDINGS,
        )
    )
    engine.run(
        sql(
            "CREATE TABLE _record AS SELECT s AS node, min(g) AS record FROM _quad WHERE g IS NOT NULL"
            " AND s IN"
            " (SELECT focus FROM _result) GROUP BY s",
            _quad=TRIPLES,
        )
    )
    create_places(engine)
    engine.run(
        sql(
            "CREATE VIEW result AS SELECT f.id, f.rule, f.focus, f.path, f.value, r.severity,"
            " r.component, r.shape,"
            " r.shape_label, r.name, coalesce(:message, r.message) AS message, r.expected, g.record,"
            " p.source,"
            " p.line,"
            " p.start, p.stop, p.quote, IF(f.path IS DISTINCT FROM r.path, f.path, r.path_turtle) AS"
            " path_turtle,"
            " r.source_constraint, coalesce(array_to_string(f.messages, ', '), r.messages) AS messages"
            " FROM _result AS f JOIN _rule AS r ON r.rule = f.rule LEFT JOIN _record AS g ON g.node = f.focus"
            " LEFT JOIN _place AS p ON p.id = f.id",
            message=lexical_form(sql("f.messages[1]")),
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
        "name": _names(rules, labels),
        "message": [rule_message(rule) for rule in rules],
        "messages": [", ".join(rule.shape.messages) or literal(rule_message(rule)) for rule in rules],
        "source_constraint": [_source_constraint(rule) for rule in rules],
        "expected": [expectation(rule.constraint) for rule in rules],
    }
    cells = [_unnest(name, values) for name, values in columns.items()]
    engine.run(
        sql("CREATE TABLE _rule AS SELECT unnest(range(:n)) AS rule, _cells", n=len(rules), _cells=cells)
    )


def _unnest(name: str, values: Sequence[str | None]) -> Sql:
    return sql("unnest(CAST(:values AS VARCHAR[])) AS _name", values=values, _name=name)


def _names(rules: Sequence[Rule], labels: Mapping[Term, str]) -> list[str | None]:
    """Return a lasting name for every rule: its shape, component and, where need be, a number."""
    names: list[str | None] = []
    for rule in rules:
        label = short_iris(labels.get(rule.shape.node, rule.shape.node))
        name = f"{label} {component_name(rule.constraint.component)}"
        same = sum(1 for other in names if other == name or str(other).startswith(f"{name} "))
        names.append(f"{name} {same + 1}" if same else name)
    return names


def _path(shape: Shape, write: Callable[[Path], str]) -> str | None:
    return write(shape.path) if shape.path else None


def _source_constraint(rule: Rule) -> Term | None:
    return rule.constraint.value if rule.constraint.component == SPARQL else None


def rule_message(rule: Rule) -> str:
    """Return the message of a rule's results: the shape's own, else a made one."""
    own = chosen_message(rule.shape.messages)
    return own if own is not None else default_message(rule.shape, rule.constraint)
