"""Using the mapping engine from Python: a mapping in, files or Arrow out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import IO, Any

import pyarrow as pa

from lodgrants.db.bulk import open_bulk
from lodgrants.db.files import replacing
from lodgrants.errors import InternalError, LodgrantsError, MappingError
from lodgrants.map.compile.queries import QUAD, Job, union
from lodgrants.map.model import Mapping
from lodgrants.map.parse.build import Read, raising
from lodgrants.map.report import data_problems, invalid_of, sources_of
from lodgrants.map.run import Prepared, data_error, prepared
from lodgrants.map.settings import Settings
from lodgrants.map.summary import Summary, Tally, peak_memory
from lodgrants.map.targets import BY_SUFFIX, Outputs, serialized

YAML_SUFFIXES = (".yml", ".yaml", ".yarrrml", ".yarrr")
_LINES = 2_048
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
    if serialization == "Parquet" or (serialization is None and output.suffix == ".parquet"):
        with replacing(output) as temporary:
            return write_parquet(model, temporary, chosen)
    with ExitStack() as stack:
        temporary = stack.enter_context(replacing(output))
        with open_bulk(temporary) as file:
            return write_text(model, file, chosen, form)


def write_text(
    mapping: Mapping, file: IO[bytes], settings: Settings, serialization: str = "N-Quads"
) -> Summary:
    """Run a mapping and write it to a binary stream; its logical targets are written to their files."""
    started = monotonic()
    with prepared(mapping, settings) as ready, ExitStack() as stack:
        # What has no graph is the same in both, so N-Triples is written without going through a parser.
        direct = serialization == "N-Triples" and not ready.has_graphs
        stream = stack.enter_context(serialized(file, "N-Quads" if direct else serialization))
        outputs = Outputs(stream, stack, mapping.file, settings.progress)
        for job in ready.jobs:
            outputs.prepare(job.targets)
        tally = Tally(mapping)
        for job in ready.jobs:
            before = outputs.triples
            try:
                outputs.write(ready.engine.batches(job.lines(), _LINES), job.targets)
            except (InternalError, pa.ArrowException, RuntimeError, ValueError) as error:
                raise _data_error(error, ready) from error
            _count(tally, job, outputs.triples - before, ready)
        remarks: tuple[str, ...] = ()
        if ready.has_graphs and serialization not in ("N-Quads", "TriG", "JSON-LD"):
            remarks = (f"named graphs are left out: {serialization} has none; N-Quads or TriG keep them",)
        return _summary(ready, tally, outputs.triples, started, remarks)


def write_parquet(mapping: Mapping, path: Path, settings: Settings) -> Summary:
    """Run a mapping and write a Parquet file with the columns s, p, o, g of N-Triples terms."""
    started = monotonic()
    with prepared(mapping, settings) as ready:
        try:
            triples = ready.engine.copy_to_parquet(union([job.quads() for job in ready.jobs]), path)
        except InternalError as error:
            raise _data_error(error, ready) from error
        tally = Tally(mapping)
        left = triples
        for job in ready.jobs:
            left -= 0 if job.distinct else _count(tally, job, None, ready)
        # The database writes all in one go: what it took duplicates out of is known only together.
        tally.add(
            dict.fromkeys(name for job in ready.jobs if job.distinct for name in job.triples_maps), left
        )
        return _summary(ready, tally, triples, started)


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
            for batch in ready.engine.batches(union([job.quads() for job in ready.jobs])):
                yield batch.cast(_SCHEMA)
        except (InternalError, pa.ArrowException, RuntimeError) as error:
            raise _data_error(error, ready) from error
