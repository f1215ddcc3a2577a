"""Tombstones: the IRIs of records that are no longer published stay taken, and say what stands there now.

They are a function of the release before and of the records of this one, so that a full build that is given
the same release before makes the same ones.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import sql
from lodgrants.pipeline.provenance import TYPE, Quad
from lodgrants.rdf.namespaces import DCTERMS, LG
from lodgrants.rdf.terms import iri

FILE = "tombstones.jsonl"


class Name(NamedTuple):
    """What a record is found again by: its IRI, source, page and the publisher's own numbers."""

    id: str
    source: str
    url: str | None
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A record that is no longer published: since which release after ``last``, and by what it is replaced.

    Of a withheld record nothing is said but that it is.
    """

    id: str
    withheld: bool = False
    last: str | None = None
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Previous:
    """The release before: its version, the names of its records, and its tombstones."""

    version: str
    names: tuple[Name, ...]
    tombstones: tuple[Tombstone, ...]


def load_previous(engine: Engine, release: Path, names: Iterable[Name] | None = None) -> Previous:
    """Read what a release says of its records, of which the names may be known."""
    known = _read_names(engine, release / "records.jsonl") if names is None else names
    return Previous(release.resolve().name, tuple(known), read_tombstones(release))


def _read_names(engine: Engine, records: Path) -> list[Name]:
    query = sql(
        """
        SELECT id, source, url, list_filter(
            CAST(json_extract_string(projects, '$[*].identifier') AS VARCHAR[]), lambda n: n IS NOT NULL)
        FROM read_json(:records, format = 'newline_delimited', maximum_object_size = 100000000, columns = {
            'id': 'VARCHAR', 'source': 'VARCHAR', 'url': 'VARCHAR', 'projects': 'JSON'})
        ORDER BY id
        """,
        records=str(records),
    )
    rows = engine.rows(query) if records.stat().st_size else []
    return [Name(row[0], row[1], row[2], tuple(row[3] or ())) for row in rows]


def read_tombstones(release: Path) -> tuple[Tombstone, ...]:
    """Read the tombstones of a release, which may have none."""
    path = release / FILE
    if not path.is_file():
        return ()
    rows = (json.loads(line) for line in path.read_text(encoding="utf8").splitlines())
    return tuple(
        Tombstone(row["id"], row["reason"] == "withheld", row.get("last"), row.get("replacedBy"))
        for row in rows
    )


def bury(
    previous: Previous | None, names: Collection[Name], withheld: Iterable[str], read: Collection[str]
) -> list[Tombstone]:
    """Return the tombstones of a release, by IRI.

    Only records of the sources that this build was to ``read`` can have vanished. A record that is published
    again loses its tombstone; one that is no longer withheld, and not published either, is withdrawn.
    """
    here = {name.id for name in names}
    stones: dict[str, Tombstone] = {}
    if previous is not None:
        before = {name.id for name in previous.names}
        gone = [name for name in previous.names if name.id not in here and name.source in read]
        new = [name for name in names if name.id not in before]
        heirs = _heirs(gone, new) if gone and new else {}
        stones = {
            stone.id: Tombstone(stone.id, False, stone.last, stone.replaced_by)
            for stone in previous.tombstones
        }
        stones |= {
            name.id: Tombstone(name.id, last=previous.version, replaced_by=heirs.get(name.id))
            for name in gone
        }
    stones |= {name: Tombstone(name, withheld=True) for name in withheld}
    return [stones[name] for name in sorted(stones) if name not in here]


def _heirs(gone: Iterable[Name], new: Iterable[Name]) -> dict[str, str]:
    """Return which new record has the number, or alone has the page, of one that is gone."""
    old_by, new_by = _by_sign(gone), _by_sign(new)
    heirs: dict[str, str] = {}
    for sign in sorted(old_by.keys() & new_by.keys()):
        if len(old_by[sign]) == len(new_by[sign]) == 1:
            heirs.setdefault(old_by[sign][0], new_by[sign][0])
    return heirs


def _by_sign(names: Iterable[Name]) -> Mapping[tuple[str, str, str], list[str]]:
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name in names:
        for number in name.numbers:
            found["number", name.source, number].append(name.id)
        if name.url:
            found["page", name.source, name.url].append(name.id)
    return found


def tombstone_quads(stones: Iterable[Tombstone]) -> list[Quad]:
    """Return what the graph says of records that are no longer there, each in the graph of its name."""
    quads: list[Quad] = []
    for stone in stones:
        name, kind = iri(stone.id), "Withheld" if stone.withheld else "Withdrawn"
        quads.append((name, TYPE, iri(f"{LG}{kind}"), name))
        if stone.replaced_by:
            quads.append((name, iri(f"{DCTERMS}isReplacedBy"), iri(stone.replaced_by), name))
    return quads


def write_tombstones(stones: Iterable[Tombstone], path: Path) -> None:
    """Write the tombstones, one a line; an empty file says that there are none."""
    rows = (
        {
            "id": stone.id,
            "reason": "withheld" if stone.withheld else "withdrawn",
            **({"last": stone.last} if stone.last else {}),
            **({"replacedBy": stone.replaced_by} if stone.replaced_by else {}),
        }
        for stone in stones
    )
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf8")
