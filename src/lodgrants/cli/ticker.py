"""Showing how far a long run is: one line that changes on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TextIO

_TERMINAL = (1.0, 0.2)
_ELSEWHERE = (10.0, 10.0)


@contextmanager
def ticking(
    line: Callable[[], str], sink: TextIO | None = None, seconds: tuple[float, float] | None = None
) -> Iterator[None]:
    """Show a line while the block runs: for the first time, and then again, after these seconds."""
    out = sink or sys.stderr
    terminal = out.isatty()
    ended = Event()
    first, every = seconds or (_TERMINAL if terminal else _ELSEWHERE)

    def show() -> None:
        wait = first
        while not ended.wait(wait):
            out.write(f"\r\033[K{line()}" if terminal else f"{line()}\n")
            out.flush()
            wait = every

    thread = Thread(target=show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        if terminal:
            out.write("\r\033[K")
            out.flush()
