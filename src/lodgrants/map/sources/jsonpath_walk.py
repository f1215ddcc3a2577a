"""Following a JSONPath through Python values: paths without filters, several times as fast as a full engine.

Implements the name, index, slice and wildcard selectors of RFC 9535 in child and descendant segments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from jsonpath import CompoundJSONPath, JSONPath
from jsonpath.segments import JSONPathRecursiveDescentSegment
from jsonpath.selectors import (
    IndexSelector,
    JSONPathSelector,
    NameSelector,
    SliceSelector,
    WildcardSelector,
)

Finder = Callable[[Any], list[Any]]
_CONTAINERS = (dict, list)


def finder(path: JSONPath | CompoundJSONPath) -> Finder:
    """Return a function from a JSON value to what a path finds in it, in the standard's order."""
    steps = [_step(each) for each in path.segments] if isinstance(path, JSONPath) else [None]
    known = [each for each in steps if each is not None]
    if len(known) < len(steps):
        # A text would be taken for a document; a filter finds nothing in what has no members.
        return lambda root: path.findall(root) if type(root) in _CONTAINERS else []

    def find(root: Any) -> list[Any]:
        nodes = [root]
        for step in known:
            nodes = step(nodes)
        return nodes

    return find


def _step(segment: Any) -> Finder | None:
    """Return what a segment makes of a list of nodes; None for one with a filter."""
    selectors = [_selector(each) for each in segment.selectors]
    pick = [each for each in selectors if each is not None]
    if len(pick) < len(selectors):
        return None
    if isinstance(segment, JSONPathRecursiveDescentSegment):
        return lambda nodes: [
            found for each in nodes for node in _containers(each) for one in pick for found in one(node)
        ]
    if len(pick) == 1:
        only = pick[0]
        return lambda nodes: list(chain.from_iterable(map(only, nodes)))
    return lambda nodes: [found for node in nodes for one in pick for found in one(node)]


def _selector(selector: JSONPathSelector) -> Callable[[Any], Iterable[Any]] | None:
    """Return what a selector finds in one node."""
    if isinstance(selector, NameSelector):
        name = selector.name
        return lambda node: (node[name],) if type(node) is dict and name in node else ()
    if isinstance(selector, IndexSelector):
        index = selector.index
        return lambda node: (node[index],) if type(node) is list and -len(node) <= index < len(node) else ()
    if isinstance(selector, SliceSelector):
        part = selector.slice
        return lambda node: node[part] if type(node) is list and part.step != 0 else ()
    if isinstance(selector, WildcardSelector):
        return lambda node: node.values() if type(node) is dict else node if type(node) is list else ()
    return None


def _containers(root: Any) -> list[Any]:
    """Return a value and the arrays and objects below it, each before those within it."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        found.append(node)
        inner = node.values() if type(node) is dict else node if type(node) is list else ()
        waiting += [each for each in inner if type(each) in _CONTAINERS][::-1]
    return found
