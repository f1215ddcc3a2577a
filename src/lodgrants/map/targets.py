"""Where triples go: text or Parquet, to files or a stream; a file appears whole or not at all.

Implements the logical targets of RML-IO: serialization, encoding and compression of each.
"""

from __future__ import annotations

import gzip
import io
import lzma
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pyarrow as pa
import pyoxigraph as ox

from lodgrants.db.files import replacing
from lodgrants.errors import Problem, UnsupportedError
from lodgrants.map.model import LogicalTarget
from lodgrants.rdf.namespaces import PREFIXES

_BLOCK = 1 << 20
_SERIALIZATIONS = {
    "N-Quads": None,
    "N-Triples": ox.RdfFormat.N_TRIPLES,
    "Turtle": ox.RdfFormat.TURTLE,
    "N3": ox.RdfFormat.N3,
    "TriG": ox.RdfFormat.TRIG,
    "JSON-LD": ox.RdfFormat.JSON_LD,
    "RDF_XML": ox.RdfFormat.RDF_XML,
}
BY_SUFFIX = {
    ".nt": "N-Triples",
    ".nq": "N-Quads",
    ".ttl": "Turtle",
    ".trig": "TriG",
    ".jsonld": "JSON-LD",
    ".rdf": "RDF_XML",
}
_COMPRESSIONS = ("gzip", "xz", "zip", "targz", "tarxz", "zstd", "none")


class Outputs:
    """The streams of a run: its default output and, opened when first written to, its logical targets."""

    def __init__(
        self,
        default: IO[bytes],
        stack: ExitStack,
        mapping_file: str | None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self._progress = progress
        self._default = default
        self._stack = stack
        self._folder = Path(mapping_file).parent if mapping_file else Path.cwd()
        self._open: dict[LogicalTarget, IO[bytes]] = {}
        self.triples = 0

    def prepare(self, targets: tuple[LogicalTarget, ...]) -> None:
        """Open targets even when nothing is written to them; raise UnsupportedError for what they ask."""
        for target in targets:
            if target not in self._open:
                self._open[target] = self._stack.enter_context(_open_target(target, self._folder))

    def write(self, batches: pa.RecordBatchReader, targets: tuple[LogicalTarget, ...]) -> None:
        """Write lines to their targets or, where they have none, to the default output."""
        files = [self._open[each] for each in targets] if targets else [self._default]
        for part in _texts(batches):
            self.triples += part.tobytes().count(b"\n")
            for file in files:
                file.write(part)
            if self._progress is not None:
                self._progress(self.triples)


def _texts(batches: pa.RecordBatchReader) -> Iterator[memoryview]:
    """Yield the text of the first column as it is.

    Every value ends its own lines, so the column's data buffer is the file: no row is looked at.
    """
    for batch in batches:
        column = batch.column(0)
        if column.null_count:
            column = column.drop_null()
        _, offsets, data = column.buffers()
        if len(column) == 0 or data is None:
            continue
        places = memoryview(offsets).cast("q" if pa.types.is_large_string(column.type) else "i")
        yield memoryview(data)[places[column.offset] : places[column.offset + len(column)]]


@contextmanager
def serialized(file: IO[bytes], serialization: str) -> Iterator[IO[bytes]]:
    """Give a stream for N-Quads lines, which reach a file in another serialization in the end."""
    if serialization not in _SERIALIZATIONS:
        known = ", ".join(_SERIALIZATIONS)
        problem = Problem(
            "LG-MAP-007", f"{serialization} output is not supported", expected=f"one of {known}"
        )
        raise UnsupportedError(problem)
    form = _SERIALIZATIONS[serialization]
    if form is None:
        yield file
        return
    with TemporaryFile() as lines:
        yield lines
        lines.seek(0)
        quads = ox.parse(lines, format=ox.RdfFormat.N_QUADS, lenient=True)
        with TemporaryFile() as text:
            if form.supports_datasets:
                ox.serialize(quads, text, format=form, prefixes=PREFIXES)
            else:
                triples = (ox.Triple(each.subject, each.predicate, each.object) for each in quads)
                ox.serialize(triples, text, format=form, prefixes=PREFIXES)
            text.seek(0)
            _copy_in_order(text, file)


def _copy_in_order(text: IO[bytes], file: IO[bytes]) -> None:
    """Copy a text with its prefixes sorted: the serializer writes them in another order each time."""
    prefixes = []
    line = text.readline()
    while line.startswith(b"@prefix"):
        prefixes.append(line)
        line = text.readline()
    file.writelines(sorted(prefixes))
    file.write(line)
    shutil.copyfileobj(text, file, _BLOCK)


@contextmanager
def _open_target(target: LogicalTarget, folder: Path) -> Iterator[IO[bytes]]:
    roots = {"MappingDirectory": folder, "CurrentWorkingDirectory": Path.cwd()}
    path = roots.get(target.root, folder / target.root) / target.path
    if not any(path.resolve().is_relative_to(root.resolve()) for root in roots.values()):
        problem = Problem(
            "LG-MAP-004", "a target lies outside the mapping's and the working folder", value=str(path)
        )
        raise UnsupportedError(problem)
    if target.compression not in (None, *_COMPRESSIONS):
        raise UnsupportedError(
            Problem("LG-MAP-007", f"the compression {target.compression} is not supported")
        )
    with replacing(path) as temporary, temporary.open("wb") as file, TemporaryFile() as plain:
        with serialized(plain, target.serialization) as lines:
            yield lines
        plain.seek(0)
        with _encoded(plain, target.encoding) as encoded:
            _compress(encoded, file, target.compression, path)


@contextmanager
def _encoded(plain: IO[bytes], encoding: str | None) -> Iterator[IO[bytes]]:
    if encoding is None or encoding.upper() in ("UTF-8", "UTF8"):
        yield plain
        return
    with TemporaryFile() as coded:
        text = io.TextIOWrapper(plain, encoding="utf8", newline="")
        writer = io.TextIOWrapper(coded, encoding=encoding, newline="")
        shutil.copyfileobj(text, writer, _BLOCK)
        writer.flush()
        text.detach()
        writer.detach()
        coded.seek(0)
        yield coded


def _compress(plain: IO[bytes], file: IO[bytes], compression: str | None, path: Path) -> None:
    if compression in (None, "none"):
        shutil.copyfileobj(plain, file, _BLOCK)
    elif compression in ("targz", "tarxz"):
        _tar(plain, file, "w:gz" if compression == "targz" else "w:xz", path)
    elif compression == "zip":
        with (
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open(path.stem, "w") as member,
        ):
            shutil.copyfileobj(plain, member, _BLOCK)
    elif compression == "zstd":
        with pa.CompressedOutputStream(pa.PythonFile(file, "w"), "zstd") as packed:
            shutil.copyfileobj(plain, packed, _BLOCK)
    elif compression == "gzip":
        with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
            shutil.copyfileobj(plain, packed, _BLOCK)
    else:
        with lzma.LZMAFile(file, "wb") as packed:
            shutil.copyfileobj(plain, packed, _BLOCK)


def _tar(plain: IO[bytes], file: IO[bytes], mode: str, path: Path) -> None:
    name = path.name.removesuffix(".xz").removesuffix(".gz").removesuffix(".tar")
    member = tarfile.TarInfo(name)
    member.size = plain.seek(0, os.SEEK_END)
    plain.seek(0)
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        archive.addfile(member, plain)
