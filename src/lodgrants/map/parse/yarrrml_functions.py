"""Function calls in YARRRML: with a list or map of parameters, or written in one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from lodgrants.errors import Where
from lodgrants.map.functions import call_problems
from lodgrants.map.model import LITERAL, FunctionCall, TermMap

if TYPE_CHECKING:
    from lodgrants.map.parse.yarrrml import YarrrmlParser

_INLINE = re.compile(r"\s*([^\s(]+)\s*\((.*)\)\s*", re.DOTALL)
_SHORT = {
    "equal": "idlab-fn:equal",
    "notEqual": "idlab-fn:notEqual",
    "join": "idlab-fn:equal",
}
_OLD_PARAMETERS = {"str1": "grel:valueParameter", "str2": "grel:valueParameter2"}


def parse_call(parser: YarrrmlParser, given: CommentedMap, place: Where) -> FunctionCall:
    """Return the call that a map with the key `function` describes."""
    name = str(given.get("function") or "")
    output = given.get("output") or given.get("return")
    if inline := _INLINE.fullmatch(name):
        inputs = tuple(_inline_input(parser, part, place) for part in _split(inline[2]) if part.strip())
        call = FunctionCall(_name(parser, inline[1]), inputs, None)
    else:
        inputs = tuple(parse_parameters(parser, given.get("parameters"), place))
        call = FunctionCall(_name(parser, name), inputs, _name(parser, str(output)) if output else None)
    key = "function" if "function" in given else None
    parser.problems += call_problems(call, parser.where(given, key) if key else place)
    return call


def parse_parameters(parser: YarrrmlParser, given: Any, place: Where) -> list[tuple[str, TermMap]]:
    """Return parameters and values, from pairs, from maps, or from one map of both."""
    if isinstance(given, CommentedMap):
        return [(_name(parser, str(key)), _value(parser, each, place)) for key, each in given.items()]
    found = []
    for i, each in enumerate(given or ()):
        where = parser.where(given, i) if isinstance(given, CommentedSeq) else place
        if isinstance(each, CommentedMap):
            found.append(
                (_name(parser, str(each.get("parameter"))), _value(parser, each.get("value"), where))
            )
        elif isinstance(each, CommentedSeq) and len(each) >= 2:
            found.append((_name(parser, str(each[0])), _value(parser, each[1], where)))
        else:
            parser.fault("a parameter needs a name and a value", where, each)
    return found


def _value(parser: YarrrmlParser, given: Any, place: Where) -> TermMap:
    if isinstance(given, str) and given.endswith("~iri"):
        given = parser.text.expanded(given.removesuffix("~iri"))
    return TermMap(parser.expression(given, place), LITERAL, where=place)


def _inline_input(parser: YarrrmlParser, part: str, place: Where) -> tuple[str, TermMap]:
    name, _, value = part.partition("=")
    return _name(parser, name.strip()), _value(parser, value.strip().strip("\"'"), place)


def _split(text: str) -> list[str]:
    """Return what stands between the commas that are not within brackets or quotes."""
    parts, depth, quote = [""], 0, ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        else:
            depth += (char == "(") - (char == ")")
            if char == "," and depth == 0:
                parts.append("")
                continue
        parts[-1] += char
    return parts


def _name(parser: YarrrmlParser, name: str) -> str:
    return parser.text.expanded(_OLD_PARAMETERS.get(name, _SHORT.get(name, name)))
