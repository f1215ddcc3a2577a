"""Using the mapping engine from Python: a mapping in, files or Arrow out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import IO, Any

import pyarrow as pa

from lodgrants.db.bulk import open_bulk
from lodgrants.db.engine import Engine
from lodgrants.db.files import replacing
from lodgrants.db.fragment import sql
from lodgrants.errors import InternalError, LodgrantsError, MappingError
from lodgrants.map.compile.graphs import GRAPHLESS
from lodgrants.map.compile.queries import QUAD, Job, quads_of
from lodgrants.map.compile.triples import has_graphs
from lodgrants.map.limits import ROOMY, MemoryLimitError
from lodgrants.map.model import Mapping
from lodgrants.map.parse.build import Read, raising
from lodgrants.map.progress import Progress
from lodgrants.map.report import data_problems, invalid_of, sources_of
from lodgrants.map.run import Prepared, data_error, prepared
from lodgrants.map.settings import Settings
from lodgrants.map.summary import Summary, Tally, peak_memory
from lodgrants.map.targets import BY_SUFFIX, Outputs
from lodgrants.rdf.write import ORDER, compile_sorted

YAML_SUFFIXES = (".yml", ".yaml", ".yarrrml", ".yarrr")
_SCHEMA = pa.schema([(name, pa.string()) for name in QUAD])


def load_mapping(path: Path) -> Mapping:
    """Read a mapping in RML, R2RML or YARRRML; raise MappingError with every fault found."""
    return raising(*read_mapping(path))


def read_mapping(path: Path) -> Read:
    """Read a mapping in any of its languages: the triples maps that are sound, and every fault found."""
    if path.suffix.lower() in YAML_SUFFIXES:
        from lodgrants.map.parse.yarrrml import read_yarrrml

        return read_yarrrml(path)
    from lodgrants.map.parse.rml import read_rml

    return read_rml(path)


def run_mapping(
    mapping: Mapping | Path, output: Path, settings: Settings | None = None, serialization: str | None = None
) -> Summary:
    """Run a mapping and write a file: N-Quads, or what its suffix or `serialization` says.

    The file, and those of logical targets, appear whole or not at all. Raises MappingError, InputError or
    UnsupportedError.
    """
    model = load_mapping(mapping) if isinstance(mapping, Path) else mapping
    chosen = settings or Settings()
    form = serialization or BY_SUFFIX.get(output.suffix.lower(), "N-Quads")
    parquet = serialization == "Parquet" or (serialization is None and output.suffix == ".parquet")
    write = _write_parquet_file if parquet else _write_text_file
    try:
        return write(model, output, chosen, form)
    except MemoryLimitError:
        if chosen.limits.memory is not None:
            raise
        # Nobody asked for the limit that is usual: the machine has more.
        return write(model, output, replace(chosen, limits=ROOMY), form)


def _write_parquet_file(mapping: Mapping, output: Path, settings: Settings, _: str) -> Summary:
    with replacing(output) as temporary:
        return write_parquet(mapping, temporary, settings)


def _write_text_file(mapping: Mapping, output: Path, settings: Settings, serialization: str) -> Summary:
    with replacing(output) as temporary, open_bulk(temporary) as file:
        return write_text(mapping, file, settings, serialization)


def write_text(
    mapping: Mapping, file: IO[bytes], settings: Settings, serialization: str = "N-Quads"
) -> Summary:
    """Run a mapping and write it to a binary stream; its logical targets are written to their files."""
    started = monotonic()
    with (
        prepared(mapping, replace(settings, serialization=serialization)) as ready,
        ExitStack() as stack,
    ):
        outputs = Outputs(file, serialization, mapping, ready.engine, stack)
        tally = Tally(mapping)
        _write_jobs(ready.jobs, outputs, tally, ready, settings)
        remarks: tuple[str, ...] = ()
        if serialization in GRAPHLESS and has_graphs(mapping):
            remarks = (f"named graphs are left out: {serialization} has none; N-Quads or TriG keep them",)
        return _summary(ready, tally, outputs.triples, started, remarks)


def _write_jobs(
    jobs: Sequence[Job], outputs: Outputs, tally: Tally, ready: Prepared, settings: Settings
) -> None:
    """Write what jobs make, and count it."""
    outputs.progress = progress = settings.progress or Progress()
    for job in jobs:
        outputs.prepare(job.targets)
    weights = ready.weights(jobs)
    progress.write(weights)
    for job, weight in zip(jobs, weights, strict=True):
        progress.job(weight)
        try:
            made = outputs.take(job)
        except (InternalError, pa.ArrowException, RuntimeError, ValueError) as error:
            raise _data_error(error, ready) from error.__cause__ or error
        _count(tally, job, made, ready)
    outputs.finish()


def write_parquet(mapping: Mapping, path: Path, settings: Settings) -> Summary:
    """Run a mapping and write a Parquet file with the columns s, p, o, g of N-Triples terms."""
    started = monotonic()
    with prepared(mapping, settings) as ready, ExitStack() as stack:
        tally = Tally(mapping)
        outputs = Outputs(BytesIO(), "N-Quads", mapping, ready.engine, stack)
        _write_jobs([each for each in ready.jobs if each.targets], outputs, tally, ready, settings)
        jobs = [each for each in ready.jobs if not each.targets]
        try:
            triples = _write_sorted(ready.engine, jobs, path)
        except InternalError as error:
            raise _data_error(error, ready) from error.__cause__ or error
        left = triples - sum(_count(tally, job, None, ready) for job in jobs if not job.distinct)
        # The database writes all in one go: what it took duplicates out of is known only together.
        tally.add(dict.fromkeys(name for job in jobs if job.distinct for name in job.triples_maps), left)
        return _summary(ready, tally, triples + outputs.triples, started)


def _write_sorted(engine: Engine, jobs: Sequence[Job], path: Path) -> int:
    """Write a COTTAS file: sorted, with the order said in it, the same bytes every time.

    Made first and sorted then: while a sort reads many triples maps at once, each takes memory for its part.
    """
    made = path.with_name(f"{path.name}.made")
    try:
        engine.copy_to_parquet(quads_of(jobs), made)
        given = sql("SELECT s, p, o, g FROM read_parquet(:path)", path=str(made))
        return engine.copy_to_parquet(compile_sorted(given), path, {"index": ORDER})
    finally:
        made.unlink(missing_ok=True)


def write_quads(mapping: Mapping, path: Path, settings: Settings) -> None:
    """Run a mapping and write its quads as Parquet as they come, for those who sort them with others."""
    with prepared(mapping, settings) as ready:
        try:
            ready.engine.copy_to_parquet(quads_of(ready.jobs), path)
        except InternalError as error:
            raise _data_error(error, ready) from error.__cause__ or error


def _data_error(error: Exception, ready: Prepared) -> LodgrantsError:
    """Return the error of the data that ended a run: all values like it, with the places of their rules."""
    found = data_error(error)
    if not isinstance(found, MappingError):
        return found
    try:
        problems = data_problems(ready)
    except LodgrantsError:
        # Not even asking for such values goes well: what the database said is what there is to say.
        return found
    return MappingError(*problems) if problems else found


def _count(tally: Tally, job: Job, triples: int | None, ready: Prepared) -> int:
    """Count the triples of a job, by triples map where that can be told; return how many they are."""
    if triples is not None and (job.distinct or len(job.triples_maps) == 1):
        tally.add(job.triples_maps, triples)
        return triples
    counts = ready.engine.rows(job.counts())[0]
    for name, count in zip(job.triples_maps, counts, strict=True):
        tally.add((name,), count)
    return sum(counts)


def _summary(
    ready: Prepared, tally: Tally, triples: int, started: float, remarks: tuple[str, ...] = ()
) -> Summary:
    return Summary(
        triples,
        round(monotonic() - started, 3),
        tally.reports(),
        tuple(sources_of(ready)),
        tuple(invalid_of(ready)) if ready.world.skip_invalid else (),
        remarks,
        peak_memory(),
    )


def run(
    mapping: str | Path | Mapping,
    output: str | Path | None = None,
    *,
    serialization: str | None = None,
    **settings: Any,
) -> Summary | pa.RecordBatchReader:
    """Run a mapping: to a file when there is an output, else to a stream of Arrow batches.

    The stream has the columns s, p, o, g of N-Triples terms; DuckDB, Polars and pandas read it as it is.
    Other keywords are those of `Settings`: `base`, `sources`, `roots`, `skip_invalid`, `head`, `limits` …
    """
    model = mapping if isinstance(mapping, Mapping) else load_mapping(Path(mapping))
    chosen = Settings(**settings)
    if output is not None:
        return run_mapping(model, Path(output), chosen, serialization)
    return pa.RecordBatchReader.from_batches(_SCHEMA, _batches(model, chosen))


def _batches(mapping: Mapping, settings: Settings) -> Iterator[pa.RecordBatch]:
    with prepared(mapping, settings) as ready:
        try:
            for batch in ready.engine.batches(quads_of(ready.jobs)):
                yield batch.cast(_SCHEMA)
        except (InternalError, pa.ArrowException, RuntimeError) as error:
            raise _data_error(error, ready) from error.__cause__ or error
