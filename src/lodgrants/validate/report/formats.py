"""Report formats by name; a writer is imported when it is used."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import IO, cast

from lodgrants.validate.report.model import Report

Writer = Callable[[Report, IO[bytes]], None]
FORMATS = ("table", "turtle", "json", "csv", "html", "markdown", "junit", "sarif")
# These say where in the data a result stands, so its line is looked up; the others do not pay for that.
PLACED = ("json", "csv", "html", "sarif")


def writer(name: str) -> Writer:
    """Return the function that writes a report in a format."""
    module = import_module(f"lodgrants.validate.report.{name}")
    return cast(Writer, getattr(module, f"write_{name}"))
