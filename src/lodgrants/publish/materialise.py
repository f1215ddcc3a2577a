"""Materialising: what the ontology says above each own class and property is stated in the graph as well.

So who knows only schema.org or FOAF finds every project, organisation and funder (RDF Schema 1.1, entailment
patterns rdfs7 and rdfs9, for the ontology's own terms).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyoxigraph as ox

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, Statement, sql
from lodgrants.rdf.namespaces import LG, RDF, RDFS
from lodgrants.resources import shipped

TYPE = f"<{RDF}type>"
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Each own term with every term above it, transitively, as N-Triples terms in a fixed order."""

    classes: Pairs
    properties: Pairs


def load_hierarchy(path: Path | None = None) -> Hierarchy:
    """Read an ontology (default: the shipped one) and return what stands above its own terms."""
    triples = list(ox.parse(path=path or shipped("ontology", "lodgrants.ttl"), format=ox.RdfFormat.TURTLE))
    return Hierarchy(*(_closure(triples, f"{RDFS}{name}") for name in ("subClassOf", "subPropertyOf")))


def materialised(engine: Engine, quads: Statement, hierarchy: Hierarchy) -> Sql:
    """Register the hierarchy with the database and return the query for the quads and all they entail.

    A statement that is entailed stands in the graph of the statement that entails it. The result may say a
    statement twice; writing dumps removes that.
    """
    for name, pairs in (("_lg_class", hierarchy.classes), ("_lg_property", hierarchy.properties)):
        columns = [pa.array([pair[side] for pair in pairs], pa.string()) for side in (0, 1)]
        engine.register(name, pa.table(columns, names=["below", "above"]))
    return compile_materialised(quads)


def compile_materialised(quads: Statement) -> Sql:
    """Return one query over the quads and the tables of pairs ``_lg_class`` and ``_lg_property``."""
    return sql(
        """
        SELECT s, p, o, g FROM _q AS stated
        UNION ALL
        SELECT s, p, above AS o, g FROM _q AS typed JOIN _lg_class ON o = below WHERE p = :type
        UNION ALL
        SELECT s, above AS p, o, g FROM _q AS linked JOIN _lg_property ON p = below
        """,
        _q=quads, type=TYPE,
    )  # fmt: skip


def _closure(triples: list[ox.Quad], predicate: str) -> Pairs:
    above: dict[str, set[str]] = {}
    for triple in triples:
        if str(triple.predicate) == f"<{predicate}>":
            above.setdefault(str(triple.subject), set()).add(str(triple.object))
    pairs = {
        (term, higher) for term in above if term.startswith(f"<{LG}") for higher in _reached(above, term)
    }
    return tuple(sorted(pairs))


def _reached(above: dict[str, set[str]], start: str) -> set[str]:
    reached: set[str] = set()
    open_ = set(above[start])
    while open_:
        reached |= open_
        open_ = {higher for term in open_ for higher in above.get(term, ())} - reached
    return reached - {start}
