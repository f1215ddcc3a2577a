"""For random graphs and shapes, the results are pySHACL's, result for result."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings

from lodgrants.validate.run import Options, validate
from support.random_shapes import PREFIXES, graphs, shapes


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
