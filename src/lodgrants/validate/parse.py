"""A shapes graph, read into the model (https://www.w3.org/TR/shacl/#shapes)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lodgrants.errors import ShapeError
from lodgrants.rdf.graph import TYPE, Graph
from lodgrants.rdf.namespaces import OWL, RDFS, XSD
from lodgrants.validate.custom import CustomComponent, custom_components, custom_constraints, read_validators
from lodgrants.validate.model import Constraint, Shape, Shapes, Target, TargetKind, Term, sh
from lodgrants.validate.shape_paths import parse_path
from lodgrants.validate.vocabulary import OPTIONS, PARAMETERS, Form
from lodgrants.validate.wellformed import check_shapes, check_supported

# The recommendation says "true", the term: the suite's uniqueLang-002 has "1"^^xsd:boolean mean nothing.
TRUE = frozenset((f'"true"^^<{XSD}boolean>',))
_CLASS = f"<{RDFS}Class>"
_LISTS = (Form.LIST, Form.SHAPE_LIST, Form.IRI_LIST, Form.STRING_LIST)


def parse_shapes(graph: Graph) -> Shapes:
    """Return the shapes of a shapes graph.

    :raises ShapeError: when the graph is not well-formed, with all problems found.
    :raises UnsupportedError: when a shape uses a feature that this validator does not have.
    """
    nodes = shape_nodes(graph)
    if problems := check_shapes(graph, nodes):
        raise ShapeError(*problems)
    check_supported(graph, nodes)
    custom = custom_components(graph)
    shapes = {node: _shape(graph, node, custom) for node in nodes}
    return Shapes(shapes, read_validators(graph, shapes.values()))


def shape_nodes(graph: Graph) -> list[Term]:
    """Return all nodes that the recommendation calls shapes, in order of reading."""
    found = dict.fromkeys(
        [
            *graph.instances(sh("NodeShape")),
            *graph.instances(sh("PropertyShape")),
            *(node for kind in TargetKind for node in graph.subjects(sh(kind.value))),
            *(node for name in (*PARAMETERS, *OPTIONS) for node in graph.subjects(sh(name))),
            *_referenced(graph),
        ]
    )
    return [node for node in found if not node.startswith('"')]


def _referenced(graph: Graph) -> Iterator[Term]:
    names = {**{name: parameter.form for name, parameter in PARAMETERS.items()}, **OPTIONS}
    for name, form in names.items():
        for node in graph.subjects(sh(name)):
            if form in (Form.SHAPE, Form.PROPERTY_SHAPE):
                yield from graph.objects(node, sh(name))
            elif form is Form.SHAPE_LIST:
                yield from (m for head in graph.objects(node, sh(name)) for m in _members(graph, head))


def _members(graph: Graph, head: Term) -> tuple[Term, ...]:
    try:
        return graph.members(head)
    except ValueError:  # said by check_shapes, with its place
        return ()


def _shape(graph: Graph, node: Term, custom: Iterable[CustomComponent]) -> Shape:
    path = graph.objects(node, sh("path"))
    severity = graph.objects(node, sh("severity"))
    return Shape(
        node,
        parse_path(graph, path[0]) if path else None,
        tuple(_targets(graph, node)),
        (*_constraints(graph, node), *custom_constraints(graph, node, custom)),
        severity[0] if severity else sh("Violation"),
        tuple(graph.objects(node, sh("message"))),
        any(value in TRUE for value in graph.objects(node, sh("deactivated"))),
    )


def _targets(graph: Graph, node: Term) -> Iterator[Target]:
    for kind in TargetKind:
        yield from (Target(kind, term) for term in graph.objects(node, sh(kind.value)))
    # https://www.w3.org/TR/shacl/#implicit-targetClass; owl:Class is an rdfs:Class by OWL's own axioms.
    classes = graph.subclasses(_CLASS) | graph.subclasses(f"<{OWL}Class>")
    if node.startswith("<") and classes.intersection(graph.objects(node, TYPE)):
        yield Target(TargetKind.CLASS, node)


def _constraints(graph: Graph, node: Term) -> Iterator[Constraint]:
    for name, parameter in PARAMETERS.items():
        options = {
            option: values[0] for option in parameter.options if (values := graph.objects(node, sh(option)))
        }
        for value in graph.objects(node, sh(name)):
            if parameter.form is Form.BOOLEAN and value not in TRUE:
                continue
            if parameter.form is Form.SPARQL and _is_deactivated(graph, value):
                continue
            component = sh(f"{parameter.component}ConstraintComponent")
            if name.startswith("qualified"):
                if "qualifiedValueShape" in options:
                    yield Constraint(
                        component, options["qualifiedValueShape"], (), {**options, "count": value}
                    )
                continue
            ignored = options.pop("ignoredProperties", None)
            members = (
                graph.members(value)
                if parameter.form in _LISTS
                else graph.members(ignored)
                if ignored
                else ()
            )
            yield Constraint(component, value, members, dict(options))


def _is_deactivated(graph: Graph, node: Term) -> bool:
    return any(value in TRUE for value in graph.objects(node, sh("deactivated")))
