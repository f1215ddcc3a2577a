"""Sets of statements told apart by one number each, made in a single pass and in little memory.

The number is the exclusive or of a keyed hash of every distinct statement: of 128 bits, from a secret key and
the statement's canonical N-Quads. The key is drawn anew whenever releases are verified. Who does not know it
can make no other set with the same number, but by a chance of one in 2^128, however the hash itself fares.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from secrets import token_hex

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, Statement, sql
from lodgrants.rdf.formats import RdfFile
from lodgrants.rdf.lines import raw_lines


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The number of a set of statements, and how many they are."""

    statements: int
    value: int


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Makes fingerprints that can be compared with each other: all have one key."""

    engine: Engine
    key: str = field(default_factory=lambda: token_hex(16), repr=False)

    def of_quads(self, quads: Statement, graphs: bool = True) -> Fingerprint:
        """Return the fingerprint of quads without blank nodes; without ``graphs``, of their merge."""
        graph = sql("' ' || g") if graphs else sql("''")
        line = sql("concat(:key, s, ' ', p, ' ', o, :graph, ' .')", key=self.key, graph=graph)
        return self._of(sql("SELECT :line AS line FROM _q AS q", line=line, _q=quads))

    def of_lines(self, file: RdfFile) -> Fingerprint:
        """Return the fingerprint of a file of canonical N-Triples or N-Quads, in any order."""
        return self._of(
            sql("SELECT concat(:key, line) AS line FROM _l AS l", key=self.key, _l=raw_lines(file))
        )

    def _of(self, lines: Sql) -> Fingerprint:
        ((statements, value),) = self.engine.rows(
            sql(
                "SELECT count(*), coalesce(bit_xor(hash), 0)"
                " FROM (SELECT DISTINCT md5_number(line) AS hash FROM _l AS l) AS statement",
                _l=lines,
            )
        )
        return Fingerprint(int(statements), int(value))
