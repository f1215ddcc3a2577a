"""Graphs: every syntax holds the same statements; a packed file is its plain one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import sql
from lodgrants.errors import LodgrantsError
from lodgrants.publish.verify.copies import Copy
from lodgrants.publish.verify.model import Check, Lie, counted
from lodgrants.publish.verify.packed import twin_lie
from lodgrants.publish.verify.reference import Reference
from lodgrants.rdf.formats import SYNTAXES, rdf_file

# The first is what the others are compared with: the quickest to read, then those that keep named graphs.
_ORDER = (".parquet", ".nq", ".trig", ".jsonld", ".nt", ".ttl")
_CLAIM = "a dump of the graph"


def check_graphs(engine: Engine, folder: Path, name: str, copy: Copy) -> Check | None:
    """Compare all dumps of one name (`lodgrants`, `evidence`); None when there are none.

    The quads stay in the engine as a view of that name. ``copy`` gives a dump's canonical N-Quads.
    """
    plain, packed = _dumps(folder, name)
    twins = [path for path in packed if path.with_suffix("") in plain]
    lies = [lie for path in twins if (lie := twin_lie(path))]
    reference: Reference | None = None
    same: list[str] = []
    for path in [*plain, *(path for path in packed if path not in twins)]:
        try:
            if reference is None:
                reference, lie = Reference(engine, path, name), None
            else:
                lie = reference.lie_of(path, copy)
        except ValueError as error:
            lie = Lie(path.name, _CLAIM, str(error))
        except LodgrantsError as error:
            lie = Lie(path.name, _CLAIM, f"not readable: {error.problems[0].message}")
        if lie is None:
            same.append(path.name)
        else:
            lies.append(lie)
    if reference is None:
        return Check(name, (), tuple(lies)) if lies else None
    return Check(name, _said(reference, same, len(twins)), tuple(lies), _facts(reference))


def first_dump(folder: Path, name: str) -> Path | None:
    """Return the dump of a name that is the quickest to read, None when there is none."""
    plain, packed = _dumps(folder, name)
    return next(iter([*plain, *packed]), None)


def read_graphs(engine: Engine) -> set[str]:
    """Return the names of the graphs of which `check_graphs` could read a dump."""
    return {
        str(name) for (name,) in engine.rows(sql("SELECT view_name FROM duckdb_views WHERE NOT internal"))
    }


def parsed_dumps(folder: Path, name: str) -> list[Path]:
    """Return the dumps of a name of which `check_graphs` will ask for canonical N-Quads, in that order."""
    return [
        path
        for path in _dumps(folder, name)[0][1:]
        if not (file := rdf_file(path)).by_line and file.syntax != "parquet"
    ]


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


def _said(reference: Reference, same: Sequence[str], packed: int) -> tuple[str, ...]:
    graphs = f" in {counted(reference.graphs, 'named graph')}" if reference.graphs else ""
    said = [f"{counted(reference.digest.statements, 'statement')}{graphs}"]
    if len(same) > 1:
        said.append(f"the same in {len(same)} files: {', '.join(same)}")
    if packed:
        said.append(f"{counted(packed, 'packed file')} unpack{'s' if packed == 1 else ''} to the plain one")
    return (*said, f"canonical hash (RDFC-1.0, SHA-256) {reference.digest.value}")


def _facts(reference: Reference) -> dict[str, str | int]:
    found = reference.digest
    return {"statements": found.statements, "graphs": reference.graphs, "hash": found.value}
