"""The graph against the shapes: the report is published beside it, its results counted by source."""

from __future__ import annotations

from pathlib import Path

from lodgrants.db.template import sql
from lodgrants.errors import Problem, PublishError, Where
from lodgrants.resources import shipped
from lodgrants.validate.report.formats import writer
from lodgrants.validate.run import validate


def check(graphs: list[Path], report_file: Path) -> list[tuple[str, str, int]]:
    """Validate files of quads, write the report as Turtle, and count its results by source and severity."""
    with validate(graphs, shipped("shapes")) as report:
        with report_file.open("wb") as sink:
            writer("turtle")(report, sink)
        counts = sql(
            """
            SELECT coalesce(regexp_extract(record, '/record/([^/>]+)/', 1), ''),
                   regexp_extract(severity, '(\\w+)>$', 1), count(*)
            FROM result GROUP BY ALL ORDER BY ALL
            """
        )
        return [(source, severity, count) for source, severity, count in report.engine.rows(counts)]
    raise AssertionError("unreachable")


def check_catalogue(catalogue: Path) -> None:
    """See that a catalogue is one by DCAT-AP and our own shapes, before anybody is told of it.

    :raises PublishError: for each thing that it lacks (LG-BLD-005).
    """
    with validate(catalogue, shipped("shapes", "catalogue.ttl")) as report:
        found = report.engine.rows(
            sql("SELECT focus, path, message FROM result WHERE ends_with(severity, '#Violation>') LIMIT 20")
        )
    problems = [
        Problem(
            "LG-BLD-005", f"the catalogue is not valid: {message}", Where(catalogue.name), f"{focus} {path}"
        )
        for focus, path, message in found
    ]
    if problems:
        raise PublishError(*problems)
