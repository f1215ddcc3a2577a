"""SPARQL-based constraints and components, each in one query over all focus nodes (https://www.w3.org/TR/shacl/#part2).

The data is the default graph of an embedded SPARQL store; one named graph holds the shapes, another values
of pre-bound variables. Values go in and results come out as files that the database writes and reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from sqlglot import exp

from lodgrants.db.engine import Engine
from lodgrants.db.template import condition, sql
from lodgrants.errors import Problem, ShapeError, Where
from lodgrants.rdf.graph import Graph
from lodgrants.rdf.namespaces import XSD
from lodgrants.validate.components.scope import Scope
from lodgrants.validate.model import Shapes, Term, Validator
from lodgrants.validate.paths import TRIPLES
from lodgrants.validate.plan import SparqlStep
from lodgrants.validate.prebind import Query, ask_as_select, prebind
from lodgrants.validate.shape_paths import path_text

_NAMES = "urn:lodgrants:prebound:"
_SHAPES_GRAPH = f"<{_NAMES}shapes>"
_SETTING = f"<{_NAMES}setting>"


class SparqlStore:
    """A SPARQL store with the data and shapes of one validation."""

    def __init__(self, engine: Engine, shapes: Graph, folder: Path) -> None:
        self._engine, self._folder, self._runs = engine, folder, 0
        self._store = ox.Store()
        self._load(sql("SELECT DISTINCT concat(s, ' ', p, ' ', o, E' .\\n') AS line FROM _t", _t=TRIPLES))
        lines = "".join(f"{s} {p} {o} {_SHAPES_GRAPH} .\n" for s, p, o in shapes)
        self._store.bulk_extend(ox.parse(lines.encode(), ox.RdfFormat.N_QUADS))

    def run(self, step: SparqlStep, shapes: Shapes) -> None:
        """Evaluate a constraint and create the step's table of violations.

        :raises ShapeError: when the query is not one that SHACL allows.
        """
        self._runs += 1
        call = _call(step, shapes, f"<{_NAMES}{self._runs}>")
        self._load(_varying(call))
        self._load_settings(call)
        results = self._folder / "results.tsv"
        try:
            found = self._store.query(call.query.text)
            assert isinstance(found, ox.QuerySolutions)
            variables = [variable.value for variable in found.variables]
            found.serialize(str(results), ox.QueryResultsFormat.TSV)
        except SyntaxError as error:
            raise _broken(call, str(error)) from error
        if "this" not in variables:
            raise _broken(call, "the query must return $this")
        self._engine.run(_read_results(call, results, variables))
        self._store.remove_graph(ox.NamedNode(call.graph[1:-1]))
        self._refuse_failures(call)

    def _load(self, query: exp.Expr) -> None:
        target = self._folder / "load.nq"
        with target.open("wb") as out:
            self._engine.write_text(query, out)
        self._store.bulk_extend(ox.parse(path=str(target), format=ox.RdfFormat.N_QUADS))

    def _load_settings(self, call: _Call) -> None:
        for name, value in call.settings.items():
            line = f"{_SETTING} <{_NAMES}{name}> {value} {call.graph} .\n"
            self._store.bulk_extend(ox.parse(line.encode(), ox.RdfFormat.N_QUADS))

    def _refuse_failures(self, call: _Call) -> None:
        """Pass a failure on that a query signals (https://www.w3.org/TR/shacl/#sparql-constraints-failure)."""
        failed = sql("SELECT focus FROM _t WHERE failure = :true LIMIT 1", _t=call.step.table, true=_TRUE)
        for (focus,) in self._engine.rows(failed):
            raise _broken(call, f"the query signals a failure for {focus}")


_TRUE = f'"true"^^<{XSD}boolean>'


@dataclass(frozen=True, slots=True)
class _Call:
    """One evaluation: the query, the table it fills, and the values that it is given."""

    step: SparqlStep
    validator: Validator
    scope: Scope
    graph: str
    query: Query
    settings: dict[str, Term]
    where: Where


def _call(step: SparqlStep, shapes: Shapes, graph: str) -> _Call:
    validator = shapes.validators[step.constraint.value]
    path = path_text(step.shape.path) if step.shape.path else None
    where = Where(detail=f"shape {step.shape.node}, SPARQL constraint {validator.node}")
    settings = {
        **step.constraint.options,
        "currentShape": step.shape.node,
        "shapesGraph": _SHAPES_GRAPH,
    }
    varying = {"this", "value"} if validator.ask else {"this"}
    rewrite = ask_as_select if validator.ask else prebind

    def bind(names: Iterable[str]) -> str:
        return _patterns(set(names), varying, graph)

    query = rewrite(validator.query, bind, varying | set(settings), path, where)
    scope = Scope(shapes, step.shape, step.focus, lambda node: node)
    return _Call(step, validator, scope, graph, query, settings, where)


def _patterns(names: set[str], varying: set[str], graph: str) -> str:
    row = "".join(f"<{_NAMES}{name}> ?{name} ; " for name in sorted(names & varying))
    settings = "".join(f"{_SETTING} <{_NAMES}{name}> ?{name} . " for name in sorted(names - varying))
    return f"GRAPH {graph} {{ {f'[] {row}. ' if row else ''}{settings}}}"


def _varying(call: _Call) -> exp.Expr:
    """The quads that give each focus node (with each value node, for an ASK) a row."""
    if not call.validator.ask:
        return sql(
            "SELECT concat('_:r', row_number() OVER (), :this, node, :graph) AS line FROM _f",
            _f=call.step.focus,
            this=f" <{_NAMES}this> ",
            graph=f" {call.graph} .\n",
        )
    return sql(
        "SELECT concat(r, :this, focus, :graph, r, :value, value, :graph) AS line FROM"
        " (SELECT '_:r' || row_number() OVER () AS r, * FROM (SELECT DISTINCT focus, value FROM _v AS v)"
        " AS d) AS q",
        _v=call.scope.values,
        this=f" <{_NAMES}this> ",
        value=f" <{_NAMES}value> ",
        graph=f" {call.graph} .\n",
    )


def _read_results(call: _Call, results: Path, variables: list[str]) -> exp.Expr:
    """Create the table of violations from the results (https://www.w3.org/TR/shacl/#sparql-constraints-validation)."""
    names = {name: f"c{number}" for number, name in enumerate(variables)}
    columns = {name: _term(exp.column(column, "r")) for name, column in names.items()}
    value = columns.get("value") or (columns["this"] if call.step.shape.path is None else exp.null())
    path = condition("CASE WHEN starts_with(:p, '<') THEN :p END", p=columns.get("path") or exp.null())
    query = exp.select(
        exp.alias_(columns["this"], "focus"),
        exp.alias_(exp.cast(value.copy(), "VARCHAR"), "value"),
        exp.alias_(exp.cast(path, "VARCHAR"), "path"),
        exp.alias_(exp.cast(_messages(call, columns), "VARCHAR[]"), "messages"),
        exp.alias_(exp.cast((columns.get("failure") or exp.null()).copy(), "VARCHAR"), "failure"),
    ).from_(_tsv(results, list(names.values())))
    if call.query.limit is not None:
        query = query.qualify(
            condition("row_number() OVER (PARTITION BY focus ORDER BY value) <= :n", n=call.query.limit)
        )
    return sql(
        "CREATE TABLE _t AS SELECT * FROM _q AS q WHERE focus IS NOT NULL", _t=call.step.table, _q=query
    )


def _tsv(path: Path, columns: list[str]) -> exp.Expr:
    types = exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(c), expression=exp.convert("VARCHAR")) for c in columns
        ]
    )
    rows = sql(
        "SELECT * FROM read_csv(:path, columns = :columns, delim = E'\\t', quote = '', escape = '',"
        " header = TRUE,"
        " auto_detect = FALSE)",
        path=str(path),
        columns=types,
    )
    assert isinstance(rows, exp.Query)
    return rows.subquery("r")


