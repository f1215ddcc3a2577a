"""For random graphs and shapes, the results are the same whether or not a look at Parquet comes first."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lodgrants.validate import batch, run

PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
EX, TYPE = "http://example.org/", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
NODES = [f"<{EX}{name}>" for name in "abcde"] + ["_:x", "_:y"]
CLASSES = [f"<{EX}{name}>" for name in "CDE"]
PREDICATES = [f"<{EX}{name}>" for name in "pqr"]
_XSD = "http://www.w3.org/2001/XMLSchema#"
LITERALS = [
    '"one"', '"two"@en', '"three"@en', '"zwei"@de', f'"2020-01-02"^^<{_XSD}date>', '"a \\"word\\""', '""',
    f'"2021-01-02"^^<{_XSD}date>', f'"bad"^^<{_XSD}integer>', f'"1.5"^^<{_XSD}decimal>',
    f'"2"^^<{_XSD}integer>',
]  # fmt: skip
triples = st.one_of(
    st.tuples(st.sampled_from(NODES), st.sampled_from(PREDICATES), st.sampled_from(NODES + LITERALS)),
    st.tuples(st.sampled_from(NODES), st.just(TYPE), st.sampled_from(CLASSES)),
    st.tuples(st.sampled_from(NODES), st.just(TYPE), st.sampled_from(CLASSES)),
    st.tuples(
        st.sampled_from(CLASSES),
        st.just("<http://www.w3.org/2000/01/rdf-schema#subClassOf>"),
        st.sampled_from(CLASSES),
    ),
)
graphs = st.lists(st.lists(triples, max_size=12), min_size=1, max_size=2)

constraints = st.sampled_from(
    [
        "sh:minCount 1", "sh:minCount 0", "sh:minCount 2", "sh:maxCount 1", "sh:maxCount 0", "sh:maxCount 2",
        "sh:class ex:C", "sh:class ex:D", "sh:datatype xsd:date", "sh:datatype xsd:integer",
        "sh:nodeKind sh:IRI",
        "sh:minInclusive 2", 'sh:pattern "o"', "sh:maxLength 3", "sh:uniqueLang true", "sh:lessThan ex:q",
        "sh:lessThanOrEquals ex:r", 'sh:in ( "one" ex:a ex:b )', 'sh:hasValue "one"', "sh:hasValue ex:a",
        'sh:languageIn ( "en" )', "sh:equals ex:q", 'sh:pattern "(o).*\\\\1"',
    ]
)  # fmt: skip
paths = st.sampled_from(["ex:p", "ex:q", "ex:r", "ex:p", "[ sh:inversePath ex:p ]", "( ex:p ex:q )"])
bodies = st.tuples(
    paths, st.lists(constraints, min_size=1, max_size=3, unique_by=lambda text: text.split()[0])
)
properties = bodies.map(lambda body: f"sh:path {body[0]} ; {' ; '.join(body[1])}")
targets = st.sampled_from(
    ["sh:targetClass ex:C", "sh:targetClass ex:D", "sh:targetSubjectsOf ex:p", "sh:targetSubjectsOf ex:q",
     "sh:targetObjectsOf ex:p", "sh:targetNode ex:a"]
)  # fmt: skip
own = st.sampled_from(['sh:pattern "[ab]"', "sh:nodeKind sh:IRI", "sh:class ex:C", "sh:property ex:Q"])
node_shapes = st.tuples(targets, st.lists(own, max_size=1), st.lists(properties, max_size=3)).map(
    lambda parts: " ; ".join([parts[0], *parts[1], *(f"sh:property [ {one} ]" for one in parts[2])])
)
property_shapes = st.tuples(targets, properties).map(" ; ".join)
shapes = st.tuples(st.lists(st.one_of(node_shapes, property_shapes), min_size=1, max_size=3), properties).map(
    lambda parts: (
        PREFIXES
        + "".join(f"ex:S{number} {body} .\n" for number, body in enumerate(parts[0]))
        + f"ex:Q {parts[1]} ."
    )
)
COLUMNS = ("focus", "path", "value", "component", "shape")


def results(files: list[Path], shape: Path) -> Counter[tuple[Any, ...]]:
    with run.validate(files, shape) as report:
        return Counter(tuple(row[name] for name in COLUMNS) for row in report.table().to_pylist())


def written(folder: str, name: str, quads: list[tuple[str, str, str]]) -> Path:
    path = Path(folder, f"{name}.parquet")
    columns = {name: pa.array([quad[at] for quad in quads], pa.string()) for at, name in enumerate("spo")}
    pq.write_table(pa.table(columns), path)
    return path


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(graphs, shapes, st.sampled_from([1, 4]))
def test_a_look_changes_no_result(graph: list[list[tuple[str, str, str]]], shape: str, many: int) -> None:
    with TemporaryDirectory() as folder, patch.multiple(batch, _MANY=many, _MANY_TESTS=many, _MOST_TESTS=3):
        path = Path(folder, "shapes.ttl")
        path.write_text(shape, encoding="utf8")
        files = [written(folder, str(number), quads) for number, quads in enumerate(graph)]
        expected = results(files, path)
        with patch.object(run, "_LARGE", -1):
            assert results(files, path) == expected
