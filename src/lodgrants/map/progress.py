"""How far a run is: written by the run, read by whoever shows it, which may be another thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

Ask = Callable[[], tuple[int, float | None]]


@dataclass(slots=True)
class Progress:
    """How far a run is, in three stages: reading, writing and, for sorted outputs, sorting.

    While it writes, how much is left is known from the rows that are loaded and the rules over them; while it
    reads or sorts, from what the database says of the statement that it is at.
    """

    stage: str = "reading"
    triples: int = 0
    _since: float = field(default_factory=monotonic)
    _total: int = 0
    _done: int = 0
    _job: int = 0
    _before: int = 0
    _ask: Ask | None = None
    _statement: int = -1

    def watch(self, ask: Ask) -> None:
        """Say how to ask the database: for the number of its statements, and how much of the last is done."""
        self._ask = ask

    def write(self, weights: Sequence[int]) -> None:
        """Begin to write jobs that make no more triples than their weights."""
        self.stage, self._since, self._total = "writing", monotonic(), sum(weights)

    def job(self, weight: int) -> None:
        """Begin a job, when all before it are done."""
        self._done, self._job, self._before = self._done + self._job, weight, self.triples

    def wrote(self, triples: int) -> None:
        """Note how many triples have been written in all."""
        self.triples = triples

    def sort(self) -> None:
        """Begin to sort and write what was collected."""
        self.stage, self._since = "sorting", monotonic()

    def share(self) -> float | None:
        """Return how much of the stage is done, from 0 to 1; None where that is not known."""
        if self.stage == "writing":
            here = min(self.triples - self._before, self._job)
            return (self._done + here) / self._total if self._total else None
        number, share = self._ask() if self._ask else (0, None)
        if number != self._statement:
            self._statement, self._since = number, monotonic()
        return share

    def line(self) -> str:
        """Return how far the run is, for people: triples, how fast they come, and the time that is left."""
        share, seconds = self.share(), monotonic() - self._since
        parts = [self.stage]
        if self.triples and self.stage == "writing":
            parts.append(f"{self.triples:,} triples, {self.triples / max(seconds, 0.001):,.0f} a second")
        if share is not None and 0 < share <= 1:
            parts += [f"{share:.0%}", f"{_time(seconds * (1 - share) / share)} left"]
        return ", ".join(parts)


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
