"""The W3C results graph as Turtle (https://www.w3.org/TR/shacl/#validation-report)."""

from __future__ import annotations

from typing import IO

from lodgrants.db.fragment import sql
from lodgrants.rdf.namespaces import SH
from lodgrants.validate.report.model import Report


def write_turtle(report: Report, out: IO[bytes]) -> None:
    """Write the results graph, one result a statement."""
    conforms = "true" if report.conforms else "false"
    head = f"@prefix sh: <{SH}> .\n\n_:lgreport a sh:ValidationReport ; sh:conforms {conforms} .\n"
    out.write(head.encode())
    report.write_lines(
        sql(
            "concat('_:lgreport sh:result [ a sh:ValidationResult ; sh:focusNode ', focus,"
            " ' ; sh:resultPath ' || path_turtle, ' ; sh:value ' || value, ' ; sh:resultSeverity ', severity,"
            " ' ; sh:sourceConstraintComponent ', component, ' ; sh:sourceShape ', shape,"
            " ' ; sh:sourceConstraint ' || source_constraint, ' ; sh:resultMessage ', messages, E' ] .\\n')"
        ),
        out,
    )
