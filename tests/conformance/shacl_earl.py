"""Write an EARL report of the W3C SHACL test suite: ``python tests/conformance/shacl_earl.py SUITE``."""

from __future__ import annotations

import sys
from pathlib import Path

from lodgrants.errors import ShapeError
from lodgrants.validate.run import validate
from support.shacl import Case, cases, report_graph, results_graph, same

TESTS = "urn:x-shacl-test"
HEAD = """@prefix doap: <http://usefulinc.com/ns/doap#> .
@prefix earl: <http://www.w3.org/ns/earl#> .

<https://w3id.org/lodgrants/software> a earl:Software, earl:TestSubject ; doap:name "lodgrants" .
"""


def passes(case: Case) -> bool:
    """Return whether validation gives the expected results graph, or the expected failure."""
    try:
        with validate(case.data, case.shapes) as report:
            return case.expected is not None and same(results_graph(report_graph(report)), case.expected)
    except ShapeError:
        return case.expected is None


def assertion(case: Case) -> str:
    """Return one EARL assertion (https://www.w3.org/TR/EARL10-Schema/)."""
    outcome = "passed" if passes(case) else "failed"
    return (
        "[] a earl:Assertion ; earl:assertedBy <https://w3id.org/lodgrants/software> ;"
        " earl:subject <https://w3id.org/lodgrants/software> ;"
        f" earl:test <{TESTS}/{case.name}> ; earl:mode earl:automatic ;"
        f" earl:result [ a earl:TestResult ; earl:outcome earl:{outcome} ] .\n"
    )


def main(suite: Path) -> None:
    """Write the report of a folder of tests to standard output."""
    found = sorted(cases(suite), key=lambda case: case.name)
    sys.stdout.write(HEAD + "".join(assertion(case) for case in found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
