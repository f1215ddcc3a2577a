"""Dumps: quads as N-Triples, N-Quads, Turtle or TriG, sorted, streamed, the same bytes every time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lodgrants.db.bulk import open_bulk
from lodgrants.db.engine import Engine
from lodgrants.db.files import replacing
from lodgrants.db.fragment import Statement
from lodgrants.publish.cottas import read_cottas
from lodgrants.publish.packing import open_packer
from lodgrants.publish.ranges import subject_ranges, write_ranges
from lodgrants.rdf.namespaces import PREFIXES
from lodgrants.rdf.write import run_text


def write_dump(
    engine: Engine,
    quads: Statement | Path,
    path: Path,
    syntax: str,
    prefixes: Mapping[str, str] = PREFIXES,
) -> int:
    """Write quads to a file (packed when its name ends in ``.gz``) and return the number of statements.

    ``quads`` has the columns ``s, p, o, g`` of N-Triples terms, or is a COTTAS file: what is sorted there
    need not be sorted again, and several parts of it are written at a time. The file appears whole or not at
    all.

    :raises ValueError: when the syntax is none of ``lodgrants.rdf.write.SYNTAXES``.
    """
    with replacing(path) as part, _sink(part, packed=path.suffix == ".gz") as sink:
        if isinstance(quads, Path):
            # TriG goes by graphs, a COTTAS file by subjects.
            ranges = subject_ranges(quads) if syntax != "trig" else []
            if len(ranges) > 1:
                return write_ranges(engine, ranges, syntax, prefixes, sink)
            quads = read_cottas(quads)
        return run_text(engine, quads, syntax, prefixes, sink)


def pack(path: Path, packed: Path) -> None:
    """Pack a file, as `packing` does."""
    with replacing(packed) as part, _sink(part, packed=True) as sink, path.open("rb") as source:
        shutil.copyfileobj(source, sink, 1 << 20)


@contextmanager
def _sink(path: Path, packed: bool) -> Iterator[IO[bytes]]:
    with open_bulk(path) as file:
        if not packed:
            yield file
            return
        with open_packer(file) as packer:
            yield packer
