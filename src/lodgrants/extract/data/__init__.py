"""Tables of words that pages use, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return the TOML table of that name."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf8"))