def _term(cell: exp.Expr) -> exp.Expr:
    """A cell of the results as a canonical term: TSV has numbers and booleans without quotes."""
    return condition(
        "CASE WHEN :c IS NULL OR :c[1] IN ('<', '_', '\"') THEN :c"
        " WHEN :c IN ('true', 'false') THEN concat('\"', :c, :boolean)"
        " WHEN regexp_full_match(:c, '[+-]?[0-9]+') THEN concat('\"', :c, :integer)"
        " WHEN regexp_matches(:c, '[eE]') THEN concat('\"', :c, :double)"
        " ELSE concat('\"', :c, :decimal) END",
        c=cell,
        **{name: f'"^^<{XSD}{name}>' for name in ("boolean", "integer", "double", "decimal")},
    )


def _messages(call: _Call, columns: dict[str, exp.Expr]) -> exp.Expr:
    """The messages of a result (https://www.w3.org/TR/shacl/#sparql-constraints-message)."""
    if call.step.shape.messages:
        return exp.null()
    filled = [_filled(template, columns, call.settings) for template in call.validator.messages]
    own = exp.Array(expressions=filled) if filled else exp.null()
    if "message" not in columns:
        return own
    return condition("CASE WHEN :m IS NOT NULL THEN [:m] ELSE :own END", m=columns["message"], own=own)


def _filled(template: Term, columns: dict[str, exp.Expr], settings: dict[str, Term]) -> exp.Expr:
    values: dict[str, exp.Expr] = {**{name: exp.convert(term) for name, term in settings.items()}, **columns}
    text: exp.Expr = exp.convert(template)
    for name, term in values.items():
        if f"{{?{name}}}" in template or f"{{${name}}}" in template:
            text = condition(
                "replace(replace(:text, :q, coalesce(:value, '')), :d, coalesce(:value, ''))",
                text=text,
                q=f"{{?{name}}}",
                d=f"{{${name}}}",
                value=_escaped_text(term),
            )
    return text


def _escaped_text(term: exp.Expr) -> exp.Expr:
    """A term's text with a literal's escapes, fit to stand in another literal."""
    return condition(
        "CASE WHEN starts_with(:t, '\"') THEN regexp_extract(:t, '^\"(.*)\"[^\"]*$', 1)"
        " WHEN starts_with(:t, '<') THEN :t[2:-2] ELSE :t END",
        t=term,
    )


def _broken(call: _Call, message: str) -> ShapeError:
    return ShapeError(
        Problem(
            "LG-VAL-007", f"a SPARQL constraint cannot be used: {message}", call.where, call.validator.query
        )
    )
