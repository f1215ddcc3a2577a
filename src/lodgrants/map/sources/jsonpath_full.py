"""Any JSONPath of RFC 9535, by a full engine: slower, and only for files where a mapping needs it.

Filters, slices, unions and descents are followed in Python, document by document; what is found goes
to the database in Arrow batches, as from every other source.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from jsonpath import CompoundJSONPath, JSONPath, JSONPathEnvironment
from jsonpath.exceptions import JSONPathError
from sqlglot import exp

from lodgrants.errors import InputError, MappingError, Problem
from lodgrants.map.compile.values import JSON, Column
from lodgrants.map.model import LogicalSource
from lodgrants.map.sources.jsonpath import is_many, simple_path, standard
from lodgrants.map.sources.jsonpath_walk import Finder, finder
from lodgrants.map.sources.memory import uncollected
from lodgrants.map.sources.relation import Relation, Room

_BATCH = 5_000
# What a full JSON encoder would write, without asking which kind of value it has.
_ENCODED: dict[type, Callable[[Any], str]] = {
    str: json.encoder.encode_basestring,
    int: int.__repr__,
    bool: lambda given: "true" if given else "false",
}
_encode = json.JSONEncoder(ensure_ascii=False).encode


def load_json_full(
    path: Path, needs: Mapping[LogicalSource, tuple[str, ...]], room: Room
) -> dict[LogicalSource, Relation]:
    """Load logical sources over one JSON file with any JSONPath; raise MappingError for one that is none."""
    found = {}
    for source, references in needs.items():
        finders = [finder(compiled(each, source)) for each in references]
        iterator = finder(compiled(source.iterator or "$", source))
        columns = {each: Column(f"c{i}", JSON, _is_many(each)) for i, each in enumerate(references)}
        table = room.name("json")
        rows = _batches(path, iterator, finders, list(columns.values()), source)
        room.engine.register(f"{table}_rows", rows)
        with uncollected():
            room.create(table, exp.select("*").from_(f"{table}_rows"))
        found[source] = Relation(table, columns)
    return found


def compiled(path: str, source: LogicalSource) -> JSONPath | CompoundJSONPath:
    """Return a path ready to be followed; raise MappingError, naming it, when it is not JSONPath."""
    try:
        return JSONPathEnvironment(strict=True).compile(standard(path))
    except JSONPathError as error:
        raise MappingError(Problem("LG-MAP-002", f"not a JSONPath: {error}", source.where, path)) from error


def _is_many(path: str) -> bool:
    segments = simple_path(path)
    return segments is None or is_many(segments)


def _batches(
    path: Path, iterator: Finder, finders: list[Finder], columns: list[Column], source: LogicalSource
) -> pa.RecordBatchReader:
    types = [pa.list_(pa.string()) if each.many else pa.string() for each in columns]
    names = [each.name for each in columns]
    schema = pa.schema([*zip(names, types, strict=True), ("c", pa.bool_())])

    def rows() -> Iterator[list[Any]]:
        for document in _documents(path, source):
            for item in iterator(document):
                yield [_cell(find(item), each) for find, each in zip(finders, columns, strict=True)]

    def batches() -> Iterator[pa.RecordBatch]:
        waiting = rows()
        while chunk := list(islice(waiting, _BATCH)):
            cells = zip(*chunk, strict=True) if columns else ()
            arrays = [pa.array(each, kind) for each, kind in zip(cells, types, strict=True)]
            # A column of its own keeps the rows of a mapping that refers to nothing in them.
            yield pa.record_batch([*arrays, pa.array([True] * len(chunk))], schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _cell(found: list[Any], column: Column) -> Any:
    texts = [_ENCODED.get(type(each), _encode)(each) for each in found if each is not None]
    return texts if column.many else (texts[0] if texts else None)


def _documents(path: Path, source: LogicalSource) -> Iterator[Any]:
    """Yield the document of a file, or each document where there are several (JSON lines)."""
    with path.open(encoding="utf8") as file:
        try:
            yield json.load(file)
            return
        except ValueError as first:
            file.seek(0)
            try:
                yield from (json.loads(line) for line in file if line.strip())
            except ValueError:
                problem = Problem("LG-MAP-004", f"the source is not JSON: {first}", source.where, str(path))
                raise InputError(problem) from first
