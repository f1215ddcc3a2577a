"""JSONPath as far as it is a path of names, positions and wildcards; anything else is for a full engine."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import product
from typing import Any

_SEGMENT = re.compile(
    r"""\.\.?(?P<wild>\*)|\.(?P<name>[^.\[\]*'"()?@\s][^.\[\]*'"()?@]*)|\.?\[\s*(?P<index>-?\d+)\s*\]"""
    r"""|\.?\[\s*(?P<all>\*)\s*\]|\.?\[\s*(?P<quote>['"])(?P<quoted>(?:\\.|(?!(?P=quote)).)*)(?P=quote)\s*\]""",
    re.VERBOSE,
)
_BARE = re.compile(r"""[^.\[\]*'"()?@$][^.\[\]*'"()?@]*""")
_ESCAPE = re.compile(r"""\\(['"\\/])""")


@dataclass(frozen=True, slots=True)
class Wild:
    """All members of an array or object."""


@dataclass(frozen=True, slots=True)
class Selected:
    """The members of an array or object that pass a test of `jsonpath_filter`."""

    test: Any


Segment = str | int | Wild | Selected
WILD = Wild()


def simple_path(path: str) -> tuple[Segment, ...] | None:
    """Return the segments of a path made of names, positions and wildcards; None for any other path.

    A path without the leading `$` is taken as if it had one, and a dot may stand before a bracket (`$.[*]`),
    as older mappings write it.
    """
    path = path.strip()
    found: list[Segment] = []
    position = 0
    if path.startswith(("$", "@")):
        position = 1
    elif bare := _BARE.match(path):
        found.append(bare.group().strip())
        position = bare.end()
    while position < len(path):
        match = _SEGMENT.match(path, position)
        if match is None or path.startswith("..", position):
            return _names(path)
        found.append(_segment(match))
        position = match.end()
    return tuple(found)


def _names(path: str) -> tuple[Segment, ...] | None:
    """Return the names of a path without the leading `$` that has other characters than shorthand allows."""
    is_path = path.startswith(("$", "@", ".")) or "[" in path or ".." in path or "*" in path
    return None if is_path or path.endswith(".") else tuple(each.strip() for each in path.split("."))


def standard(path: str) -> str:
    """Return a path as RFC 9535 writes it: names quoted, with the leading `$`, no dot before a bracket."""
    segments = simple_path(path)
    if segments is None:
        path = re.sub(r"(?<!\.)\.\[", "[", path.strip())
        return path if path.startswith(("$", "@")) else f"$.{path}"
    written = ["[*]" if isinstance(each, Wild) else f"[{json.dumps(each)}]" for each in segments]
    return "$" + "".join(written)


def _segment(match: re.Match[str]) -> Segment:
    if match["wild"] or match["all"]:
        return WILD
    if match["index"] is not None:
        return int(match["index"])
    if match["quoted"] is not None:
        return _ESCAPE.sub(r"\1", match["quoted"])
    return match["name"].strip()


def is_many(segments: tuple[Segment, ...]) -> bool:
    """Tell whether a path may yield several values."""
    return any(isinstance(each, Wild | Selected) for each in segments)


def expressible(segments: tuple[Segment, ...]) -> bool:
    """Tell whether DuckDB's JSON functions can follow a path (few wildcards, names they can quote)."""
    odd = any(isinstance(each, str) and ('"' in each or "\\" in each or not each) for each in segments)
    return not odd and sum(isinstance(each, Wild) for each in segments) <= 3


def duckdb_paths(segments: tuple[Segment, ...]) -> list[str]:
    """Return a path in DuckDB's notation: several where a wildcard may mean an array or an object."""
    choices = [("[*]", ".*") if isinstance(each, Wild) else (_written(each),) for each in segments]
    return ["$" + "".join(each) for each in product(*choices)]


def _written(segment: Segment) -> str:
    assert not isinstance(segment, Wild | Selected)
    if isinstance(segment, int):
        return f"[{segment}]" if segment >= 0 else f"[#{segment}]"
    return f'."{segment}"'
