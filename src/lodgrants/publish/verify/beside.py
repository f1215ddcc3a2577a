"""Work that another process does meanwhile, result by result."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from lodgrants.errors import LodgrantsError, Problem, PublishError

T = TypeVar("T")


@contextmanager
def beside(work: Callable[..., Iterable[T]], *arguments: Any, folder: Path) -> Iterator[Iterator[T]]:
    """Run a generator in another process, ahead of who takes its results; on leaving it is ended at once.

    What it makes for a time goes below ``folder``, which the caller removes. An error of ours that ends the
    work is raised to who takes the results.

    :raises PublishError: likewise, when the process has died (LG-REL-011).
    """
    # A forked process would have the locks of this one's threads, but not the threads that let go of them.
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sender, folder, work, arguments), daemon=True)
    process.start()
    sender.close()
    try:
        yield _received(receiver)
    finally:
        process.terminate()
        process.join()
        receiver.close()


def _send(
    sender: Connection, folder: Path, work: Callable[..., Iterable[object]], arguments: Iterable[object]
) -> None:
    # The process that waits for the results is interrupted itself, and then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = str(folder)
    try:
        for result in work(*arguments):
            sender.send(("result", result))
        sender.send(("end", None))
    except LodgrantsError as error:
        sender.send(("error", (type(error), error.problems)))


def _received(receiver: Connection) -> Iterator[Any]:
    while True:
        try:
            kind, value = receiver.recv()
        except EOFError:
            hint = "free some memory, or use --threads 1, which needs no other process"
            raise PublishError(Problem("LG-REL-011", "a process that helped has died", hint=hint)) from None
        if kind == "end":
            return
        if kind == "error":
            error, problems = value
            raise error(*problems)
        yield value
