"""One release as a folder: the graph in every syntax, its evidence apart, and what lets anyone check it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Statement, sql
from lodgrants.publish.about import ReleaseInfo, SourceInfo
from lodgrants.publish.catalogue.statistics import count
from lodgrants.publish.catalogue.write import write_catalogue
from lodgrants.publish.checksums import Digests, write_checksums
from lodgrants.publish.cottas import read_cottas, write_cottas
from lodgrants.publish.coverage import with_unfilled
from lodgrants.publish.dumps import pack, write_dump
from lodgrants.publish.jsonld import write_jsonld
from lodgrants.publish.tables import write_tables

NAME, EVIDENCE, TABLES, RECORDS = "lodgrants", "evidence", "tables", "records.jsonl"
# The dumps of each graph, a packed one behind its plain one. Evidence in N-Quads is thirty times its packed
# size, so it is published packed only.
MAIN_DUMPS = ("ttl", "ttl.gz", "nt", "nt.gz", "nq", "nq.gz", "trig")
EVIDENCE_DUMPS = ("ttl", "nq.gz")
__all__ = ["EVIDENCE", "NAME", "Published", "ReleaseInfo", "SourceInfo", "write_release"]


@dataclass(frozen=True, slots=True)
class Published:
    """What was written: the number of distinct statements of the two graphs, and the files by name."""

    statements: int
    evidence: int
    files: tuple[Path, ...] = field(default=())


def write_release(
    engine: Engine,
    quads: Path,
    evidence: Path,
    folder: Path,
    about: ReleaseInfo,
    ready: Collection[str] = (),
    digests: Digests | None = None,
) -> Published:
    """Write a whole release into a folder from two Parquet files of quads; the checksums come last.

    The files hold ``s, p, o, g`` of N-Triples terms. The same input gives the same bytes. Dumps that are
    ``ready`` in the folder, as they would be written here, are left as they are.
    """
    digests = digests or Digests(folder)
    main, words = read_cottas(quads), read_cottas(evidence)
    statements = _write_dumps(engine, main, folder, (NAME, MAIN_DUMPS), ready)
    write_jsonld(engine, main, folder / f"{NAME}.jsonld")
    supporting = _write_dumps(engine, words, folder, (EVIDENCE, EVIDENCE_DUMPS), ready)
    counts = count(engine, main, about.whole, about.base)
    counts = with_unfilled(engine, counts, folder / RECORDS, about)
    write_tables(engine, main, folder / TABLES, counts.coverage)
    write_catalogue(engine, digests, about, counts, supporting)
    write_checksums(folder, digests)
    files = tuple(sorted(path for path in folder.rglob("*") if path.is_file()))
    return Published(statements, supporting, files)


def _write_dumps(
    engine: Engine, quads: Statement, folder: Path, dumps: tuple[str, tuple[str, ...]], ready: Collection[str]
) -> int:
    """Write one graph in some syntaxes, plain or packed, and return its number of quads."""
    name, endings = dumps
    if f"{name}.parquet" not in ready:
        write_cottas(engine, quads, folder / f"{name}.parquet")
    for ending in endings:
        syntax, path = ending.removesuffix(".gz"), folder / f"{name}.{ending}"
        if path.name in ready:
            continue
        if syntax != ending and syntax in endings:
            pack(folder / f"{name}.{syntax}")
        else:
            write_dump(engine, quads, path, syntax)
    ((statements,),) = engine.rows(
        sql("SELECT count(*) FROM read_parquet(:path)", path=str(folder / f"{name}.parquet"))
    )
    return int(statements)
