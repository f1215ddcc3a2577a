"""SPARQL-based constraints and components, each in one query over all focus nodes (https://www.w3.org/TR/shacl/#part2).

The data is the default graph of an embedded SPARQL store; one named graph holds the shapes, another values
of pre-bound variables. Values go in and results come out as files that the database writes and reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import pyoxigraph as ox

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, column, sql
from lodgrants.errors import Problem, ShapeError, UnsupportedError, Where
from lodgrants.rdf.graph import Graph
from lodgrants.rdf.namespaces import XSD
from lodgrants.validate.as_stated import restore_literals
from lodgrants.validate.components.scope import Scope
from lodgrants.validate.model import Shapes, Term, Validator
from lodgrants.validate.paths import TRIPLES
from lodgrants.validate.plan import SparqlStep
from lodgrants.validate.prebind import Query, ask_as_select, prebind, tokens
from lodgrants.validate.query_groups import parse_groups
from lodgrants.validate.query_patterns import check_query_patterns
from lodgrants.validate.query_predicates import Asked, asked_by_query, with_path
from lodgrants.validate.shape_paths import path_text
from lodgrants.validate.suspects import is_surely_found, may_be_found

_NAMES = "urn:lodgrants:prebound:"
_SHAPES_GRAPH = f"<{_NAMES}shapes>"
_SETTING = f"<{_NAMES}setting>"


class SparqlStore:
    """A SPARQL store with the data and shapes of one validation; the data is loaded at its first use."""

    def __init__(self, engine: Engine, shapes: Graph, folder: Path, asked: Asked | None = None) -> None:
        self._engine, self._folder, self._runs = engine, folder, 0
        self._shapes, self._asked = shapes, asked
        self._data: ox.Store | None = None

    def run(self, step: SparqlStep, shapes: Shapes) -> None:
        """Evaluate a constraint and create the step's table of violations.

        Without any node that it may find the query is only checked, by asking it of nothing.

        :raises ShapeError: when the query is not one that SHACL allows.
        """
        self._runs += 1
        call = _call(step, shapes, f"<{_NAMES}{self._runs}>")
        self._engine.run(sql(_VIOLATIONS, _t=step.table))
        self._engine.create(call.suspects, _suspects(call))
        if self._engine.rows(sql("SELECT 1 FROM _s LIMIT 1", _s=call.suspects)):
            self._evaluate(call)
        else:
            _ask(ox.Store(), call, self._folder / "nothing.tsv")
        self._engine.drop(call.suspects)

    def _evaluate(self, call: _Call) -> None:
        if self._data is None:
            self._data = self._filled_store()
        if self._asked and asked_by_query(call.validator.query).of_focus:
            self._load(self._data, _lines(sql("s IN (SELECT focus FROM _s)", _s=call.suspects)))
        self._load(self._data, _varying(call))
        settings = "".join(
            f"{_SETTING} <{_NAMES}{name}> {value} {call.graph} .\n" for name, value in call.settings.items()
        )
        self._data.bulk_extend(ox.parse(settings.encode(), ox.RdfFormat.N_QUADS))
        results = self._folder / "results.tsv"
        variables = _ask(self._data, call, results)
        if _has_results(results):
            self._engine.run(_read_results(call, results, variables))
            restore_literals(self._engine, call.step.table, call.scope)
            self._refuse_failures(call)
        self._data.remove_graph(ox.NamedNode(call.graph[1:-1]))

    def _filled_store(self) -> ox.Store:
        store = ox.Store()
        wanted = sql("p IN (:p)", p=sorted(self._asked.predicates)) if self._asked else sql("TRUE")
        self._load(store, _lines(wanted))
        lines = "".join(f"{s} {p} {o} {_SHAPES_GRAPH} .\n" for s, p, o in self._shapes)
        store.bulk_extend(ox.parse(lines.encode(), ox.RdfFormat.N_QUADS))
        return store

    def _load(self, store: ox.Store, query: Sql) -> None:
        target = self._folder / "load.nq"
        self._engine.copy_lines(query, target)
        store.bulk_extend(ox.parse(path=str(target), format=ox.RdfFormat.N_QUADS))

    def _refuse_failures(self, call: _Call) -> None:
        """Pass a failure on that a query signals (https://www.w3.org/TR/shacl/#sparql-constraints-failure)."""
        failed = sql("SELECT focus FROM _t WHERE failure = :true LIMIT 1", _t=call.step.table, true=_TRUE)
        for (focus,) in self._engine.rows(failed):
            raise _broken(call, f"the query signals a failure for {focus}")


def _ask(store: ox.Store, call: _Call, results: Path) -> list[str]:
    """Write the solutions of a query as TSV and return the names of its variables."""
    try:
        found = store.query(call.query.text)
        if not isinstance(found, ox.QuerySolutions):
            raise _broken(call, "sh:select holds no SELECT query")
        variables = [variable.value for variable in found.variables]
        found.serialize(str(results), ox.QueryResultsFormat.TSV)
    except SyntaxError as error:
        raise _broken(call, _reason(call.query.text, error)) from error
    except RuntimeError as error:  # such as a function that it does not have
        problem = Problem("LG-VAL-010", str(error), call.where, call.validator.query)
        raise UnsupportedError(problem) from error
    if "this" not in variables:
        raise _broken(call, "the query must return $this")
    return variables


def _reason(query: str, error: SyntaxError) -> str:
    """What is wrong with a query: a prefix that nobody declared is named, as the parser's words hide it."""
    if "Prefix not found" not in str(error):
        return str(error)
    declared = {token.text for token in tokens(query) if token.word.endswith(":")}
    used = (token.text.partition(":")[0] + ":" for token in tokens(query) if ":" in token.word)
    unknown = next((prefix for prefix in used if prefix not in declared), ":")
    return f"the prefix {unknown} is not declared"


def _has_results(results: Path) -> bool:
    with results.open("rb") as lines:
        return bool(lines.readline() and lines.readline())


_VIOLATIONS: LiteralString = (
    "CREATE TABLE _t (focus VARCHAR, value VARCHAR, path VARCHAR, messages VARCHAR[], failure VARCHAR)"
)
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

    @property
    def suspects(self) -> str:
        """The table of what the query is asked of: focus nodes, for an ASK query with their value nodes."""
        return f"{self.step.table}_suspect"


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

    check_query_patterns(tokens(validator.query), where)
    query = rewrite(validator.query, bind, varying | set(settings), path, where)
    scope = Scope(shapes, step.shape, step.focus, lambda node: node)
    return _Call(step, validator, scope, graph, query, settings, where)


def _patterns(names: set[str], varying: set[str], graph: str) -> str:
    row = "".join(f"<{_NAMES}{name}> ?{name} ; " for name in sorted(names & varying))
    settings = "".join(f"{_SETTING} <{_NAMES}{name}> ?{name} . " for name in sorted(names - varying))
    return f"GRAPH {graph} {{ {f'[] {row}. ' if row else ''}{settings}}}"


def _lines(wanted: Sql) -> Sql:
    """Some triples of the data as lines."""
    return sql(
        "SELECT concat(s, ' ', p, ' ', o, ' .') AS line FROM _t WHERE :wanted", _t=TRIPLES, wanted=wanted
    )


def _suspects(call: _Call) -> Sql:
    """The focus nodes of which the query may have a solution, or the values of which it may not be true.

    The engine compares literals by value, so that a focus node that is one is always asked of.
    """
    path = f"({path_text(call.step.shape.path)})" if call.step.shape.path else ""
    group = parse_groups(with_path(call.validator.query, path))
    if call.validator.ask:
        given = {"this": column("focus", "v"), "value": column("value", "v")}
        holds = is_surely_found(group, {**call.settings, **given}) if group else None
        return sql(
            "SELECT DISTINCT focus, value FROM _v AS v WHERE NOT :holds",
            _v=call.scope.values,
            holds=holds or sql("FALSE"),
        )
    found = may_be_found(group, {**call.settings, "this": column("node", "f")}) if group else None
    return sql(
        "SELECT node AS focus FROM _f AS f WHERE :found OR starts_with(f.node, '\"')",
        _f=call.step.focus,
        found=found or sql("TRUE"),
    )


def _varying(call: _Call) -> Sql:
    """The quads that give each focus node (with each value node, for an ASK) a row."""
    this, value, graph = f" <{_NAMES}this> ", f" <{_NAMES}value> ", f" {call.graph} ."
    if not call.validator.ask:
        return sql(
            "SELECT concat('_:r', row_number() OVER (), :this, focus, :graph) AS line FROM _s",
            _s=call.suspects, this=this, graph=graph,
        )  # fmt: skip
    return sql(
        "SELECT concat(r, :this, focus, :graph, E'\\n', r, :value, value, :graph) AS line"
        " FROM (SELECT '_:r' || row_number() OVER () AS r, * FROM _s AS s) AS q",
        _s=call.suspects, this=this, value=value, graph=graph,
    )  # fmt: skip


def _read_results(call: _Call, results: Path, variables: list[str]) -> Sql:
    """Fill the table of violations from the results (https://www.w3.org/TR/shacl/#sparql-constraints-validation)."""
    columns = {name: column(f"c{number}", "r") for number, name in enumerate(variables)}
    names = [f"c{number}" for number in range(len(variables))]
    cells = sql(
        "SELECT _terms FROM read_csv(:file, columns = :columns, delim = E'\\t', quote = '', escape = '',"
        " header = TRUE, auto_detect = FALSE) AS t",
        _terms=[sql(":term AS _c", term=_term(column(name)), _c=name) for name in names],
        file=str(results),
        columns=dict.fromkeys(names, "VARCHAR"),
    )
    query = sql(
        "SELECT :this AS focus, :value AS value, CASE WHEN starts_with(:path, '<') THEN :path END AS path,"
        " :messages AS messages, :failure AS failure FROM _cells AS r WHERE :this IS NOT NULL",
        this=columns["this"],
        value=columns.get("value") or (columns["this"] if call.step.shape.path is None else None),
        path=columns.get("path"),
        messages=_messages(call, columns),
        failure=columns.get("failure"),
        _cells=cells,
    )
    if call.query.limit is not None:
        query = sql(
            "SELECT * FROM _q AS q QUALIFY row_number() OVER (PARTITION BY focus ORDER BY value) <= :n",
            _q=query,
            n=call.query.limit,
        )
    return sql("INSERT INTO _t SELECT * FROM _q AS q", _t=call.step.table, _q=query)


def _term(cell: Sql) -> Sql:
    """A cell of the results as a canonical term: TSV has numbers and booleans without quotes."""
    return sql(
        "CASE WHEN :c IS NULL OR :c[1] IN ('<', '_', '\"') THEN :c"
        " WHEN :c IN ('true', 'false') THEN concat('\"', :c, :boolean)"
        " WHEN regexp_full_match(:c, '[+-]?[0-9]+') THEN concat('\"', :c, :integer)"
        " WHEN regexp_matches(:c, '[eE]') THEN concat('\"', :c, :double)"
        " ELSE concat('\"', :c, :decimal) END",
        c=cell,
        **{name: f'"^^<{XSD}{name}>' for name in ("boolean", "integer", "double", "decimal")},
    )


def _messages(call: _Call, columns: dict[str, Sql]) -> Sql | list[Sql] | None:
    """The messages of a result (https://www.w3.org/TR/shacl/#sparql-constraints-message)."""
    if call.step.shape.messages:
        return None
    own = [_filled(template, columns, call.settings) for template in call.validator.messages] or None
    if "message" not in columns:
        return own
    return sql("CASE WHEN :m IS NOT NULL THEN [:m] ELSE :own END", m=columns["message"], own=own)


def _filled(template: Term, columns: dict[str, Sql], settings: dict[str, Term]) -> Sql:
    values: dict[str, Sql | Term] = {**settings, **columns}
    text = sql(":template", template=template)
    for name, term in values.items():
        if f"{{?{name}}}" in template or f"{{${name}}}" in template:
            text = sql(
                "replace(replace(:text, :q, coalesce(:value, '')), :d, coalesce(:value, ''))",
                text=text,
                q=f"{{?{name}}}",
                d=f"{{${name}}}",
                value=_escaped_text(term),
            )
    return text


def _escaped_text(term: Sql | Term) -> Sql:
    """A term's text with a literal's escapes, fit to stand in another literal."""
    return sql(
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
