"""SPARQL queries as rdflib's trees, for those who need all of a query's structure.

Importing rdflib takes longer than validating a small graph.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial

from lodgrants.validate.query_predicates import PATH


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


def parts_of(node: object) -> Iterable[object]:
    """Return what stands directly under a node of a query's tree."""
    from pyparsing import ParseResults

    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, (list, tuple, set, ParseResults)) else ()
