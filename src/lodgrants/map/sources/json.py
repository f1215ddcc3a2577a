"""JSON and JSON lines: every iterator and reference over one file, from one reading of it.

Implements RML-IO "JSONPath" (RFC 9535). Paths of names, positions and wildcards are followed by DuckDB;
a file with any other path is read by `jsonpath_full`.
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from sqlglot import exp

from lodgrants.errors import InputError, InternalError, Problem
from lodgrants.map.compile.values import JSON, Column
from lodgrants.map.model import FileSource, LogicalSource
from lodgrants.map.sources.files import plain_file
from lodgrants.map.sources.json_follow import Path_, extracted, json_value, members_in, nth
from lodgrants.map.sources.jsonpath import (
    Selected,
    Wild,
    expressible,
    is_many,
    simple_path,
)
from lodgrants.map.sources.relation import Relation, Room, table_function
from lodgrants.rdf.sql import Expr, value

LINES, ARRAY, DOCUMENT = "newline_delimited", "array", "unstructured"
_HEAD = 1 << 20
_LARGE = 16 << 20
_OBJECT_SIZE = 64 << 20

Needs = Mapping[LogicalSource, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Documents:
    """A file as a table of documents, and how many segments of each iterator are done by reading it."""

    path: Path
    layout: str
    done: int


def load_json(needs: Needs, room: Room) -> dict[LogicalSource, Relation]:
    """Load what several logical sources over the same file need; the file is read once.

    Raises InputError when the file is not JSON, MappingError when a path is not JSONPath.
    """
    first = next(iter(needs))
    assert isinstance(first.source, FileSource)
    path = plain_file(first.source, room, first.where)
    iterators = {source: _followed(source.iterator or "$") for source in needs}
    references = {each: _followed(each) for refs in needs.values() for each in refs}
    simple = {source: each for source, each in iterators.items() if each is not None and expressible(each)}
    known = {text: each for text, each in references.items() if each is not None and expressible(each)}
    if len(simple) < len(iterators) or len(known) < len(references):
        from lodgrants.map.sources.jsonpath_full import load_json_full

        return load_json_full(path, needs, room)
    documents = _documents(path, list(simple.values()), room)
    if documents.layout == DOCUMENT and path.stat().st_size > _LARGE:
        return _load_apart(path, simple, needs, known, room)
    try:
        return _load(documents, simple, needs, known, room)
    except InternalError:
        if documents.path == path:
            raise
        # What was taken for the document's last array is none: another member follows it.
        return _load_apart(path, simple, needs, known, room)


def _load_apart(
    path: Path, simple: Mapping[LogicalSource, Path_], needs: Needs, known: Mapping[str, Path_], room: Room
) -> dict[LogicalSource, Relation]:
    """Load from a large document by the arrays and values that the iterators lead to, or else as a whole."""
    from lodgrants.map.sources.json_apart import taken_apart

    starts = {source: _names(each) for source, each in simple.items()}
    lists = {source for source, each in simple.items() if _is_list(each[len(starts[source]) :])}
    arrays = {starts[each] for each in lists}
    values = {names for source, names in starts.items() if source not in lists}
    parts = taken_apart(path, arrays, values, room) if () not in values | arrays else None
    if parts is None:
        return _load(_Documents(path, DOCUMENT, 0), simple, needs, known, room)
    found: dict[LogicalSource, Relation] = {}
    for names, part in parts.items():
        group = {source: needs[source] for source in simple if starts[source] == names}
        documents = _Documents(part, ARRAY, len(names) + (names in arrays))
        found |= _load(documents, {each: simple[each] for each in group}, group, known, room)
    return found


def _names(path: Path_) -> tuple[str, ...]:
    """Return the names that a path begins with."""
    return tuple(each for each in takewhile(lambda one: isinstance(one, str), path) if isinstance(each, str))


def _is_list(rest: Path_) -> bool:
    """Tell whether what follows the names in front means the members of an array or object."""
    return bool(rest) and isinstance(rest[0], Wild | Selected)


def _followed(path: str) -> Path_ | None:
    """Return the segments of a path that the database can follow."""
    found = simple_path(path)
    if found is None and "?" in path:
        from lodgrants.map.sources.jsonpath_filter import filtered_path

        found = filtered_path(path)
    return found


def _load(
    documents: _Documents,
    simple: Mapping[LogicalSource, Path_],
    needs: Needs,
    known: Mapping[str, Path_],
    room: Room,
) -> dict[LogicalSource, Relation]:
    """Load all logical sources over one file."""
    rests = {source: each[documents.done :] for source, each in simple.items()}
    tests = {source: _test(each[: documents.done]) for source, each in simple.items()}
    if len(needs) == 1 or sum(len(each) == 0 for each in rests.values()) == len(needs) == 1:
        rows = {source: _items(documents, rests[source], tests[source]) for source in needs}
        return {
            source: _columns(room.name("json"), rows[source], needs[source], known, room) for source in needs
        }
    return _load_shared(documents, rests, tests, needs, known, room)


def _test(done: Path_) -> Expr | None:
    """Return the test that a document has to pass: it is a member of an array that is filtered."""
    if not done or not isinstance(done[-1], Selected):
        return None
    from lodgrants.map.sources.jsonpath_filter import holds

    return holds(done[-1], exp.column("json"))


def _items(documents: _Documents, rest: Path_, test: Expr | None) -> exp.Select:
    """Return the records of a file's only logical source, straight from the file."""
    item = members_in(exp.column("json"), rest) if rest else exp.column("json")
    rows = exp.select(item.as_("item")).from_(_read(documents))
    return rows.where(test) if test is not None else rows


