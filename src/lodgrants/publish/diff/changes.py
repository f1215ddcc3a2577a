"""Changes as people tell them: the table `change`, one row a corrected sum, role, date, name, text or link.

Each stands under the thing that it is told of: a grant's under its project, an address's under its owner.
"""

from __future__ import annotations

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, sql
from lodgrants.publish.diff.kinds import (
    AMOUNT,
    CURRENCY,
    DATES,
    KIND,
    NAMES,
    NATURE,
    PART,
    PART_OF,
    PART_OF_AMOUNT,
    ROLES,
    SILENT,
    STATUS,
    UNTOLD,
    VALUE,
)

_PARTS = [VALUE, CURRENCY, KIND, NATURE, PART_OF_AMOUNT]


def create_changes(engine: Engine) -> None:
    """Fill the table `change` from `fact`, `node` and `move`."""
    engine.run(sql("CREATE TABLE lasting AS SELECT node, rank, kind FROM node WHERE in_old AND in_new"))
    _create_sums(engine)
    engine.run(
        sql(
            "CREATE TABLE told AS SELECT * FROM _sums AS x UNION ALL SELECT * FROM _roles AS y"
            " UNION ALL SELECT * FROM _values AS z",
            _sums=_sums(), _roles=_roles(), _values=_values(),
        )
    )  # fmt: skip
    engine.run(
        sql(
            "CREATE TABLE change AS SELECT coalesce(w.owner, t.about) AS owner, t.* FROM told AS t"
            " LEFT JOIN _owners AS w ON w.node = t.about",
            _owners=_owners(),
        )
    )


def _owners() -> Sql:
    """Return to which one thing the things that are told of belong, where they do."""
    return sql(
        """
        SELECT q.node, min(owner) AS owner FROM (
            SELECT s AS node, o AS owner FROM after WHERE p IN (:part_of)
            UNION SELECT o, s FROM after WHERE p IN (:part)
        ) AS q SEMI JOIN (SELECT DISTINCT about FROM told) AS t ON t.about = q.node
        GROUP BY q.node HAVING count(DISTINCT owner) = 1
        """,
        part_of=PART_OF, part=PART,
    )  # fmt: skip


def _create_sums(engine: Engine) -> None:
    """Sums that a change touches, on both sides, as facts: of what, which kind and currency, how much.

    An amount's IRI may hold its value, and a corrected sum is then another amount; so what it says counts.
    """
    engine.run(
        sql(
            "CREATE TABLE amount AS SELECT s AS node FROM fact WHERE p IN (:parts)"
            " UNION SELECT o FROM fact WHERE p IN (:links) UNION SELECT new FROM move"
            " UNION SELECT old FROM move",
            parts=_PARTS, links=AMOUNT,
        )
    )  # fmt: skip
    for table, side in (("sum_before", "before"), ("sum_after", "after")):
        engine.run(
            sql(
                """
                CREATE TABLE _t AS
                WITH said AS (
                    SELECT DISTINCT s, p, o FROM _side SEMI JOIN amount ON node = s WHERE p IN (:parts)
                )
                SELECT DISTINCT coalesce(m.new, l.s) AS about, d.* EXCLUDE (node) FROM (
                    SELECT s AS node, min(o) FILTER (p = :value) AS value,
                        min(o) FILTER (p = :currency) AS currency,
                        min(o) FILTER (p = :kind) AS kind, min(o) FILTER (p = :nature) AS nature,
                        count(*) FILTER (p = :part) > 0 AS part
                    FROM said GROUP BY s
                ) AS d
                JOIN _side AS l ON l.o = d.node AND l.p IN (:links)
                LEFT JOIN move AS m ON m.old = l.s
                WHERE value IS NOT NULL
                """,
                _t=table, _side=side, parts=_PARTS, links=AMOUNT, value=VALUE, currency=CURRENCY, kind=KIND,
                nature=NATURE, part=PART_OF_AMOUNT,
            )
        )  # fmt: skip


def _sums() -> Sql:
    """One row for each kind and currency of sums of a thing in which the sides differ."""
    return sql(
        """
        WITH differing AS (
            (SELECT *, FALSE AS won FROM (SELECT * FROM sum_before EXCEPT SELECT * FROM sum_after) AS a)
            UNION ALL (SELECT *, TRUE FROM (SELECT * FROM sum_after EXCEPT SELECT * FROM sum_before) AS b)
        ), sums AS (
            SELECT about, kind, currency, nature, part,
                coalesce(list(value ORDER BY value) FILTER (NOT won), []) AS old,
                coalesce(list(value ORDER BY value) FILTER (won), []) AS new
            FROM differing ANTI JOIN (SELECT node FROM node WHERE in_old <> in_new) AS n ON n.node = about
            GROUP BY about, kind, currency, nature, part
        )
        SELECT about, CASE WHEN old = [] THEN 'sum added' WHEN new = [] THEN 'sum removed'
            ELSE 'sum corrected' END AS type, coalesce(kind, '') AS property, old, new, currency, nature, part
        FROM sums
        """
    )


def _roles() -> Sql:
    return sql(
        """
        SELECT s AS about, IF(won, 'role added', 'role removed') AS type, p AS property,
            IF(won, [], [o]) AS old, IF(won, [o], []) AS new, CAST(NULL AS VARCHAR) AS currency,
            CAST(NULL AS VARCHAR) AS nature, FALSE AS part
        FROM fact SEMI JOIN lasting ON node = s WHERE p IN (:roles)
        """,
        roles=ROLES,
    )


def _values() -> Sql:
    """One row for each other property of a thing, with all values lost and won."""
    kind = sql(
        "CASE WHEN p IN (:dates) THEN 'date' WHEN p IN (:status) THEN 'status' WHEN p IN (:names) THEN 'name'"
        " ELSE 'other' END",
        dates=DATES, status=STATUS, names=NAMES,
    )  # fmt: skip
    return sql(
        """
        SELECT s AS about, :kind AS type, p AS property,
            coalesce(list(o ORDER BY o) FILTER (NOT won), []) AS old,
            coalesce(list(o ORDER BY o) FILTER (won), []) AS new, CAST(NULL AS VARCHAR) AS currency,
            CAST(NULL AS VARCHAR) AS nature, FALSE AS part
        FROM fact SEMI JOIN _told AS t ON t.node = s WHERE p NOT IN (:silent)
        GROUP BY s, p
        """,
        kind=kind, silent=[*SILENT, *ROLES], _told=_told(),
    )  # fmt: skip


def _told() -> Sql:
    """Return the things whose values are told: sums are told above, captures and records only counted."""
    return sql(
        "SELECT node FROM lasting WHERE coalesce(kind, '') NOT IN (:untold)",
        untold=["record", *(name for name in UNTOLD if name != "address")],
    )
