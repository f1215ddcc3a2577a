"""Function executions, in RML-FNML's words and in the older ones, to the model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lodgrants.errors import Problem, UnsupportedError, Where
from lodgrants.map.functions import call_problems
from lodgrants.map.model import LITERAL, Constant, FunctionCall, JoinCondition, Reference, TermMap
from lodgrants.map.parse.graph import Term
from lodgrants.map.vocabulary import OLD_FNML

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
    arguments = list(_arguments(parser, node))
    function = next((_text(made) for name, _, made in arguments if name.endswith("executes")), "")
    inputs = tuple((name, made) for name, _, made in arguments if not name.endswith("executes"))
    call = FunctionCall(function, inputs, None)
    if function:
        parser.problems += call_problems(call, parser.graph.at(node, "predicateObjectMap"))
    else:
        parser.lacks(node, "a function value names no function (fno:executes)")
    return call


def parse_equality(parser: Parser, node: Term, where: Where) -> JoinCondition:
    """Return the join condition that a function `equal` of a term map of each side describes.

    YARRRML's tools write joins so, and mark what is of the parent by `rml:parentTermMap`. Raises
    UnsupportedError for any other function.
    """
    arguments = list(_arguments(parser, node))
    function = next((_text(made) for name, _, made in arguments if name.endswith("executes")), "")
    if not function.endswith("equal"):
        message = "a join by another function than equality is not supported"
        raise UnsupportedError(Problem("LG-MAP-007", message, where, function))
    sides = {
        _of_parent(parser, holder): made.expression
        for name, holder, made in arguments
        if not name.endswith("executes")
    }
    child, parent = sides.get(False), sides.get(True)
    if child is None or parent is None:
        parser.fault("a join condition needs a value of the child and one of the parent", where)
    return JoinCondition(child or Reference(""), parent or Reference(""), where, where)


def _arguments(parser: Parser, node: Term) -> Iterator[tuple[str, Term, TermMap]]:
    """Yield the predicates of a function value, each with what holds its value and with the value."""
    graph = parser.graph
    for pom in graph.values(node, "predicateObjectMap"):
        names = [each.value for each in graph.values(pom, "predicate")]
        names += [graph.text(each, "constant") or "" for each in graph.values(pom, "predicateMap")]
        maps = [(each, _value_map(parser, each)) for each in graph.values(pom, "objectMap")]
        maps += [(each, TermMap(Constant(str(each)), LITERAL)) for each in graph.values(pom, "object")]
        yield from ((name, holder, made) for name in names for holder, made in maps)


def _of_parent(parser: Parser, node: Term) -> bool:
    """Tell whether a value, or one that it is computed from, is of the parent's record."""
    graph = parser.graph
    inner = graph.value(node, f"{OLD_FNML}functionValue")
    poms = [] if inner is None else graph.values(inner, "predicateObjectMap")
    holders = [each for pom in poms for each in graph.values(pom, "objectMap")]
    return graph.value(node, "parentTermMap") is not None or any(_of_parent(parser, h) for h in holders)


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
