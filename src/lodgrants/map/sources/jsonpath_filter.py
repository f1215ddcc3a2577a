"""Filters of JSONPath that compare a value with a constant: parsed by a full engine, tested by the database.

Implements "Filter Selector" of RFC 9535 (section 2.3.5) for tests of one value: existence, comparisons with
constants, and what `&&`, `||` and `!` make of them. Any other filter is for `jsonpath_full`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jsonpath import JSONPathEnvironment
from jsonpath import filter as ast
from jsonpath.exceptions import JSONPathError
from jsonpath.path import JSONPath
from jsonpath.segments import JSONPathChildSegment
from jsonpath.selectors import Filter as FilterSelector
from jsonpath.selectors import IndexSelector, JSONPathSelector, NameSelector, WildcardSelector
from sqlglot import exp

from lodgrants.map.sources.jsonpath import WILD, Segment, Selected, duckdb_paths, expressible, standard
from lodgrants.rdf.sql import Expr, call, value

_FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPERATORS: dict[str, Callable[[Expr, Expr], Expr]] = {
    "==": lambda left, right: exp.EQ(this=left, expression=right),
    "<": lambda left, right: exp.LT(this=left, expression=right),
    "<=": lambda left, right: exp.LTE(this=left, expression=right),
    ">": lambda left, right: exp.GT(this=left, expression=right),
    ">=": lambda left, right: exp.GTE(this=left, expression=right),
}
_NO_NUMBERS = ("VARCHAR", "BOOLEAN", "NULL", "OBJECT", "ARRAY")


class _Beyond(Exception):
    """A path has something that only the full engine follows."""


def filtered_path(path: str) -> tuple[Segment, ...] | None:
    """Return the segments of a path of names, positions, wildcards and tests; None for any other path."""
    try:
        parsed = JSONPathEnvironment(strict=True).compile(standard(path))
        return _segments(parsed)
    except (JSONPathError, _Beyond):
        return None


def holds(selected: Selected, item: Expr) -> Expr:
    """Return the condition that a JSON value passes a filter; it is true or false, never NULL."""
    return _condition(selected.test, item)


def _segments(parsed: Any) -> tuple[Segment, ...]:
    if not isinstance(parsed, JSONPath):
        raise _Beyond
    return tuple(_segment(_only(each)) for each in parsed.segments)


def _only(segment: Any) -> JSONPathSelector:
    if not isinstance(segment, JSONPathChildSegment) or len(segment.selectors) != 1:
        raise _Beyond
    return segment.selectors[0]


def _segment(selector: JSONPathSelector) -> Segment:
    if isinstance(selector, NameSelector):
        return selector.name
    if isinstance(selector, IndexSelector):
        return selector.index
    if isinstance(selector, WildcardSelector):
        return WILD
    if isinstance(selector, FilterSelector):
        # What the database cannot test is found out now, before anything is read.
        _condition(selector.expression.expression, exp.column("x"))
        return Selected(selector.expression.expression)
    raise _Beyond


def _condition(given: ast.BaseExpression, item: Expr) -> Expr:
    if isinstance(given, ast.PrefixExpression) and given.operator == "!":
        return exp.Not(this=exp.Paren(this=_condition(given.right, item)))
    if isinstance(given, ast.RelativeFilterQuery):
        return exp.Is(this=_found(given, item), expression=exp.Null()).not_()
    if not isinstance(given, ast.InfixExpression):
        raise _Beyond
    if given.operator in ("&&", "||"):
        both = (_condition(given.left, item), _condition(given.right, item))
        return exp.and_(*both) if given.operator == "&&" else exp.or_(*both)
    if given.operator not in _FLIPPED:
        raise _Beyond
    if isinstance(given.left, ast.RelativeFilterQuery):
        return _comparison(given.left, given.operator, given.right, item)
    return _comparison(given.right, _FLIPPED[given.operator], given.left, item)


def _comparison(query: ast.BaseExpression, sign: str, other: ast.BaseExpression, item: Expr) -> Expr:
    if not isinstance(query, ast.RelativeFilterQuery):
        raise _Beyond
    if sign == "!=":
        return exp.Not(this=_comparison(query, "==", other, item))
    found = _found(query, item)
    kind, text = call("json_type", found), call("json_extract_string", found.copy(), "$")
    # Values of different types are neither equal nor in any order; what equals is also <= and >=.
    equal = "=" in sign
    if isinstance(other, ast.Nil):
        return _true(kind.eq(value("NULL"))) if equal else value(False)
    if isinstance(other, ast.BooleanLiteral):
        same = exp.and_(kind.eq(value("BOOLEAN")), text.eq(value(str(other.value).lower())))
        return _true(same) if equal else value(False)
    if isinstance(other, ast.StringLiteral):
        return _true(exp.and_(kind.eq(value("VARCHAR")), _OPERATORS[sign](text, value(other.value))))
    if isinstance(other, ast.IntegerLiteral | ast.FloatLiteral):
        number = exp.TryCast(this=text, to=exp.DataType.build("DOUBLE"))
        constant = exp.cast(value(repr(other.value)), "DOUBLE")
        return _true(exp.and_(kind.isin(*map(value, _NO_NUMBERS)).not_(), _OPERATORS[sign](number, constant)))
    raise _Beyond


def _found(query: ast.RelativeFilterQuery, item: Expr) -> Expr:
    """Return the one value that a query finds in an item, NULL for none."""
    path = _segments(query.path)
    if not expressible(path) or any(not isinstance(each, str | int) for each in path):
        raise _Beyond
    return call("json_extract", item.copy(), duckdb_paths(path)[0]) if path else item.copy()


def _true(condition: Expr) -> Expr:
    return call("coalesce", condition, value(False))
