"""What came of a check: what was looked at, and each claim that is not true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Lie:
    """A claim of a release that is not true: the file that it is about, what is said of it, what is so."""

    file: str
    claim: str
    truth: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, what was found in words and in numbers, and the lies."""

    name: str
    said: tuple[str, ...]
    lies: tuple[Lie, ...] = ()
    facts: Mapping[str, str | int] = field(default_factory=dict)


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
