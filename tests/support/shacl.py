"""Read the W3C SHACL test suite's manifests, and compare results graphs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlparse

import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, SH

from lodgrants.validate.report.model import Report
from lodgrants.validate.report.turtle import write_turtle

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = rdflib.Namespace("http://www.w3.org/ns/shacl-test#")
_NOT_FOLLOWED = (SH.sourceShape, SH.sourceConstraint, SH.focusNode, SH.value)


@dataclass(frozen=True, slots=True)
class Case:
    """One entry of a manifest; ``expected`` is the results graph, or None when validation must fail."""

    name: str
    data: Path
    shapes: Path
    expected: rdflib.Graph | None


def cases(folder: Path) -> Iterator[Case]:
    """Yield the entries of all manifests in a folder, included or not."""
    for manifest in sorted(folder.rglob("*.ttl")):
        if "mf:entries" not in manifest.read_text(encoding="utf8"):
            continue
        graph = rdflib.Graph().parse(manifest, publicID=manifest.as_uri())
        for entries in graph.objects(None, MF.entries):
            for entry in rdflib.collection.Collection(graph, entries):
                yield _case(graph, entry, manifest)


def _case(graph: rdflib.Graph, entry: rdflib.term.Node, manifest: Path) -> Case:
    action, result = graph.value(entry, MF.action), graph.value(entry, MF.result)
    return Case(
        str(entry).rpartition("/tests/")[2] or manifest.stem,
        _path(graph.value(action, SHT.dataGraph)),
        _path(graph.value(action, SHT.shapesGraph)),
        None if result == SHT.Failure else results_graph(graph),
    )


def _path(node: object) -> Path:
    return Path(unquote(urlparse(str(node)).path))


def results_graph(graph: rdflib.Graph) -> rdflib.Graph:
    """Return the report of a graph alone: its results, their paths, and no messages."""
    (report,) = graph.subjects(RDF.type, SH.ValidationReport)
    found, todo = rdflib.Graph(), [report]
    while todo:
        node = todo.pop()
        for predicate, value in graph.predicate_objects(node):
            if predicate == SH.resultMessage or (node, predicate, value) in found:
                continue
            found.add((node, predicate, value))
            if isinstance(value, rdflib.BNode) and predicate not in _NOT_FOLLOWED:
                todo.append(value)
    return found


def report_graph(report: Report) -> rdflib.Graph:
    """Return a report as a graph, read back from the Turtle that is written for users."""
    out = BytesIO()
    write_turtle(report, out)
    return rdflib.Graph().parse(data=out.getvalue(), format="turtle")


def same(left: rdflib.Graph, right: rdflib.Graph) -> bool:
    """Whether two results graphs are the same but for names of blank nodes."""
    return isomorphic(left, right)
