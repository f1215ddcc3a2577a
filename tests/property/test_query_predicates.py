"""Which predicates random queries ask for: what rdflib's tree of the query says, or anything."""

from __future__ import annotations

from collections.abc import Collection

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import RDF, URIRef, Variable

from lodgrants.rdf.graph import FIRST, REST, TYPE
from lodgrants.rdf.query_tree import parts_of, query_tree
from lodgrants.validate.model import Constraint, Shape, Shapes, Validator
from lodgrants.validate.query_predicates import query_predicates

_PROLOGUE = "PREFIX x: <http://x/>\nprefix : <http://d/#> # none\n"
_PREDICATES = st.sampled_from(["x:a", "x:b.c", ":d", ":e-f", "<http://x/g#h>", "a"])
_VERBS = st.recursive(
    _PREDICATES,
    lambda inner: st.one_of(
        inner.map(lambda p: f"^{p}"),
        inner.map(lambda p: f"({p})+"),
        inner.map(lambda p: f"( {p} )*"),
        inner.map(lambda p: f"({p})?"),
        st.tuples(inner, inner, st.sampled_from("/|")).map(lambda p: f"({p[0]}{p[2]}{p[1]})"),
    ),
    max_leaves=4,
)
_OPEN = st.sampled_from(["?p", "$p", "!x:a", "!(x:a|^:d)", "x:a/!:d"])
_TERMS = st.sampled_from(
    [
        "$this",
        "?v",
        "x:o",
        "_:b1",
        '"a . ?s ?p ?o"',
        "'x'@en-GB",
        '"1"^^x:int',
        "-1.5e3",
        "12",
        "true",
        '"""a"b"""',
    ]
)
_OBJECTS = st.recursive(
    _TERMS,
    lambda inner: st.one_of(
        st.tuples(_VERBS, inner).map(lambda p: f"[ {p[0]} {p[1]} ]"),
        st.lists(inner, min_size=1, max_size=3).map(lambda p: f"( {' '.join(p)} )"),
        st.just("[]"),
    ),
    max_leaves=3,
)
_SUBJECTS = st.sampled_from(["$this", "?s", "x:s", "_:s", "[ x:q 1 ]", "( 1 x:m )"])
_FILTERS = st.sampled_from(
    ["FILTER(?v < 3 && ?w > 2)", "FILTER regex(str(?v), 'a{2}')", "FILTER x:f(?v)", "BIND(?v + 1 AS ?z)",
     "FILTER(!bound(?v) || ?v IN (1, x:i))", "FILTER(strlen('}') = 1)"]
)  # fmt: skip


@st.composite
def _triples(draw: st.DrawFn, may_be_open: bool) -> str:
    verb = draw(st.one_of(_VERBS, _OPEN)) if may_be_open else draw(_VERBS)
    more = draw(st.sampled_from(["", " ; x:m 1, ?n", " ;", " ; :k 'x' ; ; a x:C", f" , {draw(_OBJECTS)}"]))
    return f"{draw(_SUBJECTS)} {verb} {draw(_OBJECTS)}{more}"


def _groups(may_be_open: bool) -> st.SearchStrategy[str]:
    block = st.lists(_triples(may_be_open), min_size=1, max_size=2).map(" . ".join)

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.tuples(inner, inner).map(lambda p: f"{{ {p[0]} UNION {p[1]} }}"),
            st.tuples(block, inner).map(lambda p: f"{{ {p[0]} OPTIONAL {p[1]} }}"),
            st.tuples(block, inner).map(lambda p: f"{{ {p[0]} . FILTER NOT EXISTS {p[1]} x:y x:z 1 }}"),
            st.tuples(inner, inner).map(lambda p: f"{{ FILTER(EXISTS {p[0]} && !(EXISTS {p[1]})) }}"),
            inner.map(lambda p: f"{{ GRAPH ?g {p} }}"),
            inner.map(
                lambda p: f"{{ {{ SELECT ?v (COUNT(?s) AS ?n) WHERE {p} GROUP BY ?v HAVING (?n > 1) }} }}"
            ),
            st.tuples(block, _FILTERS, inner).map(lambda p: f"{{ {p[0]} {p[1]} . {p[2]} }}"),
        )

    return st.recursive(block.map(lambda text: f"{{ {text} }}"), larger, max_leaves=4)


def _asked(query: str) -> Collection[str] | None:
    shape = Shape("_:s", None, (), (Constraint("sparql", "_:v"),))
    return query_predicates(Shapes({"_:s": shape}, {"_:v": Validator("_:v", query, ask=False)}), [shape])


def _leaves(node: object) -> list[object]:
    parts = list(parts_of(node))
    return [leaf for part in parts for leaf in _leaves(part)] if parts else [node]


def _verbs(node: object) -> list[object]:
    own = [verb for block in node["triples"] for verb in list(parts_of(block))[1::3]] if (
        isinstance(node, dict) and "triples" in node
    ) else []  # fmt: skip
    return [*own, *(verb for part in parts_of(node) for verb in _verbs(part))]


def _is_open(verb: object) -> bool:
    negated = isinstance(verb, dict) and getattr(verb, "name", "") == "PathNegatedPropertySet"
    return negated or isinstance(verb, Variable) or any(_is_open(part) for part in parts_of(verb))


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.booleans().flatmap(_groups))
def test_what_is_asked_for_is_in_the_tree(group: str) -> None:
    query = f"{_PROLOGUE}SELECT $this ?v WHERE {group}"
    tree = query_tree(query)
    if tree is None:
        return
    if any(_is_open(verb) for verb in _verbs(tree)):
        assert _asked(query) is None
    else:
        named = {f"<{leaf}>" for leaf in _leaves(tree) if isinstance(leaf, URIRef)}
        assert _asked(query) is not None
        assert _of_lists(_asked(query)) - {"<http://x/int>"} == _of_lists(named)  # which is a datatype


def _of_lists(named: Collection[str] | None) -> set[str]:
    """Add what lists and types are written with, which rdflib's tree spells out."""
    return {*(named or ()), FIRST, REST, TYPE, f"<{RDF.nil}>"}
