"""Lines too long for the database's reader, which drops them in silence at the end of a file."""

from __future__ import annotations

import mmap
from pathlib import Path

from lodgrants.errors import InputError, Problem, Where
from lodgrants.rdf.formats import RdfFile, open_bytes


def refuse_long_lines(file: RdfFile, longest: int, said: Path) -> None:
    """Refuse a file of statements by line in which one is longer than so many bytes.

    ``said`` is the path to name, as the file may be a copy.

    :raises InputError: with the line's number.
    """
    line = _in_place(file.path, longest) if file.compression is None else _in_stream(file, longest)
    if line is not None:
        where = Where(str(said), line if file.path == said else None)
        text = f"{said} has a statement of more than {longest:,} bytes, which cannot be read"
        raise InputError(Problem("LG-RDF-003", text, where, hint="leave the long value out"))


def _in_place(path: Path, longest: int) -> int | None:
    """Look only at the last bytes of every stretch: a line end there is all that is asked for."""
    size = path.stat().st_size
    if size <= longest:
        return None
    with path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as text:
        start = 0
        while size - start > longest:
            end = text.rfind(b"\n", start, start + longest + 1)
            if end < 0:
                return _line_at(text, start)
            start = end + 1
    return None


def _line_at(text: mmap.mmap, start: int) -> int:
    line = 1
    while text.tell() < start:
        text.readline()
        line += 1
    return line


def _in_stream(file: RdfFile, longest: int) -> int | None:
    line, length = 1, 0
    with open_bytes(file) as source:
        while block := source.read(min(longest, 1 << 20)):
            ends = block.count(b"\n")
            if length + (block.find(b"\n") if ends else len(block)) > longest:
                return line
            length = len(block) - block.rfind(b"\n") - 1 if ends else length + len(block)
            line += ends
    return None
