"""One release as a folder: the graph in every syntax, its evidence apart, and what lets anyone check it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Statement, sql
from lodgrants.publish.about import ReleaseInfo, SourceInfo
from lodgrants.publish.catalogue.statistics import statistics
from lodgrants.publish.catalogue.tally import Tally, tally_of
from lodgrants.publish.catalogue.write import write_catalogue
from lodgrants.publish.checksums import Digests, write_checksums
from lodgrants.publish.cottas import read_cottas, write_cottas
from lodgrants.publish.dumps import pack, write_dump
from lodgrants.publish.jsonld import write_jsonld
from lodgrants.publish.tables import write_tables

NAME, EVIDENCE, TABLES = "lodgrants", "evidence", "tables"
# The dumps of each graph, a packed one behind its plain one. Evidence in N-Quads is thirty times its packed
# size, so it is published packed only.
MAIN_DUMPS = ("ttl", "ttl.gz", "nt", "nt.gz", "nq", "nq.gz", "trig")
EVIDENCE_DUMPS = ("ttl", "nq.gz")
__all__ = ["EVIDENCE", "NAME", "Published", "ReleaseInfo", "SourceInfo", "write_release"]


@dataclass(frozen=True, slots=True)
class Given:
    """What is there already: files in the folder as they would be written, counts, digests of files."""

    files: Collection[str] = ()
    tally: Tally | None = None
    digests: Digests | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What was written: how many distinct statements the two graphs have, counts, and the files by name."""

    statements: int
    evidence: int
    tally: Tally
    files: tuple[Path, ...] = field(default=())


def write_release(
    engine: Engine,
    quads: Path,
    evidence: Path,
    folder: Path,
    about: ReleaseInfo,
    given: Given | None = None,
) -> Published:
    """Write a whole release into a folder from two Parquet files of quads; the checksums come last.

    The files hold ``s, p, o, g`` of N-Triples terms. The same input gives the same bytes. Nothing is done
    again that is ``given``.
    """
    given = given or Given()
    if given.digests is None:
        with Digests(folder) as own:
            return write_release(engine, quads, evidence, folder, about, replace(given, digests=own))
    ready, digests = given.files, given.digests
    main, words = read_cottas(quads), read_cottas(evidence)
    statements = _write_dumps(engine, main, digests, (NAME, MAIN_DUMPS), ready)
    if f"{NAME}.jsonld" not in ready:
        write_jsonld(engine, main, folder / f"{NAME}.jsonld")
        digests.begin(f"{NAME}.jsonld")
    supporting = _write_dumps(engine, words, digests, (EVIDENCE, EVIDENCE_DUMPS), ready)
    tally = given.tally or tally_of(engine, main, about.whole, about.base)
    counts = statistics(tally, about.empty_labels)
    tables = [Path(name).stem for name in ready if name.startswith(f"{TABLES}/")]
    write_tables(engine, main, folder / TABLES, counts.coverage, tables)
    write_catalogue(engine, digests, about, counts, supporting)
    write_checksums(folder, digests)
    files = tuple(sorted(path for path in folder.rglob("*") if path.is_file()))
    return Published(statements, supporting, tally, files)


def _write_dumps(
    engine: Engine,
    quads: Statement,
    digests: Digests,
    dumps: tuple[str, tuple[str, ...]],
    ready: Collection[str],
) -> int:
    """Write one graph in some syntaxes, plain or packed, and return its number of quads."""
    (name, endings), folder = dumps, digests.folder
    table = folder / f"{name}.parquet"
    if table.name not in ready:
        write_cottas(engine, quads, table)
    for file, ending in ((f"{name}.{ending}", ending) for ending in endings):
        syntax = ending.removesuffix(".gz")
        if file in ready:
            continue
        if syntax != ending and syntax in endings:
            digests.begin(file, partial(pack, folder / f"{name}.{syntax}"))
        else:
            write_dump(engine, table, folder / file, syntax)
            digests.begin(file)
    ((statements,),) = engine.rows(sql("SELECT count(*) FROM read_parquet(:path)", path=str(table)))
    return int(statements)