def _load_shared(
    documents: _Documents,
    rests: Mapping[LogicalSource, Path_],
    tests: Mapping[LogicalSource, Expr | None],
    needs: Needs,
    paths: Mapping[str, Path_],
    room: Room,
) -> dict[LogicalSource, Relation]:
    """Read the file once into its first-level members, and make each logical source from those."""
    names, whole = _first_level(rests, needs, paths)
    whole = whole or any(each is not None for each in tests.values())
    table = room.name("documents")
    selected = [nth(i).as_(f"m{i}") for i in range(len(names))]
    if whole:
        selected.append(exp.column("json"))
    found_there = extracted(exp.column("json"), [(name,) for name in names])
    inner = exp.select(*([found_there.as_("v")] if names else []), exp.column("json")).from_(_read(documents))
    room.create(table, exp.select(*selected).from_(inner.subquery("d")))
    members = {name: exp.column(f"m{i}") for i, name in enumerate(names)}
    found = {}
    for source, rest in rests.items():
        name = room.name("json")
        if not rest and not whole:
            found[source] = _from_members(name, table, members, needs[source], paths, room)
            continue
        inside = isinstance(rest[0], str) if rest else False
        given: Expr = members[str(rest[0])] if inside else exp.column("json")
        path = rest[1:] if inside else rest
        item = members_in(given, path) if path else given.copy()
        rows = exp.select(item.as_("item")).from_(table)
        if (test := tests[source]) is not None:
            rows = rows.where(test)
        if not is_many(path):
            rows = (
                exp.select("item").from_(rows.subquery("m")).where(exp.column("item").is_(exp.null()).not_())
            )
        found[source] = _columns(name, rows, needs[source], paths, room)
    return found


def _first_level(
    rests: Mapping[LogicalSource, Path_], needs: Needs, paths: Mapping[str, Path_]
) -> tuple[list[str], bool]:
    """Return the names of the members that are needed, and whether the whole documents are."""
    names: dict[str, None] = {}
    whole = False
    for source, rest in rests.items():
        starts = [rest] if rest else [paths[each] for each in needs[source]]
        for path in starts:
            if path and isinstance(path[0], str):
                names[path[0]] = None
            else:
                whole = True
    return list(names), whole


