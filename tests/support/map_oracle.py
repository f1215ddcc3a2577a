"""A slow interpreter of mappings, row by row in plain Python: what the compiled SQL must agree with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any
from urllib.parse import quote

from lodgrants.map.model import (
    BLANK_NODE,
    LITERAL,
    Constant,
    Expression,
    FunctionCall,
    LogicalSource,
    Reference,
    RefObjectMap,
    Template,
    TermMap,
    TriplesMap,
)
from lodgrants.map.model import Mapping as MappingModel
from lodgrants.rdf.namespaces import RDF, XSD
from lodgrants.rdf.terms import literal

Row = Mapping[str, Any]
_UNRESERVED = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")


def interpret(mapping: MappingModel, data: Mapping[LogicalSource, Sequence[Row]], base: str) -> set[str]:
    """Return the N-Quads lines of a mapping; terms that are not valid are left out."""
    return {
        line
        for triples_map in mapping.triples_maps
        for row in data[_source(triples_map)]
        for line in _of_row(mapping, triples_map, row, data, base)
    }


def _source(triples_map: TriplesMap) -> LogicalSource:
    assert isinstance(triples_map.source, LogicalSource)
    return triples_map.source


def _of_row(
    mapping: MappingModel,
    triples_map: TriplesMap,
    row: Row,
    data: Mapping[LogicalSource, Sequence[Row]],
    base: str,
) -> Iterator[str]:
    subjects = terms(triples_map.subject, row, base)
    pairs: list[tuple[list[str], list[str], Sequence[TermMap]]] = [
        ([f"<{RDF}type>"], [f"<{each}>"], ()) for each in triples_map.classes
    ]
    for pom in triples_map.predicate_objects:
        for predicate, object_map in product(pom.predicates, pom.objects):
            if isinstance(object_map, RefObjectMap):
                objects = _parents(mapping, object_map, row, data, base)
            else:
                objects = terms(object_map, row, base)
            pairs.append((terms(predicate, row, base), objects, pom.graphs))
    for predicates, found, graphs in pairs:
        places = [f" {term}" for each in (*triples_map.graphs, *graphs) for term in terms(each, row, base)]
        if not (triples_map.graphs or graphs):
            places = [""]
        for subject, predicate_term, object_term, graph in product(subjects, predicates, found, places):
            yield f"{subject} {predicate_term} {object_term}{graph} ."


def _parents(
    mapping: MappingModel,
    given: RefObjectMap,
    row: Row,
    data: Mapping[LogicalSource, Sequence[Row]],
    base: str,
) -> list[str]:
    parent = mapping.triples_map(given.parent)
    assert parent is not None
    found = []
    for other in data[_source(parent)]:
        matches = all(
            set(map(_lexical, values(join.child, row))) & set(map(_lexical, values(join.parent, other)))
            for join in given.joins
        )
        if matches:
            found += terms(parent.subject, other, base)
    return found


def terms(term_map: TermMap, row: Row, base: str) -> list[str]:
    """Return the terms that a term map makes of a row."""
    for condition in term_map.conditions:
        if "true" not in map(_lexical, values(condition, row)):
            return []
    expression = term_map.expression
    assert expression is not None
    if isinstance(expression, Constant):
        return [expression.term]
    if term_map.term_type == LITERAL:
        return [_literal(term_map, each) for each in values(expression, row)]
    if term_map.term_type == BLANK_NODE:
        return ["_:b" + _label(_lexical(each)) for each in values(expression, row)]
    encode = isinstance(expression, Template)
    iris = [_lexical(each) for each in values(expression, row, _iri_safe if encode else _lexical)]
    absolute = [each if re.match("[A-Za-z][A-Za-z0-9+.-]*:", each) else base + each for each in iris]
    return [f"<{each}>" for each in absolute if encode or not re.search(r'[\x00-\x20<>"{}|^`\\]', each)]


def values(expression: Expression, row: Row, encode: Any = None) -> list[Any]:
    """Return the values of an expression; `encode` is applied to what a template takes in."""
    if isinstance(expression, Reference):
        return row_values(row, expression.path)
    if isinstance(expression, Constant):
        return [expression.term[1:-1]]
    if isinstance(expression, FunctionCall):
        left, right = (values(each.expression, row)[:1] for _, each in expression.inputs if each.expression)
        return [str(_lexical(left[0]) == _lexical(right[0])).lower()] if left and right else []
    parts = [
        [each] if isinstance(each, str) else [(encode or _lexical)(v) for v in row_values(row, each.path)]
        for each in expression.parts
    ]
    return ["".join(each) for each in product(*parts)]


def row_values(row: Row, path: str) -> list[Any]:
    """Return the values of a reference: a column, or all members of a list for `name[*]`."""
    found = row.get(path.removeprefix("$.").removesuffix("[*]"))
    listed = found if isinstance(found, list) else [found]
    return [each for each in listed if each is not None]


def _lexical(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _literal(term_map: TermMap, value: Any) -> str:
    if isinstance(term_map.language, Constant):
        return literal(_lexical(value), language=term_map.language.term[1:-1])
    if isinstance(term_map.datatype, Constant):
        return literal(_lexical(value), datatype=term_map.datatype.term[1:-1])
    natural = {bool: f"{XSD}boolean", int: f"{XSD}integer"}.get(type(value))
    return literal(_lexical(value), datatype=natural)


def _iri_safe(value: Any) -> str:
    return "".join(
        each if each in _UNRESERVED or _ucschar(each) else quote(each, safe="") for each in _lexical(value)
    )


def _ucschar(char: str) -> bool:
    code = ord(char)
    planes = code >= 0x10000 and code & 0xFFFF <= 0xFFFD and not 0xE0000 <= code < 0xE1000 and code < 0xF0000
    return 0xA0 <= code <= 0xD7FF or 0xF900 <= code <= 0xFDCF or 0xFDF0 <= code <= 0xFFEF or planes


def _label(value: str) -> str:
    return "".join(
        char
        if char.isascii() and (char.isalnum() or char == "_")
        else "".join(f"-{b:02X}" for b in char.encode())
        for char in value
    )
