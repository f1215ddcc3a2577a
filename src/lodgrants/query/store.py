"""The store behind queries: built once for the same data, kept under `.lodgrants`, and only read."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pyoxigraph as ox

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import Sql, all_of, any_of, sql, union
from lodgrants.errors import Problem, QueryError
from lodgrants.query.need import EVERYTHING, Need, Pattern, need_of
from lodgrants.query.text import Source
from lodgrants.rdf.formats import STDIN, RdfFile, rdf_file, size_as_lines
from lodgrants.rdf.published import OUTPUT, published
from lodgrants.rdf.read import QUADS, Kept, load_quads
from lodgrants.rdf.write import compile_text

_KEPT = 8
_STORE, _HELD = "store", "need.json"
# So many bytes of lines take a second or two to load.
LARGE = 32 << 20


def data_files(paths: Sequence[Path]) -> list[RdfFile]:
    """Return the files to query: those named, else what the last build published here, evidence included.

    A folder stands for what is published in it.

    :raises QueryError: when there is nothing. InputError: when a file is not there or of no known syntax.
    """
    return [rdf_file(file) for path in (paths or [OUTPUT]) for file in _named(path)]


def _named(path: Path) -> list[Path]:
    if path.exists() and not path.is_dir():
        return [path]
    files = published(path, first=".parquet")
    if not files and (path == OUTPUT or path.is_dir()):
        hint = "run `lodgrants build` first, or name data with --data"
        message = f"there is no data: {path / 'lodgrants.nq'} is not here"
        raise QueryError(Problem("LG-QRY-003", message, hint=hint))
    return files or [path]


def open_store(
    files: Sequence[RdfFile],
    source: Source | None = None,
    cache: Path = Path(".lodgrants"),
    large: int = LARGE,
) -> ox.Store:
    """Return a store, read-only, that holds what a query needs of the files, or all of them without one.

    One that an earlier query left is used again when it holds that. Files that are not ``large`` (in bytes of
    N-Triples, roughly) are always taken whole. A store appears under its name only when it is complete, so an
    interrupted or second process does no harm.
    """
    if any(file.path == STDIN for file in files) or not _writable(cache):
        return _loaded(ox.Store(), files, _need(files, source, large))
    home = cache / "store"
    data = _fingerprint(files)
    target = _found(home, data, EVERYTHING)
    if target is None:
        need = _need(files, source, large)
        target = _found(home, data, need) or _build(files, home / f"{data}-{_name(need)}", need)
        _forget_old(home, target)
    os.utime(target)
    return ox.Store.read_only(str(target / _STORE))


def _need(files: Sequence[RdfFile], source: Source | None, large: int) -> Need:
    """Return what a store for the files must hold: of few quads all, whatever is asked."""
    return need_of(source) if source is not None and size_as_lines(files) > large else EVERYTHING


def _fingerprint(files: Sequence[RdfFile]) -> str:
    """Name the data by place, size and time of each file: reading it all would cost more than a query."""
    digest = hashlib.sha256(f"by need, oxigraph {ox.__version__}".encode())
    for file in files:
        state = file.path.stat()
        place = file.path.resolve()
        digest.update(f"\n{place}\t{file.syntax}\t{state.st_size}\t{state.st_mtime_ns}".encode())
    return digest.hexdigest()[:20]


def _name(need: Need) -> str:
    return hashlib.sha256(_as_json(need).encode()).hexdigest()[:8]


def _as_json(need: Need) -> str:
    return json.dumps({"patterns": sorted(need.patterns, key=str), "graphs": need.graphs})


def _found(home: Path, data: str, need: Need) -> Path | None:
    """Return the folder of a store of the same data that holds what is needed."""
    for folder in home.glob(f"{data}-*"):
        with suppress(OSError, ValueError, TypeError):
            held = json.loads((folder / _HELD).read_text(encoding="utf8"))
            patterns = frozenset((s, p, o) for s, p, o in held["patterns"])
            if Need(patterns, held["graphs"]).covers(need):
                return folder
    return None


def _build(files: Sequence[RdfFile], target: Path, need: Need) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(mkdtemp(prefix=".part-", dir=target.parent))
    try:
        store = _loaded(ox.Store(str(part / _STORE)), files, need)
        store.optimize()
        store.flush()
        del store
        (part / _HELD).write_text(_as_json(need), encoding="utf8")
        try:
            part.rename(target)
        except OSError:
            # Another process was first, with the same content.
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def _loaded(store: ox.Store, files: Sequence[RdfFile], need: Need) -> ox.Store:
    """Load what is needed of the files, and into the default graph what their named graphs say.

    The default graph is then the merge of all graphs, each statement once: a query over the union of the
    graphs would count a statement as often as graphs hold it.
    """
    if not need.patterns:
        return store
    with TemporaryDirectory(prefix="lodgrants-") as folder, open_engine() as engine:
        load_quads(engine, files, Kept(need.predicates))
        lines = Path(folder, "quads.nq")
        with lines.open("wb") as sink:
            engine.write_text(compile_text(_with_merge(need), "nq").text, sink)
        store.bulk_load(path=str(lines), format=ox.RdfFormat.N_QUADS)
    return store


def _with_merge(need: Need) -> Sql:
    """Return the query for what is needed of the quads, as their graphs say it and as the merge of these."""
    matching = any_of([_matches(pattern) for pattern in sorted(need.patterns, key=str)])
    quads = sql(
        "SELECT s, CAST(p AS VARCHAR) AS p, o, g FROM _q AS q WHERE :matching", _q=QUADS, matching=matching
    )
    merge = sql("SELECT s, p, o, NULL AS g FROM _q AS q", _q=quads)
    return union([quads, merge]) if need.graphs else merge


def _matches(pattern: Pattern) -> Sql:
    terms = zip("spo", pattern, strict=True)
    return all_of([sql("_c = :term", _c=name, term=term) for name, term in terms if term is not None])


def _writable(cache: Path) -> bool:
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(cache, os.W_OK)


def _forget_old(home: Path, current: Path) -> None:
    stores = [folder for folder in home.iterdir() if not folder.name.startswith(".") and folder != current]
    stores.sort(key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in stores[_KEPT - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)
