"""The one error tree: every failure a user can meet carries a code, a place and a cure.

Codes have the form ``LG-<ROOM>-<NNN>`` and are described in ``lodgrants/codes/*.toml``, from which
``docs/errors.md`` and ``lodgrants explain`` are made.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file or record; lines and columns count from 1."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    detail: str | None = None

    def __str__(self) -> str:
        parts = [str(part) for part in (self.file, self.line, self.column) if part is not None]
        place = ":".join(parts)
        return f"{place} ({self.detail})" if place and self.detail else place or (self.detail or "")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what, where, the offending value, what was expected and what to do."""

    code: str
    message: str
    where: Where | None = None
    value: str | None = None
    expected: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        lines = [f"error[{self.code}]: {self.message}"]
        details = (
            ("at", self.where),
            ("value", self.value),
            ("expected", self.expected),
            ("help", self.hint),
        )
        lines += [f"  {label}: {text}" for label, text in details if text]
        return "\n".join(lines)


class LodgrantsError(Exception):
    """Base of all errors caused by input, configuration or use; carries one or more problems."""

    exit_code = 2

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class InputError(LodgrantsError):
    """A file or record given by the user cannot be used."""


class ConfigError(LodgrantsError):
    """A configuration file is wrong."""


class MappingError(LodgrantsError):
    """A mapping is wrong or does not fit its source."""


class ShapeError(LodgrantsError):
    """A shapes graph is not well-formed."""


class QueryError(LodgrantsError):
    """A query is wrong or cannot be answered."""


class PublishError(LodgrantsError):
    """A release cannot be published, compared or checked as asked."""


class UnsupportedError(LodgrantsError):
    """A feature is valid but not supported; it is refused by name, never skipped."""

    exit_code = 3


class InternalError(LodgrantsError):
    """A bug in lodgrants itself."""

    exit_code = 70
