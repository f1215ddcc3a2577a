"""Reading the account out of the tables: counts of everything, and the first things of every kind.

Only here does Python go over rows, and over no more than a limit of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, sql
from lodgrants.publish.diff.changes import create_changes
from lodgrants.publish.diff.compare import Comparison
from lodgrants.publish.diff.described import describe
from lodgrants.publish.diff.kinds import KINDS, PART_OF, PHASE_OF, TOMBSTONES, TOPIC, TYPE
from lodgrants.publish.diff.labels import find_labels
from lodgrants.publish.diff.model import Account, Change, Section, Thing
from lodgrants.publish.diff.nodes import create_nodes

_TOLD = {kind.name for kind in KINDS if kind.told}
_FATES = ("new", "gone", "changed", "moved")
_GROUPS = {"project": 0, "record": 0, "grant": 0, "organisation": 1, "person": 1}
_DESCRIBED = ("project", "grant", "record")
_PER_THING = 100
_TYPES = ("sum", "date", "status", "name", "role", "other")


def account(comparison: Comparison, limit: int) -> Account:
    """Return what changed by entity; at most ``limit`` things of one kind and fate are listed."""
    if comparison.equal:
        return Account((), {}, {})
    engine = comparison.engine
    create_nodes(engine)
    create_changes(engine)
    _create_fates(engine)
    sections = [*_fates(engine, limit), *_changed(engine, limit)]
    sections.sort(key=_order)
    return Account(tuple(sections), _counts(engine), find_labels(engine, _mentioned(sections)))


def _counts(engine: Engine) -> dict[str, int]:
    """Count the changes by type; `record` counts those that were only read from another capture."""
    rows = engine.rows(
        sql(
            """
            SELECT type, count(*) FROM change GROUP BY type
            UNION ALL SELECT 'record', count(DISTINCT node) FROM fact JOIN lasting ON node = s
            WHERE kind = 'record' HAVING count(*) > 0
            ORDER BY list_position(:order, split_part(type, ' ', 1)), type
            """,
            order=[*_TYPES, "record"],
        )
    )
    return dict(rows)


def _order(section: Section) -> tuple[int, int, str]:
    """Projects and all about them first, then who takes part, then the rest; in each, new things first."""
    names = [each.name for each in KINDS]
    rank = names.index(section.kind) if section.kind in names else len(names)
    group = _GROUPS.get(section.kind, len(_GROUPS) + rank)
    return group, _FATES.index(section.fate), section.kind


def _create_fates(engine: Engine) -> None:
    """What came, went or moved, of which kind; parts of what came or went itself go without saying."""
    engine.run(
        sql(
            """
            CREATE TABLE fate AS
            WITH state AS (
                SELECT node, rank, coalesce(kind, type, '') AS kind, IF(in_new, 'new', 'gone') AS fate
                FROM node
                WHERE in_old <> in_new AND (kind = 'record' OR node NOT IN (SELECT old FROM move))
                    AND (in_old OR kind = 'record' OR node NOT IN (SELECT new FROM move))
            ),
            whole AS (
                SELECT s AS node, o AS of FROM after WHERE p IN (:part_of)
                UNION SELECT s, o FROM before WHERE p IN (:part_of)
            ),
            topic AS (
                SELECT s AS node, o AS of FROM after WHERE p = :about
                UNION SELECT s, o FROM before WHERE p = :about
            )
            SELECT * FROM state AS x WHERE NOT EXISTS (
                SELECT 1 FROM whole AS w JOIN state AS y ON y.node = w.of AND y.fate = x.fate
                WHERE w.node = x.node)
            AND NOT (fate = 'new' AND EXISTS (
                SELECT 1 FROM topic AS w JOIN state AS y ON y.node = w.of AND y.fate = 'new'
                WHERE w.node = x.node))
            AND NOT (fate = 'gone' AND EXISTS (
                SELECT 1 FROM topic AS w JOIN state AS y ON y.node = w.node AND y.fate = 'gone'
                WHERE w.of = x.node))
            """,
            part_of=[*PART_OF, *PHASE_OF], about=TOPIC,
        )
    )  # fmt: skip
    engine.run(
        sql(
            """
            INSERT INTO fate SELECT m.old, coalesce(n.rank, 99), coalesce(n.kind, n.type, ''), 'moved'
            FROM move AS m JOIN node AS n ON n.node = m.old WHERE n.kind IS DISTINCT FROM 'record'
            """
        )
    )


def _fates(engine: Engine, limit: int) -> list[Section]:
    counts = engine.rows(sql("SELECT fate, kind, count(*) FROM fate GROUP BY fate, kind"))
    listed = engine.rows(
        sql(
            """
            SELECT fate, kind, f.node, m.new, bool_or(t.o IS NOT NULL) FROM (
                SELECT * FROM fate QUALIFY row_number() OVER (PARTITION BY fate, kind ORDER BY node) <= :limit
            ) AS f LEFT JOIN move AS m ON m.old = f.node
            LEFT JOIN after AS t ON t.s = f.node AND t.p = :type AND t.o = :withheld
            GROUP BY fate, kind, f.node, m.new ORDER BY f.node
            """,
            limit=limit, type=TYPE, withheld=TOMBSTONES[1],
        )
    )  # fmt: skip
    facts = _facts(engine, listed)
    things: dict[tuple[str, str], list[Thing]] = defaultdict(list)
    for fate, kind, node, to, withheld in listed:
        # What was taken down on request is not spread again by the account of its going.
        things[fate, kind].append(Thing(node, () if withheld else facts.get(node, ()), to, withheld))
    return [
        Section(fate, kind, count, tuple(things[fate, kind]) if _is_told(kind) else ())
        for fate, kind, count in counts
    ]


def _is_told(kind: str) -> bool:
    """Whether things of a kind are listed: the told ones, and those of classes that nobody here knows."""
    return kind in _TOLD or kind not in {each.name for each in KINDS}


def _facts(engine: Engine, listed: Sequence[tuple[Any, ...]]) -> dict[str, tuple[Change, ...]]:
    """Return what is said of the projects, grants and records that came (now) or went (before)."""
    found: dict[str, tuple[Change, ...]] = {}
    for fate, side in (("new", "after"), ("gone", "before")):
        nodes = [node for each, kind, node, *_ in listed if each == fate and kind in _DESCRIBED]
        if nodes:
            found |= describe(engine, nodes, side)
    return found


def _changed(engine: Engine, limit: int) -> list[Section]:
    """Return the things that are there as before, but with changes."""
    engine.run(
        sql(
            "CREATE TABLE changed AS SELECT owner AS node, coalesce(n.kind, n.type, k.kind, '') AS kind"
            " FROM (SELECT DISTINCT owner FROM change) AS c LEFT JOIN node AS n ON n.node = owner"
            " LEFT JOIN _kinds AS k ON k.node = owner",
            _kinds=_owner_kinds(),
        )
    )  # fmt: skip
    counts = dict(engine.rows(sql("SELECT kind, count(*) FROM changed GROUP BY kind")))
    rows = engine.rows(
        sql(
            """
            SELECT t.kind, t.node, c.about, c.type, c.property, c.old, c.new, c.currency, c.nature, c.part
            FROM (
                SELECT * FROM changed QUALIFY row_number() OVER (PARTITION BY kind ORDER BY node) <= :limit
            ) AS t JOIN change AS c ON c.owner = t.node
            QUALIFY row_number() OVER (PARTITION BY t.node ORDER BY c.about, c.type, c.property) <= :each
            ORDER BY t.node, list_position(:order, split_part(c.type, ' ', 1)), c.about, c.property, c.type,
                c.currency, c.part, c.old, c.new
            """,
            limit=limit, each=_PER_THING, order=[*_TYPES],
        )
    )  # fmt: skip
    changes: dict[str, dict[str, list[Change]]] = defaultdict(lambda: defaultdict(list))
    for kind, node, about, type_, name, old, new, *rest in rows:
        changes[kind][node].append(Change(about, type_, name, tuple(old), tuple(new), *rest))
    return [
        Section(
            "changed", kind, count,
            tuple(Thing(node, tuple(each)) for node, each in changes[kind].items()),
        )
        for kind, count in counts.items()
    ]  # fmt: skip


def _owner_kinds() -> Sql:
    """The kinds of owners that did not change themselves, such as the project of a corrected grant."""
    return sql(
        "SELECT s AS node, arg_min(kind, rank) AS kind FROM after AS a JOIN class AS c ON c.class = a.o"
        " SEMI JOIN change ON owner = a.s WHERE a.p = :type GROUP BY s",
        type=TYPE,
    )


def _mentioned(sections: Iterable[Section]) -> set[str]:
    terms: set[str] = set()
    for section in sections:
        for thing in section.things:
            terms.update(term for term in (thing.node, thing.to) if term and not thing.withheld)
            for change in thing.changes:
                values = (change.about, *change.old, *change.new)
                terms.update(value for value in values if not value.startswith('"'))
    return terms
