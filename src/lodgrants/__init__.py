"""Publish records of funded projects as linked data that can be trusted."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from lodgrants.version import VERSION

if TYPE_CHECKING:
    from lodgrants.validate.library import validate as validate

__version__ = VERSION
# Rooms that can be called like functions; imported when they are first asked for.
_CALLABLE = ("map", "validate")


def __getattr__(name: str) -> ModuleType:
    if name in _CALLABLE:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
