"""The W3C test suite of SHACL 1.0, every case: the results graph must be the expected one."""

from __future__ import annotations

import pytest

from lodgrants.errors import ShapeError
from lodgrants.validate.run import validate
from support import shared
from support.shacl import Case, cases, report_graph, results_graph, same

CORE, SPARQL = 98, 23


def _cases(part: str) -> list[Case]:
    try:
        return list(cases(shared("suites", "shacl10", "tests", part)))
    except pytest.skip.Exception:
        return []


@pytest.mark.parametrize(("part", "count"), [("core", CORE), ("sparql", SPARQL)])
def test_the_suite_is_whole(part: str, count: int) -> None:
    shared("suites", "shacl10")
    assert len(_cases(part)) == count


@pytest.mark.parametrize("case", [*_cases("core"), *_cases("sparql")], ids=lambda case: case.name)
def test_results_graph(case: Case) -> None:
    if case.expected is None:
        with pytest.raises(ShapeError):
            validate(case.data, case.shapes)
        return
    with validate(case.data, case.shapes) as report:
        assert same(results_graph(report_graph(report)), case.expected)
