"""`lodgrants diff`: what changed between two dumps or releases."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import click

from lodgrants.db.engine import Limits, open_engine
from lodgrants.db.files import replacing
from lodgrants.publish.diff.account import account
from lodgrants.publish.diff.compare import Comparison, compare
from lodgrants.publish.diff.feed import account_feed
from lodgrants.publish.diff.json import account_json
from lodgrants.publish.diff.patch import write_patch
from lodgrants.publish.diff.sides import PARTS, find_side
from lodgrants.publish.diff.text import Line, text_lines

FORMATS = ("text", "json", "patch", "atom")


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file.")
@click.option(
    "--limit", type=click.IntRange(0), default=20, show_default=True, help="Things listed of a kind."
)
@click.option("--part", type=click.Choice(list(PARTS)), default="main", help="Which dump of a release.")
@click.option("--target", type=click.Path(path_type=Path), default="output", help="Where versions are.")
@click.option("--threads", type=click.IntRange(1), help="Processor cores to use.")
@click.option("--memory-limit", metavar="SIZE", help="Memory to use, such as 2GB; what is more goes to disk.")
def command(
    old: str,
    new: str,
    form: str,
    output: Path | None,
    limit: int,
    part: str,
    target: Path,
    threads: int | None,
    memory_limit: str | None,
) -> int:
    """Say what changed from OLD to NEW.

    Each is a file of RDF in any syntax (also .gz, Parquet), a folder with a release, or a version in the
    --target folder, such as latest or previous. Exit code 0: nothing changed. 1: something did. 2: wrong use
    or input.
    """
    sides = [find_side(name, target, part) for name in (old, new)]
    with open_engine(Limits(threads, memory_limit)) as engine:
        comparison = compare(engine, *sides)
        _write(output, lambda sink: _show(comparison, form, limit, sink))
    return 0 if comparison.equal else 1


def _show(comparison: Comparison, form: str, limit: int, sink: IO[bytes]) -> None:
    if form == "patch":
        return write_patch(comparison, sink)
    found = account(comparison, limit)
    if form == "text":
        sink.writelines(f"{_styled(line)}\n".encode() for line in text_lines(comparison, found))
    else:
        sink.write((account_json if form == "json" else account_feed)(comparison, found).encode())
    return None


def _styled(line: Line) -> str:
    """Return a line as a terminal shows it; a file or pipe gets the words alone."""
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return line.text
    if line.role == "change":
        sign = line.text.strip()[0]
        return click.style(line.text, fg={"+": "green", "-": "red"}.get(sign))
    return click.style(line.text, bold=line.role in ("head", "name"), dim=line.role == "iri")


def _write(output: Path | None, write: Callable[[IO[bytes]], None]) -> None:
    if output is None:
        write(sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    with replacing(output) as part, part.open("wb") as sink:
        write(sink)
