"""A mapping document as a graph in RML's current vocabulary, with the places of its words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import pyoxigraph as ox

from lodgrants.errors import MappingError, Problem, UnsupportedError, Where
from lodgrants.map.parse.places import Places
from lodgrants.map.vocabulary import RML, modern
from lodgrants.rdf.namespaces import RDF

Node = ox.NamedNode | ox.BlankNode
Term = Node | ox.Literal

_FORMATS = {".ttl": "turtle", ".nt": "nt", ".nq": "nq", ".trig": "trig", ".rdf": "rdf", ".jsonld": "jsonld"}

# What relative IRIs are resolved against in a document that has no base of its own.
_BASE = "http://example.com/base/"
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
# What a misspelt property may have been meant to be: the words of R2RML too.
_SPELLINGS = (*sorted(KNOWN), "column", "logicalTable", "functionValue")
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
        quads, self.prefixes = _parsed(text, file, format_name)
        for triple in quads:
            subject = _current(triple.subject)
            if not isinstance(subject, ox.NamedNode | ox.BlankNode):
                raise UnsupportedError(_unsupported("RML-star (quoted triples)"))
            self._edges[subject][modern(triple.predicate.value)].append(_current(triple.object))
        self._places = Places(quads, text if format_name in ("turtle", "nt") else "")
        # Nodes with a property that RML does not have: what they lack is most likely that, misspelt.
        self.suspects: set[Term] = set()

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

    def predicates(self) -> Iterator[str]:
        """Yield the full IRIs of the properties of all nodes."""
        for edges in self._edges.values():
            yield from edges

    def has_type(self, node: Term, iri: str) -> bool:
        """Tell whether a node has a class (given by its full IRI)."""
        return any(each.value == iri for each in self.values(node, f"{RDF}type"))

    def at(self, node: Term, *names: str) -> Where:
        """Return where a node has the value of the first of these properties, else where it is itself.

        Without places (the document is not Turtle) it is the first mention of the value.
        """
        found = next(((name, each) for name in names for each in self.values(node, name)), None)
        if found is not None:
            return self.at_value(node, *found)
        offset = self._places.node(node)
        return self._where(self._mention(node) if offset is None else offset)

    def at_value(self, node: Term, name: str, value: Term) -> Where:
        """Return where a value of a node's property is."""
        offset = self._places.value(node, name if ":" in name else RML + name, value)
        return self._where(self._mention(value) if offset is None else offset)

    def _where(self, offset: int | None) -> Where:
        return Where(self.file) if offset is None else Where(self.file, *self._places.lines.place(offset))

    def _mention(self, term: Term) -> int | None:
        local = re.split(r"[/#:]", term.value)[-1]
        full = term.value if isinstance(term, ox.Literal) else f"<{term.value}>"
        places = (self._text.find(each) for each in (full, f"#{local}>", f":{local}", f"/{local}>"))
        return next((each for each in places if each >= 0), None)

    def unknown_terms(self) -> list[Problem]:
        """Return a problem for each property in RML's namespace that RML does not have."""
        problems = []
        for node, edges in self._edges.items():
            for name in edges:
                local = name.removeprefix(RML)
                if local != name and local not in KNOWN:
                    self.suspects.add(node)
                    problems.append((name, self._unknown(node, name, local)))
        # Each name once, where it is first.
        return list(dict(reversed(problems)).values())[::-1]

    def _unknown(self, node: Node, name: str, local: str) -> Problem:
        spot = self._places.predicate(node, name)
        where = self._where(spot[0]) if spot else self._where(self._mention(ox.NamedNode(name)))
        if local in UNSUPPORTED:
            raise UnsupportedError(_unsupported(UNSUPPORTED[local], where))
        written = spot[1] if spot else f"rml:{local}"
        near = get_close_matches(local, _SPELLINGS, n=1)
        right = written.replace(local, near[0]) if near else ""
        hint = f"did you mean {right}?" if near else "see docs/map.md for the terms that are known"
        return Problem("LG-MAP-002", f"RML has no property {local!r}", where, written, hint=hint)


def load_graph(path: Path) -> MappingGraph:
    """Read a mapping file (Turtle and its relatives); raise MappingError when it is not well-formed."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem("LG-MAP-001", f"the mapping cannot be read: {error}", Where(str(path)))
        raise MappingError(problem) from error
    return MappingGraph(text, str(path), _FORMATS.get(path.suffix.lower(), "turtle"))


def _parsed(
    text: str, file: str | None, format_name: str
) -> tuple[list[ox.Quad], tuple[tuple[str, str], ...]]:
    """Return the triples of a document and the prefixes that it declares."""
    formats = {
        "turtle": ox.RdfFormat.TURTLE,
        "nt": ox.RdfFormat.N_TRIPLES,
        "nq": ox.RdfFormat.N_QUADS,
        "trig": ox.RdfFormat.TRIG,
        "rdf": ox.RdfFormat.RDF_XML,
        "jsonld": ox.RdfFormat.JSON_LD,
    }
    try:
        parser = ox.parse(text, format=formats[format_name], base_iri=_BASE)
        return list(parser), tuple(parser.prefixes.items())
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
