"""XML by XPath 1.0: every iterator and reference over one file, from one streamed reading of it.

Implements RML-IO "XPath". The file is parsed piece by piece: a piece is the smallest element that holds
all that the iterators and references look at; only paths that may look anywhere need the whole document.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa
from lxml import etree
from sqlglot import exp

from lodgrants.errors import InputError, MappingError, Problem, UnsupportedError
from lodgrants.map.compile.values import Column
from lodgrants.map.model import FileSource, LogicalSource
from lodgrants.map.sources.files import locate, plain_file
from lodgrants.map.sources.marks import XML_MARK
from lodgrants.map.sources.memory import uncollected
from lodgrants.map.sources.relation import Relation, Room
from lodgrants.map.sources.xml_default import only_default_namespace, without
from lodgrants.map.sources.xpath import (
    Element,
    Extract,
    Names,
    Steps,
    absolute,
    child_tag,
    compile_xpath,
    extractor,
    levels_up,
    plain_steps,
    prefixes_in,
    text_of,
    texts_of,
)
from lodgrants.rdf.sql import Expr, when

_BATCH = 20_000
_WHOLE = Steps(())
# Entities of the document itself are resolved within libxml2's limits; nothing is fetched.
_SAFE: dict[str, Any] = {
    "resolve_entities": "internal",
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
}
Needs = Mapping[LogicalSource, tuple[str, ...]]


def load_xml(needs: Needs, room: Room) -> dict[LogicalSource, Relation]:
    """Load what several logical sources over one file need; the file is parsed once.

    Raises InputError when the file is not well-formed, MappingError when a path is not XPath.
    """
    first = next(iter(needs))
    assert isinstance(first.source, FileSource)
    declared = first.source.encoding
    path = (
        plain_file(first.source, room, first.where) if declared or _packed(first, room) else _raw(first, room)
    )
    try:
        names, plain = _names(path, needs)
        piece = _piece(needs)
        readers = [_Reader(source, refs, names, piece, room) for source, refs in needs.items()]
        with uncollected():
            for element in _pieces(path, piece, names, plain):
                for reader in readers:
                    reader.read(element)
    except etree.XMLSyntaxError as error:
        raise InputError(
            Problem("LG-MAP-004", f"the source is not XML: {error}", first.where, str(path))
        ) from error
    return {reader.source: reader.relation() for reader in readers}


def _packed(source: LogicalSource, room: Room) -> bool:
    assert isinstance(source.source, FileSource)
    suffix = _raw(source, room).suffix.lower()
    return source.source.compression is not None or suffix in (".gz", ".zip", ".xz", ".zst", ".bz2", ".tgz")


def _raw(source: LogicalSource, room: Room) -> Path:
    """Return the file as it is: an XML document says its encoding itself."""
    assert isinstance(source.source, FileSource)
    return locate(source.source, room, source.where)


def _names(path: Path, needs: Needs) -> tuple[Names, bool]:
    """Return how names are read, and whether elements without a prefix lose the default namespace.

    A mapping that declares namespaces is taken at its word. One that declares none uses the prefixes
    of the document, and names without a prefix mean elements without one, as older engines read them.
    Raises MappingError for a prefix that neither declares.
    """
    first = next(iter(needs))
    used: set[str] = set()
    for source, references in needs.items():
        for each in (absolute(source.iterator), *references):
            used |= prefixes_in(each.removeprefix(XML_MARK))
    if first.namespaces:
        found, plain = dict(first.namespaces), False
    else:
        with path.open("rb") as file:
            _, root = next(iter(etree.iterparse(file, events=("start",), **_SAFE)))
        found = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
        found |= _declared_below(path, used - found.keys())
        plain = None in root.nsmap or _has_default_namespace(path)
    if unknown := sorted(used - found.keys()):
        hint = "declare it as rml:namespace of the reference formulation, or correct it"
        message = "neither the mapping nor the document declares the namespace prefix"
        raise MappingError(
            *(Problem("LG-MAP-002", message, first.where, each, hint=hint) for each in unknown)
        )
    return Names(found), plain


def _declared_below(path: Path, wanted: set[str]) -> dict[str, str]:
    """Return the namespaces of prefixes that the document declares further down."""
    found: dict[str, str] = {}
    if wanted:
        with path.open("rb") as file:
            for _, (prefix, uri) in etree.iterparse(file, events=("start-ns",), **_SAFE):
                found.setdefault(prefix, uri)
                if found.keys() >= wanted:
                    break
    return {prefix: uri for prefix, uri in found.items() if prefix in wanted}


def _has_default_namespace(path: Path) -> bool:
    """Tell whether a default namespace is declared anywhere, from the bytes: no parser is as fast."""
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(b"xmlns=") >= 0 or data.find(b"x\0m\0l\0n\0s\0=") >= 0


def _piece(needs: Needs) -> Steps:
    """Return the steps to the elements that the file is read by; no names mean the whole document."""
    safe = []
    for source, references in needs.items():
        steps = plain_steps(absolute(source.iterator))
        levels = [levels_up(each.removeprefix(XML_MARK)) for each in references]
        if steps is None or any(each is None for each in levels):
            return _WHOLE
        climbed = max((each for each in levels if each), default=0)
        safe.append(replace(steps, names=steps.names[: len(steps.names) - climbed], tests=()))
    if any(each.anywhere for each in safe):
        # Wherever they are, elements of one name hold what is looked at, if all look there.
        first = {each.names[:1] for each in safe if each.anywhere}
        return Steps(first.pop(), True) if len(first) == 1 and all(each.anywhere for each in safe) else _WHOLE
    shared = safe[0].names
    for each in safe:
        same = [mine == theirs for mine, theirs in zip(shared, each.names, strict=False)]
        shared = shared[: (*same, False).index(False)]
    return Steps(shared) if len(shared) > 1 else _WHOLE


def _pieces(path: Path, piece: Steps, names: Names, plain: bool) -> Iterator[Element]:
    cut = only_default_namespace(path) if plain else None
    plain = plain and cut is None
    if not piece.names:
        with _opened(path, cut) as file:
            tree = etree.parse(file, etree.XMLParser(**_SAFE))
        if plain:
            _without_default_namespace(tree.getroot())
        yield tree.getroot()
        return
    tags = [names.tag(each) for each in piece.names]
    last = f"{{*}}{tags[-1]}" if plain and "}" not in tags[-1] else tags[-1]
    with _opened(path, cut) as file:
        for _, element in etree.iterparse(file, events=("end",), tag=last, **_SAFE):
            if plain:
                _without_default_namespace(element)
            if (
                _is_outermost(element, last, tags[0], plain)
                if piece.anywhere
                else _is_at(element, tags, plain)
            ):
                yield element
                _forget(element)


@contextmanager
def _opened(path: Path, cut: tuple[int, int] | None) -> Iterator[IO[bytes]]:
    with path.open("rb") as file:
        yield file if cut is None else without(file, *cut)


def _without_default_namespace(root: Element) -> None:
    for each in root.iter(etree.Element):
        if each.prefix is None and each.tag.startswith("{"):
            each.tag = each.tag.rpartition("}")[2]


def _is_at(element: Element, tags: list[str], plain: bool) -> bool:
    """Tell whether an element is where the path leads (an element of the same name may be elsewhere)."""
    current: Element | None = element
    for tag in reversed(tags):
        if current is None or _tag(current, plain) != tag:
            return False
        current = current.getparent()
    return current is None


def _is_outermost(element: Element, name: str, tag: str, plain: bool) -> bool:
    """Tell whether an element has a tag and stands in no other that has it, and would hold it as well."""
    same = (each for each in (element, *element.iterancestors(name)) if _tag(each, plain) == tag)
    return next(same, None) is element and next(same, None) is None


def _tag(element: Element, plain: bool) -> str:
    tag: str = element.tag
    return tag.rpartition("}")[2] if plain and element.prefix is None else tag


def _forget(element: Element) -> None:
    """Free what has been read: the piece, and what came before it and before the elements around it."""
    element.clear()
    current: Element | None = element
    while current is not None and (parent := current.getparent()) is not None:
        while current.getprevious() is not None:
            del parent[0]
        current = parent


@dataclass(slots=True)
class _Reader:
    """Collects the records of one logical source and hands them to the database in batches."""

    source: LogicalSource
    references: tuple[str, ...]
    names: Names
    piece: Steps
    room: Room
    table: str = ""
    rows: int = 0
    _many: set[int] = field(default_factory=set)
    _records: Callable[[Element], list[Element]] = field(default=list)
    _row: Callable[[Element], list[Any]] = field(default=list)
    _waiting: list[list[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.table = self.room.name("xml")
        self._records = _record_finder(self.source, self.piece, self.names)
        self._row = _row_reader(self.references, self.names, self.source)
        self.room.engine.append(self.table, self._batch())

    def read(self, piece: Element) -> None:
        """Read the records of a piece."""
        head = self.room.settings.head
        for record in self._records(piece):
            if head is not None and self.rows >= head:
                return
            self._waiting.append(self._row(record))
            self.rows += 1
        if len(self._waiting) >= _BATCH:
            self._flush()

    def relation(self) -> Relation:
        """Return the table of all records; only columns that somewhere hold two values are of lists."""
        self._flush()
        columns = {each: Column(f"c{i}", many=i in self._many) for i, each in enumerate(self.references)}
        return Relation(self.table, columns)

    def _flush(self) -> None:
        if self._waiting:
            # The batch may need another table than the one there was before it.
            batch = self._batch()
            self.room.engine.append(self.table, batch)
            self._waiting.clear()

    def _batch(self) -> pa.Table:
        if not self.references:
            return pa.table({"c": pa.array([1] * len(self._waiting), pa.int8())})
        cells = list(zip(*self._waiting, strict=True)) if self._waiting else [()] * len(self.references)
        several = {i for i, each in enumerate(cells) if list in set(map(type, each))}
        if not several <= self._many:
            self._widen(several)
        arrays = [
            _lists(each) if i in self._many else pa.array(each, pa.string()) for i, each in enumerate(cells)
        ]
        return pa.table({f"c{i}": each for i, each in enumerate(arrays)})

    def _widen(self, several: set[int]) -> None:
        """Make columns hold lists: only now a record has two values there."""
        selected: list[Any] = []
        for i in range(len(self.references)):
            column: Expr = exp.column(f"c{i}")
            if i in several - self._many:
                empty = exp.cast(exp.Array(expressions=[]), "VARCHAR[]")
                column = when(column.is_(exp.null()), empty, exp.Array(expressions=[column.copy()]))
            selected.append(column.as_(f"c{i}"))
        wider = self.room.name("xml")
        self.room.engine.add(wider, exp.select(*selected).from_(self.table))
        self.room.engine.drop(self.table)
        self.table, self._many = wider, self._many | several


def _lists(cells: tuple[Any, ...]) -> pa.Array:
    """Return texts, lists of texts and None as a column of lists."""
    lists = [each if type(each) is list else [] if each is None else [each] for each in cells]
    return pa.array(lists, pa.list_(pa.string()))


def _record_finder(source: LogicalSource, piece: Steps, names: Names) -> Callable[[Element], list[Element]]:
    """Return a function from a piece to the records in it."""
    steps = plain_steps(absolute(source.iterator))
    if piece.names and steps is not None:
        inside = steps.names[len(piece.names) :]
        if not inside and not steps.tests and not piece.anywhere:
            return lambda element: [element]
        if piece.anywhere and not inside and not steps.tests:
            tag = names.tag(piece.names[0])
            return lambda element: list(element.iter(tag))
        start = f"descendant-or-self::{piece.names[0]}" if piece.anywhere else "."
        path = "/".join((start, *inside)) if inside or piece.anywhere else "self::*"
        relative = compile_xpath(path + "".join(f"[{each}]" for each in steps.tests), names, source.where)
        return lambda element: cast(list[Element], relative(element))
    everywhere = compile_xpath(absolute(source.iterator), names, source.where)

    def find(root: Element) -> list[Element]:
        found = everywhere(root.getroottree())
        elements = [each for each in found if isinstance(each, Element)] if isinstance(found, list) else None
        if elements is None or elements != found:
            what = "an iterator that selects attributes, text or values is not supported"
            raise UnsupportedError(Problem("LG-MAP-007", what, source.where, source.iterator))
        return elements

    return find


def _row_reader(
    references: tuple[str, ...], names: Names, source: LogicalSource
) -> Callable[[Element], list[Any]]:
    """Return a function from a record to its row: names of children are read off in one walk."""
    # Each child's places in the row; whether only its own text nodes are asked for, as by `a/text()`.
    children: dict[str, list[tuple[int, bool]]] = {}
    others: list[tuple[int, Extract]] = []
    for i, reference in enumerate(references):
        tag = child_tag(reference, names)
        if tag is None:
            others.append((i, extractor(reference, names, source.where)))
        else:
            children.setdefault(tag, []).append((i, reference.endswith("/text()")))
    places = children.get if children else None

    def read(record: Element) -> list[Any]:
        row: list[Any] = [None] * len(references)
        if places is not None:
            for child in record:
                for i, own in places(child.tag, ()):
                    if own:
                        for text in texts_of(child):
                            row[i] = _added(row[i], text)
                    else:
                        # Said in full where most of the time goes: an element without children is its text.
                        text = (child.text or "") if len(child) == 0 else text_of(child)
                        row[i] = text if row[i] is None else _added(row[i], text)
        for i, extract in others:
            row[i] = extract(record)
        return row

    return read


def _added(before: Any, text: str) -> Any:
    if before is None:
        return text
    return [*before, text] if type(before) is list else [before, text]
