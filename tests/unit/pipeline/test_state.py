"""What an earlier build has left is a help, and never in the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lodgrants.pipeline.state import load_state


def test_a_state_that_another_version_left_names_no_records(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    about: dict[str, Any] = {"fingerprints": {}, "release": "r", "files": {}}
    (tmp_path / "state" / "about.json").write_text(json.dumps(about), encoding="utf8")
    assert load_state(tmp_path, force=False).names() is None
    about["names"] = [["urn:r", "sif", None, ["1"]]]
    (tmp_path / "state" / "about.json").write_text(json.dumps(about), encoding="utf8")
    (name,) = load_state(tmp_path, force=False).names() or []
    assert name.numbers == ("1",)