def _from_members(
    name: str,
    table: str,
    members: Mapping[str, Expr],
    references: tuple[str, ...],
    paths: Mapping[str, Path_],
    room: Room,
) -> Relation:
    columns, selected = {}, []
    for i, reference in enumerate(references):
        first, *rest = paths[reference]
        column = Column(f"c{i}", JSON, is_many(tuple(rest)))
        columns[reference] = column
        selected.append(json_value(members[str(first)], tuple(rest)).as_(column.name))
    room.create(name, exp.select(*(selected or [value(1).as_("c")])).from_(table))
    return Relation(name, columns)


def _columns(
    table: str, rows: exp.Select, references: tuple[str, ...], paths: Mapping[str, Path_], room: Room
) -> Relation:
    """Make a table with a column for each reference over rows with one JSON `item` each."""
    single = [each for each in references if not is_many(paths[each])]
    many = [each for each in references if is_many(paths[each])]
    columns = {each: Column(f"c{i}", JSON, each in many) for i, each in enumerate(references)}
    inner = rows
    if single:
        found_there = extracted(exp.column("item"), [paths[each] for each in single])
        inner = exp.select(found_there.as_("v"), "item").from_(rows.subquery("i"))
    selected = [nth(i).as_(columns[each].name) for i, each in enumerate(single)]
    selected += [json_value(exp.column("item"), paths[each]).as_(columns[each].name) for each in many]
    room.create(table, exp.select(*(selected or [value(1).as_("c")])).from_(inner.subquery("r")))
    return Relation(table, columns)


def _read(documents: _Documents) -> exp.Table:
    size = max(_OBJECT_SIZE, documents.path.stat().st_size + 1 if documents.layout == DOCUMENT else 0)
    return table_function(
        "read_json_objects", value(str(documents.path)), format=documents.layout, maximum_object_size=size
    )


def _documents(path: Path, iterators: list[Path_], room: Room) -> _Documents:
    """Decide how to read a file: JSON lines, the members of its one array, or as one document."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    start = head.lstrip()[:1]
    if not start and path.suffix.lower() not in (".jsonl", ".ndjson"):
        raise InputError(Problem("LG-MAP-004", "the source is not JSON: it is empty", value=str(path)))
    if start == b"[" and all(each and isinstance(each[0], Wild | Selected) for each in iterators):
        return _Documents(path, ARRAY, 1)
    if start != b"{" or path.stat().st_size == 0:
        return _Documents(path, DOCUMENT, 0)
    if path.suffix.lower() in (".jsonl", ".ndjson") or _is_lines(head):
        return _Documents(path, LINES, 0)
    inside = all(len(each) > 1 and isinstance(each[1], Wild | Selected) for each in iterators)
    names = {each[0] for each in iterators if each}
    if path.stat().st_size > _LARGE and inside and len(names) == 1:
        name = names.pop()
        part = _array_part(path, name, room) if isinstance(name, str) else None
        if part is not None:
            return _Documents(part, ARRAY, 2)
    return _Documents(path, DOCUMENT, 0)


def _is_lines(head: bytes) -> bool:
    line, _, rest = head.lstrip().partition(b"\n")
    if not rest.lstrip().startswith(b"{"):
        return False
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _array_part(path: Path, name: str, room: Room) -> Path | None:
    """Copy the array that is the last member of a large document, so that it can be read in parallel.

    None when the array is not found in front or is not the last member: then the document is read whole.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        pattern = rb"\{\s*" + re.escape(json.dumps(name, ensure_ascii=False).encode()) + rb"\s*:\s*\["
        begin = re.match(rb"\s*" + pattern, data[:_HEAD])
        end = re.search(rb"\]\s*\}\s*$", data[-4096:])
        if begin is None or end is None:
            return None
        start = begin.end() - 1
        length = max(len(data) - 4096, 0) + end.start() + 1 - start
        target = room.folder / f"{room.name('array')}.json"
        with target.open("wb") as part:
            file.seek(start)
            _copy(file, part, length)
    return target


def _copy(source: object, target: object, length: int) -> None:
    import os

    offset = source.tell()  # type: ignore[attr-defined]
    while length > 0:
        sent = os.sendfile(target.fileno(), source.fileno(), offset, min(length, 1 << 30))  # type: ignore[attr-defined]
        if sent == 0:
            break
        offset, length = offset + sent, length - sent
