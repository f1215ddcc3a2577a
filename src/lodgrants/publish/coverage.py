"""What is stated of how many things, and what sources have a place for and leave empty (from the records)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import sql
from lodgrants.publish.about import ReleaseInfo
from lodgrants.publish.catalogue.statistics import Statistics

Place = tuple[str, str, str]


def with_unfilled(engine: Engine, counts: Statistics, records: Path, about: ReleaseInfo) -> Statistics:
    """Return statistics whose coverage says how many labels without a value the records tell of.

    A file of records that is not there tells of none.
    """
    found = _unfilled(engine, records, about) if records.exists() else Counter()
    coverage = (
        replace(each, unfilled=found[each.scope, each.type, each.property]) for each in counts.coverage
    )
    return replace(counts, coverage=tuple(coverage))


def _unfilled(engine: Engine, records: Path, about: ReleaseInfo) -> Counter[Place]:
    rows = engine.rows(
        sql(
            """
            SELECT source, row ->> '$.class', row ->> '$.property', sum(CAST(row ->> '$.count' AS BIGINT))
            FROM (SELECT json ->> '$.source' AS source, unnest(json_extract(json, '$.unfilled[*]')) AS row
                  FROM read_ndjson_objects(:path)) AS record
            GROUP BY ALL
            """,
            path=str(records),
        )
    )
    found: Counter[Place] = Counter()
    for source, type_, property_, count in rows:
        for scope in (f"{about.base}id/source/{source}", about.whole):
            found[scope, type_, property_] += int(count)
    return found
