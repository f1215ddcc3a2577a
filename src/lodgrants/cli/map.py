"""`lodgrants map`: run a mapping and write what it makes."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lodgrants.cli.ticker import ticking

if TYPE_CHECKING:
    from lodgrants.map.model import Mapping
    from lodgrants.map.settings import Settings
    from lodgrants.map.summary import Summary

_FORMATS = {"nt": "N-Triples", "nq": "N-Quads", "ttl": "Turtle", "trig": "TriG", "parquet": "Parquet"}


@click.command("map")
@click.argument("mapping", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write; else stdout."
)
@click.option(
    "--format", "form", type=click.Choice(list(_FORMATS)), help="Default: by the output's suffix, or nq."
)
@click.option("--base", help="Base IRI for relative IRIs.")
@click.option(
    "--source", "sources", multiple=True, metavar="NAME=PATH", help="Read a source from another file."
)
@click.option("--check", is_flag=True, help="List what is wrong or odd in the mapping; write nothing.")
@click.option("--explain", is_flag=True, help="Print the SQL that the mapping becomes; write nothing.")
@click.option("--functions", is_flag=True, help="List the functions that a mapping may call.")
@click.option(
    "--head", type=click.IntRange(min=1), metavar="N", help="Only the first N records of each source."
)
@click.option("--record", metavar="KEY", help="Only what the records make whose subject has this key.")
@click.option("--skip-invalid", is_flag=True, help="Leave out and count terms that are not valid.")
@click.option("--threads", type=click.IntRange(min=1), help="How many threads to use.")
@click.option(
    "--memory-limit", metavar="SIZE", help="How much memory to use, such as 2GB; beyond it disk is used."
)
@click.option(
    "--allow", "roots", multiple=True, type=click.Path(path_type=Path), help="Another folder to read from."
)
@click.option("--allow-http", is_flag=True, help="Allow sources on the web.")
@click.option(
    "--summary", type=click.Path(dir_okay=False, path_type=Path), help="Write the summary as JSON, too."
)
@click.option("-q", "--quiet", is_flag=True, help="No summary and no progress.")
def command(mapping: Path | None, output: Path | None, form: str | None, **options: object) -> None:
    """Turn CSV, JSON, XML, tables and databases into RDF by a MAPPING in RML, R2RML or YARRRML."""
    if options["functions"]:
        _print_functions()
        return
    if mapping is None:
        raise click.UsageError("a mapping is needed")
    from lodgrants.map.api import load_mapping

    settings = _settings(options)
    if options["check"]:
        _check(mapping, settings)
        return
    model = load_mapping(mapping)
    if options["explain"]:
        from lodgrants.map.explain import explain

        click.echo(explain(model, settings))
    else:
        progress = settings.progress
        shown = nullcontext() if options["quiet"] or progress is None else ticking(progress.line)
        with shown:
            summary = _run(model, output, form, settings)
        if not options["quiet"]:
            for line in summary.lines():
                click.echo(line, err=True)
        if options["summary"]:
            _write_json(summary, Path(str(options["summary"])))


def _settings(options: dict[str, object]) -> Settings:
    from lodgrants.db.engine import Limits
    from lodgrants.map.progress import Progress
    from lodgrants.map.settings import Settings

    return Settings(
        base=options["base"],  # type: ignore[arg-type]
        sources=dict(_pair(each) for each in options["sources"]),  # type: ignore[attr-defined]
        roots=tuple(options["roots"]),  # type: ignore[arg-type]
        allow_http=bool(options["allow_http"]),
        skip_invalid=bool(options["skip_invalid"]),
        head=options["head"],  # type: ignore[arg-type]
        record=options["record"],  # type: ignore[arg-type]
        progress=Progress(),
        limits=Limits(options["threads"], options["memory_limit"]),  # type: ignore[arg-type]
    )


def _pair(given: str) -> tuple[str, str]:
    name, equals, path = given.partition("=")
    if not equals:
        raise click.BadParameter(f"{given!r} is not NAME=PATH", param_hint="--source")
    return name, path


def _run(model: Mapping, output: Path | None, form: str | None, settings: Settings) -> Summary:
    from lodgrants.map.api import run_mapping, write_text

    if output is not None:
        return run_mapping(model, output, settings, _FORMATS[form] if form else None)
    if form == "parquet":
        raise click.UsageError("Parquet needs a file: give -o")
    return write_text(model, sys.stdout.buffer, settings, _FORMATS[form or "nq"])


def _write_json(summary: Summary, path: Path) -> None:
    from lodgrants.db.files import replacing

    with replacing(path) as part:
        part.write_text(summary.as_json(), encoding="utf8")


def _check(path: Path, settings: Settings) -> None:
    from lodgrants.map.api import read_mapping
    from lodgrants.map.check import NOTES, check_mapping

    mapping, problems = read_mapping(path)
    mentioned = path.read_text(encoding="utf8", errors="replace") if problems else ""
    problems = [*problems, *check_mapping(mapping, settings, mentioned)]
    notes = [each for each in problems if each.code in NOTES]
    faults = [each for each in problems if each.code not in NOTES]
    for each in faults:
        click.echo(str(each), err=True)
    for each in notes:
        click.echo(str(each).replace("error[", "note[", 1), err=True)
    if not problems:
        click.echo("nothing to say against it", err=True)
    unsupported = bool(faults) and all(each.code == "LG-MAP-007" for each in faults)
    sys.exit(3 if unsupported else 2 if faults else 1 if notes else 0)


def _print_functions() -> None:
    from lodgrants.map.functions import registry

    for iri, function in sorted(registry().items()):
        parameters = ", ".join(names[0] for names in function.parameters)
        click.echo(f"{iri}({parameters}) -> {function.returns}")
