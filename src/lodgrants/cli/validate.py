"""`lodgrants validate`: check data against SHACL shapes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lodgrants.db.engine import Limits
from lodgrants.db.files import replacing
from lodgrants.errors import InputError, Problem
from lodgrants.rdf.formats import SYNTAXES
from lodgrants.rdf.published import OUTPUT, beside, published
from lodgrants.resources import shipped
from lodgrants.validate.baseline import apply_baseline
from lodgrants.validate.report.formats import FORMATS, PLACED, writer
from lodgrants.validate.run import Options, validate

if TYPE_CHECKING:
    from lodgrants.validate.report.model import Report

LEVELS = ("info", "warning", "violation")


@click.command("validate")
@click.argument("data", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--shapes", multiple=True, type=click.Path(path_type=Path), help="Shapes: files or folders.")
@click.option("--engine", type=click.Choice(["auto", "sql", "pyshacl"]), default="auto", show_default=True)
@click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report here."
)
@click.option(
    "--fail-on",
    type=click.Choice([*LEVELS, "never"]),
    default="violation",
    show_default=True,
    help="Least severity for exit code 1.",
)
@click.option(
    "--shape", "shape", multiple=True, metavar="IRI", help="Only results of this shape and those below."
)
@click.option("--focus", multiple=True, metavar="IRI", help="Only this target node.")
@click.option("--limit", type=click.IntRange(0), help="List at most so many results (counts stay whole).")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    help="An earlier report (json or csv): only results that it does not have are reported and fail.",
)
@click.option("--advanced", is_flag=True, help="SHACL Advanced Features, with --engine pyshacl.")
@click.option("--syntax", type=click.Choice(sorted(set(SYNTAXES.values()))), help="Syntax of the data.")
@click.option("--threads", type=click.IntRange(1), help="Processor cores to use.")
@click.option("--memory-limit", metavar="SIZE", help="Memory to use, such as 2GB; what is more goes to disk.")
def command(
    data: tuple[Path, ...],
    shapes: tuple[Path, ...],
    engine: str,
    format_: str,
    output: Path | None,
    fail_on: str,
    shape: tuple[str, ...],
    focus: tuple[str, ...],
    limit: int | None,
    baseline: Path | None,
    advanced: bool,
    syntax: str | None,
    threads: int | None,
    memory_limit: str | None,
) -> None:
    """Validate DATA (RDF files in any syntax, or Parquet; - for standard input) against SHACL shapes.

    Without DATA it is what the last build published. With a published graph its evidence is read, too.
    Exit code 0: nothing as severe as --fail-on. 1: findings. 2: wrong input. 3: a feature is not supported.
    """
    options = Options(
        shapes=[_iri(text) for text in shape],
        focus=[_iri(text) for text in focus],
        limits=Limits(threads, memory_limit),
        syntax=syntax,
        engine=engine,
        advanced=advanced,
        limit=limit,
    )
    with validate(_data(data), shapes or [shipped("shapes")], options) as report:
        if baseline:
            known = apply_baseline(report, baseline)
            click.echo(f"{known:,} results are in the baseline and not reported", err=True)
        if format_ in PLACED:
            report.find_lines()
        _write(report, format_, output)
        failed = fail_on != "never" and any(_level(s) >= LEVELS.index(fail_on) for s in report.counts())
    click.get_current_context().exit(1 if failed else 0)


def _data(named: tuple[Path, ...]) -> list[Path]:
    """Return the files to validate; a published graph comes with the evidence that lies beside it."""
    files = [file for path in named for file in (path, *beside(path))] if named else published()
    if not files:
        hint = "run `lodgrants build` first, or name the data"
        raise InputError(Problem("LG-RDF-001", f"no such file: {OUTPUT / 'lodgrants.nq'}", hint=hint))
    # Whoever names both means each of them once.
    return list(dict.fromkeys(files))


def _level(severity: str) -> int:
    """Rank a severity; one that a shapes graph defines itself counts as a violation."""
    name = severity.rstrip(">").rpartition("#")[2].lower()
    return LEVELS.index(name) if name in LEVELS else LEVELS.index("violation")


def _iri(text: str) -> str:
    return text if text.startswith(("<", '"', "_:")) else f"<{text}>"


def _write(report: Report, format_: str, output: Path | None) -> None:
    if output is None:
        writer(format_)(report, sys.stdout.buffer)
        sys.stdout.flush()
        return
    with replacing(output) as part, part.open("wb") as out:
        writer(format_)(report, out)
