"""Data and reports larger than the memory that may be used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

GRANTS = 125_000
# The peak of this program alone: what the system counts for a child begins with the memory of who started it.
_COMMAND = """
import atexit, sys
from lodgrants.cli.main import main

def say_peak():
    with open("/proc/self/status") as status:
        print(next(line.split()[1] for line in status if line.startswith("VmHWM")))

atexit.register(say_peak)
main()
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write grants that all have an amount that is no number: 250,000 triples, 30 MB."""
    path = tmp_path_factory.mktemp("large") / "many.nt"
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/Grant> .\n"
    amount = '<http://example.org/amount> "a sum that was never written as a number" .\n'
    with path.open("w", encoding="utf8") as out:
        for start in range(0, GRANTS, 5_000):
            names = [f"<http://example.org/grant/{number}> " for number in range(start, start + 5_000)]
            out.write("".join(f"{name}{kind}{name}{amount}" for name in names))
    return path


def _validate(data: Path, shapes: Path, report: Path, limit: str) -> int:
    """Run the command and return the most memory that its process used, in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND, "validate", data, "--shapes", shapes, "--shape",
         "http://example.org/S", "--format", "json", "-o", report, "--memory-limit", limit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    return int(done.stdout.split()[-1]) // 1024


def test_a_quarter_of_a_million_results_need_little_memory(many: Path, shapes: Path, tmp_path: Path) -> None:
    small, large = tmp_path / "small.json", tmp_path / "large.json"
    peak = _validate(many, shapes, small, "90MB")
    _validate(many, shapes, large, "4GB")
    assert small.read_bytes() == large.read_bytes()
    with small.open("rb") as lines:
        assert sum(1 for _ in lines) == 2 * GRANTS
    assert peak < 400
