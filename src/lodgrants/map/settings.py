"""What a run may use and how it behaves: built once by the caller and handed down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lodgrants.db.engine import Limits


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run a mapping.

    `sources` binds a source of the mapping (its name, or the path it gives) to another path or to Arrow
    data. `roots` are folders that sources may be read from besides the mapping's own and the working one.
    `progress` is told, now and then, how many triples have been written. `serialization` is that of the
    default output, by RML's name for it: in those without named graphs, graphs are merged.
    """

    base: str | None = None
    sources: Mapping[str, Any] = field(default_factory=dict)
    roots: tuple[Path, ...] = ()
    allow_http: bool = False
    skip_invalid: bool = False
    head: int | None = None
    record: str | None = None
    progress: Callable[[int], None] | None = None
    serialization: str = "N-Quads"
    limits: Limits = field(default_factory=Limits)
