"""Objects in YARRRML: terms in short and long form, and references to other mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from lodgrants.errors import Problem, UnsupportedError, Where
from lodgrants.map.model import (
    LITERAL,
    Constant,
    Expression,
    JoinCondition,
    ObjectMap,
    RefObjectMap,
    TermMap,
)
from lodgrants.map.parse.build import language_problem
from lodgrants.map.parse.yarrrml_functions import parse_parameters
from lodgrants.rdf.namespaces import RDF

if TYPE_CHECKING:
    from lodgrants.map.parse.yarrrml import YarrrmlParser

BLANK = ("blank", "blanknode", "bnode")
TYPE = Constant(f"<{RDF}type>")
_KEYS = (
    "value", "type", "language", "datatype", "targets", "target", "mapping", "mappings", "condition",
    "conditions", "function", "parameters", "output", "return",
)  # fmt: skip


def parse_objects(
    parser: YarrrmlParser,
    given: Any,
    place: Where,
    predicates: list[TermMap],
    conditions: tuple[Expression, ...],
    third: Any = None,
) -> list[ObjectMap]:
    """Return the objects that a value of `objects` stands for: several where it refers to other mappings."""
    if isinstance(given, CommentedMap):
        parser.check_keys(given, {}, _KEYS)
    if isinstance(given, CommentedMap) and (mapping := given.get("mapping") or given.get("mappings")):
        names = [str(each) for each in as_list(mapping)]
        return [made for name in names for made in _references(parser, name, given, place, conditions)]
    return [_object(parser, given, place, predicates, conditions, third)]


def _object(
    parser: YarrrmlParser,
    given: Any,
    place: Where,
    predicates: list[TermMap],
    conditions: tuple[Expression, ...],
    third: Any,
) -> TermMap:
    if isinstance(given, CommentedSeq):
        third = given[1] if len(given) > 1 else third
        given = given[0]
    details = given if isinstance(given, CommentedMap) else {}
    conditions = (*conditions, *(parser.conditions(given) if isinstance(given, CommentedMap) else ()))
    kind = str(details.get("type", "")).lower()
    text = text_of(given) if not isinstance(given, CommentedMap) else str(given.get("value", ""))
    is_type = any(each.expression == TYPE for each in predicates)
    targets = parser.targets(details.get("targets") or details.get("target"), place)
    for each in (details.get("language"), details.get("datatype")):
        targets += parser.targets(each.get("targets"), place) if isinstance(each, CommentedMap) else ()
    if text.startswith("_:") or kind in BLANK:
        blank = given if kind in BLANK else text
        return parser.term(blank, place, "object", conditions, targets)
    if not ({"value", "function"} & set(details)) and (
        given is None or isinstance(given, CommentedMap | CommentedSeq)
    ):
        parser.fault("an object has no value", place, given)
    if text.endswith("~iri") or kind == "iri" or is_type:
        plain = given if isinstance(given, CommentedMap) and "value" not in given else text
        return parser.term(plain, place, "object", conditions, targets)
    language, datatype = _qualities(parser, details, third, place)
    expression = parser.expression(given, place, is_object=True)
    parser.problems += language_problem(language, place)
    return TermMap(expression, LITERAL, language, datatype, conditions, targets, None, place)


def _qualities(
    parser: YarrrmlParser, details: Any, third: Any, place: Where
) -> tuple[Expression | None, Expression | None]:
    language, datatype = (
        each.get("value", each) if isinstance(each, CommentedMap) else each
        for each in (details.get("language"), details.get("datatype"))
    )
    if third is not None and str(third).endswith("~lang"):
        language = third
    elif third is not None:
        datatype = third
    plain = language.removesuffix("~lang") if isinstance(language, str) else language
    tag = None if plain is None else parser.expression(plain, place)
    return tag, None if datatype is None else parser.iri_expression(datatype, place)


def _references(
    parser: YarrrmlParser, mapping: str, given: CommentedMap, place: Where, conditions: tuple[Expression, ...]
) -> list[ObjectMap]:
    """Return a reference to each triples map that a mapping of several sources or subjects becomes."""
    names = parser.names(mapping)
    if not names:
        parser.fault("there is no mapping of this name", place, mapping, parser.near(mapping, "mappings"))
        return []
    sources = parser.sources(mapping)
    per_source = len(names) // max(1, len(sources))
    parser.parents.update((name, sources[i // per_source]) for i, name in enumerate(names) if sources)
    joins = tuple(
        _join(parser, each, where) for each, where in parser.listed(given, "condition", "conditions")
    )
    targets = parser.targets(given.get("targets"), place)
    return [RefObjectMap(name, joins, targets, conditions, place) for name in names]


def _join(parser: YarrrmlParser, given: Any, place: Where) -> JoinCondition:
    if not isinstance(given, CommentedMap):
        parser.fault("a condition needs a function and its parameters", place)
        return JoinCondition(Constant('""'), Constant('""'), place)
    if not str(given.get("function", "equal")).endswith("equal"):
        message = "a join by another function than equality is not supported"
        raise UnsupportedError(Problem("LG-MAP-007", message, place, str(given.get("function"))))
    given_sides = parse_parameters(parser, given.get("parameters"), place)
    sides = [(each.expression, each.where) for _, each in given_sides if each.expression is not None]
    if len(sides) != 2:
        parser.fault("a join condition needs two parameters", place)
        return JoinCondition(Constant('""'), Constant('""'), place)
    (child, child_where), (parent, parent_where) = sides
    return JoinCondition(child, parent, child_where, parent_where)


def as_list(given: Any) -> list[Any]:
    """Return the members of a list, or what is given as the only one."""
    return list(given) if isinstance(given, CommentedSeq) else [given]


def text_of(given: Any) -> str:
    """Return a scalar of YAML as the text it stands for."""
    if isinstance(given, bool):
        return str(given).lower()
    return "" if given is None else str(given)
