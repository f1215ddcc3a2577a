"""`catalogue.ttl` and `catalogue.jsonld`: what a release is, what it was made from, what its files hold."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pyarrow as pa

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import sql
from lodgrants.publish.about import ReleaseInfo
from lodgrants.publish.catalogue import dcat, void
from lodgrants.publish.catalogue.model import CATALOGUE_PREFIXES, File, Triple, named
from lodgrants.publish.catalogue.statistics import Statistics
from lodgrants.publish.checksums import MANIFEST, SUMS, Digests, file_names
from lodgrants.publish.dumps import write_dump
from lodgrants.publish.jsonld import write_jsonld

NAME = "catalogue"
_TABLE = "_lg_catalogue"


def write_catalogue(
    engine: Engine, digests: Digests, about: ReleaseInfo, counts: Statistics, evidence: int
) -> list[Path]:
    """Describe a folder's files and their contents; ``evidence`` is the number of its statements.

    Nothing in it depends on when or where it is written. ``shapes/catalogue.ttl`` says what it must hold.
    """
    triples = set(chain(dcat.describe(about, _files(digests), evidence), void.describe(about, counts)))
    engine.register(_TABLE, _table(triples))
    quads = sql("SELECT s, p, o, g FROM _t", _t=_TABLE)
    paths = [digests.folder / f"{NAME}.{ending}" for ending in ("ttl", "jsonld")]
    write_dump(engine, quads, paths[0], "ttl", CATALOGUE_PREFIXES)
    write_jsonld(engine, quads, paths[1], embedded=(named("dcat:distribution"), named("spdx:checksum")))
    return paths


def _files(digests: Digests) -> tuple[File, ...]:
    """All files of a release but those that are written later and the catalogue itself."""
    folder = digests.folder
    names = [name for name in file_names(folder) if name not in (MANIFEST, SUMS) and not _own(name)]
    return tuple(
        File(name, (folder / name).stat().st_size, digest) for name, digest in digests.of(names).items()
    )


def _own(name: str) -> bool:
    return name.partition(".")[0] == NAME


def _table(triples: Iterable[Triple]) -> pa.Table:
    rows = sorted(triples)
    columns = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate("spo")}
    return pa.table({**columns, "g": pa.nulls(len(rows), pa.string())})
