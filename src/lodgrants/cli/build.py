"""`lodgrants build`: pages in, a checked and queryable graph out."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from lodgrants.pipeline import Plan, Summary, build
from lodgrants.rdf.namespaces import BASE
from lodgrants.resources import shipped

PARTIAL, FINDINGS = 4, 1
_MOST_NOTES = 20


@click.command("build")
@click.option("--pages", multiple=True, type=click.Path(path_type=Path), help="A file or folder of pages.")
@click.option("--source", "only", multiple=True, help="Read pages of this source only (may be repeated).")
@click.option("--profiles", multiple=True, type=click.Path(path_type=Path), help="Folder of more profiles.")
@click.option("--output", default="output", show_default=True, type=click.Path(path_type=Path))
@click.option("--base", default=BASE, show_default=True, help="IRI under which things are named.")
@click.option("--processes", type=click.IntRange(1), help="Processes to use; default: one a core.")
@click.option("--release", "version", metavar="NAME", help="Name of the release; default: from its content.")
@click.option(
    "--withhold",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV of records, pages or projects that must not be published (what,reason,date).",
)
@click.option("--allow-unlicensed", is_flag=True, help="Publish sources that name no licence, too.")
@click.option(
    "--previous",
    type=click.Path(path_type=Path, file_okay=False),
    help="Release to continue; default: the latest in the output.",
)
@click.option("--fresh", is_flag=True, help="Continue no earlier release: nothing is marked as withdrawn.")
@click.option("--force", is_flag=True, help="Do everything again, also what has not changed.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def command(
    pages: tuple[Path, ...],
    only: tuple[str, ...],
    profiles: tuple[Path, ...],
    output: Path,
    base: str,
    processes: int | None,
    version: str | None,
    withhold: tuple[Path, ...],
    allow_unlicensed: bool,
    previous: Path | None,
    fresh: bool,
    force: bool,
    quiet: bool,
) -> int:
    """Turn pages into one graph, check it, and publish it as a release in every usual form.

    Without --pages the bundled samples are built. What has not changed since the last build is not done
    again. Exit code 0: all is well. 1: the graph breaks a shape. 2: wrong use or input. 4: some pages or
    sources failed and the rest was published.
    """
    if fresh and previous:
        raise click.UsageError("--fresh continues no release, --previous does: give one of them")
    plan = Plan(
        pages or _samples(), output, only, profiles, base, processes, version, withhold,
        allow_unlicensed, previous, fresh, force,
    )  # fmt: skip
    summary = build(plan, lambda text: None if quiet else click.echo(text, err=True))
    for problem in summary.problems:
        click.echo(str(problem), err=True)
    if not quiet:
        _say(summary, output)
    return PARTIAL if summary.problems else FINDINGS if summary.violations else 0


def _samples() -> tuple[Path, ...]:
    return tuple(sorted(shipped("mappings").glob("*/sample")))


def _say(summary: Summary, output: Path) -> None:
    for note in summary.notes[:_MOST_NOTES]:
        click.echo(f"note {note}", err=True)
    if len(summary.notes) > _MOST_NOTES:
        click.echo(f"… and {len(summary.notes) - _MOST_NOTES} more notes", err=True)
    console = Console(width=None if sys.stdout.isatty() else 100)
    console.print(_table(summary))
    for line in _kept_back(summary):
        click.echo(line)
    for line in summary.skipped:
        click.echo(f"not done again: {line}")
    click.echo(
        f"{summary.statements:,} statements, and {summary.evidence:,} of evidence, in {summary.release}"
    )
    click.echo(f"{output}: {', '.join(path.name for path in summary.files)}")
    click.echo(
        "next: lodgrants query --list | lodgrants extract PAGE | lodgrants validate "
        + str(output / "lodgrants.nq")
    )


def _kept_back(summary: Summary) -> list[str]:
    """Say what is not published, or no more."""
    kept_back = sum(source.kept_back for source in summary.sources.values())
    lines = [f"{kept_back} records are kept back"] if kept_back else []
    if summary.withdrawn:
        lines.append(
            f"{summary.withdrawn} records of earlier releases are marked as withdrawn (--fresh begins anew)"
        )
    return lines


def _table(summary: Summary) -> Table:
    table = Table("source", box=None, pad_edge=False)
    for name in ("pages", "records", "facts", "lines read", "left out", "findings"):
        table.add_column(name, justify="right")
    for name, source in sorted(summary.sources.items()):
        share = f"{source.read / source.lines:.0%}" if source.lines else "-"
        findings = ", ".join(
            f"{count} {severity.lower()}" for severity, count in sorted(source.findings.items())
        )
        counts = (source.pages, source.records, source.facts)
        table.add_row(
            name, *(f"{count:,}" for count in counts), share, str(source.withheld), findings or "none"
        )
    return table
