"""One release as a folder: the graph in every syntax, its evidence apart, and what lets anyone check it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlglot import exp

from lodgrants.db.engine import Engine
from lodgrants.db.template import sql
from lodgrants.publish.about import ReleaseInfo, SourceInfo
from lodgrants.publish.catalogue.statistics import count
from lodgrants.publish.catalogue.write import write_catalogue
from lodgrants.publish.checksums import write_checksums
from lodgrants.publish.cottas import write_cottas
from lodgrants.publish.dumps import pack, write_dump
from lodgrants.publish.jsonld import write_jsonld
from lodgrants.publish.tables import write_tables

NAME, EVIDENCE, TABLES = "lodgrants", "evidence", "tables"
# The syntaxes of each graph, and whether there is a packed file too.
MAIN_DUMPS = {"ttl": True, "nt": True, "nq": True, "trig": False}
EVIDENCE_DUMPS = {"ttl": False, "nq": True}
__all__ = ["EVIDENCE", "NAME", "Published", "ReleaseInfo", "SourceInfo", "write_release"]


@dataclass(frozen=True, slots=True)
class Published:
    """What was written: the number of distinct statements of the two graphs, and the files by name."""

    statements: int
    evidence: int
    files: tuple[Path, ...] = field(default=())


def write_release(engine: Engine, quads: Path, evidence: Path, folder: Path, about: ReleaseInfo) -> Published:
    """Write a whole release into a folder from two Parquet files of quads; the checksums come last.

    The files hold ``s, p, o, g`` of N-Triples terms. The same input gives the same bytes.
    """
    main, words = _quads(quads), _quads(evidence)
    statements = _write_dumps(engine, main, folder, NAME, MAIN_DUMPS)
    write_jsonld(engine, main, folder / f"{NAME}.jsonld")
    supporting = _write_dumps(engine, words, folder, EVIDENCE, EVIDENCE_DUMPS)
    write_tables(engine, main, folder / TABLES)
    counts = count(engine, main, about.whole, about.base)
    write_catalogue(engine, folder, about, counts, supporting)
    write_checksums(folder)
    files = tuple(sorted(path for path in folder.rglob("*") if path.is_file()))
    return Published(statements, supporting, files)


def _write_dumps(engine: Engine, quads: exp.Query, folder: Path, name: str, packed: dict[str, bool]) -> int:
    """Write one graph in some syntaxes, those told also packed, and return its number of quads."""
    write_cottas(engine, quads, folder / f"{name}.parquet")
    statements = 0
    for syntax, also_packed in packed.items():
        path = folder / f"{name}.{syntax}"
        number = write_dump(engine, quads, path, syntax)
        statements = number if syntax == "nq" else statements
        if also_packed:
            pack(path)
    return statements


def _quads(path: Path) -> exp.Query:
    query = sql("SELECT s, p, o, g FROM read_parquet(:path)", path=str(path))
    assert isinstance(query, exp.Query)
    return query
