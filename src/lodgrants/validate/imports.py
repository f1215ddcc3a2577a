"""Shapes with what they import (https://www.w3.org/TR/shacl/#shapes-graph), as far as it lies beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lodgrants.rdf.formats import STDIN, RdfFile, rdf_file
from lodgrants.rdf.graph import Graph
from lodgrants.rdf.namespaces import OWL
from lodgrants.rdf.read import read_graph


def read_shapes(files: Iterable[RdfFile]) -> Graph:
    """Return the shapes graph of some files and of the files that these import by relative IRIs.

    Other imports are not followed: what a validation says must not depend on the network.

    :raises InputError: when one is not well-formed or its name tells no syntax.
    """
    found = list(files)
    while True:
        graph = read_graph(found, blank="_:lgshape")
        known = {file.path.resolve() for file in found if file.path != STDIN}
        new = dict.fromkeys(path for path in _imported(graph) if path not in known)
        if not new:
            return graph
        found += map(rdf_file, new)


def _imported(graph: Graph) -> Iterator[Path]:
    predicate = f"<{OWL}imports>"
    for ontology in graph.subjects(predicate):
        for iri in graph.objects(ontology, predicate):
            if iri.startswith("<file:"):
                path = Path(unquote(urlsplit(iri[1:-1]).path))
                if path.is_file():
                    yield path.resolve()
