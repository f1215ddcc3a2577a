"""Logical views (RML-LV) to the model; cycles and fields of the same name are faults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from lodgrants.errors import MappingError, Problem
from lodgrants.map.model import (
    ExpressionField,
    Field,
    IterableField,
    LogicalView,
    Reference,
    ViewJoin,
)
from lodgrants.map.parse.graph import MappingGraph, Node, Term
from lodgrants.map.parse.sources import FORMULATIONS
from lodgrants.map.vocabulary import RML

if TYPE_CHECKING:
    from lodgrants.map.parse.rml import Parser


def parse_view(parser: Parser, node: Node, within: tuple[Node, ...]) -> LogicalView:
    """Return the view that a node describes; raise MappingError on a cycle, which nothing can follow."""
    graph = parser.graph
    if node in within:
        raise MappingError(
            Problem("LG-MAP-002", "a logical view depends on itself", graph.at(node), node.value)
        )
    inner = (*within, node)
    on = graph.values(node, "viewOn")[0]
    assert not isinstance(on, ox.Literal)
    view = LogicalView(
        on=parser.abstract_source(on, inner),
        fields=tuple(_field(parser, each, ()) for each in graph.values(node, "field")),
        joins=tuple(
            _join(parser, each, kind, inner)
            for kind in ("left", "inner")
            for each in graph.values(node, f"{kind}Join")
        ),
        name=node.value,
        where=graph.at(node),
    )
    _check_names(parser, view)
    return view


def _field(parser: Parser, node: Term, within: tuple[Term, ...]) -> Field:
    graph = parser.graph
    name = graph.text(node, "fieldName")
    if node in within:
        raise MappingError(
            Problem("LG-MAP-002", "a field is nested in itself", graph.at(node, "fieldName"), name)
        )
    if name is None:
        parser.lacks(node, "a field has no rml:fieldName")
    where = graph.at(node, "fieldName")
    nested = tuple(_field(parser, each, (*within, node)) for each in graph.values(node, "field"))
    iterator = graph.text(node, "iterator")
    formulation = _formulation(graph, node)
    if iterator is not None or formulation is not None or graph.has_type(node, f"{RML}IterableField"):
        return IterableField(name or "", iterator, formulation, (), nested, where)
    expression = parser.expression(node)
    if expression is None:
        parser.lacks(node, "a field has neither an expression nor an iterator", name)
    return ExpressionField(name or "", expression or Reference(""), nested, where)


def _formulation(graph: MappingGraph, node: Term) -> str | None:
    found = graph.text(node, "referenceFormulation")
    name = found.removeprefix(RML) if found else None
    return name if name in FORMULATIONS else None


def _join(parser: Parser, node: Term, kind: str, within: tuple[Node, ...]) -> ViewJoin:
    graph = parser.graph
    parent = graph.value(node, "parentLogicalView")
    view = None
    if parent is not None and not isinstance(parent, ox.Literal):
        view = parser.abstract_source(parent, within)
    if not isinstance(view, LogicalView):
        raise MappingError(Problem("LG-MAP-002", "a join names no parent logical view", graph.at(node)))
    conditions = [parser.join_condition(each) for each in graph.values(node, "joinCondition")]
    if not conditions:
        parser.lacks(node, "a join of logical views has no join condition")
    fields = [_field(parser, each, ()) for each in graph.values(node, "field")]
    return ViewJoin(
        kind,
        view,
        tuple(conditions),
        tuple(each for each in fields if isinstance(each, ExpressionField)),
    )


def _check_names(parser: Parser, view: LogicalView) -> None:
    joined = tuple(each for join in view.joins for each in join.fields)
    for names in _siblings((*view.fields, *joined)):
        for name in {each for each in names if names.count(each) > 1}:
            parser.fault("two fields of a view have the same name", view.where, name)


def _siblings(fields: tuple[Field, ...]) -> Iterator[list[str]]:
    yield [each.name for each in fields]
    for each in fields:
        yield from _siblings(each.fields)
