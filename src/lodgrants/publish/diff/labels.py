"""What to call things: their names, English first, today's before yesterday's; else those of their whole."""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import sql
from lodgrants.publish.diff.kinds import NAMES, PART, PART_OF, PHASE_OF, TOPIC
from lodgrants.publish.diff.model import tail
from lodgrants.rdf.literals import text_of


def find_labels(engine: Engine, terms: Collection[str]) -> dict[str, str]:
    """Return the names of terms that have one, in the new graph or in the old; few terms at a time."""
    labels = _names(engine, terms)
    nameless = [term for term in terms if term not in labels]
    parents = _parents(engine, nameless)
    of_parents = _names(engine, {parent for _, parent in parents.values()})
    for term, (link, parent) in parents.items():
        name = of_parents.get(parent)
        if name:
            labels[term] = f"{name}, {tail(term).rpartition('/')[2]}" if link in PHASE_OF else name
    return labels


def _names(engine: Engine, terms: Collection[str]) -> dict[str, str]:
    engine.register("called", pa.table({"node": pa.array(sorted(terms), pa.string())}))
    rows = engine.rows(
        sql(
            """
            SELECT s, arg_min(o, concat(now, list_position(:names, p),
                CASE WHEN ends_with(o, '@en') THEN 0 WHEN ends_with(o, '"') THEN 1 ELSE 2 END, o))
            FROM (
                SELECT s, p, o, 0 AS now FROM after SEMI JOIN called ON node = s WHERE p IN (:names)
                UNION ALL SELECT s, p, o, 1 FROM before SEMI JOIN called ON node = s WHERE p IN (:names)
            ) AS q GROUP BY s
            """,
            names=NAMES,
        )
    )
    return {node: " ".join(text_of(name).split()) for node, name in rows}


def _parents(engine: Engine, terms: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return, for a part, a phase or a record, the link to the thing that has a name, and that thing."""
    engine.register("called", pa.table({"node": pa.array(sorted(terms), pa.string())}))
    rows = engine.rows(
        sql(
            """
            SELECT node, min(p), arg_min(whole, p) FROM (
                SELECT s AS node, p, o AS whole FROM after SEMI JOIN called ON node = s WHERE p IN (:up)
                UNION ALL SELECT s, p, o FROM before SEMI JOIN called ON node = s WHERE p IN (:up)
                UNION ALL SELECT o, p, s FROM after SEMI JOIN called ON node = o WHERE p IN (:down)
                UNION ALL SELECT o, p, s FROM before SEMI JOIN called ON node = o WHERE p IN (:down)
            ) AS q GROUP BY node
            """,
            up=[*PART_OF, *PHASE_OF, TOPIC], down=PART,
        )
    )  # fmt: skip
    return {node: (link, whole) for node, link, whole in rows}
