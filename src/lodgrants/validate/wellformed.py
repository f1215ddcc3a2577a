"""Syntax rules of a shapes graph (https://www.w3.org/TR/shacl/#syntax-rules), all checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from difflib import get_close_matches

from lodgrants.errors import Problem, UnsupportedError, Where
from lodgrants.rdf.graph import TYPE, Graph, ListError
from lodgrants.rdf.namespaces import SH, XSD
from lodgrants.validate.custom import declared_parameters
from lodgrants.validate.model import Term, sh
from lodgrants.validate.shape_paths import PathError, parse_path
from lodgrants.validate.vocabulary import DASH_PARAMETERS, KNOWN, NODE_KINDS, OPTIONS, PARAMETERS, Form

_INTEGER = re.compile(rf'"[+-]?[0-9]+"\^\^<{re.escape(XSD)}integer>')
_BOOLEANS = frozenset(f'"{value}"^^<{XSD}boolean>' for value in ("true", "false", "1", "0"))
_PLAIN = re.compile(r'".*"')
_MESSAGE = re.compile(r'".*"(@[A-Za-z0-9-]+)?')
_SHAPE_CLASS = "write rdfs:Class and sh:NodeShape instead"
_TARGET_FORMS = {"targetClass": Form.IRI, "targetSubjectsOf": Form.IRI, "targetObjectsOf": Form.IRI}


def check_shapes(graph: Graph, nodes: Sequence[Term]) -> list[Problem]:
    """Return every violation of a syntax rule by the given shapes."""
    return [problem for node in nodes for problem in _check_shape(graph, node)]


def check_supported(graph: Graph, nodes: Sequence[Term]) -> None:
    """Refuse what this validator does not have, by name.

    :raises UnsupportedError: with all such features; for sh:entailment see
        https://www.w3.org/TR/shacl/#sparql-entailment.
    """
    problems = [
        Problem(
            "LG-VAL-003",
            f"entailment regime {regime} is not supported",
            where=Where(detail=f"shapes graph {node}"),
            hint="materialise the entailed triples before validating",
        )
        for node in graph.subjects(sh("entailment"))
        for regime in graph.objects(node, sh("entailment"))
    ]
    problems += [
        Problem(
            "LG-VAL-002", "sh:ShapeClass is not supported", Where(detail=f"shape {node}"), hint=_SHAPE_CLASS
        )
        for node in graph.instances(sh("ShapeClass"))
    ]
    declared = declared_parameters(graph)
    problems += [problem for node in nodes for problem in _unknown(graph, node, declared)]
    if problems:
        raise UnsupportedError(*problems)


def _unknown(graph: Graph, node: Term, declared: Container[Term]) -> Iterator[Problem]:
    for predicate in graph.predicates(node):
        name = predicate.removeprefix(f"<{SH}").removesuffix(">")
        if predicate.startswith(f"<{SH}") and name not in KNOWN:
            near = get_close_matches(name, KNOWN, n=1, cutoff=0.8)
            hint = f"did you mean sh:{near[0]}?" if near else "try --engine pyshacl, or leave it out"
            yield Problem("LG-VAL-002", f"sh:{name} is not supported", _place(node, name), hint=hint)
        if predicate in DASH_PARAMETERS and predicate not in declared:
            hint = "give the file that declares its constraint component as shapes too"
            yield Problem(
                "LG-VAL-002", f"{predicate} is not supported", Where(detail=f"shape {node}"), hint=hint
            )


def _check_shape(graph: Graph, node: Term) -> Iterator[Problem]:
    yield from _check_path(graph, node)
    for name, parameter in PARAMETERS.items():
        values = graph.objects(node, sh(name))
        yield from _check_values(graph, node, name, parameter.form, values)
        if values and parameter.property_shapes_only:
            yield from _check_scope(graph, node, name)
        if len(values) > 1 and not parameter.many:
            yield _problem(node, name, f"has {len(values)} values", expected="one value at most")
    for name, form in {**OPTIONS, **_TARGET_FORMS}.items():
        values = graph.objects(node, sh(name))
        yield from _check_values(graph, node, name, form, values)
        if len(values) > 1 and name in OPTIONS:
            yield _problem(node, name, f"has {len(values)} values", expected="one value at most")
        if values and name == "qualifiedValueShape":
            yield from _check_scope(graph, node, name)
    yield from _check_annotations(graph, node)


def _check_scope(graph: Graph, node: Term, name: str) -> Iterator[Problem]:
    if not graph.objects(node, sh("path")):
        yield _problem(node, name, "stands on a node shape", expected="a property shape (with sh:path)")


def _check_annotations(graph: Graph, node: Term) -> Iterator[Problem]:
    """Check severity, deactivated, message and target nodes (https://www.w3.org/TR/shacl/#shapes)."""
    for name, is_right, expected in (
        ("severity", lambda value: value.startswith("<"), "one IRI"),
        ("deactivated", _BOOLEANS.__contains__, "true or false"),
    ):
        values = graph.objects(node, sh(name))
        if len(values) > 1 or not all(is_right(value) for value in values):
            yield _problem(node, name, "is not well-formed", ", ".join(values), expected)
    for value in graph.objects(node, sh("message")):
        if not _MESSAGE.fullmatch(value):
            yield _problem(node, "message", "is not well-formed", value, "a string or language-tagged string")
    for value in graph.objects(node, sh("targetNode")):
        if value.startswith("_:"):
            yield _problem(node, "targetNode", "is a blank node", value, "an IRI or literal")


def _check_path(graph: Graph, node: Term) -> Iterator[Problem]:
    paths = graph.objects(node, sh("path"))
    if len(paths) > 1:
        yield _problem(node, "path", f"has {len(paths)} values", expected="one path")
    if not paths and (node, TYPE, sh("PropertyShape")) in graph:
        yield _problem(node, "path", "is missing on a property shape", expected="one path")
    if paths and (node, TYPE, sh("NodeShape")) in graph:
        yield _problem(
            node, "path", "stands on a sh:NodeShape", expected="a property shape, without that type"
        )
    for path in paths:
        try:
            parse_path(graph, path)
        except PathError as error:
            yield _problem(node, "path", f"is not a well-formed path: {error}", path)


def _check_values(
    graph: Graph, node: Term, name: str, form: Form, values: Sequence[Term]
) -> Iterator[Problem]:
    for value in values:
        if not _FORMS[form](graph, value):
            yield _problem(node, name, "has a value of the wrong kind", value, form.value)


def _problem(
    node: Term, name: str, message: str, value: str | None = None, expected: str | None = None
) -> Problem:
    return Problem("LG-VAL-001", f"sh:{name} {message}", _place(node, name), value, expected)


def _place(node: Term, name: str) -> Where:
    return Where(detail=f"shape {node}, sh:{name}")


def _is_list(member: Callable[[Graph, Term], bool]) -> Callable[[Graph, Term], bool]:
    def is_list(graph: Graph, value: Term) -> bool:
        try:
            return all(member(graph, item) for item in graph.members(value))
        except ListError:
            return False

    return is_list


def _is_shape(graph: Graph, value: Term) -> bool:
    return not value.startswith('"')


def _is_node_shape(graph: Graph, value: Term) -> bool:
    return _is_shape(graph, value) and not graph.objects(value, sh("path"))


def _is_property_shape(graph: Graph, value: Term) -> bool:
    return _is_shape(graph, value) and len(graph.objects(value, sh("path"))) == 1


def _is_iri(graph: Graph, value: Term) -> bool:
    return value.startswith("<")


def _is_string(graph: Graph, value: Term) -> bool:
    return _PLAIN.fullmatch(value) is not None


_FORMS: dict[Form, Callable[[Graph, Term], bool]] = {
    Form.TERM: lambda graph, value: True,
    Form.IRI: _is_iri,
    Form.LITERAL: lambda graph, value: value.startswith('"'),
    Form.STRING: _is_string,
    Form.INTEGER: lambda graph, value: _INTEGER.fullmatch(value) is not None,
    Form.BOOLEAN: lambda graph, value: value in _BOOLEANS,
    Form.LIST: _is_list(lambda graph, value: True),
    Form.IRI_LIST: _is_list(_is_iri),
    Form.STRING_LIST: _is_list(_is_string),
    Form.SHAPE: _is_shape,
    Form.NODE_SHAPE: _is_node_shape,
    Form.PROPERTY_SHAPE: _is_property_shape,
    Form.SHAPE_LIST: _is_list(_is_shape),
    Form.NODE_KIND: lambda graph, value: value in {sh(kind) for kind in NODE_KINDS},
    Form.SPARQL: lambda graph, value: bool(graph.objects(value, sh("select"))),
}
