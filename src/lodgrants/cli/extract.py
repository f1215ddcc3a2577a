"""`lodgrants extract PATH…`: what pages say, as records with evidence."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from lodgrants.cli.view import page_view, summary_lines
from lodgrants.db.files import replacing
from lodgrants.errors import ConfigError, InputError, LodgrantsError
from lodgrants.extract.capture import RawCapture, capture_files, read_raw, to_capture
from lodgrants.extract.run import Extracted, Reader, chosen, extract, extract_one, load_sources
from lodgrants.rdf.namespaces import BASE
from lodgrants.resources import shipped

PARTIAL = 4


@click.command("extract")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", "only", multiple=True, help="Read pages of this source only (may be repeated).")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write JSON lines here."
)
@click.option("--profiles", multiple=True, type=click.Path(path_type=Path), help="Folder of more profiles.")
@click.option("--base", default=BASE, show_default=True, help="IRI under which things are named.")
@click.option("--processes", type=click.IntRange(1), help="Processes to use; default: one a core.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines on a terminal too.")
def command(
    paths: tuple[Path, ...],
    only: tuple[str, ...],
    profiles: tuple[Path, ...],
    output: Path | None,
    base: str,
    processes: int | None,
    as_json: bool,
) -> int:
    """Read pages (.txt, .html, .warc.gz, .wet.gz, or folders of them) into records with evidence.

    Records are printed as JSON lines; on a terminal each page is shown with its facts beside it.
    """
    reader = _reader(only, profiles, base)
    files = [file for path in paths for file in capture_files(path)]
    if output is None and sys.stdout.isatty() and not as_json:
        return _show(files, reader)
    results = extract(files, reader, processes)
    if output is None:
        return _narrate(_written(results, partial(click.echo, nl=False)))
    with replacing(output) as part, part.open("w", encoding="utf8") as sink:
        return _narrate(_written(results, sink.write))


def _reader(only: tuple[str, ...], profiles: tuple[Path, ...], base: str) -> Reader:
    sources, problems = load_sources(shipped("mappings"), *profiles)
    if problems:
        raise ConfigError(*problems)
    return Reader(chosen(sources, only), base)


def _written(results: Iterator[Extracted], write: Callable[[str], object]) -> Iterator[Extracted]:
    for result in results:
        for record in result.records:
            write(record + "\n")
        yield result


def _narrate(results: Iterator[Extracted]) -> int:
    """Say on standard error what gave no record, and return the exit code."""
    failed = 0
    for result in results:
        for problem in result.problems:
            failed += 1
            click.echo(str(problem), err=True)
        for note in result.notes:
            click.echo(f"{result.where}: no record: {note}", err=True)
    return PARTIAL if failed else 0


def _show(files: list[Path], reader: Reader) -> int:
    console = Console()
    failed = 0
    for raw in (raw for file in files for raw in read_raw(file)):
        try:
            _show_page(console, raw, reader)
        except LodgrantsError as error:
            failed += 1
            console.print(str(error), style="red", markup=False)
    return PARTIAL if failed else 0


def _show_page(console: Console, raw: RawCapture | InputError, reader: Reader) -> None:
    if isinstance(raw, InputError):
        raise raw
    capture = to_capture(raw)
    result = extract_one(raw, reader)
    records = [json.loads(record) for record in result.records]
    layout = f", {result.layout}" if result.layout else ""
    console.rule(escape(f"{raw.where} ({result.source or 'no source'}{layout})"))
    for line in page_view(capture.text, records):
        console.print(line, soft_wrap=True)
    for note in result.notes:
        console.print(f"no record: {note}", style="yellow", markup=False)
    for record in records:
        for text in summary_lines(record):
            console.print(text, markup=False, highlight=False)
