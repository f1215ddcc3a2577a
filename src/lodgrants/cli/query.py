"""`lodgrants query`: SPARQL over what was built, or over any RDF files."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

import click
import pyoxigraph as ox
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lodgrants.errors import Problem, QueryError
from lodgrants.query.named import named_queries, named_query
from lodgrants.query.run import GRAPHS, TABLES, Answer, check, run_query, write_answer
from lodgrants.query.store import data_files, open_store
from lodgrants.query.text import Source
from lodgrants.rdf.namespaces import PREFIXES

FORMATS = ("table", *TABLES, *GRAPHS)


@click.command("query")
@click.argument("sparql", required=False)
@click.option("--name", help="Run a named query; see --list.")
@click.option("--list", "listed", is_flag=True, help="List the named queries.")
@click.option(
    "--data",
    multiple=True,
    type=click.Path(path_type=Path),
    help="RDF file or output folder; default: last build's.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file.")
def command(
    sparql: str | None, name: str | None, listed: bool, data: tuple[Path, ...], form: str, output: Path | None
) -> None:
    """Answer a SPARQL query, given as text, as @FILE, or by name.

    The default graph is the union of all graphs; GRAPH ?g {} finds the record that says so. The prefixes
    of ontology/prefixes.ttl need no declaration. A graph (CONSTRUCT, DESCRIBE) is printed as Turtle.
    """
    if listed:
        return _list()
    source = _source(sparql, name)
    check(source)
    answer = run_query(open_store(data_files(data), source), source)
    if output is not None:
        return _write_file(answer, form, output)
    if form == "table" and not isinstance(answer, ox.QueryTriples):
        return _print_table(answer)
    sys.stdout.flush()
    write_answer(answer, "ttl" if form == "table" else form, sys.stdout.buffer)
    sys.stdout.buffer.flush()
    return None


def _list() -> None:
    for query in named_queries().values():
        click.echo(f"{query.name}\n    {query.title}")


def _source(sparql: str | None, name: str | None) -> Source:
    if (sparql is None) == (name is None):
        raise click.UsageError("give either a query (SPARQL or @FILE) or --name NAME; --list lists the names")
    if name is not None:
        return Source(named_query(name).text, f"{name}.rq")
    assert sparql is not None
    if not sparql.startswith("@"):
        return Source(sparql)
    try:
        return Source(Path(sparql[1:]).read_text(encoding="utf8"), sparql[1:])
    except (OSError, UnicodeError) as error:
        problem = Problem("LG-QRY-007", f"the query in {sparql[1:]} cannot be read: {error}", value=sparql)
        raise QueryError(problem) from error


def _write_file(answer: Answer, form: str, output: Path) -> None:
    from lodgrants.db.files import replacing

    is_graph = isinstance(answer, ox.QueryTriples)
    text = BytesIO()
    write_answer(answer, {"table": "ttl" if is_graph else "csv"}.get(form, form), text)
    with replacing(output) as part:
        part.write_bytes(text.getvalue())


def _print_table(answer: ox.QuerySolutions | ox.QueryBoolean) -> None:
    if isinstance(answer, ox.QueryBoolean):
        click.echo("yes" if answer else "no")
        return
    names = [variable.value for variable in answer.variables]
    rows = [[_shown(solution[at]) for at in range(len(names))] for solution in answer]
    if sys.stdout.isatty():
        table = Table(*names, header_style="bold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        Console().print(table)
    else:
        click.echo(aligned(names, rows), nl=False)
    click.echo(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}", err=True)


def aligned(names: list[str], rows: list[list[str]]) -> str:
    """Return a table in plain text: columns as wide as their widest cell, two blanks apart."""
    lines = [names, *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(names))]
    lines.insert(1, ["-" * width for width in widths])
    padded = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
    )
    return "".join(f"{line.rstrip()}\n" for line in padded)


def _shown(term: object) -> str:
    """Return a term as people read it: prefixed names, values without datatype, texts without quotes."""
    if term is None:
        return ""
    if isinstance(term, ox.Literal):
        return " ".join(term.value.split())
    if isinstance(term, ox.NamedNode):
        for prefix, namespace in PREFIXES.items():
            if term.value.startswith(namespace):
                return f"{prefix}:{term.value.removeprefix(namespace)}"
        return term.value
    return str(term)
