"""How often things are in a graph: for the whole, and for each source by the graphs it states.

Everything is counted over distinct triples of a *scope*: the IRI of the data set for the whole, that of the
source for what its records state. Terms are N-Triples terms.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import LiteralString

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, Statement, sql
from lodgrants.rdf.namespaces import RDF, SCHEMA, VOID

TYPE = f"<{RDF}type>"
# A page's address is no link to another data set.
NO_LINKS = (TYPE, f"<{SCHEMA}url>")
_SCOPED = "_lg_scoped"
# What is counted (of objects otherwise than of all else when a graph changes), and the key behind its name.
OBJECTS, PROPERTY_OBJECTS = "objects", "property objects"


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers by what is counted, scope and terms; the first thing of each class by scope and class."""

    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, name: str) -> dict[tuple[str, ...], int]:
        """Return what is counted under a name, by scope and terms, in order."""
        return {key[1:]: number for key, number in sorted(self.counts.items()) if key[0] == name}

    def to_json(self) -> str:
        """Return the tally as a text."""
        examples = [[*key, thing] for key, thing in sorted(self.examples.items())]
        counts = [[*key, number] for key, number in sorted(self.counts.items())]
        return json.dumps({"counts": counts, "examples": examples})


def tally_from_json(text: str) -> Tally:
    """Return the tally that a text holds."""
    found = json.loads(text)
    counts = Counter({tuple(row[:-1]): row[-1] for row in found["counts"]})
    return Tally(counts, {(scope, class_): s for scope, class_, s in found["examples"]})


def compile_stated(quads: Statement) -> Sql:
    """Return the query for ``g, scope``: which graphs are whose, by their records and by their own names."""
    return sql(
        "SELECT s AS g, o AS scope FROM _q AS q WHERE p = :in_dataset"
        " UNION SELECT o, o FROM _q AS r WHERE p = :in_dataset",
        _q=quads, in_dataset=f"<{VOID}inDataset>",
    )  # fmt: skip


def compile_scoped(quads: Statement, stated: Statement, whole: str) -> Sql:
    """Return the query for the distinct triples of each scope: ``scope, s, p, o``."""
    return sql(
        "SELECT DISTINCT :whole AS scope, s, p, o FROM _q AS t"
        " UNION ALL SELECT DISTINCT own.scope, s, p, o FROM _q AS u JOIN _stated AS own ON u.g = own.g",
        _q=quads, _stated=stated, whole=f"<{whole}>",
    )  # fmt: skip


def tally_of(engine: Engine, quads: Statement, whole: str, base: str) -> Tally:
    """Count what is in a graph of quads; ``whole`` is an IRI without brackets, as is ``base``."""
    return count_scoped(engine, compile_scoped(quads, compile_stated(quads), whole), base)


def count_scoped(engine: Engine, scoped: Statement, base: str) -> Tally:
    """Count distinct triples by scope."""
    engine.create(_SCOPED, scoped)
    values = {"type": TYPE, "no_links": list(NO_LINKS), "base": f"<{base}"}
    tally = Tally()
    for query, names in _QUERIES.items():
        for row in engine.rows(sql(query, _t=_SCOPED, **values)):
            key, numbers = row[: -len(names)], row[-len(names) :]
            tally.counts.update({(name, *key): int(n) for name, n in zip(names, numbers, strict=True) if n})
    for scope, class_, thing in engine.rows(sql(_EXAMPLES, _t=_SCOPED, type=TYPE)):
        tally.examples[scope, class_] = thing
    engine.drop(_SCOPED)
    return tally


_QUERIES: Mapping[LiteralString, tuple[str, ...]] = {
    """
    SELECT scope, count(*), count(DISTINCT s) FILTER (WHERE starts_with(s, '<')), count(DISTINCT s),
           count(DISTINCT o)
    FROM _t AS t GROUP BY scope
    """: ("triples", "entities", "subjects", OBJECTS),
    """
    SELECT scope, p, count(*), count(DISTINCT s), count(DISTINCT o) FROM _t AS t GROUP BY ALL
    """: ("property triples", "property subjects", PROPERTY_OBJECTS),
    """
    SELECT scope, o, count(*) FROM _t AS t WHERE p = :type GROUP BY ALL
    """: ("things",),
    """
    SELECT scope, type, p, count(*)
    FROM (SELECT scope, s, o AS type FROM _t AS a WHERE p = :type AND starts_with(o, '<')) AS typed
    JOIN (SELECT DISTINCT scope, s, p FROM _t AS b WHERE p <> :type) AS used USING (scope, s)
    GROUP BY ALL
    """: ("having",),
    """
    SELECT scope, p, regexp_extract(o, '^<(https?://[^/>]+/?)', 1) AS target, count(*) FROM _t AS t
    WHERE p NOT IN (:no_links) AND regexp_matches(o, '^<https?://') AND NOT starts_with(o, :base)
    GROUP BY ALL
    """: ("links",),
}
_EXAMPLES: LiteralString = """
    SELECT scope, o, min(s) FROM _t AS t WHERE p = :type AND starts_with(o, '<') GROUP BY ALL
"""
