"""The graph against the shapes: the report is published beside it, its results counted by source."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lodgrants.db.fragment import sql
from lodgrants.errors import Problem, PublishError, Where
from lodgrants.pipeline.delta import Delta
from lodgrants.pipeline.fingerprint import stage_fingerprint
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.graph import Graph
from lodgrants.resources import shipped
from lodgrants.validate.again import Change, Memory, save_results, validate_again
from lodgrants.validate.footprint import compile_footprint, footprint_of
from lodgrants.validate.imports import read_shapes
from lodgrants.validate.inputs import data_files
from lodgrants.validate.model import Shapes
from lodgrants.validate.needs import needed_predicates
from lodgrants.validate.order import entries, reachable
from lodgrants.validate.parse import parse_shapes
from lodgrants.validate.query_predicates import query_predicates
from lodgrants.validate.report.formats import writer
from lodgrants.validate.report.model import Report
from lodgrants.validate.run import are_large, validate

# What a check leaves in the state folder for the next: its results, and what is known of the shapes.
LEFT = RESULTS, MEMORY = "results.parquet", "shapes.json"


@dataclass(frozen=True, slots=True)
class Checked:
    """The numbers of results by source and severity, and whether only a change was validated."""

    counts: list[tuple[str, str, int]]
    partly: bool


def check(
    graphs: list[Path], report_file: Path, state: Path | None = None, delta: Delta | None = None
) -> Checked:
    """Validate files of quads, write the report as Turtle, and count its results.

    ``state`` is the folder in which the next check finds what this one leaves. With a delta only what it
    touches is validated again, if the last check left what is needed; the report is the same, byte for byte.
    """
    known = _known(graphs)
    again = _again(graphs, known, delta) if delta else None
    with again or _whole(graphs, known) as report:
        with report_file.open("wb") as sink:
            writer("turtle")(report, sink)
        if state is not None:
            save_results(report, state / RESULTS)
            (state / MEMORY).write_text(json.dumps(known), encoding="utf8")
        counts = sql(
            """
            SELECT coalesce(regexp_extract(record, '/record/([^/>]+)/', 1), ''),
                   regexp_extract(severity, '(\\w+)>$', 1), count(*)
            FROM result GROUP BY ALL ORDER BY ALL
            """
        )
        return Checked([(*row,) for row in report.engine.rows(counts)], again is not None)
    raise AssertionError("unreachable")


def _whole(graphs: list[Path], known: dict[str, Any]) -> Report:
    if known["large"]:  # its queries are taken apart anyway
        _complete(known)
    return validate(graphs, shipped("shapes"))


def _again(graphs: list[Path], known: dict[str, Any], delta: Delta) -> Report | None:
    """Validate what a delta touches; None where that cannot be done, or would take longer than everything."""
    results = delta.old / RESULTS
    try:
        before = json.loads((delta.old / MEMORY).read_text(encoding="utf8"))
    except (OSError, ValueError):
        return None
    if not results.is_file() or {name: before.get(name) for name in known} != known:
        return None
    known |= before
    if "footprint" not in known:
        _complete(known)
    change = Change(
        graphs,
        [f"<{name}>" for name in delta.changed],
        [delta.old / file.name for file in graphs],
        [delta.new / file.name for file in graphs],
    )
    memory = Memory(results, footprint_of(known["footprint"]), known["predicates"])
    return validate_again(change, _shapes(), memory)


def _known(graphs: list[Path]) -> dict[str, Any]:
    """What results depend on beside the data, and whether that is so large that some of it is not loaded."""
    shapes = sorted(shipped("shapes").glob("*.ttl"))
    large = are_large([rdf_file(file) for file in graphs])
    return {"fingerprint": stage_fingerprint("validate", shapes), "large": large}


def _complete(known: dict[str, Any]) -> None:
    """Add what validation again needs to know of the shapes, which takes a while to find out."""
    _, shapes = _shapes()
    used = reachable(shapes, entries(shapes, ())[0])
    predicates = needed_predicates(used, query_predicates(shapes, used) if known["large"] else None)
    known["predicates"] = None if predicates is None else sorted(predicates)
    known["footprint"] = compile_footprint(shapes).as_json()


def _shapes() -> tuple[Graph, Shapes]:
    with ExitStack() as stack:
        graph = read_shapes(data_files(shipped("shapes"), stack))
    return graph, parse_shapes(graph)


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
