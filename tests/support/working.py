"""Work for another process, which must be able to import it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from lodgrants.errors import InputError, Problem, Where


def squares(count: int) -> Iterator[tuple[int, int]]:
    for number in range(count):
        yield os.getpid(), number * number


def refuse() -> Iterator[int]:
    yield 1
    raise InputError(Problem("LG-RDF-003", "not well-formed", Where("a.ttl", 3, 4), hint="mend it"))


def die() -> Iterator[int]:
    yield 1
    os._exit(9)


def sleep() -> Iterator[int]:
    yield 1
    time.sleep(600)
