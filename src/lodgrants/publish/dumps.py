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
from lodgrants.publish.packing import open_packer
from lodgrants.rdf.namespaces import PREFIXES
from lodgrants.rdf.write import compile_text, run_text


def write_dump(
    engine: Engine, quads: Statement, path: Path, syntax: str, prefixes: Mapping[str, str] = PREFIXES
) -> int:
    """Write quads to a file (packed when its name ends in ``.gz``) and return the number of statements.

    ``quads`` has the columns ``s, p, o, g`` of N-Triples terms. The file appears whole or not at all.

    :raises ValueError: when the syntax is none of ``lodgrants.rdf.write.SYNTAXES``.
    """
    plan = compile_text(quads, syntax, prefixes)
    with replacing(path) as part, _sink(part, packed=path.suffix == ".gz") as sink:
        return run_text(engine, plan, prefixes, sink)


def pack(path: Path) -> Path:
    """Pack a file beside itself, as `packing` does, and return the packed file."""
    packed = path.with_name(f"{path.name}.gz")
    with replacing(packed) as part, _sink(part, packed=True) as sink, path.open("rb") as source:
        shutil.copyfileobj(source, sink, 1 << 20)
    return packed


@contextmanager
def _sink(path: Path, packed: bool) -> Iterator[IO[bytes]]:
    with open_bulk(path) as file:
        if not packed:
            yield file
            return
        with open_packer(file) as packer:
            yield packer
