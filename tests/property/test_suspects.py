"""For random graphs and queries, SPARQL constraints find the same whether or not SQL says where to look."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lodgrants.validate import run, sparql
from support.random_shapes import CLASSES, LITERALS, NODES, PREFIXES, targets

_LITERALS = [
    *LITERALS, '"01"^^xsd:integer', "1.0", '"1"^^xsd:boolean', '"2020-01-02Z"^^xsd:date', '"5.0"^^xsd:double',
    '"NaN"^^xsd:double', '"2020-01-02T00:00:00Z"^^xsd:dateTime', '"x"^^ex:own', "-0.0", '"10"^^xsd:decimal',
]  # fmt: skip
_triples = st.one_of(
    st.tuples(
        st.sampled_from(NODES), st.sampled_from(["ex:p", "ex:q"]), st.sampled_from([*NODES, *_LITERALS] * 2)
    ),
    st.tuples(st.sampled_from(NODES), st.just("a"), st.sampled_from(CLASSES)),
    st.tuples(st.sampled_from(CLASSES), st.just("rdfs:subClassOf"), st.sampled_from(CLASSES)),
)
_graphs = st.lists(_triples, min_size=3, max_size=16)

_HEAD = """PREFIX ex: <http://example.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
_PATHS = st.sampled_from(
    ["ex:p", "ex:q"] * 4
    + ["^ex:p", "ex:p/ex:q", "ex:p/^ex:q", "^ex:q/ex:p", "(ex:p|ex:q)", "ex:p+", "(ex:p/^ex:p)", "ex:q?"]
)
_VARIABLES = st.sampled_from(["$this", "?a", "?b", "?value"])
_CONSTANTS = st.sampled_from(["ex:a", "ex:b", *(one for one in _LITERALS if "\\" not in one)])
_patterns = st.one_of(
    st.tuples(_VARIABLES, _PATHS, st.one_of(_VARIABLES, _VARIABLES, _CONSTANTS)).map(" ".join),
    st.tuples(
        _VARIABLES, st.sampled_from(["a", "a/rdfs:subClassOf*"]), st.sampled_from([*CLASSES, "?c"])
    ).map(" ".join),
)
_any_predicate = st.sampled_from(
    [
        "$this ?p ?a",
        "$this !ex:p ?value",
        "$this !(ex:p|a)/ex:q ?b ; ?r ?a",
        "?a ?p $this",
        "$this ^ex:p/!ex:q ?a",
    ]
)
_operands = st.one_of(_VARIABLES, _CONSTANTS)
_tests = st.one_of(
    st.tuples(_operands, st.sampled_from(["=", "!=", "<", ">", "<=", ">="]), _operands).map(
        lambda p: f"({' '.join(p)})"
    ),
    st.tuples(st.sampled_from(["isIRI", "isLiteral", "isBlank", "bound"]), _VARIABLES).map(
        lambda p: f"{p[0]}({p[1]})"
    ),
    st.tuples(_operands, st.sampled_from(["IN", "NOT IN"]), _CONSTANTS, _operands).map(
        lambda p: f"({p[0]} {p[1]} ({p[2]}, {p[3]}))"
    ),
    _VARIABLES.map(lambda v: f"regex(str({v}), 'o')"),
    st.tuples(_VARIABLES, _operands).map(lambda p: f"sameTerm({p[0]}, {p[1]})"),
    _VARIABLES.map(lambda v: f"({v} + 1 > 2)"),
)


@st.composite
def _conditions(draw: st.DrawFn, depth: int) -> str:
    kind = draw(st.sampled_from(["test"] * 4 + (["!", "&&", "||", "EXISTS", "NOT EXISTS"] if depth else [])))
    if kind == "test":
        test: str = draw(_tests)
        return test
    if kind == "!":
        return f"(!{draw(_conditions(depth - 1))})"
    if kind.endswith("EXISTS"):
        return f"({kind} {draw(_groups(depth - 1))})"
    return f"({draw(_conditions(depth - 1))} {kind} {draw(_conditions(depth - 1))})"


@st.composite
def _groups(draw: st.DrawFn, depth: int) -> str:
    def part() -> str:
        kind = draw(
            st.sampled_from(["pattern"] * 3 + (["filter"] * 3 + ["optional", "union"] if depth else []))
        )
        if kind == "pattern":
            return f"{draw(st.one_of(_patterns, _patterns, _patterns, _any_predicate))} ."
        if kind == "filter":
            return f"FILTER({draw(_conditions(depth))})"
        if kind == "optional":
            return f"OPTIONAL {draw(_groups(depth - 1))}"
        return f"{draw(_groups(depth - 1))} UNION {draw(_groups(depth - 1))}"

    return f"{{ {' '.join(part() for _ in range(draw(st.integers(1, 3))))} }}"


def _found(data: str, shapes: str) -> Counter[tuple[Any, ...]] | str:
    with TemporaryDirectory() as folder:
        files = Path(folder, "data.ttl"), Path(folder, "shapes.ttl")
        for file, text in zip(files, (data, shapes), strict=True):
            file.write_text(PREFIXES + text, encoding="utf8")
        with run.validate(*files) as report:
            rows = report.table().to_pylist()
    return Counter(tuple(row[name] for name in ("focus", "path", "value", "component")) for row in rows)


def _compare(graph: list[tuple[str, str, str]], shapes: str) -> None:
    data = "\n".join(f"{s} {p} {o} ." for s, p, o in graph)
    found = _found(data, shapes)
    with (
        patch.object(sparql, "parse_groups", lambda query: None),
        patch.object(run, "asked_by", lambda shapes, used: None),
    ):
        assert found == _found(data, shapes)


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(_graphs, targets, _groups(2))
def test_no_node_that_a_query_finds_is_left_out(
    graph: list[tuple[str, str, str]], target: str, group: str
) -> None:
    query = f"{_HEAD}SELECT $this ?value WHERE {group}"
    _compare(graph, f"ex:S {target} ; sh:sparql [ sh:select '''{query}''' ] .")


@settings(max_examples=100, suppress_health_check=list(HealthCheck), deadline=None)
@given(_graphs, targets, _groups(2), _CONSTANTS)
def test_no_value_of_which_a_query_is_not_true_is_left_out(
    graph: list[tuple[str, str, str]], target: str, group: str, least: str
) -> None:
    query = f"{_HEAD}ASK {group.replace('?b', '$least')}"
    component = f"""ex:Component a sh:ConstraintComponent ; sh:parameter [ sh:path ex:least ] ;
      sh:validator [ a sh:SPARQLAskValidator ; sh:ask '''{query}''' ] ."""
    _compare(graph, f"{component} ex:S {target} ; sh:property [ sh:path ex:p ; ex:least {least} ] .")
