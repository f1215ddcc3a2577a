"""SPARQL-based constraints and constraint components in a shapes graph (https://www.w3.org/TR/shacl/#sparql-constraints)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lodgrants.errors import Problem, ShapeError, UnsupportedError, Where
from lodgrants.rdf.graph import Graph
from lodgrants.rdf.literals import text_of
from lodgrants.rdf.namespaces import OWL, XSD
from lodgrants.validate.model import Constraint, Shape, Term, Validator, sh
from lodgrants.validate.vocabulary import PARAMETERS

SPARQL = sh("SPARQLConstraintComponent")
_TRUE = frozenset((f'"true"^^<{XSD}boolean>', f'"1"^^<{XSD}boolean>'))
_LOCAL_NAME = re.compile(r"([^\W\d][\w.-]*)>$")
_VALIDATORS = ("validator", "nodeValidator", "propertyValidator")
# A shapes graph may hold SHACL's own vocabulary, whose components are built in.
_CORE = frozenset(sh(f"{parameter.component}ConstraintComponent") for parameter in PARAMETERS.values())
_RESERVED = frozenset(("this", "shapesGraph", "currentShape", "path", "PATH", "value"))


@dataclass(frozen=True, slots=True)
class CustomComponent:
    """A constraint component declared in the shapes graph (https://www.w3.org/TR/shacl/#constraint-components).

    It is ``foreign`` when it has validators, but none in SPARQL.
    """

    node: Term
    parameters: Mapping[Term, str]
    optional: frozenset[Term]
    node_validator: Term | None
    property_validator: Term | None
    foreign: bool = False


def custom_components(graph: Graph) -> list[CustomComponent]:
    """Return the constraint components that a shapes graph declares and gives a SPARQL validator."""
    nodes = (node for node in graph.instances(sh("ConstraintComponent")) if node not in _CORE)
    return [_component(graph, node) for node in nodes]


def declared_parameters(graph: Graph) -> set[Term]:
    """Return the parameters of all constraint components that a shapes graph declares."""
    return {
        path
        for node in graph.instances(sh("ConstraintComponent"))
        for parameter in graph.objects(node, sh("parameter"))
        for path in graph.objects(parameter, sh("path"))
    }


def _component(graph: Graph, node: Term) -> CustomComponent:
    parameters, optional = {}, set()
    for parameter in graph.objects(node, sh("parameter")):
        for path in graph.objects(parameter, sh("path")):
            parameters[path] = _variable(node, path)
            if _TRUE.intersection(graph.objects(parameter, sh("optional"))):
                optional.add(path)
    if parameters.keys() <= optional:
        raise ShapeError(_without_parameter(node))
    ask = _first(graph, node, "validator", "ask")
    for_nodes = _first(graph, node, "nodeValidator", "select") or ask
    for_properties = _first(graph, node, "propertyValidator", "select") or ask
    any_validator = any(graph.objects(node, sh(name)) for name in _VALIDATORS)
    foreign = any_validator and not (for_nodes or for_properties)
    return CustomComponent(node, parameters, frozenset(optional), for_nodes, for_properties, foreign)


def _without_parameter(node: Term) -> Problem:
    """Say that a component could never be used (https://www.w3.org/TR/shacl/#constraint-components-parameters)."""
    where, expected = Where(detail=f"constraint component {node}"), "one sh:parameter that is not sh:optional"
    return Problem(
        "LG-VAL-001", "a constraint component has no parameter that it needs", where, None, expected
    )


def _first(graph: Graph, node: Term, predicate: str, query: str) -> Term | None:
    found = (v for v in graph.objects(node, sh(predicate)) if graph.objects(v, sh(query)))
    return next(found, None)


def _variable(component: Term, path: Term) -> str:
    """Return a parameter's SPARQL variable (https://www.w3.org/TR/shacl/#dfn-parameter-name)."""
    found = _LOCAL_NAME.search(path)
    if found is None or found[1] in _RESERVED:
        where = Where(detail=f"constraint component {component}")
        raise ShapeError(Problem("LG-VAL-001", "a parameter's name is no SPARQL variable", where, path))
    return found[1].replace("-", "_").replace(".", "_")


def custom_constraints(
    graph: Graph, shape: Term, components: Iterable[CustomComponent]
) -> Iterator[Constraint]:
    """Return the constraints that a shape has of components declared in the shapes graph."""
    is_property_shape = bool(graph.objects(shape, sh("path")))
    for component in components:
        values = {path: graph.objects(shape, path) for path in component.parameters}
        if not all(values[path] for path in component.parameters if path not in component.optional):
            continue
        validator = component.property_validator if is_property_shape else component.node_validator
        if component.foreign and any(values.values()):
            where = Where(detail=f"shape {shape}")
            problem = f"the constraint component {component.node} has no validator in SPARQL"
            raise UnsupportedError(Problem("LG-VAL-002", problem, where))
        # https://www.w3.org/TR/shacl/#validator-lookup: without one the constraint is ignored.
        if validator is None or not any(values.values()):
            continue
        for chosen in _combinations(shape, component, values):
            options = {component.parameters[path]: value for path, value in chosen.items()}
            yield Constraint(component.node, validator, (), options)


def _combinations(
    shape: Term, component: CustomComponent, values: Mapping[Term, list[Term]]
) -> list[dict[Term, Term]]:
    """Return one binding for each constraint; only single-parameter components may have several values."""
    if len(values) == 1:
        ((path, terms),) = values.items()
        return [{path: term} for term in terms]
    for path, terms in values.items():
        if len(terms) > 1:
            where = Where(detail=f"shape {shape}, component {component.node}")
            raise ShapeError(
                Problem("LG-VAL-001", f"{path} has {len(terms)} values", where, expected="one value")
            )
    return [{path: terms[0] for path, terms in values.items() if terms}]


def read_validators(graph: Graph, shapes: Iterable[Shape]) -> dict[Term, Validator]:
    """Return the SPARQL queries that the shapes use, by the node of the constraint or validator."""
    used = {
        constraint.value: constraint
        for shape in shapes
        for constraint in shape.constraints
        if constraint.component == SPARQL or not constraint.component.startswith(sh("")[:-1])
    }
    return {node: _validator(graph, node) for node in used}


def _validator(graph: Graph, node: Term) -> Validator:
    ask = graph.objects(node, sh("ask"))
    text = ask or graph.objects(node, sh("select"))
    if len(text) != 1:
        where = Where(detail=f"SPARQL constraint {node}")
        raise ShapeError(
            Problem("LG-VAL-001", "a SPARQL constraint needs one query", where, expected="sh:select")
        )
    query = text_of(text[0])
    messages = tuple(graph.objects(node, sh("message")))
    return Validator(node, _prologue(graph, node, query) + query, bool(ask), messages)


def _prologue(graph: Graph, node: Term, query: str) -> str:
    """Return the PREFIX lines of a query (https://www.w3.org/TR/shacl/#sparql-prefixes).

    What sh:declare leaves open, the prefixes of the shapes' own files fill in: many shapes rely on that.
    """
    found = {name: iri for name, iri in graph.prefixes.items() if f"{name}:" in query}
    seen: set[Term] = set()
    todo = graph.objects(node, sh("prefixes"))
    while todo:
        ontology = todo.pop()
        if ontology in seen:
            continue
        seen.add(ontology)
        todo += graph.objects(ontology, f"<{OWL}imports>")
        for declaration in graph.objects(ontology, sh("declare")):
            for prefix in graph.objects(declaration, sh("prefix")):
                for namespace in graph.objects(declaration, sh("namespace")):
                    found[text_of(prefix)] = text_of(namespace)
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in found.items())
