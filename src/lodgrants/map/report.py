"""What a run has to say about its sources: records, missing values, and values that made no term.

All of it is asked of the tables that are loaded anyway, one aggregate each; the output is not read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from lodgrants.errors import Problem, Where
from lodgrants.map.compile.references import Abstract, of_term_map, term_maps, usages
from lodgrants.map.compile.scope import Scope, rows_of
from lodgrants.map.compile.terms import compile_value
from lodgrants.map.compile.triples import CHILD
from lodgrants.map.compile.values import JSON, Column
from lodgrants.map.functions import local_name
from lodgrants.map.model import (
    IRI,
    URI,
    Constant,
    Expression,
    FunctionCall,
    LogicalSource,
    Reference,
    Template,
    TermMap,
    TriplesMap,
)
from lodgrants.map.run import Prepared
from lodgrants.rdf.sql import Expr, bad_iri, bad_language, call, concat, not_null, null, value, when

_NAMED_VALUES = 3
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """How many records of a source have no value for a reference, and one of them."""

    name: str
    missing: int
    example: str | None = None


@dataclass(frozen=True, slots=True)
class SourceReport:
    """A source: its records, and the references that some of them have no value for."""

    name: str
    records: int
    columns: tuple[ColumnReport, ...] = ()


@dataclass(frozen=True, slots=True)
class InvalidReport:
    """Values that make no valid term: how many, one of them, the record it is in, and the rule's place."""

    source: str
    column: str
    kind: str
    count: int
    value: str
    record: str | None = None
    where: Where | None = None


def sources_of(ready: Prepared) -> list[SourceReport]:
    """Return for each source its records and what they lack."""
    return [source_report(source, ready) for source in ready.world.relations]


def source_report(source: Abstract, ready: Prepared) -> SourceReport:
    """Return the records of a source and what they lack."""
    relation = ready.world.relations[source]
    # Columns that never are NULL are known from loading: nothing needs to be counted for them.
    open_columns = {path: each for path, each in relation.columns.items() if not each.required}
    example = _label(source, ready, Scope(CHILD, relation.columns, ""))
    asked: list[Expr] = [call("count", exp.Star())]
    for column in open_columns.values():
        absent = exp.Where(this=_absent(column))
        asked.append(exp.Filter(this=call("count", exp.Star()), expression=absent))
        asked.append(exp.Filter(this=call("min", exp.column("label")), expression=absent.copy()))
    rows = exp.select("*", *([example.as_("label")] if open_columns else []))
    rows = rows.from_(exp.alias_(exp.to_table(relation.table), CHILD, table=True))
    query = exp.select(*asked).from_(rows.subquery(CHILD))
    records, *found = ready.engine.rows(query)[0]
    triples = zip(open_columns, found[::2], found[1::2], strict=True)
    columns = (ColumnReport(name, count, shown) for name, count, shown in triples if count)
    return SourceReport(source_name(source), records, tuple(columns))


def _absent(column: Column) -> Expr:
    given = exp.column(column.name, table=CHILD, quoted=True)
    if column.many:
        return call("coalesce", call("len", given), 0).eq(value(0))
    return given.is_(exp.null())


def source_name(source: Abstract) -> str:
    """Return what people call a source: its path, table or name."""
    if not isinstance(source, LogicalSource):
        return f"view {local_name(source.name)}" if source.name else "view"
    name = getattr(source.source, "path", None) or getattr(source.source, "name", None)
    several = source.iterator and source.formulation != "CSV"
    if name is None:
        return source.iterator or "database"
    return f"{name} {source.iterator}" if several else str(name)


def _label(source: Abstract, ready: Prepared, scope: Scope) -> Expr:
    """Return what tells a record from others: what subjects are made of, which `--record` takes too.

    Where that has no value, a few other values stand for it, with their names.
    """
    keys = next(filter(None, (_keys(each, scope) for each in _maps_over(source, ready))), [])
    others = [path for path, column in scope.columns.items() if not column.many and path not in keys]
    key = _joined([scope.value(each).lexical() for each in keys])
    named = [(each, scope.value(each).lexical()) for each in others[:_NAMED_VALUES]]
    return call(
        "coalesce", key, _joined([when(not_null(given), concat(f"{n}=", given)) for n, given in named])
    )


def _joined(texts: list[Expr]) -> Expr:
    return call("nullif", call("concat_ws", ", ", *texts), "") if texts else null()


def _maps_over(source: Abstract, ready: Prepared) -> Iterator[TriplesMap]:
    return (each for each in ready.world.mapping.triples_maps if each.source == source)


