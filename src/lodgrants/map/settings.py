"""What a run may use and how it behaves: built once by the caller and handed down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lodgrants.db.engine import Limits
from lodgrants.map.progress import Progress


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run a mapping.

    `sources` binds a source of the mapping (its name, or the path it gives) to another path or to Arrow
    data. `roots` are folders that sources may be read from besides the mapping's own and the working one.
    `progress` is told how far the run is. `serialization` is that of the
    default output, by RML's name for it: in those without named graphs, graphs are merged.
    """

    base: str | None = None
    sources: Mapping[str, Any] = field(default_factory=dict)
    roots: tuple[Path, ...] = ()
    allow_http: bool = False
    skip_invalid: bool = False
    head: int | None = None
    record: str | None = None
    progress: Progress | None = None
    serialization: str = "N-Quads"
    limits: Limits = field(default_factory=Limits)
