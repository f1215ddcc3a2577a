"""A report in the form of pySHACL's: three values, of which one is an rdflib graph.

Blank nodes keep the names that they have in the report, so that a focus node of an rdflib graph that was
validated is found there again.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pyoxigraph as ox

from lodgrants.validate.report.table import write_table
from lodgrants.validate.report.turtle import write_turtle

if TYPE_CHECKING:
    import rdflib

    from lodgrants.validate.report.model import Report


def as_triple(report: Report) -> tuple[bool, rdflib.Graph, str]:
    """Return whether the data conforms, the results graph, and the report as text."""
    import rdflib
    from rdflib.namespace import SH

    turtle, text = BytesIO(), BytesIO()
    write_turtle(report, turtle)
    write_table(report, text)
    graph = rdflib.Graph()
    graph.bind("sh", SH)
    for quad in ox.parse(turtle.getvalue(), ox.RdfFormat.TURTLE):
        graph.add((_node(quad.subject), _node(quad.predicate), _node(quad.object)))
    conforms = report.conforms
    return conforms, graph, f"Validation Report\nConforms: {conforms}\n\n{text.getvalue().decode()}"


def _node(term: object) -> rdflib.term.Node:
    import rdflib

    match term:
        case ox.NamedNode():
            return rdflib.URIRef(term.value)
        case ox.BlankNode():
            return rdflib.BNode(term.value)
        case ox.Literal(language=str() as language):
            return rdflib.Literal(term.value, lang=language)
        case ox.Literal():
            plain = term.datatype.value == str(rdflib.XSD.string)
            return rdflib.Literal(
                term.value, datatype=None if plain else term.datatype.value, normalize=False
            )
    raise TypeError(f"rdflib has no such term: {term}")
