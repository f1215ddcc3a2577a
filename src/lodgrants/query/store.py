"""The store behind queries: built once for the same data, kept under `.lodgrants`, and only read."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pyoxigraph as ox

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import Sql, sql
from lodgrants.errors import Problem, QueryError
from lodgrants.rdf.formats import STDIN, RdfFile, rdf_file
from lodgrants.rdf.published import OUTPUT, published
from lodgrants.rdf.read import QUADS, load_quads
from lodgrants.rdf.write import compile_text

_KEPT = 4


def data_files(paths: Sequence[Path]) -> list[RdfFile]:
    """Return the files to query: those named, else what the last build published here, evidence included.

    A folder stands for what is published in it.

    :raises QueryError: when there is nothing. InputError: when a file is not there or of no known syntax.
    """
    return [rdf_file(file) for path in (paths or [OUTPUT]) for file in _named(path)]


def _named(path: Path) -> list[Path]:
    if path.exists() and not path.is_dir():
        return [path]
    files = published(path)
    if not files and (path == OUTPUT or path.is_dir()):
        hint = "run `lodgrants build` first, or name data with --data"
        message = f"there is no data: {path / 'lodgrants.nq'} is not here"
        raise QueryError(Problem("LG-QRY-003", message, hint=hint))
    return files or [path]


def open_store(files: Sequence[RdfFile], cache: Path = Path(".lodgrants")) -> ox.Store:
    """Return a store of the files, read-only; one built earlier from the same files is used again.

    A store appears under its name only when it is complete, so an interrupted or second process does no harm.
    """
    if any(file.path == STDIN for file in files) or not _writable(cache):
        return _loaded(ox.Store(), files)
    home = cache / "store"
    target = home / _fingerprint(files)
    if not target.is_dir():
        _build(files, target)
        _forget_old(home, target)
    os.utime(target)
    return ox.Store.read_only(str(target))


def _fingerprint(files: Sequence[RdfFile]) -> str:
    """Name the data by place, size and time of each file: reading it all would cost more than a query."""
    digest = hashlib.sha256(f"merged, oxigraph {ox.__version__}".encode())
    for file in files:
        state = file.path.stat()
        place = file.path.resolve()
        digest.update(f"\n{place}\t{file.syntax}\t{state.st_size}\t{state.st_mtime_ns}".encode())
    return digest.hexdigest()[:20]


def _build(files: Sequence[RdfFile], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(mkdtemp(prefix=".part-", dir=target.parent))
    try:
        store = _loaded(ox.Store(str(part)), files)
        store.optimize()
        store.flush()
        del store
        try:
            part.rename(target)
        except OSError:
            # Another process was first, with the same content.
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _loaded(store: ox.Store, files: Sequence[RdfFile]) -> ox.Store:
    """Load the files, and into the default graph what their named graphs say.

    The default graph is then the merge of all graphs, each statement once: a query over the union of the
    graphs would count a statement as often as graphs hold it.
    """
    with TemporaryDirectory(prefix="lodgrants-") as folder, open_engine() as engine:
        load_quads(engine, files)
        lines = Path(folder, "quads.nq")
        with lines.open("wb") as sink:
            engine.write_text(compile_text(_with_merge(), "nq").text, sink)
        store.bulk_load(path=str(lines), format=ox.RdfFormat.N_QUADS)
    return store


def _with_merge() -> Sql:
    return sql("SELECT s, p, o, g FROM _q AS q UNION ALL SELECT s, p, o, NULL FROM _q AS q", _q=QUADS)


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
