"""Canonical N-Quads of dumps, by a parser that is none of ours, made ahead of who compares them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from lodgrants.errors import InputError, LodgrantsError, Problem
from lodgrants.rdf.formats import RdfFile, rdf_file
from lodgrants.rdf.read import write_canonical

# Gives the canonical N-Quads of a dump.
Copy: TypeAlias = Callable[[Path], RdfFile]
# A dump, and its copy or what is wrong with it.
Made: TypeAlias = tuple[Path, RdfFile | tuple[Problem, ...]]


def make_copies(paths: Iterable[Path], folder: Path) -> Iterator[Made]:
    """Write the canonical N-Quads of dumps into a folder, each when it is asked for."""
    for number, path in enumerate(paths):
        place = folder / str(number)
        place.mkdir()
        try:
            yield path, write_canonical(rdf_file(path), place)
        except LodgrantsError as error:
            yield path, error.problems


class Copies:
    """Copies of dumps, most of them made ahead; each is there until the next is asked for."""

    def __init__(self, ahead: Sequence[Path], made: Iterator[Made], folder: Path) -> None:
        self._ahead = ahead
        self._made = made
        self._folder = folder
        self._last: RdfFile | None = None

    def of(self, path: Path) -> RdfFile:
        """Return the copy of a dump; those made ahead are asked for in their order.

        :raises InputError: when the dump cannot be read.
        """
        if self._last:
            self._last.path.unlink()
        self._last = None
        self._last = (
            self._ready(path) if path in self._ahead else write_canonical(rdf_file(path), self._folder)
        )
        return self._last

    def _ready(self, path: Path) -> RdfFile:
        found = next(copy for each, copy in self._made if each == path)
        if isinstance(found, RdfFile):
            return found
        raise InputError(*found)
