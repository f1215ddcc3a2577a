"""What is said of a few things that came or went: sums, roles, period and status, as in the account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pyarrow as pa

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, sql
from lodgrants.publish.diff.kinds import (
    AMOUNT,
    CURRENCY,
    DATES,
    KIND,
    NATURE,
    OWN_ROLES,
    PART_OF,
    PART_OF_AMOUNT,
    PHASE_OF,
    STATUS,
    TOPIC,
    VALUE,
)
from lodgrants.publish.diff.model import Change


def describe(engine: Engine, nodes: Sequence[str], side: str) -> dict[str, tuple[Change, ...]]:
    """Return the facts that a side (`before` or `after`) states of some things and of their grants.

    For a record they are those of the project that it is about.
    """
    engine.register("listed", pa.table({"node": pa.array(nodes, pa.string())}))
    engine.run(
        sql(
            """
            CREATE OR REPLACE TABLE described AS
            WITH topic AS (
                SELECT l.node AS owner, coalesce(t.o, l.node) AS node FROM listed AS l
                LEFT JOIN _side AS t ON t.s = l.node AND t.p = :about
            ),
            project AS (
                SELECT owner, node FROM topic
                UNION SELECT owner, f.s FROM topic JOIN _side AS f ON f.o = topic.node AND f.p IN (:phase_of)
            )
            SELECT owner, node FROM project
            UNION SELECT owner, g.s FROM project AS x JOIN _side AS g ON g.o = x.node AND g.p IN (:part_of)
            """,
            _side=side, about=TOPIC, part_of=PART_OF, phase_of=PHASE_OF,
        )
    )  # fmt: skip
    found: dict[str, list[Change]] = defaultdict(list)
    for query in (_sums(side), _values(side)):
        for owner, type_, name, values, currency, nature in engine.rows(query):
            found[owner].append(Change(owner, type_, name, (), tuple(values), currency, nature))
    return {owner: tuple(facts) for owner, facts in found.items()}


def _sums(side: str) -> Sql:
    return sql(
        """
        WITH sums AS (
            SELECT owner, a.o AS node, max(x.o) FILTER (x.p = :value) AS value,
                max(x.o) FILTER (x.p = :currency) AS currency, max(x.o) FILTER (x.p = :kind) AS kind,
                max(x.o) FILTER (x.p = :nature) AS nature, count(*) FILTER (x.p = :part) AS parts
            FROM described JOIN _side AS a ON a.s = described.node AND a.p IN (:links)
            JOIN _side AS x ON x.s = a.o GROUP BY owner, a.o
        )
        SELECT owner, 'sum', coalesce(kind, ''), list(DISTINCT value ORDER BY value), currency, nature
        FROM sums WHERE value IS NOT NULL AND parts = 0 GROUP BY owner, kind, currency, nature ORDER BY ALL
        """,
        _side=side, links=AMOUNT, value=VALUE, currency=CURRENCY, kind=KIND, nature=NATURE,
        part=PART_OF_AMOUNT,
    )  # fmt: skip


def _values(side: str) -> Sql:
    return sql(
        """
        SELECT owner, 'fact', p, list(DISTINCT o ORDER BY o), NULL, NULL
        FROM described JOIN _side AS x ON x.s = described.node WHERE p IN (:shown) GROUP BY owner, p
        ORDER BY owner, list_position(:shown, p)
        """,
        _side=side, shown=[*OWN_ROLES, *DATES[:2], *STATUS],
    )  # fmt: skip
