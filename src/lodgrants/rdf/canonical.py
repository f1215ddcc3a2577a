"""The canonical form of a data set: RDFC-1.0 (https://www.w3.org/TR/rdf-canon/), most of it as SQL.

Without blank nodes it is the sorted N-Quads. With them, the database hashes what is said about each node and
names those that differ; only nodes that look alike are told apart in Python. Equal data sets, whatever their
blank nodes are called, have equal canonical forms and digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, LiteralString, cast

import pyarrow as pa

from lodgrants.db.fragment import Sql, Statement, column, sql
from lodgrants.errors import Problem, UnsupportedError
from lodgrants.rdf.literals import is_blank
from lodgrants.rdf.nodes import Issuer, Quad, issue_alike
from lodgrants.rdf.write import compile_text

if TYPE_CHECKING:
    from lodgrants.db.engine import Engine

ALGORITHMS = ("sha256", "sha384")
_COLOURED: LiteralString = (
    " LEFT JOIN _c AS of_s ON of_s.node = m.s LEFT JOIN _c AS of_o ON of_o.node = m.o"
    " LEFT JOIN _c AS of_g ON of_g.node = m.g"
)
QUADS, NAMES, _HASHES = "_lg_canonical_quad", "_lg_canonical_name", "_lg_canonical_hash"


@dataclass(frozen=True, slots=True)
class Digest:
    """The hash of a data set's canonical form, the number of its statements, and its size in bytes."""

    value: str
    statements: int
    size: int
    blank_nodes: bool


class _Hashing:
    """A sink that keeps the hash of what is written to it."""

    def __init__(self, algorithm: str) -> None:
        self.hash = hashlib.new(algorithm)
        self.size = 0

    def write(self, data: memoryview | bytes) -> int:
        """Take in some bytes."""
        self.hash.update(data)
        self.size += len(data)
        return len(data)


def canonical_digest(
    engine: Engine, quads: Statement, algorithm: str = "sha256", graphs: bool = True
) -> Digest:
    """Return the hash of the canonical N-Quads of quads, streamed; without ``graphs``, of their merge.

    :raises InputError: for blank nodes that cannot be told apart with reasonable effort (LG-RDF-005).
    :raises UnsupportedError: for triple terms, of which RDFC-1.0 says nothing (LG-RDF-006).
    """
    merged = sql("SELECT s, p, o, CAST(NULL AS VARCHAR) AS g FROM _q AS q", _q=quads)
    given = quads if graphs else merged
    named = canonical_quads(engine, given, algorithm)
    sink = _Hashing(algorithm)
    count = engine.write_text(compile_text(named, "nq").text, cast("IO[bytes]", sink))
    return Digest(sink.hash.hexdigest(), count, sink.size, named is not given)


def canonical_quads(
    engine: Engine, quads: Statement, algorithm: str = "sha256", work: int | None = None
) -> Statement:
    """Return the query for quads whose blank nodes have their canonical names (``c14n0`` …).

    The names are kept in tables of the engine until the next call.

    :raises InputError: as `canonical_digest`; ``work`` limits the effort. :raises UnsupportedError: likewise.
    """
    if not name_blank_nodes(engine, quads, algorithm, work):
        return quads
    return renamed(quads, NAMES)


def renamed(quads: Statement, names: str) -> Sql:
    """Return the query for quads whose blank nodes have the names that a table ``node, name`` gives them."""
    return sql(
        "SELECT coalesce(a.name, s) AS s, p, coalesce(b.name, o) AS o, coalesce(c.name, g) AS g FROM _q AS q"
        " LEFT JOIN _names AS a ON a.node = s LEFT JOIN _names AS b ON b.node = o"
        " LEFT JOIN _names AS c ON c.node = g",
        _q=quads, _names=names,
    )  # fmt: skip


def canonical_names() -> Sql:
    """Return the query for ``node, name`` of the blank nodes that were named last."""
    return sql("SELECT node, name FROM _t", _t=NAMES)


def name_blank_nodes(
    engine: Engine, quads: Statement, algorithm: str = "sha256", work: int | None = None
) -> bool:
    """Fill the table of canonical names and return whether there are blank nodes (section 4.4.3)."""
    engine.run(
        sql(
            "CREATE OR REPLACE TEMP TABLE _t AS SELECT DISTINCT s, p, o, nullif(g, '') AS g FROM _q AS q"
            " WHERE :s OR :o OR coalesce(:g, FALSE) OR starts_with(s, '<<') OR starts_with(o, '<<')",
            _t=QUADS, _q=quads,
            **{name: is_blank(column(name)) for name in "sog"},
        )
    )  # fmt: skip
    if odd := engine.rows(
        sql("SELECT s, o FROM _t WHERE starts_with(s, '<<') OR starts_with(o, '<<') LIMIT 1", _t=QUADS)
    ):
        message = "a triple term: RDFC-1.0 gives no canonical form to RDF 1.2"
        raise UnsupportedError(Problem("LG-RDF-006", message, value=" ".join(odd[0])))
    if not engine.rows(sql("SELECT 1 FROM _t LIMIT 1", _t=QUADS)):
        return False
    _hash_first_degree(engine, algorithm)
    _name(engine, algorithm, work)
    return True


