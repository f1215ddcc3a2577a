"""The footer of a Parquet file, read and written as it is: what moves row groups from file to file needs it.

Row groups are bytes that stand by themselves; only the footer says at which offsets they are. It is a struct
of Thrift's compact protocol (Apache Parquet format, `parquet.thrift`); fields nobody asks for are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.Thrift import TType
from thrift.transport.TTransport import TMemoryBuffer

MAGIC = b"PAR1"
_TAIL = 8
# Fields by their numbers in parquet.thrift.
_ROWS, _GROUPS = 3, 4  # of FileMetaData
_COLUMNS, _GROUP_ROWS, _GROUP_OFFSET, _ORDINAL = 1, 3, 5, 7  # of RowGroup
_CHUNK_OFFSET, _META = 2, 3  # of ColumnChunk
_PACKED, _PAGES = 7, (9, 10, 11)  # of ColumnMetaData: its size, the offsets of its kinds of pages
_PLAIN: dict[int, str] = {
    TType.BOOL: "Bool", TType.BYTE: "Byte", TType.I16: "I16", TType.I32: "I32", TType.I64: "I64",
    TType.DOUBLE: "Double", TType.STRING: "Binary",
}  # fmt: skip


@dataclass(slots=True)
class Struct:
    """A Thrift struct: its fields' types and values by number, in order; lists are (type, values)."""

    fields: dict[int, tuple[int, Any]]

    def __getitem__(self, field: int) -> Any:
        kind, value = self.fields[field]
        return value[1] if kind == TType.LIST else value

    def __contains__(self, field: int) -> bool:
        return field in self.fields

    def having(self, values: dict[int, Any]) -> Struct:
        """Return the struct with other values of fields that it has; a list keeps its type."""
        fields = dict(self.fields)
        for field, value in values.items():
            kind, old = fields[field]
            fields[field] = (kind, (old[0], value) if kind == TType.LIST else value)
        return Struct(fields)


@dataclass(frozen=True, slots=True)
class RowGroup:
    """A row group: what the footer says of it, and where its bytes are."""

    about: Struct
    start: int
    size: int
    rows: int

    def moved(self, start: int, ordinal: int) -> RowGroup:
        """Return the row group as it is when its bytes begin elsewhere."""
        by = start - self.start
        columns = [_moved_chunk(chunk, by) for chunk in self.about[_COLUMNS]]
        there = {_COLUMNS: columns, _GROUP_OFFSET: start, _ORDINAL: ordinal}
        about = self.about.having({field: value for field, value in there.items() if field in self.about})
        return RowGroup(about, start, self.size, self.rows)


@dataclass(frozen=True, slots=True)
class Footer:
    """A file's footer, and its row groups."""

    about: Struct
    groups: tuple[RowGroup, ...]


def read_footer(file: IO[bytes]) -> Footer:
    """Read the footer of an open file.

    :raises ValueError: when it is no Parquet file.
    """
    end = file.seek(0, 2)
    file.seek(max(0, end - _TAIL))
    tail = file.read()
    if tail[4:] != MAGIC:
        raise ValueError("not a Parquet file")
    size = int.from_bytes(tail[:4], "little")
    file.seek(end - _TAIL - size)
    about = _read(TCompactProtocol(TMemoryBuffer(file.read(size))), TType.STRUCT)
    return Footer(about, tuple(_group(each) for each in about[_GROUPS]))


def footer_bytes(about: Struct, groups: list[RowGroup]) -> bytes:
    """Return the end of a file that holds some row groups; all else is said as in another file's footer."""
    rows = sum(group.rows for group in groups)
    buffer = TMemoryBuffer()
    whole = about.having({_ROWS: rows, _GROUPS: [group.about for group in groups]})
    _write(TCompactProtocol(buffer), TType.STRUCT, whole)
    text: bytes = buffer.getvalue()
    return text + len(text).to_bytes(4, "little") + MAGIC


def _group(about: Struct) -> RowGroup:
    chunks = [chunk[_META] for chunk in about[_COLUMNS]]
    start = min(meta[page] for meta in chunks for page in _PAGES if page in meta)
    return RowGroup(about, start, sum(meta[_PACKED] for meta in chunks), about[_GROUP_ROWS])


def _moved_chunk(chunk: Struct, by: int) -> Struct:
    meta = chunk[_META]
    pages = {page: meta[page] + by for page in _PAGES if page in meta}
    # Zero says, in newer writers, that there is no copy of the metadata beside the pages.
    offset = chunk[_CHUNK_OFFSET] + by if chunk[_CHUNK_OFFSET] else 0
    return chunk.having({_META: meta.having(pages), _CHUNK_OFFSET: offset})


def _read(source: TCompactProtocol, kind: int) -> Any:
    if kind == TType.STRUCT:
        return _read_struct(source)
    if kind == TType.LIST:
        of, size = source.readListBegin()
        values = [_read(source, of) for _ in range(size)]
        source.readListEnd()
        return of, values
    read: Callable[[], Any] = getattr(source, f"read{_PLAIN[kind]}")
    return read()


def _read_struct(source: TCompactProtocol) -> Struct:
    fields = {}
    source.readStructBegin()
    while True:
        _, kind, number = source.readFieldBegin()
        if kind == TType.STOP:
            break
        fields[number] = (kind, _read(source, kind))
        source.readFieldEnd()
    source.readStructEnd()
    return Struct(fields)


def _write(sink: TCompactProtocol, kind: int, value: Any) -> None:
    if kind == TType.STRUCT:
        _write_struct(sink, value)
    elif kind == TType.LIST:
        of, values = value
        sink.writeListBegin(of, len(values))
        for each in values:
            _write(sink, of, each)
        sink.writeListEnd()
    else:
        getattr(sink, f"write{_PLAIN[kind]}")(value)


def _write_struct(sink: TCompactProtocol, value: Struct) -> None:
    sink.writeStructBegin("")
    for number, (kind, each) in value.fields.items():
        sink.writeFieldBegin("", kind, number)
        _write(sink, kind, each)
        sink.writeFieldEnd()
    sink.writeFieldStop()
    sink.writeStructEnd()
