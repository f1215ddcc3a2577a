"""What the first dump of a graph says, and whether another dump says the same.

In the quickest way that can be trusted: by the text, where that is the canonical form; else by fingerprints
of the statements; and where those differ, or there are blank nodes, by canonical hashes (RDFC-1.0).
"""

from __future__ import annotations

from functools import cache, cached_property, partial
from pathlib import Path
from typing import LiteralString

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, sql
from lodgrants.publish.verify.copies import Copy
from lodgrants.publish.verify.files import digest
from lodgrants.publish.verify.fingerprint import Fingerprints
from lodgrants.publish.verify.model import Lie, counted
from lodgrants.publish.verify.packed import CHUNK, unpack
from lodgrants.rdf.canonical import Digest, canonical_digest
from lodgrants.rdf.formats import RdfFile, rdf_file
from lodgrants.rdf.read import open_quads

# How many times longer than its canonical form a graph may be said; what unpacks to more is not read.
_ROOM = 16
# Syntaxes in which a graph with named graphs has no reason to be without; JSON-LD is often that of the merge.
_OF_QUADS = ("parquet", "nq", "trig")
# What stands in the columns, as N-Triples has it; in Parquet anything may.
_IRI = r'<[^<>"{}|^`\\\x00-\x20]*>'
_NODE = rf"{_IRI}|_:[^\x00-\x20]+"
_LITERAL = (
    rf'"([^"\\\n\r]|\\["\\bfnrt]|\\u[0-9A-F]{{4}})*"(@[A-Za-z]+(-[A-Za-z0-9]+)*(--[a-z]+)?|\^\^{_IRI})?'
)
_TERMS = {"s": _NODE, "p": _IRI, "o": f"{_NODE}|{_LITERAL}", "g": _NODE}


class Reference:
    """The first dump of a graph: its hash, and the statements as a view of the graph's name.

    :raises LodgrantsError: when it cannot be read. :raises ValueError: when it holds what are no terms.
    """

    def __init__(self, engine: Engine, path: Path, name: str) -> None:
        self.file = path.name
        self._engine = engine
        self._fingerprints = Fingerprints(engine)
        file = rdf_file(path)
        self._keeps_graphs = file.syntax in _OF_QUADS
        given = _open(engine, file, path.name)
        engine.run(sql("CREATE OR REPLACE VIEW _v AS SELECT * FROM _q AS q", _v=name, _q=given))
        self._quads = sql("SELECT s, p, o, g FROM _v", _v=name)
        self.graphs = _count_graphs(engine, self._quads)
        self.digest = canonical_digest(engine, self._quads)
        self._fingerprint = cache(partial(self._fingerprints.of_quads, self._quads))

    def lie_of(self, path: Path, copy: Copy) -> Lie | None:
        """Return what is wrong with another dump of the graph, None when it says the same.

        :raises LodgrantsError: when it cannot be read. :raises ValueError: likewise.
        """
        if self._is_text_of(path):
            return None
        file = rdf_file(path)
        graphs = self._keeps_graphs and file.syntax in _OF_QUADS
        if file.syntax == "parquet" or self.digest.blank_nodes:
            return self._difference(path.name, file, graphs)
        lines = copy(path)
        found = self._fingerprints.of_lines(lines)
        if any(found == self._fingerprint(each) for each in ((True,) if graphs else (False, True))):
            return None
        return self._difference(path.name, lines, graphs)

    @cached_property
    def _merged(self) -> Digest:
        """The hash of all statements without their graphs."""
        return canonical_digest(self._engine, self._quads, graphs=False) if self.graphs else self.digest

    def _is_text_of(self, path: Path) -> bool:
        """Whether the text of a dump is the canonical form of the graph, with or without its graphs.

        :raises ValueError: when it is packed and cannot be unpacked, or gives far more than the graph can be.
        """
        file = rdf_file(path)
        if path.suffix == ".gz":
            most = _ROOM * self.digest.size + CHUNK
            value, size = unpack(path, most)
            if size > most:
                raise ValueError(f"it unpacks to more than {most:,} bytes, far more than {self.file} says")
        elif file.by_line:
            value = digest(path)
        return file.by_line and value == (self.digest if file.syntax == "nq" else self._merged).value

    def _difference(self, name: str, file: RdfFile, graphs: bool) -> Lie | None:
        """Compare with another dump in full: with named graphs, if told or where both have some."""
        given = _open(self._engine, file, name)
        named = graphs or bool(self.graphs and _count_graphs(self._engine, given))
        one, two = self.digest if named else self._merged, canonical_digest(self._engine, given, graphs=named)
        lie = None
        if one != two:
            claim = f"the same graph as {self.file}: {_shown(one)}"
            example = _example(self._engine, {self.file: self._quads, name: given}, named)
            lie = Lie(name, claim, f"{_shown(two)}{example}")
        if file.syntax != "parquet":
            self._engine.drop(name)
        return lie


def _open(engine: Engine, file: RdfFile, name: str) -> Sql:
    """Make a file's quads readable as a table (a view where it is Parquet) and return the query for them."""
    open_quads(engine, file, name)
    quads = sql("SELECT s, p, o, nullif(g, '') AS g FROM _t", _t=name)
    if file.syntax == "parquet":
        _refuse_what_is_no_term(engine, quads)
    return quads


def _refuse_what_is_no_term(engine: Engine, quads: Sql) -> None:
    """Refuse cells that would be read as other statements, or none, when rows are joined to text.

    :raises ValueError: with the first of them.
    """
    for name, pattern in _TERMS.items():
        odd = sql(
            "SELECT _c FROM (SELECT DISTINCT _c FROM _q AS q) AS cell"
            " WHERE NOT coalesce(regexp_full_match(_c, :pattern), :null) LIMIT 1",
            _c=name, _q=quads, pattern=pattern, null=name == "g",
        )  # fmt: skip
        for (cell,) in engine.rows(odd):
            raise ValueError(f"it has something in the column {name} that is no term: {cell}")


def _count_graphs(engine: Engine, quads: Sql) -> int:
    return int(engine.rows(sql("SELECT count(DISTINCT g) FROM _q AS q", _q=quads))[0][0])


def _shown(found: Digest) -> str:
    return f"{counted(found.statements, 'statement')}, hash {found.value[:16]}…"


def _example(engine: Engine, dumps: dict[str, Sql], named: bool) -> str:
    """Name a statement that only one of two dumps has; blank nodes have no names to compare."""
    select: LiteralString = "SELECT s, p, o, g" if named else "SELECT s, p, o"
    rows = {
        file: sql(
            f"{select} FROM _q AS q WHERE NOT starts_with(s, '_:') AND NOT starts_with(o, '_:')", _q=quads
        )
        for file, quads in dumps.items()
    }
    for file, rest in (tuple(dumps), tuple(reversed(dumps))):
        only = sql("(:these EXCEPT :those) ORDER BY s, p, o LIMIT 1", these=rows[file], those=rows[rest])
        for row in engine.rows(only):
            return f"; only {file} says {' '.join(term for term in row if term)}"
    return ""
