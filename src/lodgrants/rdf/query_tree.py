"""SPARQL queries as rdflib's trees: the only reader of queries that shows what it has read.

Importing rdflib takes longer than answering a small query, so ask only where the answer saves more.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from typing import Any


@cache
def query_tree(query: str) -> Any:
    """Return the tree of a query, full IRIs in place of prefixed names; None for one that cannot be read.

    rdflib reads some texts that are no queries: run them first with an engine that is strict.
    """
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.algebra import translatePName, translatePrologue, traverse
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        prologue, body = parseQuery(query)
    except (ParseBaseException, RuntimeError):  # so it ends when brackets are nested too deep
        return None
    return traverse(body, visitPost=partial(translatePName, prologue=translatePrologue(prologue, None)))


def parts_of(node: object) -> Iterable[Any]:
    """Return what stands directly under a node of a query's tree."""
    from pyparsing import ParseResults

    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list | tuple | set | ParseResults) else ()
