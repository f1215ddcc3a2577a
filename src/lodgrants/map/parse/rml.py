"""RML, R2RML and the older RML, as a graph, to the model; every fault is collected and said at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from lodgrants.errors import MappingError, Problem, UnsupportedError, Where
from lodgrants.map.model import (
    LITERAL,
    TERM_TYPES,
    Constant,
    Expression,
    Gather,
    JoinCondition,
    LogicalSource,
    LogicalTarget,
    LogicalView,
    Mapping,
    ObjectMap,
    PredicateObjectMap,
    Reference,
    RefObjectMap,
    TermMap,
    TriplesMap,
)
from lodgrants.map.parse.build import (
    Read,
    base_problems,
    declared_constant,
    default_term_type,
    language_problem,
    raising,
    term_map_problems,
    with_parents,
)
from lodgrants.map.parse.functions import parse_equality, parse_execution, parse_function_value
from lodgrants.map.parse.graph import MappingGraph, Node, Term, load_graph
from lodgrants.map.parse.sources import parse_logical_source, parse_target
from lodgrants.map.parse.template import parse_template
from lodgrants.map.parse.views import parse_view
from lodgrants.map.vocabulary import OLD_FNML, RML
from lodgrants.rdf.namespaces import RDF

Part = TypeVar("Part")
DEFAULT_GRAPH = f"<{RML}defaultGraph>"
_EXPRESSIONS = ("constant", "reference", "template", "functionExecution")


def parse_rml(path: Path) -> Mapping:
    """Read a mapping in RML or R2RML; raise MappingError with every fault found."""
    return raising(*read_rml(path))


def read_rml(path: Path) -> Read:
    """Read a mapping in RML or R2RML: the triples maps that are sound, and every fault found."""
    return read_graph(load_graph(path))


def parse_graph(graph: MappingGraph) -> Mapping:
    """Return the model of a mapping graph; raise MappingError with every fault found."""
    return raising(*read_graph(graph))


def read_graph(graph: MappingGraph) -> Read:
    """Return the triples maps of a graph that are sound, and what is wrong with it."""
    parser = Parser(graph)
    nodes = [node for node in graph.having("logicalSource") if not parser.inside_function(node)]
    sound = [found for node in nodes if (found := parser.sound_map(node)) is not None]
    for node in graph.having("subjectMap", "subject"):
        if node not in nodes:
            parser.lacks(node, "a triples map has no logical source; it needs exactly one", node.value)
    if not nodes and not parser.problems:
        parser.fault("the document has no triples map", Where(graph.file), hint=_strangers(graph))
    known = {each.value for each in (*nodes, *graph.suspects)}
    for triples_map in sound:
        parser.check_parents(triples_map, known)
    return Mapping(with_parents(sound), graph.file, graph.prefixes), parser.problems


def _strangers(graph: MappingGraph) -> str | None:
    """Return what to do about RML's words in a namespace that is none of RML's."""
    found = next(
        (each for each in graph.predicates() if re.search(r"[/#]logical(Source|Table)$", each)), None
    )
    return f"{found} is not a name of RML; its namespace is {RML}" if found else None


class Parser:
    """Walks the graph; what is wrong is noted in `problems` and the walk goes on."""

    def __init__(self, graph: MappingGraph) -> None:
        self.graph = graph
        self.problems: list[Problem] = graph.unknown_terms()
        self.suspected = False
        self._views: dict[Node, LogicalView] = {}

    def fault(
        self, message: str, where: Where | None, value: str | None = None, hint: str | None = None
    ) -> None:
        """Note a breach of RML's rules."""
        self.problems.append(Problem("LG-MAP-002", message, where, value, hint=hint))

    def lacks(self, node: Term, message: str, value: str | None = None) -> None:
        """Note that a node lacks something, unless a property of it is misspelt: that is noted already."""
        if node in self.graph.suspects:
            self.suspected = True
        else:
            self.fault(message, self.graph.at(node), value)

    def sound(self, build: Callable[[], Part | None]) -> Part | None:
        """Return a part of the mapping, or None when anything is wrong with it."""
        before, self.suspected = len(self.problems), False
        try:
            found = build()
        except (MappingError, UnsupportedError) as error:
            self.problems += error.problems
            return None
        except RecursionError:
            self.fault("a function or term map is defined by itself", Where(self.graph.file))
            return None
        return found if len(self.problems) == before and not self.suspected else None

    def sound_map(self, node: Node) -> TriplesMap | None:
        """Return a triples map with those of its predicate-object maps that nothing is wrong with."""
        found = self.sound(partial(self.triples_map, node))
        nodes = self.graph.values(node, "predicateObjectMap")
        poms = [self.sound(partial(self.predicate_object_map, each)) for each in nodes]
        return found and replace(found, predicate_objects=tuple(each for each in poms if each is not None))

    def inside_function(self, node: Node) -> bool:
        """Tell whether a node with a logical source is the value of an old `fnml:functionValue`."""
        return not (self.graph.values(node, "subjectMap") or self.graph.values(node, "subject")) and any(
            each.value.endswith("executes")
            for pom in self.graph.values(node, "predicateObjectMap")
            for each in (*self.graph.values(pom, "predicate"), *self._constants(pom, "predicateMap"))
        )

    def triples_map(self, node: Node) -> TriplesMap | None:
        """Return a triples map, its predicate-object maps still to come, or None when it has no subject."""
        graph, where = self.graph, self.graph.at(node)
        source = self.source(node)
        subjects = self._maps(node, "subjectMap", "subject", "subject")
        if len(subjects) != 1 or source is None:
            count = "no subject map" if not subjects else f"{len(subjects)} subject maps"
            if len(subjects) != 1:
                self.lacks(node, f"a triples map has {count}; it needs exactly one", node.value)
            return None
        shared = graph.value(node, "subjectMap")
        classes = [] if shared is None else graph.values(shared, "class")
        for each in classes:
            if shared is not None and not isinstance(each, ox.NamedNode):
                self.fault("a class must be an IRI", graph.at_value(shared, "class", each), each.value)
        self.problems += base_problems(graph.text(node, "baseIRI"), graph.at(node, "baseIRI"))
        graphs = () if shared is None else self._graphs(shared)
        return TriplesMap(
            name=node.value,
            source=source,
            subject=subjects[0],
            classes=tuple(each.value for each in classes),
            graphs=graphs + self._graphs(node),
            base_iri=graph.text(node, "baseIRI"),
            where=where,
        )

    def source(self, node: Node) -> LogicalSource | LogicalView | None:
        """Return the logical source or logical view of a triples map."""
        found = self.graph.values(node, "logicalSource")
        if len(found) != 1 or isinstance(found[0], ox.Literal):
            self.fault("a triples map needs exactly one logical source", self.graph.at(node))
            return None
        return self.abstract_source(found[0])

    def abstract_source(self, node: Node, within: tuple[Node, ...] = ()) -> LogicalSource | LogicalView:
        """Return the source or view a node is; `within` are the views being read, to find cycles."""
        if not self.graph.values(node, "viewOn"):
            return parse_logical_source(self.graph, node)
        if node not in self._views:
            self._views[node] = parse_view(self, node, within)
        return self._views[node]

    def predicate_object_map(self, node: Term) -> PredicateObjectMap:
        """Return a predicate-object map; at least one predicate and one object are required."""
        predicates = self._maps(node, "predicateMap", "predicate", "predicate")
        objects: list[ObjectMap] = [self.object_map(each) for each in self.graph.values(node, "objectMap")]
        objects += self._maps(node, "", "object", "object")
        if not predicates or not objects:
            missing = "object" if predicates else "predicate"
            self.lacks(node, f"a predicate-object map has no {missing}")
        return PredicateObjectMap(tuple(predicates), tuple(objects), self._graphs(node))

    def object_map(self, node: Term) -> ObjectMap:
        """Return an object map or referencing object map."""
        parent = self.graph.value(node, "parentTriplesMap")
        if parent is None:
            return self.term_map(node, "object")
        where = self.graph.at(node, "parentTriplesMap")
        conditions = [self.join_condition(each) for each in self.graph.values(node, "joinCondition")]
        return RefObjectMap(parent.value, tuple(conditions), self.targets(node), self.conditions(node), where)

    def join_condition(self, node: Term) -> JoinCondition:
        """Return a join condition; each side is an expression map or a reference."""
        if function := self.graph.value(node, f"{OLD_FNML}functionValue"):
            return parse_equality(self, function, self.graph.at(node, f"{OLD_FNML}functionValue"))
        sides = [self._side(node, side) for side in ("child", "parent")]
        places = (self.graph.at(node, side, f"{side}Map") for side in ("child", "parent"))
        return JoinCondition(sides[0], sides[1], *places)

    def _side(self, node: Term, side: str) -> Expression:
        if (found := self.graph.text(node, side)) is not None:
            return Reference(found)
        child = self.graph.value(node, f"{side}Map")
        expression = None if child is None else self.expression(child)
        if expression is None:
            self.lacks(node, f"a join condition has no {side}")
            return Reference("")
        return expression

    def term_map(self, node: Term, position: str) -> TermMap:
        """Return a term map; what its position forbids is noted."""
        graph, where = self.graph, self.graph.at(node, *_EXPRESSIONS)
        gather = self.gather(node)
        expression = self.expression(node)
        language = self._aspect(node, "language")
        datatype = self._aspect(node, "datatype")
        if language and datatype:
            self.fault("a term map has both a language and a datatype", where)
        given = graph.text(node, "termType")
        term_type = given.removeprefix(RML) if given else None
        if term_type is not None and term_type not in TERM_TYPES:
            near = get_close_matches(term_type, TERM_TYPES, n=1)
            hint = f"did you mean rml:{near[0]}?" if near else "one of " + ", ".join(TERM_TYPES)
            self.fault("the term type is not one of RML's", graph.at(node, "termType"), given, hint)
            term_type = None
        if term_type is None:
            term_type = default_term_type(position, expression, bool(language or datatype))
            term_type = "BlankNode" if gather and expression is None else term_type
        if expression is None and gather is None and term_type != "BlankNode":
            self.lacks(node, "a term map has no constant, reference, template or function")
        expression = declared_constant(expression, term_type)
        self.problems += term_map_problems(position, term_type, expression, where)
        self.problems += language_problem(language, where)
        return TermMap(
            expression,
            term_type,
            language,
            datatype,
            self.conditions(node),
            self.targets(node),
            gather,
            where,
        )

    def expression(self, node: Term) -> Expression | None:
        """Return the expression of an expression map, or None when it has none."""
        graph = self.graph
        if inner := graph.value(node, "parentTermMap") or graph.value(node, "childTermMap"):
            return self.expression(inner)
        given = [name for name in _EXPRESSIONS if graph.values(node, name)]
        if len(given) > 1:
            self.fault(f"an expression map has both {given[0]} and {given[1]}", graph.at(node, given[1]))
        if old := graph.value(node, f"{OLD_FNML}functionValue"):
            return parse_function_value(self, old)
        if not given:
            return None
        value, *others = graph.values(node, given[0])
        if others:
            self.fault(f"an expression map has {given[0]} twice", graph.at(node, given[0]), others[0].value)
        builders: dict[str, Callable[[Term], Expression]] = {
            "constant": lambda term: Constant(str(term)),
            "reference": lambda term: Reference(term.value),
            "template": lambda term: self._template(node, term),
            "functionExecution": lambda term: parse_execution(self, term, node),
        }
        return builders[given[0]](value)

    def gather(self, node: Term) -> Gather | None:
        """Return what a term map gathers into a collection or container, if it does (RML-CC)."""
        head = self.graph.value(node, "gather")
        if head is None:
            return None
        kind = (self.graph.text(node, "gatherAs") or "").removeprefix(RDF)
        if kind not in ("List", "Bag", "Seq", "Alt"):
            where = self.graph.at(node, "gatherAs")
            self.fault("rml:gatherAs must be rdf:List, rdf:Bag, rdf:Seq or rdf:Alt", where, kind)
        strategy = (self.graph.text(node, "strategy") or "append").removeprefix(RML)
        if strategy not in ("append", "cartesianProduct"):
            where = self.graph.at(node, "strategy")
            self.fault("rml:strategy must be rml:append or rml:cartesianProduct", where, strategy)
        empty = self.graph.text(node, "allowEmptyListAndContainer") in ("true", "1")
        items = tuple(self.object_map(each) for each in self.graph.items(head))
        return Gather(items, kind, strategy, empty)

    def conditions(self, node: Term) -> tuple[Expression, ...]:
        """Return the conditions under which a term map makes a term (RML-FNML)."""
        found = [self.expression(each) for each in self.graph.values(node, "condition")]
        return tuple(each for each in found if each is not None)

    def targets(self, node: Term) -> tuple[LogicalTarget, ...]:
        """Return the logical targets of a term map and of its language and datatype maps."""
        graph = self.graph
        holders = [node, *graph.values(node, "languageMap"), *graph.values(node, "datatypeMap")]
        nodes = [each for holder in holders for each in graph.values(holder, "logicalTarget")]
        return tuple(dict.fromkeys(parse_target(graph, each) for each in nodes))

    def check_parents(self, triples_map: TriplesMap, known: set[str]) -> None:
        """Note referencing object maps whose parent is not a triples map of the document."""
        for pom in triples_map.predicate_objects:
            for each in pom.objects:
                if isinstance(each, RefObjectMap) and each.parent not in known:
                    self.fault("the parent triples map does not exist", each.where, each.parent)

    def _template(self, node: Term, term: Term) -> Expression:
        try:
            return parse_template(term.value)
        except ValueError as error:
            self.fault(str(error), self.graph.at(node, "template"), term.value)
            return Reference("")

    def _aspect(self, node: Term, name: str) -> Expression | None:
        if (found := self.graph.value(node, name)) is not None:
            if name == "datatype" and not isinstance(found, ox.NamedNode):
                self.fault("a datatype must be an IRI", self.graph.at(node, name), found.value)
            return Constant(str(found))
        maps = self.graph.values(node, f"{name}Map")
        return self.expression(maps[0]) if maps else None

    def _maps(self, node: Term, name: str, shortcut: str, position: str) -> list[TermMap]:
        found = [self.term_map(each, position) for each in self.graph.values(node, name)]
        return found + [
            self._constant(each, position, self.graph.at_value(node, shortcut, each))
            for each in self.graph.values(node, shortcut)
        ]

    def _graphs(self, node: Term) -> tuple[TermMap, ...]:
        return tuple(self._maps(node, "graphMap", "graph", "graph"))

    def _constant(self, term: Term, position: str, where: Where) -> TermMap:
        expression = Constant(str(term))
        term_type = default_term_type(position, expression, typed=False)
        self.problems += term_map_problems(position, term_type, expression, where)
        return TermMap(expression, term_type, where=where)

    def _constants(self, node: Term, name: str) -> list[Term]:
        return [
            each for holder in self.graph.values(node, name) for each in self.graph.values(holder, "constant")
        ]


__all__ = ["DEFAULT_GRAPH", "LITERAL", "Parser", "parse_graph", "parse_rml"]
