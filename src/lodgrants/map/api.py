"""Using the mapping engine from Python: a mapping in, files or Arrow out."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from lodgrants.map.model import Mapping
from lodgrants.map.run import data_error, prepared
from lodgrants.map.settings import Settings
from lodgrants.map.targets import new_file, write_lines

YAML_SUFFIXES = (".yml", ".yaml")


def load_mapping(path: Path) -> Mapping:
    """Read a mapping in RML, R2RML or YARRRML; raise MappingError with every fault found."""
    if path.suffix.lower() in YAML_SUFFIXES:
        from lodgrants.map.parse.yarrrml import parse_yarrrml

        return parse_yarrrml(path)
    from lodgrants.map.parse.rml import parse_rml

    return parse_rml(path)


def run_mapping(mapping: Mapping | Path, output: Path, settings: Settings | None = None) -> None:
    """Run a mapping and write an N-Quads (or N-Triples) or, by its suffix, a Parquet file.

    The file appears whole or not at all. Raises MappingError, InputError or UnsupportedError.
    """
    model = load_mapping(mapping) if isinstance(mapping, Path) else mapping
    with new_file(output) as temporary:
        if output.suffix == ".parquet":
            write_parquet(model, temporary, settings or Settings())
        else:
            with temporary.open("wb") as file:
                write_text(model, file, settings or Settings())


def write_text(mapping: Mapping, file: IO[bytes], settings: Settings) -> None:
    """Run a mapping and write N-Quads lines (N-Triples where nothing is in a graph) to a binary stream."""
    with prepared(mapping, settings) as ready:
        for job in ready.jobs:
            try:
                write_lines(ready.engine.batches(job.lines(), 16_384), file)
            except Exception as error:
                raise data_error(error) from error


def write_parquet(mapping: Mapping, path: Path, settings: Settings) -> None:
    """Run a mapping and write a Parquet file with the columns s, p, o, g of N-Triples terms."""
    from lodgrants.map.compile.queries import union

    with prepared(mapping, settings) as ready:
        ready.engine.copy_to_parquet(union([job.quads() for job in ready.jobs]), path)
