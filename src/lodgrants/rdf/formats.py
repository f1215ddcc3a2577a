"""RDF files as found in the wild: which syntax and which compression a name tells, and how to open them."""

from __future__ import annotations

import lzma
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, cast

from lodgrants.errors import InputError, Problem

if TYPE_CHECKING:
    import pyoxigraph as ox

SYNTAXES = {
    ".nt": "nt",
    ".nq": "nq",
    ".ttl": "ttl",
    ".turtle": "ttl",
    ".trig": "trig",
    ".n3": "n3",
    ".jsonld": "jsonld",
    ".json": "jsonld",
    ".rdf": "xml",
    ".xml": "xml",
    ".owl": "xml",
}
COMPRESSIONS = {".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".zst": "zstd"}
STDIN = Path("-")
# What reading a damaged packed file raises.
UNREADABLE = (OSError, EOFError, lzma.LZMAError)
# How many times as long lines are as the same in a packed file, or in Parquet; often more.
_PACKED = 15
_MARK = b"\xef\xbb\xbf"


class ArrowStream(Protocol):
    """What hands its rows out by https://arrow.apache.org/docs/format/CStreamInterface.html."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the stream in a capsule."""
        ...


@dataclass(frozen=True, slots=True)
class RdfFile:
    """A file of RDF: its path, syntax (``nt``, ``ttl``, …, ``parquet``) and compression (None for none).

    Quads in memory have the syntax ``arrow``, a path that only names them, and ``stream``: anything with
    Arrow's C stream interface, which may be read once.
    """

    path: Path
    syntax: str
    compression: str | None = None
    stream: ArrowStream | None = None

    @property
    def by_line(self) -> bool:
        """Whether every statement stands on a line of its own."""
        return self.syntax in ("nt", "nq")


def size_as_lines(files: Iterable[RdfFile]) -> int:
    """Return about how many bytes files would be as plain lines, or fewer; what is no file counts nothing."""
    return sum(
        file.path.stat().st_size * (_PACKED if file.compression or file.syntax == "parquet" else 1)
        for file in files
        if file.path.is_file()
    )


def rdf_file(path: Path, syntax: str | None = None) -> RdfFile:
    """Return what a file's name (or the caller) says about its syntax; standard input is Turtle unless told.

    :raises InputError: when the file is not there or its name tells no syntax.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    compression = COMPRESSIONS.get(suffixes[-1]) if suffixes else None
    plain = suffixes[:-1] if compression else suffixes
    ending = plain[-1] if plain else ""
    if path != STDIN and not path.is_file():
        raise InputError(
            Problem("LG-RDF-001", f"no such file: {path}", value=str(path), hint="check the path")
        )
    known = syntax or (
        "ttl" if path == STDIN else "parquet" if ending == ".parquet" else SYNTAXES.get(ending)
    )
    if known is None:
        raise InputError(
            Problem(
                "LG-RDF-002",
                f"the name of {path} does not tell its RDF syntax",
                value=ending or path.name,
                expected=", ".join([*SYNTAXES, ".parquet"]) + " (also with .gz, .bz2, .xz, .zst)",
                hint="rename the file, or say the syntax with --syntax",
            )
        )
    return RdfFile(path, known, compression)


def open_bytes(file: RdfFile) -> IO[bytes]:
    """Open a file for reading, undoing its compression; a byte order mark, as Windows writes, is skipped."""
    if file.path == STDIN:
        return sys.stdin.buffer
    if file.compression == "xz":
        return cast("IO[bytes]", lzma.open(file.path))
    if file.compression:
        import pyarrow as pa

        # Arrow's stream by itself cannot be read line by line.
        packed = cast("RawIOBase", pa.input_stream(str(file.path), compression=file.compression))
        return BufferedReader(packed)
    source = file.path.open("rb")
    if source.peek(len(_MARK)).startswith(_MARK):
        source.seek(len(_MARK))
    return source


def oxigraph_format(syntax: str) -> ox.RdfFormat:
    """Return pyoxigraph's name of a syntax."""
    import pyoxigraph as ox

    formats = {
        "nt": ox.RdfFormat.N_TRIPLES,
        "nq": ox.RdfFormat.N_QUADS,
        "ttl": ox.RdfFormat.TURTLE,
        "trig": ox.RdfFormat.TRIG,
        "n3": ox.RdfFormat.N3,
        "jsonld": ox.RdfFormat.JSON_LD,
        "xml": ox.RdfFormat.RDF_XML,
    }
    return formats[syntax]
