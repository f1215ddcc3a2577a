"""Where triples go: text or Parquet, to files or a stream; a file appears whole or not at all.

Implements the logical targets of RML-IO: serialization, encoding and compression of each.
"""

from __future__ import annotations

import gzip
import io
import lzma
import os
import re
import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pyarrow as pa
import pyoxigraph as ox

from lodgrants.db.engine import Engine
from lodgrants.db.files import replacing
from lodgrants.db.fragment import sql
from lodgrants.errors import InputError, Problem, UnsupportedError
from lodgrants.map.compile.queries import Job, quads_of
from lodgrants.map.model import LogicalTarget, Mapping
from lodgrants.map.progress import Progress
from lodgrants.rdf.namespaces import PREFIXES
from lodgrants.rdf.write import run_text

_BLOCK = 1 << 20
_LINES = 2_048
# Serializations that another library writes, from lines; N3 is Turtle here.
_OTHERS = {"JSON-LD": ox.RdfFormat.JSON_LD, "RDF_XML": ox.RdfFormat.RDF_XML}
_GROUPED = {"Turtle": "ttl", "N3": "ttl", "TriG": "trig"}
_SERIALIZATIONS = ("N-Quads", "N-Triples", *_GROUPED, *_OTHERS)
BY_SUFFIX = {
    ".nt": "N-Triples",
    ".nq": "N-Quads",
    ".ttl": "Turtle",
    ".trig": "TriG",
    ".jsonld": "JSON-LD",
    ".rdf": "RDF_XML",
}
# Of the names and IRIs that a mapping declares, those that Turtle takes as they are.
_PREFIX = re.compile(r"(?:[^\W\d_][\w-]*)?")
_IRI = re.compile(r"""[A-Za-z][\w+.-]*:[^\x00-\x20<>"{}|^`\\]*""")
_COMPRESSIONS = ("gzip", "xz", "zip", "targz", "tarxz", "zstd", "none")


class Outputs:
    """The streams of a run: its default output and, opened when first written to, its logical targets."""

    def __init__(
        self, default: IO[bytes], serialization: str, mapping: Mapping, engine: Engine, stack: ExitStack
    ) -> None:
        self._engine = engine
        self._stack = stack
        self._folder = Path(mapping.file).parent if mapping.file else Path.cwd()
        self._prefixes = _prefixes(mapping)
        self._default = stack.enter_context(serialized(default, serialization))
        self._open: dict[LogicalTarget, IO[bytes]] = {}
        # Turtle and TriG put together what belongs together, so their quads are collected in tables first.
        self._tables: dict[LogicalTarget | None, tuple[str, str]] = {}
        self._collect(None, serialization)
        self.progress: Progress | None = None
        self.triples = 0

    def prepare(self, targets: tuple[LogicalTarget, ...]) -> None:
        """Open targets even when nothing is written to them; raise UnsupportedError for what they ask."""
        for target in targets:
            if target not in self._open:
                self._open[target] = self._stack.enter_context(_open_target(target, self._folder))
                self._collect(target, target.serialization)

    def _collect(self, target: LogicalTarget | None, serialization: str) -> None:
        if serialization in _GROUPED:
            table = f"grouped_{len(self._tables)}"
            self._tables[target] = table, _GROUPED[serialization]
            self._engine.add(table, quads_of(()))

    def take(self, job: Job) -> int:
        """Write what a job makes to its targets or the default output; return the number of triples."""
        before = self.triples
        tables = [self._tables[each][0] for each in job.targets or (None,) if each in self._tables]
        lines = tuple(each for each in job.targets if each not in self._tables)
        added = [self._engine.add(table, job.quads()) for table in tables]
        if lines or not tables:
            self.write(self._engine.batches(job.lines(), _LINES), lines)
        else:
            self.triples += added[0]
            self._tell()
        return self.triples - before

    def finish(self) -> None:
        """Write the outputs whose quads were collected."""
        if self._tables and self.progress is not None:
            self.progress.sort()
        for target, (table, syntax) in self._tables.items():
            sink = self._default if target is None else self._open[target]
            quads = sql("SELECT s, p, o, g FROM _t", _t=table)
            run_text(self._engine, quads, syntax, self._prefixes, sink)
            self._engine.drop(table)

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress.wrote(self.triples)

    def write(self, batches: pa.RecordBatchReader, targets: tuple[LogicalTarget, ...]) -> None:
        """Write lines to their targets or, where they have none, to the default output."""
        files = [self._open[each] for each in targets] if targets else [self._default]
        for part in _texts(batches):
            self.triples += part.tobytes().count(b"\n")
            for file in files:
                file.write(part)
            self._tell()


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
    form = _OTHERS.get(serialization)
    if form is None:
        yield file
        return
    with TemporaryFile() as lines:
        yield lines
        lines.seek(0)
        quads = ox.parse(lines, format=ox.RdfFormat.N_QUADS, lenient=True)
        if form.supports_datasets:
            ox.serialize(quads, file, format=form, prefixes=PREFIXES)
        else:
            triples = (ox.Triple(each.subject, each.predicate, each.object) for each in quads)
            ox.serialize(triples, file, format=form, prefixes=PREFIXES)


def _prefixes(mapping: Mapping) -> dict[str, str]:
    """Return the prefixes to write with: the mapping's own, then the usual ones beside them."""
    own = {name: iri for name, iri in mapping.prefixes if _PREFIX.fullmatch(name) and _IRI.fullmatch(iri)}
    known = set(own.values())
    return own | {name: iri for name, iri in PREFIXES.items() if name not in own and iri not in known}


@contextmanager
def _open_target(target: LogicalTarget, folder: Path) -> Iterator[IO[bytes]]:
    roots = {"MappingDirectory": folder, "CurrentWorkingDirectory": Path.cwd()}
    path = roots.get(target.root, folder / target.root) / target.path
    if not any(path.resolve().is_relative_to(root.resolve()) for root in roots.values()):
        problem = Problem(
            "LG-MAP-004", "a target lies outside the mapping's and the working folder", value=str(path)
        )
        raise InputError(problem)
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
