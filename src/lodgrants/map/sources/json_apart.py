"""Large JSON documents taken apart: what iterators lead to becomes a file that is read in parallel.

The database reads a document as one value, and hands out its members while it holds them all: hundreds of
megabytes take gigabytes and minutes. Here one member after the other is passed over, and none is kept.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from lodgrants.map.sources.memory import uncollected
from lodgrants.map.sources.relation import Room

Names = tuple[str, ...]
_READ = 8 << 20
_SPACE = " \t\n\r"
_decode = json.JSONDecoder().raw_decode


class _OtherwiseBuilt(Exception):
    """The document is not built as the paths have it, or is no JSON: it is for others to read it whole."""


def taken_apart(
    path: Path, arrays: Collection[Names], values: Collection[Names], room: Room
) -> dict[Names, Path] | None:
    """Write the members of arrays, and single values, at paths of names to a file each: as an array.

    None when that cannot be done: something else than an array is there, or a path leads through another.
    """
    wanted = {*arrays, *values}
    if any(one[: len(other)] == other for one in wanted for other in wanted if one != other):
        return None
    files = {names: room.folder / f"{room.name('part')}.json" for names in wanted}
    try:
        with path.open(encoding="utf8") as file, uncollected():
            apart = _Apart(_Window(file), frozenset(arrays), files)
            apart.members(())
            if apart.window.text[apart.window.at :].strip() or file.read(_READ).strip():
                return None
    except (_OtherwiseBuilt, UnicodeDecodeError, RecursionError):
        return None
    for names in wanted - apart.seen:
        files[names].write_text("[]", encoding="utf8")
    return files


@dataclass(slots=True)
class _Window:
    """The part of a text file that is looked at, and the place in it."""

    file: IO[str]
    text: str = ""
    at: int = 0

    def more(self) -> None:
        """Read on, twice as far where nothing was passed over since; what was passed over is let go."""
        given = self.file.read(max(_READ, len(self.text) - self.at))
        if not given:
            raise _OtherwiseBuilt
        self.text, self.at = self.text[self.at :] + given, 0

    def sign(self) -> str:
        """Return the next character that is no white space, and go to it."""
        while True:
            text, at = self.text, self.at
            while at < len(text) and text[at] in _SPACE:
                at += 1
            self.at = at
            if at < len(text):
                return text[at]
            self.more()

    def take(self, expected: str) -> str:
        """Return the next character that is no white space, one of those expected, and go past it."""
        found = self.sign()
        if found not in expected:
            raise _OtherwiseBuilt
        self.at += 1
        return found

    def value(self) -> str:
        """Return the text of the value that begins here, and go past it."""
        self.sign()
        while True:
            try:
                _, end = _decode(self.text, self.at)
            except ValueError:
                end = len(self.text)
            # What ends where the window does may go on.
            if end < len(self.text):
                found, self.at = self.text[self.at : end], end
                return found
            self.more()


@dataclass(slots=True)
class _Apart:
    """Goes through the members of a document and writes those that are wanted."""

    window: _Window
    arrays: frozenset[Names]
    files: dict[Names, Path]
    seen: set[Names] = field(default_factory=set)

    def members(self, above: Names) -> None:
        """Go through the members of an object; of several with one name the first counts."""
        window = self.window
        window.take("{")
        if window.sign() == "}":
            window.take("}")
            return
        while True:
            if window.sign() != '"':
                raise _OtherwiseBuilt
            name = json.loads(window.value())
            window.take(":")
            self._member((*above, name))
            if window.take(",}") == "}":
                return

    def _member(self, names: Names) -> None:
        known = names in self.seen
        self.seen.add(names)
        leads_on = any(each[: len(names)] == names for each in self.files)
        if known or not leads_on or (names not in self.files and self.window.sign() != "{"):
            self._pass()
        elif names not in self.files:
            self.members(names)
        else:
            with self.files[names].open("w", encoding="utf8") as sink:
                self._write(names, sink)

    def _pass(self) -> None:
        """Go past a value that nobody wants, an array's members one by one: it may be long."""
        window = self.window
        if window.sign() != "[":
            window.value()
        elif window.take("[") and window.sign() != "]":
            window.value()
            while window.take(",]") == ",":
                window.value()
        else:
            window.take("]")

    def _write(self, names: Names, sink: IO[str]) -> None:
        window = self.window
        sink.write("[")
        if names not in self.arrays:
            sink.write(window.value())
        elif window.take("[") and window.sign() != "]":
            sink.write(window.value())
            while window.take(",]") == ",":
                sink.write(",\n" + window.value())
        else:
            window.take("]")
        sink.write("]")
