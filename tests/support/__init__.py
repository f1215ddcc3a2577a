"""What several tests need: where the shared real files are, and how a missing one is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def shared(*parts: str) -> Path:
    """Return a path among the shared real files; skip when they are not there (fail when CI demands them)."""
    root = Path(os.environ.get("LODGRANTS_SHARED", ROOT.parent / "shared"))
    path = root.joinpath(*parts)
    if not path.exists():
        message = f"no shared files at {path}: set LODGRANTS_SHARED"
        if os.environ.get("LODGRANTS_REQUIRE_SHARED"):
            raise FileNotFoundError(message)
        pytest.skip(message)
    return path