def said_of_nodes(quads: str, colours: str | None = None) -> Sql:
    """Return the query for ``node, said``: all that quads say of each blank node, sorted, in one text.

    The node itself is written ``_:a``, others ``_:z`` (Hash First Degree Quads, section 4.6.3) or, with a
    table ``node, colour``, by their colours.
    """
    mentions = sql(
        "SELECT s AS node, s, p, o, g FROM _t WHERE starts_with(s, '_:')"
        " UNION SELECT o, s, p, o, g FROM _t WHERE starts_with(o, '_:')"
        " UNION SELECT g, s, p, o, g FROM _t WHERE starts_with(g, '_:')",
        _t=quads,
    )
    lines: LiteralString = "SELECT m.node, concat(:s, ' ', p, ' ', :o, ' ' || :g, :end) AS line FROM _m AS m"
    line = sql(
        lines if colours is None else f"{lines}{_COLOURED}",
        _m=mentions, _c=colours, end=" .\n",
        **{name: _masked(name, colours is not None) for name in "sog"},
    )  # fmt: skip
    return sql("SELECT node, string_agg(line, '' ORDER BY line) AS said FROM _l AS l GROUP BY node", _l=line)


def _masked(name: str, coloured: bool) -> Sql:
    return sql(
        "CASE WHEN :t = m.node THEN '_:a' WHEN starts_with(:t, '_:') THEN :other ELSE :t END",
        t=column(name, "m"), other=sql("'_:' || :c", c=column("colour", f"of_{name}")) if coloured else "_:z",
    )  # fmt: skip


def _hash_first_degree(engine: Engine, algorithm: str) -> None:
    said = said_of_nodes(QUADS)
    if algorithm == "sha256":
        hashed = sql("SELECT node, sha256(said) AS hash FROM _q AS q", _q=said)
    else:
        # The database has no other hash of this family; this one is for who asks for it by name.
        engine.register("_lg_hashed", _hashed(engine, said, algorithm))
        hashed = sql("SELECT node, hash FROM _lg_hashed")
    engine.run(
        sql(
            "CREATE OR REPLACE TEMP TABLE _t AS SELECT node, hash, count(*) OVER (PARTITION BY hash) AS alike"
            " FROM _q AS q",
            _t=_HASHES, _q=hashed,
        )
    )  # fmt: skip


def _hashed(engine: Engine, said: Sql, algorithm: str) -> pa.Table:
    rows = engine.table(said).to_pydict()
    digests = [hashlib.new(algorithm, text.encode()).hexdigest() for text in rows["said"]]
    return pa.table({"node": rows["node"], "hash": digests})


def _name(engine: Engine, algorithm: str, work: int | None) -> None:
    """Name the nodes that nothing else looks like, in the order of their hashes, then the others."""
    engine.run(
        sql(
            "CREATE OR REPLACE TEMP TABLE _n AS SELECT node,"
            " concat('_:c14n', row_number() OVER (ORDER BY hash) - 1) AS name FROM _h WHERE alike = 1",
            _n=NAMES, _h=_HASHES,
        )
    )  # fmt: skip
    hashes = dict(_pairs(engine, sql("SELECT node, hash FROM _h WHERE alike > 1 ORDER BY hash", _h=_HASHES)))
    if not hashes:
        return
    canonical = Issuer("c14n", dict(_pairs(engine, canonical_names())))
    before = len(canonical)
    issue_alike(_quads_of_alike(engine), hashes, canonical, algorithm, work)
    named = list(canonical.items())[before:]
    table = pa.table({"node": [node for node, _ in named], "name": [name for _, name in named]})
    engine.register("_lg_named", table)
    engine.run(sql("INSERT INTO _n SELECT node, name FROM _lg_named", _n=NAMES))


def _quads_of_alike(engine: Engine) -> Iterator[Quad]:
    query = sql(
        "WITH looks_alike AS (SELECT node FROM _h WHERE alike > 1)"
        " SELECT s, p, o, g FROM _q WHERE s IN (:nodes) OR o IN (:nodes) OR g IN (:nodes)",
        _q=QUADS, _h=_HASHES, nodes=sql("SELECT node FROM looks_alike"),
    )  # fmt: skip
    for batch in engine.batches(query):
        columns = [batch.column(name).to_pylist() for name in "spog"]
        yield from map(Quad, *columns)


def _pairs(engine: Engine, query: Sql) -> Iterator[tuple[str, str]]:
    for batch in engine.batches(query):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
