"""Logical views as tables of named fields.

Implements RML-LV (https://w3id.org/rml/lv/spec): every field is a column, a field with several records
multiplies the rows, `#` is the index of a record from 0, and joins bring in fields of a parent view.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from lodgrants.map.compile.records import RecordScope, one_record, records_in
from lodgrants.map.compile.references import of_expression
from lodgrants.map.compile.scope import Scope
from lodgrants.map.compile.terms import compile_value
from lodgrants.map.compile.triples import join_sides
from lodgrants.map.compile.values import INTEGER, Column, Value
from lodgrants.map.model import (
    JSON_PATH,
    XPATH,
    ExpressionField,
    Field,
    IterableField,
    LogicalSource,
    LogicalView,
    ViewJoin,
)
from lodgrants.map.sources.marks import XML_MARK
from lodgrants.map.sources.relation import Relation, Room
from lodgrants.rdf.sql import Expr, call, value

CHILD, PARENT = "r", "p"
_ROW = "view_row"


def view_needs(view: LogicalView) -> Iterator[tuple[LogicalSource | LogicalView, tuple[str, ...]]]:
    """Yield what a view refers to of its source or view, and the same for its joins."""
    yield view.on, tuple(dict.fromkeys(_root_references(view)))
    for join in view.joins:
        yield join.parent, ()


def _root_references(view: LogicalView) -> Iterator[str]:
    for each in view.fields:
        if isinstance(each, ExpressionField):
            yield from of_expression(each.expression)
        else:
            yield _root_iterator(view, each)


def _root_iterator(view: LogicalView, each: IterableField) -> str:
    """Return the reference under which the records of an iterable field come from the source."""
    xml = isinstance(view.on, LogicalSource) and view.on.formulation == XPATH
    return (XML_MARK if xml else "") + (each.iterator or "$")


@dataclass(slots=True)
class ViewBuilder:
    """Builds the query of one view, field by field."""

    view: LogicalView
    on: Relation
    room: Room
    base: str
    columns: dict[str, Column] = field(default_factory=dict)
    _selected: list[Expr] = field(default_factory=list)
    _laterals: list[exp.Join] = field(default_factory=list)
    _indexes: list[Expr] = field(default_factory=list)

    def build(self, parents: dict[LogicalView, Relation]) -> Relation:
        """Make the table of the view, with its joins."""
        self._add("#", exp.column("rowid", table=CHILD), INTEGER)
        scope = Scope(CHILD, self.on.columns, self.base)
        formulation = self.view.on.formulation if isinstance(self.view.on, LogicalSource) else JSON_PATH
        for each in self.view.fields:
            if isinstance(each, ExpressionField):
                self._expression(each, "", scope, formulation)
            else:
                records = scope.fresh("").columns[_root_iterator(self.view, each)]
                given = exp.column(records.name, table=CHILD)
                listed = given if records.many else one_record(given)
                self._iterable(each, "", listed, each.formulation or formulation)
        table = self._create(parents)
        return Relation(table, self.columns, tuple(self.columns))

    def _add(self, name: str, given: Expr, kind: str) -> None:
        column = Column(f"f{len(self.columns)}", kind)
        self.columns[name] = column
        self._selected.append(given.copy().as_(column.name))

    def _expression(self, each: ExpressionField, prefix: str, scope: Scope, formulation: str) -> None:
        """Add an expression field, its index, and the fields within its value."""
        name = prefix + each.name
        mine = scope.fresh(f"l{len(self._laterals)}")
        found = compile_value(each.expression, mine)
        index: Expr = value(0)
        for alias, values in mine.lists.items():
            self._lateral(alias, values)
            index = exp.column("i", table=alias)
        self._add(name, found.sql, found.kind)
        self._add(f"{name}.#", index, INTEGER)
        for inner in each.fields:
            self._within(inner, f"{name}.", found, formulation)

    def _within(self, each: Field, prefix: str, found: Value, formulation: str) -> None:
        text = found.sql if found.is_json and _is_json(each, formulation) else found.lexical()
        if isinstance(each, IterableField):
            inner = each.formulation or formulation
            self._iterable(each, prefix, records_in(text, each.iterator, inner), inner)
            return
        self._expression(each, prefix, self._record_scope(text, formulation), formulation)

    def _iterable(self, each: IterableField, prefix: str, records: Expr, formulation: str) -> None:
        """Add an iterable field: a row for each of its records, and the fields of those."""
        name = prefix + each.name
        alias = f"t{len(self._laterals)}"
        self._lateral(alias, records)
        self._add(f"{name}.#", exp.column("i", table=alias), INTEGER)
        record = exp.column("v", table=alias)
        for inner in each.fields:
            if isinstance(inner, IterableField):
                within = inner.formulation or formulation
                self._iterable(inner, f"{name}.", records_in(record, inner.iterator, within), within)
            else:
                self._expression(inner, f"{name}.", self._record_scope(record, formulation), formulation)

    def _record_scope(self, record: Expr, formulation: str) -> RecordScope:
        scope = RecordScope(CHILD, {}, self.base)
        scope.record, scope.formulation = record, formulation
        return scope

    def _lateral(self, alias: str, values: Expr) -> None:
        """Add a row for each member of a list; a row without members stays, with none."""
        place = exp.Sub(this=call("generate_subscripts", values.copy(), 1), expression=value(1))
        inner = exp.select(call("unnest", values.copy()).as_("v"), place.as_("i"))
        lateral = exp.Lateral(this=inner.subquery(), alias=exp.TableAlias(this=exp.to_identifier(alias)))
        self._indexes.append(exp.column("i", table=alias))
        self._laterals.append(exp.Join(this=lateral, side="LEFT", on=exp.true()))

    def _create(self, parents: dict[LogicalView, Relation]) -> str:
        base = exp.alias_(exp.to_table(self.on.table), CHILD, table=True)
        query = exp.select(*self._selected).from_(base)
        query.set("joins", self._laterals)
        # A join may hand rows out in any order: indexes of later views and joins need the source's.
        query = query.order_by(exp.column("rowid", table=CHILD), *self._indexes)
        table = self.room.name("view")
        self.room.create(table, query)
        for join in self.view.joins:
            table = self._joined(table, join, parents[join.parent])
        return table

    def _joined(self, table: str, join: ViewJoin, parent: Relation) -> str:
        """Make the table anew with the fields of a join; records that match are numbered in their order."""
        child_scope = Scope(CHILD, self.columns, self.base)
        parent_scope = Scope(PARENT, parent.columns, self.base)
        row = exp.column("rowid", table=CHILD)
        number = exp.Window(
            this=exp.RowNumber(),
            partition_by=[row.copy()],
            order=exp.Order(expressions=[exp.Ordered(this=exp.column("rowid", table=PARENT))]),
        )
        selected: list[Expr] = [row.as_(_ROW), exp.Sub(this=number, expression=value(1)).as_("place")]
        added: dict[str, Column] = {}
        for each in join.fields:
            found = compile_value(each.expression, parent_scope)
            column = Column(f"f{len(self.columns) + 2 * len(added)}", found.kind)
            added[each.name] = column
            selected.append(found.sql.as_(column.name))
        conditions = []
        for condition in join.conditions:
            left, right = join_sides(condition, child_scope, parent_scope)[0]
            conditions.append(exp.EQ(this=left, expression=right))
        matches = (
            exp.select(*selected)
            .from_(exp.alias_(exp.to_table(table), CHILD, table=True))
            .join(exp.alias_(exp.to_table(parent.table), PARENT, table=True), on=exp.and_(*conditions))
        )
        final: list[Expr] = [exp.Column(this=exp.Star(), table=exp.to_identifier(CHILD))]
        for name, column in added.items():
            index = Column(f"{column.name}i", INTEGER)
            final += [
                exp.column(column.name, table="m"),
                exp.column("place", table="m").as_(index.name),
            ]
            self.columns[name], self.columns[f"{name}.#"] = column, index
        query = (
            exp.select(*final)
            .from_(exp.alias_(exp.to_table(table), CHILD, table=True))
            .join(
                matches.subquery("m"),
                on=exp.EQ(this=row.copy(), expression=exp.column(_ROW, table="m")),
                join_type="left" if join.kind == "left" else "inner",
            )
            .order_by(row.copy(), exp.column("place", table="m"))
        )
        joined = self.room.name("view")
        self.room.create(joined, query)
        return joined


def _is_json(each: Field, formulation: str) -> bool:
    return (each.formulation or formulation) == JSON_PATH if isinstance(each, IterableField) else True
