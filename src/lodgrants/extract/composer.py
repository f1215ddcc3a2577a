"""YAML as mappings and lists that know their lines and columns.

PyYAML's parser in C reads a profile in a twentieth of the time that a parser in Python takes. Of the core
schema (YAML 1.2.2, section 10.3) null and truth values are resolved; a number is the text it is written as.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml
from yaml.error import Mark, MarkedYAMLError
from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

Place: TypeAlias = tuple[int, int]

_PLAIN: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# What people write is not nested deeper.
_DEEPEST = 100


class PlacedMap(dict[Any, Any]):
    """A mapping, with the line and column (from 1) of itself and of each key."""

    def __init__(self, place: Place = (1, 1)) -> None:
        super().__init__()
        self.place = place
        self.keys_at: dict[Any, Place] = {}


def compose(text: str) -> Any:
    """Return the only document of a text as PlacedMap, list, str, bool or None.

    :raises yaml.YAMLError: when it is not YAML, with the place where that is known.
    """
    return _Composer(text).document()


class _Composer:
    """Makes values of the events of the parser."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Event] = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self._anchors: dict[str, Any] = {}
        self._depth = 0

    def document(self) -> Any:
        next(self._events)
        if isinstance(next(self._events), StreamEndEvent):
            return None
        value = self._value(next(self._events))
        next(self._events)
        if not isinstance(after := next(self._events), StreamEndEvent):
            raise _fault("a second document begins", after)
        return value

    def _value(self, event: Event) -> Any:
        if isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                raise _fault(f"nothing above has the anchor {event.anchor!r}", event)
            return self._anchors[event.anchor]
        if self._depth > _DEEPEST:
            raise _fault(f"this is nested more than {_DEEPEST} levels deep", event)
        self._depth += 1
        value = self._made(event)
        self._depth -= 1
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _made(self, event: Event) -> Any:
        if isinstance(event, ScalarEvent):
            plain = event.implicit[0]
            return _PLAIN.get(event.value, event.value) if plain else event.value
        return self._map(event) if isinstance(event, MappingStartEvent) else self._list()

    def _list(self) -> list[Any]:
        made = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            made.append(self._value(event))
        return made

    def _map(self, start: Event) -> PlacedMap:
        made = PlacedMap(_place(start.start_mark))
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._value(event)
            if isinstance(key, dict | list):
                raise _fault("a key must be a text", event)
            if key in made:
                raise _fault(f"the key {key!r} is there twice", event)
            made.keys_at[key] = _place(event.start_mark)
            made[key] = self._value(next(self._events))
        return made


def _place(mark: Mark) -> Place:
    return mark.line + 1, mark.column + 1


def _fault(problem: str, event: Event) -> MarkedYAMLError:
    return MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
