"""Tables: made again from the graph, they are the ones that are there, byte for byte."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Statement
from lodgrants.publish.tables import write_tables
from lodgrants.publish.verify.files import digest
from lodgrants.publish.verify.model import Check, Lie, counted

_AROUND = 30


def check_tables(engine: Engine, folder: Path, quads: Statement) -> Check | None:
    """Compare the CSV files in `tables/` with those that the graph gives; None when there are none."""
    given = folder / "tables"
    if not given.is_dir():
        return None
    lies = []
    with TemporaryDirectory(prefix="lodgrants-") as made:
        files = [path for path in write_tables(engine, quads, Path(made)) if path.suffix == ".csv"]
        for path in files:
            there = given / path.name
            claim = "the table that the graph gives"
            if not there.is_file():
                lies.append(Lie(f"tables/{path.name}", claim, "it is missing"))
            elif digest(there) != digest(path):
                lies.append(Lie(f"tables/{path.name}", claim, _first_difference(there, path)))
    return Check(
        "tables", (f"{counted(len(files), 'table')}, each the one that the graph gives",), tuple(lies)
    )


def _first_difference(there: Path, made: Path) -> str:
    """Say in which line a table first differs; the lines are read one by one."""
    with there.open("rb") as one, made.open("rb") as two:
        number = 0
        while True:
            number += 1
            said, so = one.readline(), two.readline()
            if said != so:
                return f"line {number} says {_shown(said, so)}, the graph gives {_shown(so, said)}"
            if not so:
                return "it differs"


def _shown(line: bytes, other: bytes) -> str:
    """Return the piece of a line around the place where it differs from another one."""
    if not line:
        return "nothing"
    same = next((at for at, (a, b) in enumerate(zip(line, other, strict=False)) if a != b), len(other))
    start = max(same - _AROUND, 0)
    piece = line[start : start + 3 * _AROUND].decode("utf8", errors="replace").rstrip("\n")
    return f"{'…' if start else ''}{piece}{'…' if start + 3 * _AROUND < len(line) else ''}"
