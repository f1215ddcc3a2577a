"""A Parquet file made from an earlier one is, byte for byte, the one that is written from nothing."""

from __future__ import annotations

import tempfile
from itertools import groupby
from pathlib import Path
from random import Random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from lodgrants.db.engine import Engine, open_engine
from lodgrants.db.fragment import sql
from lodgrants.publish.cottas import read_cottas, update_cottas, write_cottas
from lodgrants.publish.row_groups import SCHEMA, Cutter

Quad = tuple[str, str, str, str | None]
cutters = st.builds(Cutter, st.integers(1, 12), st.integers(1, 4))
seeds = st.integers(0, 1 << 30)


def some_quads(random: Random, most: int) -> frozenset[Quad]:
    """Return quads of up to sixty subjects, about one or none too."""
    return frozenset(
        (f"<urn:s{random.randrange(60):02}>", random.choice(("<urn:p>", "<urn:q>")),
         random.choice(('"a"', '"b"')), random.choice(("<urn:g>", None)))
        for _ in range(random.choice((0, 1, most, most, most)))
    )  # fmt: skip


@settings(max_examples=80)
@given(seeds, st.booleans(), cutters)
def test_updated_is_written_from_nothing(seed: int, little: bool, cutter: Cutter) -> None:
    random = Random(seed)
    old, other = some_quads(random, 150), some_quads(random, 150)
    # Much the same or something else, and also one that is empty.
    gone = random.sample([f"<urn:s{number:02}>" for number in range(60)], random.randrange(4))
    less = frozenset(quad for quad in old if quad[0] in gone)
    new = (old - less) | some_quads(random, 2) if little else other
    with tempfile.TemporaryDirectory() as name, open_engine() as engine:
        paths = [Path(name, f"{part}.parquet") for part in ("old", "new", "updated")]
        for path, rows in zip(paths, (old, new), strict=False):
            register(engine, "given", rows)
            write_cottas(engine, sql("SELECT * FROM given"), path, cutter)
        touched = {quad[0] for quad in old ^ new}
        register(engine, "touched", {(subject, "", "", None) for subject in touched})
        register(engine, "after", {quad for quad in new if quad[0] in touched})
        update_cottas(engine, paths[0], paths[2], ("touched", "after"), cutter)
        assert paths[2].read_bytes() == paths[1].read_bytes()
        assert set(engine.rows(read_cottas(paths[2]))) == new


def register(engine: Engine, name: str, rows: frozenset[Quad] | set[Quad]) -> None:
    columns = zip(*rows, strict=True) if rows else ([], [], [], [])
    engine.register(name, pa.table([pa.array(list(c), pa.string()) for c in columns], SCHEMA))


@given(seeds, cutters)
def test_groups_end_with_a_subject_and_have_enough_rows(seed: int, cutter: Cutter) -> None:
    rows = some_quads(Random(seed), 150)
    with tempfile.TemporaryDirectory() as name, open_engine() as engine:
        path = Path(name, "q.parquet")
        register(engine, "given", rows)
        write_cottas(engine, sql("SELECT * FROM given"), path, cutter)
        file = pq.ParquetFile(path)
        assert file.metadata.metadata == {b"index": b"spog"}
        groups = [file.read_row_group(at).column("s").to_pylist() for at in range(file.num_row_groups)]
        assert all(len(group) >= cutter.least for group in groups[:-1])
        all_subjects = [subject for group in groups for subject in group]
        assert all_subjects == sorted(quad[0] for quad in rows)
        assert len(list(groupby(all_subjects))) == sum(len(set(group)) for group in groups)
        # DuckDB, which reads the footer by itself, finds the same.
        count = duckdb.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
        assert count == (len(rows),)