def _keys(triples_map: TriplesMap, scope: Scope) -> list[str]:
    references = list(dict.fromkeys(of_term_map(triples_map.subject)))
    single = all(each in scope.columns and not scope.columns[each].many for each in references)
    return references if single else []


def invalid_of(ready: Prepared) -> list[InvalidReport]:
    """Return for each expression the values that make no valid term."""
    found: dict[tuple[str, Expression, str], InvalidReport] = {}
    for triples_map in ready.world.mapping.triples_maps:
        for term_map in term_maps(triples_map):
            for expression, kind, test in _tests(term_map):
                key = (ready.world.table(triples_map), expression, kind)
                if key not in found:
                    where = term_map.where or triples_map.where
                    found[key] = _invalid(triples_map, expression, kind, test, ready, where)
    return [each for each in found.values() if each.count]


def _invalid(
    triples_map: TriplesMap,
    expression: Expression,
    kind: str,
    test: Callable[[Expr], Expr],
    ready: Prepared,
    where: Where | None,
) -> InvalidReport:
    scope = ready.world.scope(triples_map.source, CHILD).fresh("i")
    text = compile_value(expression, scope).lexical()
    label = _label(triples_map.source, ready, ready.world.scope(triples_map.source, CHILD))
    table = rows_of(ready.world.table(triples_map), CHILD, scope.lists)
    rows = exp.select(text.as_("v"), label.as_("r")).from_(table)
    given = exp.column("v")
    asked = (call("count", exp.Star()), call("min", given), call("arg_min", exp.column("r"), given.copy()))
    query = exp.select(*asked).from_(rows.subquery("t")).where(not_null(given), test(given))
    count, example, record = ready.engine.rows(query)[0]
    name = source_name(triples_map.source)
    return InvalidReport(name, _expression_name(expression), kind, count, example or "", record, where)


def _tests(term_map: object) -> Iterator[tuple[Expression, str, Callable[[Expr], Expr]]]:
    """Yield the expressions of a term map whose values may make no term, and how to tell."""
    if not isinstance(term_map, TermMap):
        return
    if _is_open(term_map.expression) and term_map.term_type in (IRI, URI):
        yield term_map.expression, "IRI", bad_iri  # type: ignore[misc]
    if _is_open(term_map.datatype):
        yield term_map.datatype, "IRI", bad_iri  # type: ignore[misc]
    if term_map.language is not None and not isinstance(term_map.language, Constant):
        yield term_map.language, "language tag", bad_language


def composites_of(ready: Prepared) -> list[InvalidReport]:
    """Return for each reference to JSON the objects and arrays that it yields where a value is needed."""
    found = []
    for usage in usages(ready.world.mapping):
        relation = ready.world.relations[usage.source]
        column = relation.columns[usage.path]
        given: Expr = exp.column(column.name, table=CHILD, quoted=True)
        if column.kind != JSON:
            continue
        lists = {"members": given} if column.many else {}
        given = exp.column("v", table="members") if column.many else given
        is_one = call("regexp_matches", given.copy(), r"^[{\[]")
        asked = (call("count", exp.Star()), call("min", call("left", given, _SHOWN)))
        query = exp.select(*asked).from_(rows_of(relation.table, CHILD, lists)).where(is_one)
        count, example = ready.engine.rows(query)[0]
        if count:
            name = source_name(usage.source)
            found.append(InvalidReport(name, usage.path, "value", count, example, None, usage.where))
    return found


def data_problems(ready: Prepared) -> list[Problem]:
    """Return a problem for each rule with values that make no valid term: asked when a run met one."""
    if composites := composites_of(ready):
        # Such a value cannot even be looked at as text, so nothing else is asked.
        return [_data_problem(each, "refer to a value within it") for each in composites]
    hint = "correct the source, or leave such terms out with --skip-invalid"
    return [_data_problem(each, hint) for each in invalid_of(ready)]


def _data_problem(report: InvalidReport, hint: str) -> Problem:
    message = f"{report.count:,} values of {report.column!r} in {report.source} are no valid {report.kind}"
    record = f" in record {report.record}" if report.record else ""
    return Problem("LG-MAP-005", message, report.where, f"{report.value}{record}", hint=hint)


def _is_open(expression: Expression | None) -> bool:
    """Tell whether the text of an expression is taken as it comes; templates encode what they take."""
    return expression is not None and not isinstance(expression, Constant | Template)


def _expression_name(expression: Expression) -> str:
    if isinstance(expression, Reference):
        return expression.path
    if isinstance(expression, FunctionCall):
        return f"{local_name(expression.function)}(…)"
    return "the template" if isinstance(expression, Template) else "the constant"
