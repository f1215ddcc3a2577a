"""Which predicates a SPARQL constraint may ask for, so that large data need not be loaded whole."""

from __future__ import annotations

import pytest

from lodgrants.validate.model import Constraint, Predicate, Shape, Shapes, Validator
from lodgrants.validate.query_predicates import query_predicates

_HEAD = "PREFIX x: <http://x/> SELECT $this WHERE "


def _named(query: str, path: str | None = None) -> set[str] | None:
    shape = Shape("_:s", Predicate(path) if path else None, (), (Constraint("sparql", "_:v"),))
    found = query_predicates(Shapes({"_:s": shape}, {"_:v": Validator("_:v", query, ask=False)}), [shape])
    return None if found is None else {term for term in found if term.startswith("<http://x/")}


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("{ $this x:a ?b }", "a"),
        ("{ $this x:a/^x:b*|x:c ?b ; x:d 1, 2 }", "abcd"),
        ("{ $this x:a 1 FILTER NOT EXISTS { ?x x:b [ x:c 1 ] FILTER EXISTS { ?x x:d 1 } } }", "abcd"),
        ("{ { $this x:a 1 } UNION { GRAPH ?g { $this x:b 1 } } OPTIONAL { SELECT ?x { ?x x:c 1 } } }", "abc"),
        ("{ $this x:a ?b } GROUP BY $this HAVING (EXISTS { $this x:c 1 })", "ac"),
    ],
)
def test_all_predicates_of_a_query_are_found(pattern: str, names: str) -> None:
    assert _named(_HEAD + pattern) == {f"<http://x/{name}>" for name in names}


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $this ?p ?o }",
        "{ $this x:a 1 FILTER NOT EXISTS { $this x:b 2 FILTER EXISTS { ?x ?p 1 } } }",
        "{ $this !x:a ?o }",
        "{ $this x:a/!(x:b|^x:c) ?o }",
        "{ $this x:a",
        "{ $this y:a 1 }",
    ],
)
def test_a_query_that_may_ask_for_anything_is_known_as_such(pattern: str) -> None:
    assert _named(_HEAD + pattern) is None


def test_the_path_of_the_shape_counts() -> None:
    assert _named(_HEAD + "{ $this $PATH ?v . ?v a x:C }", "<http://x/p>") == {
        "<http://x/p>",
        "<http://x/C>",
    }
