"""COTTAS files: quads as Parquet with the columns ``s, p, o, g`` of N-Triples terms, sorted by them.

Row groups follow the order, so that a reader who asks for one subject opens few of them; the order stands in
the file's metadata under ``index``, as COTTAS tools want it. DuckDB, pandas and Arrow open it as any table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from lodgrants.db.engine import Engine
from lodgrants.db.files import replacing
from lodgrants.db.fragment import Sql, Statement, all_of, sql
from lodgrants.publish.parquet_footer import Footer, read_footer
from lodgrants.publish.row_groups import SCHEMA, Cutter, GroupFile, cut_batches
from lodgrants.rdf.write import ORDER, compile_sorted

_STARTS = "_lg_starts"
_STARTS_SCHEMA = pa.schema([("s", pa.string()), ("n", pa.int64())])


def write_cottas(engine: Engine, quads: Statement, path: Path, cutter: Cutter | None = None) -> None:
    """Write quads to a COTTAS file, sorted, each once; the same quads give the same bytes."""
    with replacing(path) as part, part.open("wb") as sink:
        file = GroupFile(sink, {"index": ORDER})
        for rows in cut_batches(engine.batches(compile_sorted(quads)), cutter or Cutter()):
            file.add(rows)
        file.close()


def read_cottas(path: Path) -> Sql:
    """Return the query for the quads of a file."""
    return sql("SELECT s, p, o, g FROM read_parquet(:path)", path=str(path))


def update_cottas(
    engine: Engine, old: Path, path: Path, change: tuple[str, str], cutter: Cutter | None = None
) -> None:
    """Write a COTTAS file anew from another by a change: the bytes are those of `write_cottas`.

    ``change`` names two tables: the subjects (``s``) of which something else is said, and all that is said of
    them now (``s, p, o, g``). Row groups without such subjects are copied.
    """
    with old.open("rb") as source, replacing(path) as part, part.open("wb") as sink:
        update = _Update(engine, old, source, read_footer(source), change, cutter or Cutter())
        update.write(GroupFile(sink, {"index": ORDER}))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The subjects from the first of a row group to that of the next: the first there is, and new rows."""

    group: int
    first: str
    rows: pa.Table | None


@dataclass(frozen=True, slots=True)
class _Update:
    """One file's change, stretch by stretch."""

    engine: Engine
    path: Path
    source: IO[bytes]
    footer: Footer
    change: tuple[str, str]
    cutter: Cutter

    def write(self, file: GroupFile) -> None:
        """Copy groups where nothing has changed in them or right behind; cut all other rows anew."""
        left = SCHEMA.empty_table()
        for stretch, following in _with_next(self._stretches()):
            if not len(left) and self._stands(stretch, following):
                file.copy(self.source, self.footer.groups[stretch.group])
                continue
            groups, left = self.cutter.cut(pa.concat_tables([left, self._rows(stretch)]))
            if len(left) and self.cutter.ends(len(left), following):
                groups, left = [*groups, left], left.slice(len(left))
            for rows in groups:
                file.add(rows)
        file.close(self.footer.about)

    def _stands(self, stretch: _Stretch, following: str | None) -> bool:
        """Whether a row group that begins where it did has the same rows and ends where it did."""
        return stretch.rows is None and self.cutter.ends(self.footer.groups[stretch.group].rows, following)

    def _stretches(self) -> Iterator[_Stretch]:
        """Yield the stretches of which anything is said now, in order."""
        file = pq.ParquetFile(self.path)
        starts = [first_subject(file, at) for at in range(len(self.footer.groups))]
        changed = self._changed(starts)
        for at, (start, end) in enumerate(pairwise([*starts, None]) if starts else [(None, None)]):
            if start is not None and at not in changed:
                yield _Stretch(at, start, None)
                continue
            rows = self._now(start if at else None, end)
            if len(rows):
                yield _Stretch(at, rows.column("s")[0].as_py(), rows)

    def _changed(self, starts: list[str]) -> set[int]:
        """Return the groups in whose stretches touched subjects are."""
        columns = {"s": starts, "n": list(range(len(starts)))}
        self.engine.register(_STARTS, pa.table(columns, _STARTS_SCHEMA))
        rows = self.engine.rows(
            sql(
                "SELECT DISTINCT coalesce(n, 0) FROM _touched AS t ASOF LEFT JOIN _starts AS f ON t.s >= f.s",
                _touched=self.change[0], _starts=_STARTS,
            )
        )  # fmt: skip
        return {int(n) for (n,) in rows}

    def _now(self, start: str | None, end: str | None) -> pa.Table:
        """Return what is said now of the subjects from one to before another."""
        within = [sql("s >= :start", start=start)] if start is not None else []
        within += [sql("s < :end", end=end)] if end is not None else []
        touched, after = self.change
        rows = sql(
            """
            SELECT s, p, o, g FROM _old AS q WHERE :within AND s NOT IN (SELECT t.s FROM _touched AS t)
            UNION ALL SELECT s, p, o, g FROM _after AS a WHERE :within
            """,
            _old=read_cottas(self.path), _touched=touched, _after=after, within=all_of(within),
        )  # fmt: skip
        return self.engine.table(compile_sorted(rows)).cast(SCHEMA)

    def _rows(self, stretch: _Stretch) -> pa.Table:
        if stretch.rows is not None:
            return stretch.rows
        return pq.ParquetFile(self.path).read_row_group(stretch.group).cast(SCHEMA)


def first_subject(file: pq.ParquetFile, group: int) -> str:
    """Return the first subject of a row group."""
    statistics = file.metadata.row_group(group).column(0).statistics
    if statistics is not None and statistics.has_min_max:
        return str(statistics.min)
    # Of very long terms there are no statistics.
    return str(file.read_row_group(group, ["s"]).column(0)[0])


def _with_next(stretches: Iterator[_Stretch]) -> Iterator[tuple[_Stretch, str | None]]:
    """Yield each stretch with the first subject behind it."""
    for stretch, following in pairwise(chain(stretches, [None])):
        assert stretch is not None
        yield stretch, following.first if following else None
