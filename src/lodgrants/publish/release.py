"""One release as a folder: the graph in every syntax, its evidence apart, and what lets anyone check it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlglot import exp

from lodgrants.db.engine import Engine
from lodgrants.db.template import sql
from lodgrants.publish.checksums import write_checksums
from lodgrants.publish.dumps import write_dump
from lodgrants.publish.tables import write_tables
from lodgrants.rdf.namespaces import BASE
from lodgrants.rdf.write import compile_sorted

NAME, EVIDENCE, TABLES = "lodgrants", "evidence", "tables"
MAIN_DUMPS = ("ttl", "nt", "nq", "trig", "ttl.gz", "nt.gz", "nq.gz")
EVIDENCE_DUMPS = ("ttl", "nq", "nq.gz")


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A source as its profile describes it; ``newest`` is the time of its newest capture, where one is known.

    ``name`` is the key in IRIs, ``title`` for people, ``publisher`` the name of who publishes it, ``page``
    their web page, ``licence`` the IRI of the terms.
    """

    name: str
    title: str
    publisher: str
    page: str | None = None
    licence: str | None = None
    language: str | None = None
    newest: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """What a release says of itself beside its graph.

    ``issued`` is an xsd:date or None; ``withheld`` counts, by reason, what is not published; ``extras`` are
    the names of files that are in the folder already and belong to the release.
    """

    version: str
    base: str = BASE
    sources: tuple[SourceInfo, ...] = ()
    issued: str | None = None
    withheld: tuple[tuple[str, int], ...] = ()
    extras: tuple[str, ...] = ()


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
    dumps = [(f"{NAME}.{end}", main) for end in MAIN_DUMPS]
    dumps += [(f"{EVIDENCE}.{end}", words) for end in EVIDENCE_DUMPS]
    for name, graph in dumps:
        # What the caller has made is as it would be made here.
        if name not in about.extras:
            write_dump(engine, graph, folder / name, _syntax(name.partition(".")[2]))
    write_tables(engine, main, folder / TABLES)
    write_checksums(folder)
    files = tuple(sorted(path for path in folder.rglob("*") if path.is_file()))
    return Published(_count(engine, main), _count(engine, words), files)


def _count(engine: Engine, quads: exp.Query) -> int:
    ((count,),) = engine.rows(sql("SELECT count(*) FROM _q AS q", _q=compile_sorted(quads)))
    return int(count)


def _syntax(ending: str) -> str:
    return ending.removesuffix(".gz")


def _quads(path: Path) -> exp.Query:
    query = sql("SELECT s, p, o, g FROM read_parquet(:path)", path=str(path))
    assert isinstance(query, exp.Query)
    return query
