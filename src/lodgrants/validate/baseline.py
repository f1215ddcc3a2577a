"""Earlier reports, so that only what is new is reported and fails."""

from __future__ import annotations

from pathlib import Path

from lodgrants.db.fragment import Sql, sql
from lodgrants.errors import InputError, InternalError, Problem
from lodgrants.validate.report.model import Report

_COLUMNS = ("shape_label", "component", "path", "focus", "value")


def apply_baseline(report: Report, path: Path) -> int:
    """Take out of a report what an earlier report (JSON lines or CSV) has, and return how many results.

    :raises InputError: when the file is no such report.
    """
    if not path.is_file():
        raise InputError(Problem("LG-RDF-001", f"no such file: {path}", value=str(path)))
    try:
        return report.drop_known(_rows(path))
    except InternalError as error:
        raise InputError(
            Problem(
                "LG-VAL-009",
                f"{path} is not an earlier report",
                value=str(path),
                expected="what lodgrants validate --format json (or csv) wrote",
            )
        ) from error


def _rows(path: Path) -> Sql:
    if path.suffix == ".csv":
        return sql(
            "SELECT shape_label, component, path, focus, value FROM read_csv(:path, header = TRUE,"
            " all_varchar = TRUE,"
            " quote = '\"', escape = '\"', delim = ',', max_line_size = 20000000)",
            path=str(path),
        )
    return sql(
        "SELECT shape_label, component, path, focus, value FROM read_json(:path, format ="
        " 'newline_delimited',"
        " columns = :columns)",
        path=str(path),
        columns=dict.fromkeys(_COLUMNS, "VARCHAR"),
    )
