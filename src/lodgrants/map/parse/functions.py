"""Function executions, in RML-FNML's words and in the older ones, to the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lodgrants.map.functions import call_problems
from lodgrants.map.model import LITERAL, Constant, FunctionCall, TermMap
from lodgrants.map.parse.graph import Term

_EXPRESSIONS = ("constant", "reference", "template", "functionExecution")

if TYPE_CHECKING:
    from lodgrants.map.parse.rml import Parser


def parse_execution(parser: Parser, node: Term, holder: Term) -> FunctionCall:
    """Return the call that `rml:functionExecution` describes; its holder says which output is taken."""
    graph = parser.graph
    function = _constant(parser, node, "function")
    if function is None:
        parser.lacks(node, "a function execution names no function")
    inputs = tuple(_input(parser, each) for each in graph.values(node, "input"))
    call = FunctionCall(function or "", inputs, _constant(parser, holder, "return"))
    if function is not None:
        parser.problems += call_problems(call, graph.at(node, "function", "functionMap"))
    return call


def _input(parser: Parser, node: Term) -> tuple[str, TermMap]:
    graph = parser.graph
    parameter = _constant(parser, node, "parameter")
    if parameter is None:
        parser.lacks(node, "an input of a function names no parameter")
    value = graph.value(node, "inputValue")
    if value is not None:
        return parameter or "", TermMap(Constant(str(value)), LITERAL, where=graph.at(node, "inputValue"))
    maps = graph.values(node, "inputValueMap")
    if not maps:
        parser.lacks(node, "an input of a function has no value")
        return parameter or "", TermMap(Constant('""'), LITERAL)
    return parameter or "", _value_map(parser, maps[0])


def parse_function_value(parser: Parser, node: Term) -> FunctionCall:
    """Return the call that the older `fnml:functionValue` describes by predicate-object maps."""
    graph = parser.graph
    function, inputs = "", []
    for pom in graph.values(node, "predicateObjectMap"):
        predicates = [each.value for each in graph.values(pom, "predicate")]
        predicates += [graph.text(each, "constant") or "" for each in graph.values(pom, "predicateMap")]
        maps = [_value_map(parser, each) for each in graph.values(pom, "objectMap")]
        maps += [TermMap(Constant(str(each)), LITERAL) for each in graph.values(pom, "object")]
        for predicate in predicates:
            if predicate.endswith("executes"):
                function = _text(maps[0])
            else:
                inputs += [(predicate, each) for each in maps]
    if not function:
        parser.lacks(node, "a function value names no function (fno:executes)")
    call = FunctionCall(function, tuple(inputs), None)
    if function:
        parser.problems += call_problems(call, graph.at(node, "predicateObjectMap"))
    return call


def _value_map(parser: Parser, node: Term) -> TermMap:
    """Return an input's value map; a template in it makes text, not an IRI."""
    expression = parser.expression(node)
    if expression is None:
        parser.lacks(node, "an input of a function has no value")
        expression = Constant('""')
    return TermMap(expression, LITERAL, where=parser.graph.at(node, *_EXPRESSIONS))


def _constant(parser: Parser, node: Term, name: str) -> str | None:
    graph = parser.graph
    if found := graph.text(node, name):
        return found
    maps = graph.values(node, f"{name}Map")
    return graph.text(maps[0], "constant") if maps else None


def _text(term_map: TermMap) -> str:
    expression = term_map.expression
    return expression.term.strip('<>"') if isinstance(expression, Constant) else ""
