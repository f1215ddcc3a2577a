"""YAML read with positions: typed access that collects every problem with its line and column."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from yaml import YAMLError

from lodgrants.errors import ConfigError, Problem, Where
from lodgrants.extract.composer import PlacedMap, compose


def load_yaml(path: Path) -> Node:
    """Load a file whose top is a mapping; raise ConfigError with line and column when it is not YAML."""
    try:
        content = compose(path.read_text(encoding="utf8"))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = Where(str(path), mark.line + 1, mark.column + 1) if mark else Where(str(path))
        problem = getattr(error, "problem", None) or str(error)
        raise ConfigError(Problem("LG-CFG-001", f"this is not YAML: {problem}", where)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            Problem("LG-CFG-002", f"the file cannot be read: {error}", Where(str(path)))
        ) from error
    if not isinstance(content, PlacedMap):
        raise ConfigError(Problem("LG-CFG-003", "a mapping was expected", Where(str(path), 1, 1)))
    return Node(content, path, [])


# What an alias repeats is compiled once; the cache of `re` is smaller than the patterns of all profiles.
_regex = cache(re.compile)


class Node:
    """One mapping of a YAML file; each getter takes a key, and what nobody took is unknown."""

    def __init__(self, content: PlacedMap, path: Path, problems: list[Problem]) -> None:
        self._content = content
        self._path = path
        self._taken: set[str] = set()
        self.problems = problems

    def __bool__(self) -> bool:
        return bool(self._content)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text (a number is one); without a default the key is required."""
        value = self._take(key, default, (str,))
        return "" if value is None else str(value)

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """Return one of a few texts."""
        value = self.text(key, default)
        if value not in choices and value != (default or ""):
            near = get_close_matches(value, choices, n=1)
            hint = f"did you mean {near[0]!r}?" if near else None
            self._report(key, f"{key} {value!r} is not known", "one of " + ", ".join(choices), hint)
        return value

    def flag(self, key: str) -> bool:
        """Return a truth value, false when the key is missing."""
        return bool(self._take(key, False, (bool,)))

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """Return a list of texts; one text stands for a list of one."""
        value = self._take(key, None if required else (), (str, list))
        if isinstance(value, list):
            return tuple(str(item) for item in value)
        return (value,) if isinstance(value, str) else ()

    def patterns(self, key: str, flags: int = 0) -> tuple[re.Pattern[str], ...]:
        """Return a list of regular expressions, compiled."""
        return tuple(found for text in self.texts(key) if (found := self._compiled(key, text, flags)))

    def pattern(self, key: str, flags: int = 0) -> re.Pattern[str] | None:
        """Return one regular expression, or None when the key is missing."""
        text = self.text(key, "")
        return self._compiled(key, text, flags) if text else None

    def child(self, key: str) -> Node:
        """Return the mapping under a key, an empty one when it is missing."""
        value = self._take(key, PlacedMap(), (PlacedMap,))
        return Node(value if isinstance(value, PlacedMap) else PlacedMap(), self._path, self.problems)

    def children(self, key: str) -> list[Node]:
        """Return the list of mappings under a key."""
        value = self._take(key, [], (list,)) or []
        wrong = [item for item in value if not isinstance(item, PlacedMap)]
        if wrong:
            self._report(key, f"{key} holds something that is not a mapping", "a list of mappings")
        return [Node(item, self._path, self.problems) for item in value if isinstance(item, PlacedMap)]

    def items(self) -> list[tuple[str, Node]]:
        """Return all keys with the mappings under them."""
        return [(str(key), self.child(str(key))) for key in self._content]

    def done(self) -> None:
        """Report the keys that nobody took."""
        for key in self._content:
            if str(key) not in self._taken:
                near = get_close_matches(str(key), self._taken, n=1)
                hint = f"did you mean {near[0]!r}?" if near else None
                self._report(
                    str(key), f"unknown key {str(key)!r}", "one of " + ", ".join(sorted(self._taken)), hint
                )

    def fail(self, key: str, message: str, expected: str | None = None) -> None:
        """Report a problem with the value of a key."""
        self._report(key, message, expected)

    def _take(self, key: str, default: Any, types: tuple[type, ...]) -> Any:
        self._taken.add(key)
        if key not in self._content:
            if default is None:
                self._report(None, f"the key {key!r} is missing")
            return default
        value = self._content[key]
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            names = " or ".join({"PlacedMap": "mapping"}.get(kind.__name__, kind.__name__) for kind in types)
            self._report(key, f"the value of {key!r} has the wrong type", names)
            return default
        return value

    def _compiled(self, key: str, text: str, flags: int) -> re.Pattern[str] | None:
        try:
            return _regex(text, flags)
        except re.error as error:
            self._report(key, f"not a regular expression: {error}", value=text)
            return None

    def _report(
        self,
        key: str | None,
        message: str,
        expected: str | None = None,
        hint: str | None = None,
        value: str | None = None,
    ) -> None:
        line, column = self._content.keys_at.get(key, self._content.place)
        where = Where(str(self._path), line, column)
        self.problems.append(Problem("LG-CFG-004", message, where, value, expected, hint))
