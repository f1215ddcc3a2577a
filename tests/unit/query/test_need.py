"""What a query needs of the data, and that a store of just that gives the same answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodgrants.query.named import named_queries
from lodgrants.query.need import ANY, EVERYTHING, Need, need_of
from lodgrants.query.run import run_query
from lodgrants.query.store import open_store
from lodgrants.query.text import Source
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.graph import TYPE

PREFIX = "PREFIX e: <urn:e:> "


def need(query: str) -> Need:
    return need_of(Source(PREFIX + query))


def some(*names: str, graphs: bool = False) -> Need:
    """Return the need of patterns such as ``p``, ``a C`` and ``x p y``, of which ``?`` is any."""
    patterns = set()
    for name in names:
        s, p, o = {1: ["?", name, "?"], 2: ["?", *name.split()], 3: name.split()}[len(name.split())]
        patterns.add((term(s), TYPE if p == "a" else term(p), term(o)))
    return Need(frozenset(patterns), graphs)


def term(name: str) -> str | None:
    return None if name == "?" else f"<urn:e:{name}>"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { ?s e:p ?o ; e:q 1, 2 }", some("p", "q")),
        ("SELECT * { ?s a e:C ; e:p ?o }", some("p", "a C")),
        ("SELECT * { ?s a e:C . ?t a ?type }", some("a", "a C")),
        ("SELECT * { e:x ?p ?o . ?y e:q e:z, 'a' }", some("x ? ?", "q", "q z")),
        ("SELECT * { e:x e:p/e:q e:y }", some("p", "q")),
        ("SELECT * { ?s e:p 1 OPTIONAL { ?s ?p ?o } }", Need(frozenset([ANY]), graphs=False)),
        ("SELECT * { ?s a/e:p ?o . ?x a e:C }", some("a", "p", "a C")),
        ("SELECT * { ?s (a) e:C }", some("a C")),
        ("SELECT * { ?s ^a e:C }", some("a")),
        ("SELECT * { ?s a+ e:C }", some("a")),
        ("SELECT * { ?s a|e:p e:C }", some("a", "p")),
        ("SELECT * { ?s e:p/^e:q|e:r+ ?o FILTER NOT EXISTS { ?s e:t [ e:u ?x ] } }", some(*"pqrtu")),
        ("SELECT * { { SELECT ?s { ?s e:p 1 } } UNION { ?s e:q 1 } MINUS { ?s e:r 1 } }", some(*"pqr")),
        ("CONSTRUCT { ?s ?any ?o } WHERE { ?s e:p ?o, ?any }", some("p")),
        ("CONSTRUCT WHERE { ?s e:p ?o }", some("p")),
        ("SELECT * { GRAPH ?g { ?s e:p ?o } }", some("p", graphs=True)),
        ("SELECT * FROM <urn:g> { ?s e:p ?o }", some("p", graphs=True)),
        ("SELECT ?graph { ?s e:p 'GRAPH', ?graph } # GRAPH", some("p")),
        ("SELECT (1 + 1 AS ?two) {}", some()),
        ("SELECT * { ?s e:p/e:q* ?o }", some("p", "q")),
        ("SELECT * { ?s e:p* ?o FILTER (?x = 1) ?o e:q ?x }", some("p", "q")),
    ],
)
def test_only_what_patterns_name_is_needed(query: str, expected: Need) -> None:
    assert need(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT * { ?s e:p 1 OPTIONAL { ?s ?p 'text' } }",
        "SELECT * { ?s !e:p ?o }",
        "SELECT * { ?s e:p* ?o }",
        "SELECT * { ?s e:p* ?o . ?o e:q? ?x }",
        "SELECT * { ?s e:p* ?o OPTIONAL { ?o e:q ?x } }",
        "SELECT * { ?s e:p* <urn:x> . <urn:x> e:q ?x }",
        "SELECT * { ?s (e:p*/e:q?)+ ?o }",
        "SELECT * { ?s ^(e:p|e:q?) ?o }",
        "DESCRIBE ?s { ?s e:p 1 }",
        "BASE <urn:x:y> SELECT * { ?s <p> ?o }",
        r"SELECT * { ?s e:a\-b ?o }",
        "SELECT * { << ?s e:p ?o >> e:q ?x }",
    ],
)
def test_what_is_open_needs_all(query: str) -> None:
    assert need(query) == Need(frozenset([ANY]), graphs=False)


@pytest.mark.parametrize("inside", ["", "OPTIONAL { ?s e:p 1 }", "{ ?s e:p 1 } UNION {}", "BIND (1 AS ?x)"])
def test_graphs_that_are_asked_for_by_being_there_are_all_needed(inside: str) -> None:
    assert need(f"SELECT * {{ ?x e:q ?y GRAPH ?g {{ {inside} }} }}") == EVERYTHING


def test_a_store_that_holds_more_will_do() -> None:
    assert EVERYTHING.covers(some("p", graphs=True))
    assert not some("p").covers(EVERYTHING)
    assert not some("p").covers(some("p", graphs=True))
    assert some("a", "p").covers(some("p", "a C"))
    assert some("p", "a C", "a D").covers(some("a C"))
    assert not some("p", "a D").covers(some("p", "a C"))
    assert not some("p").covers(some("q"))
    assert some("x ? ?").covers(some("x p y"))
    assert not some("x ? ?").covers(some("p"))


def test_the_named_queries_need_little_but_for_one_with_a_variable_as_predicate() -> None:
    needs = {name: need_of(Source(query.text)) for name, query in named_queries().items()}
    assert [name for name, need in needs.items() if ANY in need.patterns] == ["roles-of-organisations"]


NODES = st.sampled_from(["<urn:a>", "<urn:b>", "<urn:e:C>", "_:x", '"1"', "<urn:e:D>"])
PREDICATES = st.sampled_from(["<urn:e:p>", "<urn:e:q>", "<urn:e:r>", TYPE])
GRAPHS = st.sampled_from(["<urn:g>", "<urn:h>", ""])
QUADS = st.lists(st.tuples(NODES.filter(lambda node: node[0] != '"'), PREDICATES, NODES, GRAPHS), max_size=25)
VERBS = st.recursive(
    st.sampled_from(["e:p", "e:q", "a", "e:r"]),
    lambda verb: st.one_of(
        st.tuples(verb, st.sampled_from("+*?")).map(lambda pair: f"({pair[0]}){pair[1]}"),
        st.tuples(verb, st.sampled_from("/|"), verb).map(lambda parts: f"({''.join(parts)})"),
        verb.map(lambda path: f"^({path})"),
    ),
    max_leaves=3,
)
TERMS = st.sampled_from(["?s", "?o", "?x", "<urn:a>", "e:C", "'1'"])
TRIPLES = st.tuples(st.sampled_from(["?s", "?o", "<urn:a>"]), st.one_of(VERBS, st.just("?p")), TERMS).map(
    lambda parts: f"{' '.join(parts)} ."
)
GROUPS = st.recursive(
    st.lists(TRIPLES, max_size=3).map(" ".join),
    lambda group: st.one_of(
        st.tuples(group, group).map(lambda pair: f"{pair[0]} OPTIONAL {{ {pair[1]} }}"),
        st.tuples(group, group).map(lambda pair: f"{{ {pair[0]} }} UNION {{ {pair[1]} }}"),
        st.tuples(group, group).map(lambda pair: f"{pair[0]} FILTER NOT EXISTS {{ {pair[1]} }}"),
        st.tuples(group, group).map(lambda pair: f"{pair[0]} GRAPH ?g {{ {pair[1]} }}"),
        group.map(lambda inside: f"GRAPH <urn:g> {{ {inside} }}"),
    ),
    max_leaves=4,
)


@settings(max_examples=30, deadline=None)
@given(QUADS, st.lists(GROUPS, min_size=1, max_size=4))
def test_the_answer_is_that_of_the_whole(quads: list[tuple[str, ...]], groups: list[str]) -> None:
    with TemporaryDirectory() as folder:
        data = Path(folder, "data.nq")
        data.write_text("".join(f"{' '.join(quad)} .\n" for quad in quads), encoding="utf8")
        files = [rdf_file(data)]
        whole = open_store(files, cache=Path(folder, "whole"))
        for group in groups:
            source = Source(f"{PREFIX} SELECT ?s ?o ?x ?p ?g {{ {group} }}")
            part = open_store(files, source, Path(folder, "part"), large=0)
            assert sorted(answers(part, source)) == sorted(answers(whole, source)), group


def answers(store: ox.Store, source: Source) -> Iterator[str]:
    found = run_query(store, source)
    assert isinstance(found, ox.QuerySolutions)
    for row in found:
        # Each store names blank nodes in its own way.
        yield " ".join("_" if isinstance(row[at], ox.BlankNode) else str(row[at]) for at in range(5))


def test_a_store_is_used_again_for_what_it_holds(tmp_path: Path) -> None:
    data, cache = tmp_path / "data.nq", tmp_path / "cache"
    data.write_text('<urn:a> <urn:e:p> "1" <urn:g> .\n<urn:a> <urn:e:q> "1" <urn:g> .\n')

    def stores(query: str) -> int:
        open_store([rdf_file(data)], Source(PREFIX + query), cache, large=0)
        return len(list((cache / "store").iterdir()))

    assert stores("SELECT * { ?s e:p ?o . ?s e:q ?o }") == 1
    assert stores("SELECT * { ?s e:q ?o }") == 1
    assert stores("SELECT * { ?s e:r ?o }") == 2
    assert stores("SELECT * { GRAPH ?g { ?s ?p ?o } }") == 3
    assert stores("SELECT * { ?s e:unheard-of ?o }") == 3
