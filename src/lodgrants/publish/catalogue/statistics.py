"""What is in a graph, counted by the database: for the whole, and for each source by the graphs it states.

Everything is counted over distinct triples of a *scope*: the IRI of the data set for the whole, that of the
source for what its records state.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Statement, sql
from lodgrants.publish.materialise import load_hierarchy
from lodgrants.rdf.namespaces import RDF, SCHEMA, VOID

TYPE = f"<{RDF}type>"
# A page's address is no link to another data set.
NO_LINKS = (TYPE, f"<{SCHEMA}url>")
_SCOPED = "_lg_scoped"


@dataclass(frozen=True, slots=True)
class Totals:
    """A scope's distinct triples, subjects that are IRIs, subjects, objects, predicates and classes."""

    scope: str
    triples: int
    entities: int
    subjects: int
    objects: int
    properties: int
    classes: int


@dataclass(frozen=True, slots=True)
class PropertyCount:
    """How often a predicate is used in a scope."""

    scope: str
    property: str
    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many things of a class a scope has, and the first of them."""

    scope: str
    type: str
    things: int
    example: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the things of a class in a scope, how many have a property (perhaps none, where others have it).

    ``unfilled``: how often the scope's records have a label for it and no words behind the label.
    """

    scope: str
    type: str
    property: str
    things: int
    having: int
    unfilled: int = 0


@dataclass(frozen=True, slots=True)
class Links:
    """How many triples with a predicate lead from a scope to IRIs of another host."""

    scope: str
    property: str
    target: str
    triples: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """All counts, each in a fixed order."""

    totals: tuple[Totals, ...]
    properties: tuple[PropertyCount, ...]
    classes: tuple[ClassCount, ...]
    coverage: tuple[Coverage, ...]
    links: tuple[Links, ...]


def count(engine: Engine, quads: Statement, whole: str, base: str) -> Statistics:
    """Count what is in a graph of quads; ``whole`` and the scopes in the result are IRIs without brackets."""
    with _scoped(engine, quads, f"<{whole}>"):
        return Statistics(
            tuple(Totals(*row) for row in _rows(engine, _TOTALS)),
            tuple(PropertyCount(*row) for row in _rows(engine, _PROPERTIES)),
            tuple(ClassCount(*row) for row in _rows(engine, _CLASSES)),
            tuple(_coverage(engine)),
            tuple(Links(*row) for row in _rows(engine, _LINKS, no_links=list(NO_LINKS), base=f"<{base}")),
        )


@contextmanager
def _scoped(engine: Engine, quads: Statement, whole: str) -> Iterator[None]:
    """Make the table of distinct triples by scope, for as long as it is needed."""
    scoped = sql(
        "WITH stated AS (SELECT DISTINCT s AS g, o AS scope FROM _q AS q WHERE p = :in_dataset"
        " UNION SELECT DISTINCT o, o FROM _q AS r WHERE p = :in_dataset)"
        " SELECT DISTINCT :whole AS scope, s, p, o FROM _q AS t"
        " UNION ALL SELECT DISTINCT stated.scope, s, p, o FROM _q AS u JOIN stated ON u.g = stated.g",
        _q=quads, in_dataset=f"<{VOID}inDataset>", whole=whole,
    )  # fmt: skip
    engine.run(sql("CREATE TABLE _t AS SELECT * FROM _r AS r", _t=_SCOPED, _r=scoped))
    try:
        yield
    finally:
        engine.drop(_SCOPED)


def _coverage(engine: Engine) -> Iterator[Coverage]:
    """Yield the coverage of own terms, leaving out what only repeats them higher up in the hierarchy."""
    hierarchy = load_hierarchy()
    above = {higher for _, higher in (*hierarchy.classes, *hierarchy.properties)}
    for scope, type_, property_, things, having in _rows(engine, _COVERAGE):
        if f"<{type_}>" not in above and f"<{property_}>" not in above:
            yield Coverage(scope, type_, property_, things, having)


def _rows(engine: Engine, query: LiteralString, **values: str | list[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a constant query; IRIs lose their brackets."""
    for row in engine.rows(sql(query, _t=_SCOPED, type=TYPE, **values)):
        yield tuple(
            value[1:-1] if isinstance(value, str) and value.startswith("<") else value for value in row
        )


_TOTALS: LiteralString = """
    SELECT scope, count(*), count(DISTINCT s) FILTER (WHERE starts_with(s, '<')), count(DISTINCT s),
           count(DISTINCT o), count(DISTINCT p), count(DISTINCT o) FILTER (WHERE p = :type)
    FROM _t AS t GROUP BY scope ORDER BY scope
"""
_PROPERTIES: LiteralString = """
    SELECT scope, p, count(*), count(DISTINCT s), count(DISTINCT o) FROM _t AS t GROUP BY ALL ORDER BY ALL
"""
_CLASSES: LiteralString = """
    SELECT scope, o, count(*), min(s) FROM _t AS t WHERE p = :type AND starts_with(o, '<')
    GROUP BY ALL ORDER BY ALL
"""
_COVERAGE: LiteralString = """
    WITH typed AS (SELECT scope, s, o AS type FROM _t AS a WHERE p = :type AND starts_with(o, '<')),
    things AS (SELECT scope, type, count(*) AS n FROM typed GROUP BY ALL),
    having_ AS (SELECT scope, type, p, count(*) AS n
                FROM typed JOIN (SELECT DISTINCT scope, s, p FROM _t AS b WHERE p <> :type) AS used
                USING (scope, s)
                GROUP BY ALL),
    known AS (SELECT DISTINCT type, p FROM having_)
    SELECT things.scope, things.type, known.p, things.n, coalesce(having_.n, 0)
    FROM things JOIN known USING (type)
    LEFT JOIN having_ ON having_.scope = things.scope AND having_.type = things.type AND having_.p = known.p
    ORDER BY ALL
"""
_LINKS: LiteralString = """
    SELECT scope, p, regexp_extract(o, '^<(https?://[^/>]+/?)', 1) AS target, count(*)
    FROM _t AS t
    WHERE p NOT IN (:no_links) AND regexp_matches(o, '^<https?://') AND NOT starts_with(o, :base)
    GROUP BY ALL ORDER BY ALL
"""
