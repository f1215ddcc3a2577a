"""A mapping document as a graph in RML's current vocabulary, with the places of its words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import pyoxigraph as ox

from lodgrants.errors import MappingError, Problem, UnsupportedError, Where
from lodgrants.map.vocabulary import RML, modern
from lodgrants.rdf.namespaces import RDF

Node = ox.NamedNode | ox.BlankNode
Term = Node | ox.Literal

_FORMATS = {".ttl": "turtle", ".nt": "nt", ".nq": "nq", ".trig": "trig", ".rdf": "rdf", ".jsonld": "jsonld"}

_CORE = """
    logicalSource subjectMap subject predicateObjectMap predicateMap predicate objectMap object graphMap graph
    class termType reference template constant language languageMap datatype datatypeMap parentTriplesMap
    joinCondition child childMap parent parentMap childTermMap parentTermMap baseIRI source
    referenceFormulation iterator
"""
_IO = """
    path root encoding compression null namespace namespacePrefix namespaceURL logicalTarget target
    serialization mode query tableName sqlQuery sqlVersion inverseExpression
"""
_FNML = """
    functionExecution function functionMap input parameter parameterMap inputValue inputValueMap return
    returnMap condition
"""
_CC = "gather gatherAs strategy allowEmptyListAndContainer"
_LV = """
    viewOn field fieldName leftJoin innerJoin parentLogicalView structuralAnnotation onFields targetView
    targetFields
"""
KNOWN = frozenset(" ".join((_CORE, _IO, _FNML, _CC, _LV)).split())
UNSUPPORTED = {
    "quotedTriplesMap": "RML-star (quoted triples)",
    "starMap": "RML-star (quoted triples)",
    "subjectStarMap": "RML-star (quoted triples)",
    "reifiableTriplesMap": "RML-star (quoted triples)",
    "ldes": "linked data event streams as target",
    "ldesEvent": "linked data event streams as target",
    "logicalTargetMap": "a logical target made of data",
}


class MappingGraph:
    """The triples of a mapping, rewritten to RML's current names, and lookups over them."""

    def __init__(self, text: str, file: str | None = None, format_name: str = "turtle") -> None:
        self.file = file
        self._text = text
        self._edges: dict[Node, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for triple in _parsed(text, file, format_name):
            subject = _current(triple.subject)
            if not isinstance(subject, ox.NamedNode | ox.BlankNode):
                raise UnsupportedError(_unsupported("RML-star (quoted triples)"))
            self._edges[subject][modern(triple.predicate.value)].append(_current(triple.object))

    def values(self, node: Term, name: str) -> list[Term]:
        """Return the objects of a property; a name without a namespace is RML's."""
        if isinstance(node, ox.Literal):
            return []
        return self._edges[node].get(name if ":" in name else RML + name, []) if node in self._edges else []

    def value(self, node: Term, name: str) -> Term | None:
        """Return the first object of a property, or None."""
        found = self.values(node, name)
        return found[0] if found else None

    def text(self, node: Term, name: str) -> str | None:
        """Return the text of the first object of a property, or None."""
        found = self.value(node, name)
        return None if found is None else found.value

    def items(self, head: Term) -> list[Term]:
        """Return the members of an RDF list."""
        found: list[Term] = []
        while head != ox.NamedNode(f"{RDF}nil"):
            first, rest = self.value(head, f"{RDF}first"), self.value(head, f"{RDF}rest")
            if first is None or rest is None:
                break
            found.append(first)
            head = rest
        return found

    def having(self, *names: str) -> Iterator[Node]:
        """Yield the nodes that have any of these properties, in the document's order."""
        for node, edges in self._edges.items():
            if any(RML + name in edges for name in names):
                yield node

    def has_type(self, node: Term, iri: str) -> bool:
        """Tell whether a node has a class (given by its full IRI)."""
        return any(each.value == iri for each in self.values(node, f"{RDF}type"))

    def where(self, *words: str | None) -> Where:
        """Return the first place of the first of these words that the document contains."""
        for word in words:
            found = self._text.find(word) if word else -1
            if found >= 0:
                line = self._text.count("\n", 0, found) + 1
                return Where(self.file, line, found - self._text.rfind("\n", 0, found))
        return Where(self.file)

    def where_node(self, node: Node) -> Where:
        """Return where a named node is written, in full or shortened."""
        local = re.split(r"[/#:]", node.value)[-1]
        return self.where(f"<{node.value}>", f"#{local}>", f":{local}", f"/{local}>", local or None)

    def unknown_terms(self) -> list[Problem]:
        """Return a problem for each property in RML's namespace that RML does not have."""
        problems = []
        for name in sorted({each for edges in self._edges.values() for each in edges}):
            local = name.removeprefix(RML)
            if local == name or local in KNOWN:
                continue
            if local in UNSUPPORTED:
                raise UnsupportedError(_unsupported(UNSUPPORTED[local], self.where(local)))
            near = get_close_matches(local, KNOWN, n=1)
            hint = f"did you mean rml:{near[0]}?" if near else "see docs/map.md for the terms that are known"
            problems.append(
                Problem("LG-MAP-002", f"RML has no property {local!r}", self.where(local), name, hint=hint)
            )
        return problems


def load_graph(path: Path) -> MappingGraph:
    """Read a mapping file (Turtle and its relatives); raise MappingError when it is not well-formed."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem("LG-MAP-001", f"the mapping cannot be read: {error}", Where(str(path)))
        raise MappingError(problem) from error
    return MappingGraph(text, str(path), _FORMATS.get(path.suffix.lower(), "turtle"))


def _parsed(text: str, file: str | None, format_name: str) -> Iterator[ox.Quad]:
    formats = {
        "turtle": ox.RdfFormat.TURTLE,
        "nt": ox.RdfFormat.N_TRIPLES,
        "nq": ox.RdfFormat.N_QUADS,
        "trig": ox.RdfFormat.TRIG,
        "rdf": ox.RdfFormat.RDF_XML,
        "jsonld": ox.RdfFormat.JSON_LD,
    }
    base = "http://example.com/base/" if "@base" not in text and "BASE" not in text.upper() else None
    try:
        yield from ox.parse(text, format=formats[format_name], base_iri=base)
    except SyntaxError as error:
        where = Where(file, getattr(error, "lineno", None), getattr(error, "offset", None))
        problem = Problem("LG-MAP-001", f"the mapping is not well-formed: {error.msg}", where)
        raise MappingError(problem) from error


def _current(term: object) -> Term:
    if isinstance(term, ox.NamedNode):
        return ox.NamedNode(modern(term.value))
    assert isinstance(term, ox.BlankNode | ox.Literal)
    return term


def _unsupported(feature: str, where: Where | None = None) -> Problem:
    return Problem("LG-MAP-007", f"{feature} is not supported", where)
