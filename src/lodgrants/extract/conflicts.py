"""Several captures of one project: each keeps its own record, and what they disagree about is said.

The first capture keeps the record's plain IRI; the others get the start of their checksum behind it.
Amounts are named by what they say, so sums that differ stand side by side.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lodgrants.db.engine import Engine
from lodgrants.db.files import replacing
from lodgrants.db.template import sql

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Conflict:
    """One record IRI that several captures have: where they come from, and whether their sums differ."""

    record: str
    places: tuple[str, ...]
    sums: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the captures state different sums."""
        return len(set(self.sums)) > 1

    @property
    def message(self) -> str:
        """Say it in words."""
        places = " and ".join(self.places)
        if not self.differs:
            return f"several captures of {self.record}: {places}"
        said = " against ".join(sums or "no sum" for sums in self.sums)
        return f"captures of {self.record} state different sums: {said} ({places})"


def find_conflicts(engine: Engine, records: Path) -> list[Conflict]:
    """Return the record IRIs that more than one line of a file of records has."""
    query = sql(
        """
        WITH record AS (
            SELECT id, coalesce(capture ->> 'url', capture ->> 'file') AS place,
                   list_aggregate(list_sort(CAST(json_extract_string(amounts, '$[*].statedAs') AS VARCHAR[])),
                                  'string_agg', ', ') AS sums
            FROM read_json(:records, format = 'newline_delimited', columns = {
                'id': 'VARCHAR', 'capture': 'JSON', 'amounts': 'JSON'}, maximum_object_size = 100000000)
        )
        SELECT id, list(place ORDER BY place, sums), list(sums ORDER BY place, sums)
        FROM record GROUP BY id HAVING count(*) > 1 ORDER BY id
        """,
        records=str(records),
    )
    return [Conflict(row[0], tuple(row[1]), tuple(row[2])) for row in engine.rows(query)]


def separate(records: Path, conflicts: Iterable[Conflict]) -> None:
    """Give each further record of an IRI a name of its own; a capture given twice is kept once."""
    shared = {conflict.record: set[str]() for conflict in conflicts}
    if not shared:
        return
    with replacing(records) as part, part.open("w", encoding="utf8") as sink:
        for line in records.open(encoding="utf8"):
            record = json.loads(line)
            seen = shared.get(record["id"])
            if seen is not None:
                capture = record["capture"]["sha256"]
                if capture in seen:
                    continue
                seen.add(capture)
                if len(seen) > 1:
                    line = _renamed(line, record["id"], f"{record['id']}/{capture[:_DIGITS]}")
            sink.write(line)


def _renamed(line: str, old: str, new: str) -> str:
    """Replace the record's IRI where it stands as a whole value; evidence is the record's own, too."""
    evidence = old.replace("/record/", "/id/evidence/")
    line = line.replace(json.dumps(old, ensure_ascii=False), json.dumps(new, ensure_ascii=False))
    return line.replace(f'"{evidence}/', f'"{new.replace("/record/", "/id/evidence/")}/')
