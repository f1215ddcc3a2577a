"""Typical mappings with the SQL they become and the quads they make; `LODGRANTS_REWRITE=1` writes both anew.

The SQL is there to be read: a change of the compiler shows in it what it does to each kind of mapping.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from lodgrants.cli.map import command

HERE = Path(__file__).parent / "map"
CASES = sorted(each.name for each in HERE.iterdir())


def test_no_case_is_lost() -> None:
    assert len(CASES) == 12


@pytest.mark.parametrize("case", CASES)
def test_a_mapping_gives_its_sql_and_quads(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / case)
    mapping = next(Path().glob("mapping.*")).name
    found = {
        "expected.sql": run(mapping, "--explain"),
        "expected.nq": "".join(sorted(run(mapping, "-q").splitlines(keepends=True))),
    }
    for name, text in found.items():
        if os.environ.get("LODGRANTS_REWRITE"):
            Path(name).write_text(text, encoding="utf8")
        assert text == Path(name).read_text(encoding="utf8")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout
