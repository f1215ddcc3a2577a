"""For random graphs and shapes, the results are pySHACL's, result for result."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lodgrants.validate import batch
from lodgrants.validate.run import Options, validate
from support.random_shapes import PREFIXES, graphs, profiles, shapes


def results(data: str, shape: str, engine: str) -> Counter[tuple[str | None, ...]]:
    """Return how often each result comes, with blank nodes all alike."""
    with TemporaryDirectory() as folder:
        files = Path(folder, "data.ttl"), Path(folder, "shapes.ttl")
        for file, text in zip(files, (data, shape), strict=True):
            file.write_text(PREFIXES + text, encoding="utf8")
        with validate(*files, Options(engine=engine)) as report:
            rows = report.table().to_pylist()
    names = ("focus", "path", "value", "severity", "component", "shape")
    return Counter(
        tuple("_:" if str(row[name]).startswith("_:") else row[name] for name in names) for row in rows
    )


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(graphs, shapes())
def test_results_are_those_of_pyshacl(graph: list[tuple[str, str, str]], shape: str) -> None:
    data = "\n".join(f"{s} {p} {o} ." for s, p, o in graph)
    assert results(data, shape, "sql") == results(data, shape, "pyshacl")


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(graphs, profiles(), st.sampled_from([1, 2, 4]))
def test_what_many_shapes_ask_alike_is_found_for_each(
    graph: list[tuple[str, str, str]], shape: str, many: int
) -> None:
    data = "\n".join(f"{s} {p} {o} ." for s, p, o in graph)
    with patch.multiple(batch, _MANY=many, _MANY_TESTS=many, _MOST_TESTS=3):
        found = results(data, shape, "sql")
    assert found == results(data, shape, "pyshacl")
