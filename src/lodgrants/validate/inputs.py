"""What the library function accepts as data or shapes, as files that can be read."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias, cast

from lodgrants.errors import InputError, Problem
from lodgrants.rdf.formats import RdfFile, rdf_file

if TYPE_CHECKING:
    import rdflib

    from lodgrants.rdf.formats import ArrowStream

    One: TypeAlias = Path | str | ArrowStream | rdflib.Graph
    Data: TypeAlias = One | Iterable[One]

_ENDINGS = (".ttl", ".nt", ".nq", ".trig", ".jsonld", ".rdf", ".parquet")


def data_files(data: Data, stack: ExitStack, syntax: str | None = None) -> list[RdfFile]:
    """Return files that hold the data; what is not a file is written to one that lives as long as the stack.

    :raises InputError: for a missing file, an unknown syntax, or a thing that is no RDF.
    """
    many: Iterable[One] = data if isinstance(data, (list, tuple)) else [cast("One", data)]
    return [file for one in many for file in _files(one, stack, syntax)]


def _files(one: One, stack: ExitStack, syntax: str | None) -> list[RdfFile]:
    if isinstance(one, (str, Path)):
        path = Path(one)
        if path.is_dir():
            return [rdf_file(inside) for inside in sorted(path.rglob("*")) if inside.suffix in _ENDINGS]
        return [rdf_file(path, syntax)]
    if hasattr(one, "__arrow_c_stream__"):
        return [RdfFile(Path(type(one).__name__), "arrow", stream=one)]
    if hasattr(one, "serialize"):
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="lodgrants-")))
        ending = "nq" if hasattr(one, "quads") else "nt"
        one.serialize(
            folder / f"data.{ending}", format="nquads" if ending == "nq" else "nt", encoding="utf-8"
        )
        return [rdf_file(folder / f"data.{ending}")]
    problem = Problem("LG-RDF-002", f"cannot read RDF from {type(one).__name__}")
    raise InputError(problem)
