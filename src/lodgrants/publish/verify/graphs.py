"""Graphs: every syntax holds the same statements, by their canonical hash; a packed file is its plain one."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from lodgrants.db.engine import Engine
from lodgrants.db.template import sql
from lodgrants.errors import LodgrantsError
from lodgrants.publish.verify.files import digest
from lodgrants.publish.verify.model import Check, Lie, counted
from lodgrants.rdf.canonical import Digest, canonical_digest
from lodgrants.rdf.formats import SYNTAXES, RdfFile, rdf_file
from lodgrants.rdf.read import open_quads

# Those that keep named graphs first: the first one is what the others are compared with.
_ORDER = (".nq", ".parquet", ".trig", ".jsonld", ".nt", ".ttl")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Held:
    """What a dump holds: its hashes with named graphs, where it has some, and without, where asked."""

    file: str
    quads: Digest | None
    merged: Digest | None
    graphs: int

    @property
    def digest(self) -> Digest:
        """The hash of all that the dump says."""
        found = self.quads or self.merged
        assert found is not None
        return found


def check_graphs(engine: Engine, folder: Path, name: str) -> Check | None:
    """Compare all dumps of one name (`lodgrants`, `evidence`); None when there are none.

    The quads stay in the engine as a table (or view) of that name.
    """
    plain, packed = _dumps(folder, name)
    twins = [path for path in packed if path.with_suffix("") in plain]
    lies = [lie for path in twins if (lie := _unpacked_lie(path))]
    held: list[Held] = []
    for path in [*plain, *(path for path in packed if path not in twins)]:
        table = f"{name}_{len(held)}" if held else name
        try:
            held.append(_hold(engine, rdf_file(path), table, first=not held))
        except LodgrantsError as error:
            lies.append(Lie(path.name, "a dump of the graph", f"not readable: {error.problems[0].message}"))
            continue
        if len(held) > 1:
            lies += _differences(engine, held[0], held[-1], (name, table))
            if path.suffix != ".parquet":
                engine.drop(table)
    if not held:
        return Check(name, (), tuple(lies)) if lies else None
    return Check(name, _said(held, len(twins)), tuple(lies), _facts(held[0]))


def first_dump(folder: Path, name: str) -> Path | None:
    """Return the dump of a name that is the quickest to read, None when there is none."""
    plain, packed = _dumps(folder, name)
    return next(iter([*plain, *packed]), None)


def _dumps(folder: Path, name: str) -> tuple[list[Path], list[Path]]:
    """Return the plain and the packed dumps of a name, in order."""
    found: dict[bool, list[Path]] = defaultdict(list)
    for path in folder.glob(f"{name}.*"):
        ending = path.name.removeprefix(name).removesuffix(".gz")
        if ending == ".parquet" or ending in SYNTAXES:
            found[path.suffix == ".gz"].append(path)
    for paths in found.values():
        paths.sort(key=lambda path: (_rank(path.name.removeprefix(name).removesuffix(".gz")), path.name))
    return found[False], found[True]


def _rank(ending: str) -> int:
    return _ORDER.index(ending) if ending in _ORDER else len(_ORDER)


def _hold(engine: Engine, file: RdfFile, table: str, first: bool) -> Held:
    """Read a dump into a table (a view where it is Parquet) and hash it."""
    open_quads(engine, file, table)
    quads = sql("SELECT s, p, o, nullif(g, '') AS g FROM _t", _t=table)
    assert isinstance(quads, exp.Query)
    ((graphs,),) = engine.rows(sql("SELECT count(DISTINCT nullif(g, '')) FROM _t", _t=table))
    merged = canonical_digest(engine, quads, graphs=False) if first or not graphs else None
    return Held(file.path.name, canonical_digest(engine, quads) if graphs else None, merged, graphs)


def _differences(engine: Engine, first: Held, other: Held, tables: tuple[str, str]) -> Iterator[Lie]:
    """Compare two dumps with their named graphs where both have some, else without."""
    named = first.quads is not None and other.quads is not None
    one, two = (first.quads, other.quads) if named else (first.merged, other.merged or other.quads)
    if one is None or two is None or one == two:
        return
    claim = f"the same graph as {first.file}: {counted(one.statements, 'statement')}, hash {one.value[:16]}…"
    truth = f"{counted(two.statements, 'statement')}, hash {two.value[:16]}…"
    yield Lie(
        other.file, claim, truth + _example(engine, {first.file: tables[0], other.file: tables[1]}, named)
    )


def _example(engine: Engine, tables: dict[str, str], named: bool) -> str:
    """Name a statement that only one of two dumps has; blank nodes have no names to compare."""
    columns = ["s", "p", "o", *(["nullif(g, '') AS g"] if named else [])]
    without_blank = "NOT starts_with(s, '_:') AND NOT starts_with(o, '_:')"
    rows = {
        file: exp.select(*columns).from_(exp.to_table(table)).where(without_blank)
        for file, table in tables.items()
    }
    for file, rest in (tuple(tables), tuple(reversed(tables))):
        for row in engine.rows(exp.except_(rows[file], rows[rest]).order_by(*"spo").limit(1)):
            return f"; only {file} says {' '.join(term for term in row if term)}"
    return ""


def _unpacked_lie(path: Path) -> Lie | None:
    """Compare a packed file with its plain one; no more is unpacked than the plain file is long."""
    plain = path.with_suffix("")
    if not plain.is_file():
        return None
    claim, size = f"{plain.name}, packed", plain.stat().st_size
    found, length = hashlib.sha256(), 0
    try:
        with gzip.open(path) as file:
            while length <= size and (chunk := file.read(_CHUNK)):
                found.update(chunk)
                length += len(chunk)
    except (OSError, EOFError, zlib.error) as error:
        return Lie(path.name, claim, f"it cannot be unpacked: {error}")
    if length > size:
        return Lie(path.name, claim, f"it unpacks to more than the {size:,} bytes of {plain.name}")
    return (
        None if found.hexdigest() == digest(plain) else Lie(path.name, claim, "it unpacks to something else")
    )


def _said(held: list[Held], packed: int) -> tuple[str, ...]:
    first = held[0]
    graphs = f" in {counted(first.graphs, 'named graph')}" if first.graphs else ""
    said = [f"{counted(first.digest.statements, 'statement')}{graphs}"]
    if len(held) > 1:
        said.append(f"the same in {len(held)} files: {', '.join(each.file for each in held)}")
    if packed:
        said.append(f"{counted(packed, 'packed file')} unpack{'s' if packed == 1 else ''} to the plain one")
    return (*said, f"canonical hash (RDFC-1.0, SHA-256) {first.digest.value}")


def _facts(first: Held) -> dict[str, str | int]:
    return {"statements": first.digest.statements, "graphs": first.graphs, "hash": first.digest.value}
