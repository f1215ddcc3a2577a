"""Graphs: every syntax holds the same statements, by their canonical hash; a packed file is its plain one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import sql
from lodgrants.errors import LodgrantsError
from lodgrants.publish.verify.files import digest
from lodgrants.publish.verify.model import Check, Lie, counted
from lodgrants.publish.verify.packed import CHUNK, twin_lie, unpack
from lodgrants.rdf.canonical import Digest, canonical_digest
from lodgrants.rdf.formats import SYNTAXES, RdfFile, rdf_file
from lodgrants.rdf.read import open_quads

# Those that keep named graphs first: the first one is what the others are compared with.
_ORDER = (".nq", ".parquet", ".trig", ".jsonld", ".nt", ".ttl")
# How many times longer than its canonical form a graph may be said; what unpacks to more is not read.
_ROOM = 16
_CLAIM = "a dump of the graph"


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
    lies = [lie for path in twins if (lie := twin_lie(path))]
    held: list[Held] = []
    for path in [*plain, *(path for path in packed if path not in twins)]:
        table = f"{name}_{len(held)}" if held else name
        here, found = _examine(engine, path, (name, table), held[0] if held else None)
        held += [here] if here else []
        lies += found
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


def _examine(
    engine: Engine, path: Path, tables: tuple[str, str], first: Held | None
) -> tuple[Held | None, list[Lie]]:
    """Return what a dump holds, where it can be read, and where it differs from the first one.

    ``tables`` are those of the first dump and of this one.
    """
    try:
        if first and (same := _same_text(path, first)):
            return same, []
        held = _hold(engine, rdf_file(path), tables[1], merged=first is None or first.quads is None)
    except ValueError as error:
        return None, [Lie(path.name, _CLAIM, str(error))]
    except LodgrantsError as error:
        return None, [Lie(path.name, _CLAIM, f"not readable: {error.problems[0].message}")]
    if first is None:
        return held, []
    lies = list(_differences(engine, first, held, tables))
    if path.suffix != ".parquet":
        engine.drop(tables[1])
    return held, lies


def _same_text(path: Path, first: Held) -> Held | None:
    """Return what a dump holds whose text is the canonical form of the first one's graph; None for any other.

    :raises ValueError: when it is packed and cannot be unpacked, or gives far more than the graph can be.
    """
    forms = {form.value: form for form in (first.quads, first.merged) if form}
    if path.suffix == ".gz":
        most = _ROOM * first.digest.size + CHUNK
        value, size = unpack(path, most)
        if size > most:
            raise ValueError(f"it unpacks to more than {most:,} bytes, far more than {first.file} says")
    elif path.stat().st_size in {form.size for form in forms.values()}:
        value = digest(path)
    else:
        return None
    if value not in forms or not rdf_file(path).by_line:
        return None
    same = forms[value]
    return (
        Held(path.name, same, None, first.graphs) if same is first.quads else Held(path.name, None, same, 0)
    )


def _hold(engine: Engine, file: RdfFile, table: str, merged: bool) -> Held:
    """Read a dump into a table (a view where it is Parquet) and hash it, where asked also without graphs."""
    open_quads(engine, file, table)
    quads = sql("SELECT s, p, o, nullif(g, '') AS g FROM _t", _t=table)
    ((graphs,),) = engine.rows(sql("SELECT count(DISTINCT nullif(g, '')) FROM _t", _t=table))
    without = canonical_digest(engine, quads, graphs=False) if merged or not graphs else None
    return Held(file.path.name, canonical_digest(engine, quads) if graphs else None, without, graphs)


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
    select: LiteralString = "SELECT s, p, o, nullif(g, '') AS g" if named else "SELECT s, p, o"
    rows = {
        file: sql(f"{select} FROM _t WHERE NOT starts_with(s, '_:') AND NOT starts_with(o, '_:')", _t=table)
        for file, table in tables.items()
    }
    for file, rest in (tuple(tables), tuple(reversed(tables))):
        only = sql("(:these EXCEPT :those) ORDER BY s, p, o LIMIT 1", these=rows[file], those=rows[rest])
        for row in engine.rows(only):
            return f"; only {file} says {' '.join(term for term in row if term)}"
    return ""


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
