"""Which predicates SPARQL queries may ask for: other triples need not be loaded for them.

Every IRI of a query counts, wherever it stands; that is more than needed and never less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, partial

from lodgrants.rdf.graph import FIRST, REST
from lodgrants.validate.model import Shape, Shapes, Term
from lodgrants.validate.shape_paths import predicates_of

# Stands for the shape's own path while a query is read.
PATH = "<urn:lodgrants:path>"


def query_predicates(shapes: Shapes, used: Iterable[Shape]) -> set[Term] | None:
    """Return the predicates that queries of some shapes may ask for; None when one asks for any.

    Reading queries with rdflib takes longer than loading a small graph, so ask for large ones only.
    """
    found: set[Term] = {FIRST, REST}
    for shape in used:
        for constraint in shape.constraints:
            validator = shapes.validators.get(constraint.value)
            if validator is None:
                continue
            named = _named(validator.query)
            if named is None:
                return None
            found |= named | (predicates_of(shape.path) if shape.path else set())
    return found


def _named(query: str) -> set[Term] | None:
    """Return the IRIs of a query; None when a variable or a negated set stands as predicate."""
    from rdflib import URIRef

    body = parsed_query(query)
    if body is None or any(_is_open(verb) for verb in _verbs(body)):
        return None
    return {f"<{leaf}>" for leaf in _leaves(body) if isinstance(leaf, URIRef)}


@cache
def parsed_query(query: str) -> object:
    """Return a query as rdflib's tree, full IRIs in place of prefixed names and `PATH` in that of ``$PATH``.

    None stands for one that cannot be read; what is wrong is reported when it is run.
    """
    import pyoxigraph as ox
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.algebra import translatePName, translatePrologue, traverse
    from rdflib.plugins.sparql.parser import parseQuery

    text = query.replace("$PATH", PATH).replace("?PATH", PATH)
    try:
        ox.Store().query(text)
        prologue, body = parseQuery(text)
    except (SyntaxError, RuntimeError, ParseBaseException):
        return None
    found: object = traverse(
        body, visitPost=partial(translatePName, prologue=translatePrologue(prologue, None))
    )
    return found


def _is_open(verb: object) -> bool:
    from rdflib import Variable

    if isinstance(verb, dict) and getattr(verb, "name", "") == "PathNegatedPropertySet":
        return True
    return isinstance(verb, Variable) or any(_is_open(part) for part in parts_of(verb))


def _verbs(node: object) -> Iterator[object]:
    """Yield what stands as predicate in a triple pattern anywhere under a node of a query's tree."""
    if isinstance(node, dict) and "triples" in node:
        for block in node["triples"]:
            yield from list(parts_of(block))[1::3]
    for part in parts_of(node):
        yield from _verbs(part)


def _leaves(node: object) -> Iterator[object]:
    parts = list(parts_of(node))
    if not parts:
        yield node
    for part in parts:
        yield from _leaves(part)


def parts_of(node: object) -> Iterable[object]:
    """Return what stands directly under a node of a query's tree."""
    from pyparsing import ParseResults

    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, (list, tuple, set, ParseResults)) else ()
