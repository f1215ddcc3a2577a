"""The two sides of a comparison: what file, folder or version a name stands for, and its quads as a table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import sql
from lodgrants.errors import InputError, Problem, PublishError
from lodgrants.publish.checksums import SUMS
from lodgrants.publish.places import named_release, release_date, release_id
from lodgrants.rdf.formats import RdfFile, rdf_file
from lodgrants.rdf.read import open_quads
from lodgrants.rdf.stable import stable_quads

PARTS = {"main": "lodgrants", "evidence": "evidence"}
# The quickest to read first; those that merge the graphs last.
_ENDINGS = ("parquet", "nq", "nq.gz", "trig", "nt", "nt.gz", "ttl", "ttl.gz", "jsonld")


@dataclass(frozen=True, slots=True)
class Side:
    """One side: what to call it, the file with its quads, a lasting name of its content, and its date."""

    title: str
    file: RdfFile
    id: str
    date: str


def find_side(name: str, target: Path, part: str = "main") -> Side:
    """Return what a name stands for: a file, a release or target folder, or a version published in a target.

    ``latest`` and ``previous`` are the release in force and the one before it.

    :raises PublishError: when it is none of these (LG-REL-007), or a folder without such a dump (LG-REL-008).
    :raises InputError: for a file of no known syntax.
    """
    if Path(name).exists() and not Path(name).is_dir():
        return _of_file(Path(name))
    return _of_release(named_release(name, target), part)


def create_side(engine: Engine, side: Side, table: str) -> None:
    """Make a side's quads readable as a table ``s, p, o, g``; blank nodes get names made of their content.

    :raises LodgrantsError: when the file is not well-formed, or its blank nodes are beyond comparison.
    """
    loaded = f"{table}_given"
    open_quads(engine, side.file, loaded)
    given = sql("SELECT s, p, o, nullif(g, '') AS g FROM _t", _t=loaded)
    named = stable_quads(engine, given)
    if named is given:
        engine.run(sql("CREATE VIEW _t AS SELECT * FROM _q AS q", _t=table, _q=given))
    else:
        engine.create(table, named)


def _of_release(folder: Path, part: str) -> Side:
    files = (folder / f"{PARTS[part]}.{ending}" for ending in _ENDINGS)
    file = next((path for path in files if path.is_file()), None)
    if file is None:
        expected = f"{PARTS[part]}.parquet, {PARTS[part]}.nq or another syntax"
        raise PublishError(
            Problem("LG-REL-008", f"no dump in {folder}", value=str(folder), expected=expected)
        )
    if not (folder / SUMS).is_file():
        return _of_file(file)
    return Side(folder.name, rdf_file(file), release_id(folder), release_date(folder))


def _of_file(path: Path) -> Side:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(Problem("LG-RDF-001", f"{path} cannot be read: {error}", value=str(path))) from error
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
    return Side(str(path), rdf_file(path), uuid5(NAMESPACE_URL, f"sha256:{digest}").urn, changed)
