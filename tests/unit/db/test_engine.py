"""The embedded database: what goes out of it as files."""

from __future__ import annotations

from pathlib import Path

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import sql


def test_lines_are_written_as_they_are(tmp_path: Path) -> None:
    lines = [f"{chr(code)}x{chr(code)}" for code in range(1, 0x3000) if chr(code) != "\n"] + ["", "#", '"q"']
    with open_engine() as engine:
        engine.copy_lines(sql("SELECT unnest(:lines) AS line", lines=lines), tmp_path / "lines")
    written = (tmp_path / "lines").read_bytes().decode().split("\n")
    assert sorted(written[:-1]) == sorted(lines)
