"""Making many small values in Python without its looking through all of them for cycles again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the search for cycles out of a block that makes none.

    Python looks through what lives each time that many values were made: for a document of a million
    records that takes as long as reading it.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
