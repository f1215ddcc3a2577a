"""Property paths in a shapes graph, as trees (https://www.w3.org/TR/shacl/#property-paths)."""

from __future__ import annotations

from collections.abc import Callable

from lodgrants.rdf.graph import FIRST, NIL, Graph, ListError
from lodgrants.validate.model import (
    Alternative,
    Inverse,
    OneOrMore,
    Path,
    Predicate,
    Sequence,
    Term,
    ZeroOrMore,
    ZeroOrOne,
    sh,
)

_UNARY: dict[str, Callable[[Path], Path]] = {
    sh("inversePath"): Inverse,
    sh("zeroOrMorePath"): ZeroOrMore,
    sh("oneOrMorePath"): OneOrMore,
    sh("zeroOrOnePath"): ZeroOrOne,
}
_ALTERNATIVE = sh("alternativePath")


class PathError(ValueError):
    """A node that should be a property path is not a well-formed one."""


def parse_path(graph: Graph, node: Term, above: tuple[Term, ...] = ()) -> Path:
    """Return the path that a node of a shapes graph describes.

    :raises PathError: when it is not well-formed (https://www.w3.org/TR/shacl/#path-metarule).
    """
    if node == NIL:  # an IRI, but nobody means the predicate
        raise PathError("a list in a path needs two members or more")
    if node.startswith("<"):
        return Predicate(node)
    if not node.startswith("_:"):
        raise PathError(f"a path cannot be the literal {node}")
    if node in above:
        raise PathError("the path contains itself")
    inner = (*above, node)
    if graph.objects(node, FIRST):
        return Sequence(_members(graph, node, inner))
    return _operator(graph, node, inner)


def _operator(graph: Graph, node: Term, above: tuple[Term, ...]) -> Path:
    used = [
        (predicate, value)
        for predicate in (*_UNARY, _ALTERNATIVE)
        for value in graph.objects(node, predicate)
    ]
    if len(used) != 1:
        raise PathError(f"expected exactly one path operator, found {len(used)}")
    ((predicate, value),) = used
    if predicate == _ALTERNATIVE:
        return Alternative(_members(graph, value, above))
    return _UNARY[predicate](parse_path(graph, value, above))


def _members(graph: Graph, head: Term, above: tuple[Term, ...]) -> tuple[Path, ...]:
    try:
        members = graph.members(head)
    except ListError as error:
        raise PathError(str(error)) from error
    if len(members) < 2:
        raise PathError("a list in a path needs two members or more")
    return tuple(parse_path(graph, member, above) for member in members)


def path_text(path: Path) -> str:
    """Return a path in SPARQL's syntax; a predicate path is the predicate's N-Triples text."""
    match path:
        case Predicate(iri):
            return iri
        case Inverse(inner):
            return f"^{_inner(inner)}"
        case Sequence(paths):
            return "/".join(_inner(part) for part in paths)
        case Alternative(paths):
            return "|".join(_inner(part) for part in paths)
        case ZeroOrMore(inner):
            return f"{_inner(inner)}*"
        case OneOrMore(inner):
            return f"{_inner(inner)}+"
        case ZeroOrOne(inner):
            return f"{_inner(inner)}?"


def _inner(path: Path) -> str:
    return path_text(path) if isinstance(path, Predicate) else f"({path_text(path)})"


def path_turtle(path: Path) -> str:
    """Return a path as an object in Turtle (https://www.w3.org/TR/shacl/#results-path)."""
    match path:
        case Predicate(iri):
            return iri
        case Inverse(inner):
            return f"[ {sh('inversePath')} {path_turtle(inner)} ]"
        case Sequence(paths):
            return f"( {' '.join(path_turtle(part) for part in paths)} )"
        case Alternative(paths):
            return f"[ {_ALTERNATIVE} ( {' '.join(path_turtle(part) for part in paths)} ) ]"
        case ZeroOrMore(inner):
            return f"[ {sh('zeroOrMorePath')} {path_turtle(inner)} ]"
        case OneOrMore(inner):
            return f"[ {sh('oneOrMorePath')} {path_turtle(inner)} ]"
        case ZeroOrOne(inner):
            return f"[ {sh('zeroOrOnePath')} {path_turtle(inner)} ]"


def predicates_of(path: Path) -> set[Term]:
    """Return the predicates that a path uses."""
    match path:
        case Predicate(iri):
            return {iri}
        case Sequence(paths) | Alternative(paths):
            return {iri for part in paths for iri in predicates_of(part)}
        case _:
            return predicates_of(path.path)
