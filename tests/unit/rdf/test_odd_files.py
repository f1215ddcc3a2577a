"""Files that are damaged, marked or have lines of many megabytes: read whole, or refused by a coded error."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import sql
from lodgrants.errors import InputError
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.lines import LONGEST
from lodgrants.rdf.long_lines import refuse_long_lines
from lodgrants.rdf.read import load_quads, read_graph

SHORT = "<http://x/a> <http://x/p> <http://x/b> .\n"
LONG = f'<http://x/c> <http://x/p> "{"x" * (LONGEST + 3_000_000)}" .\n'


def count(path: Path) -> int:
    with open_engine() as engine:
        load_quads(engine, [rdf_file(path)])
        return int(engine.rows(sql("SELECT count(*) FROM quad"))[0][0])


@pytest.mark.parametrize("name", ["data.nt", "data.nq", "data.nt.gz", "data.ttl"])
@pytest.mark.parametrize("text", [LONG, SHORT + LONG, LONG + SHORT], ids=["alone", "last", "first"])
def test_a_line_too_long_is_never_dropped(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode(), 1) if name.endswith("gz") else text.encode())
    with pytest.raises(InputError, match="8,000,000 bytes"):
        count(path)


@pytest.mark.parametrize(
    ("text", "line"), [("ab\ncdef\ng", None), ("ab\n\ncdefg\n", 3), ("abcdefghij", 1), ("", None)]
)
@pytest.mark.parametrize("packed", [False, True])
def test_the_long_line_is_found(tmp_path: Path, text: str, line: int | None, packed: bool) -> None:
    path = tmp_path / ("a.nt.gz" if packed else "a.nt")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    if line is None:
        refuse_long_lines(rdf_file(path), 4, path)
        return
    with pytest.raises(InputError) as error:
        refuse_long_lines(rdf_file(path), 4, path)
    (problem,) = error.value.problems
    assert problem.where and problem.where.line == line


@pytest.mark.parametrize("name", ["a.nt.gz", "a.ttl.gz", "a.ttl.bz2", "a.nq.xz", "a.ttl.zst"])
def test_a_damaged_packed_file_is_said(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"this was never packed")
    with pytest.raises(InputError, match="cannot be read"):
        count(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_graph([rdf_file(path)])


@pytest.mark.parametrize("name", ["a.nt", "a.nq", "a.ttl", "a.trig"])
def test_a_byte_order_mark_is_skipped(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xef\xbb\xbf" + SHORT.encode())
    assert count(path) == len(read_graph([rdf_file(path)])) == 1
