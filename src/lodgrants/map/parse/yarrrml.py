"""YARRRML to the model, with line and column for every fault.

Implements the YARRRML specification (https://rml.io/yarrrml/spec/) and its short forms. A template that
is one reference and nothing else, `$(x)`, is that reference: where an IRI is wanted, the value is the IRI.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from lodgrants.errors import MappingError, Problem, UnsupportedError, Where
from lodgrants.map.model import (
    BLANK_NODE,
    IRI,
    LITERAL,
    Constant,
    Expression,
    JoinCondition,
    LogicalSource,
    LogicalTarget,
    Mapping,
    ObjectMap,
    PredicateObjectMap,
    RefObjectMap,
    TermMap,
    TriplesMap,
)
from lodgrants.map.parse.build import language_problem, term_map_problems
from lodgrants.map.parse.yarrrml_functions import parse_call, parse_parameters
from lodgrants.map.parse.yarrrml_sources import parse_source, parse_target
from lodgrants.map.parse.yarrrml_text import Text
from lodgrants.rdf.namespaces import RDF

_MAPPING_KEYS = {
    "sources": ("sources", "source"),
    "subjects": ("subjects", "subject", "s"),
    "graphs": ("graphs", "graph", "g"),
    "po": ("predicateobjects", "po"),
    "conditions": ("conditions", "condition"),
}
_PO_KEYS = {
    "predicates": ("predicates", "predicate", "p"),
    "objects": ("objects", "object", "o"),
    "graphs": ("graphs", "graph", "g"),
    "conditions": ("conditions", "condition"),
}
_BLANK = ("blank", "blanknode", "bnode")
_TYPE = Constant(f"<{RDF}type>")


def parse_yarrrml(path: Path) -> Mapping:
    """Read a YARRRML document; raise MappingError with every fault found."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = YAML(typ="rt").load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(
            Problem("LG-MAP-001", f"the mapping cannot be read: {error}", Where(str(path)))
        ) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = Where(str(path), mark.line + 1, mark.column + 1) if mark else Where(str(path))
        raise MappingError(Problem("LG-MAP-001", f"not well-formed YAML: {error.problem}", where)) from error
    if isinstance(document, CommentedMap) and "mapping" in document:
        document.setdefault("mappings", document["mapping"])
    if not isinstance(document, CommentedMap) or not isinstance(document.get("mappings"), CommentedMap):
        raise MappingError(Problem("LG-MAP-001", "the document has no mappings", Where(str(path))))
    parser = YarrrmlParser(document, str(path))
    triples_maps = tuple(parser.triples_maps())
    if parser.problems:
        raise MappingError(*parser.problems)
    return Mapping(triples_maps, str(path))


class YarrrmlParser:
    """Walks the document; what is wrong is noted in `problems` and the walk goes on."""

    def __init__(self, document: CommentedMap, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.document = document
        self.text = Text(
            {str(k): str(v) for k, v in (document.get("prefixes") or {}).items()},
            document.get("base"),
            {str(k): _text(v) for k, v in (document.get("external") or {}).items()},
        )

    def fault(self, message: str, where: Where | None, value: object = None, hint: str | None = None) -> None:
        """Note what is wrong at a place."""
        shown = None if value is None else str(value)
        self.problems.append(Problem("LG-MAP-002", message, where, shown, hint=hint))

    def where(self, holder: Any, key: object = None) -> Where:
        """Return the place of a key of a map, of an item of a list, or of either itself."""
        line, column = holder.lc.line, holder.lc.col
        if isinstance(holder, CommentedMap) and key in holder:
            line, column = holder.lc.value(key)
        elif isinstance(holder, CommentedSeq) and isinstance(key, int):
            line, column = holder.lc.item(key)
        return Where(self.file, line + 1, column + 1)

    def triples_maps(self) -> Iterator[TriplesMap]:
        """Yield a triples map for each source and subject of each mapping."""
        for name, body in self.document["mappings"].items():
            if not isinstance(body, CommentedMap):
                self.fault(f"the mapping {name} is empty", self.where(self.document["mappings"], name))
                continue
            yield from self._mapping(str(name), body)

    def names(self, mapping: str) -> list[str]:
        """Return the names of the triples maps that a mapping becomes."""
        body = self.document["mappings"].get(mapping)
        if body is None:
            return []
        count = len(self._listed(body, *_MAPPING_KEYS["sources"])) * max(
            1, len(self._listed(body, *_MAPPING_KEYS["subjects"]))
        )
        return [mapping] if count <= 1 else [f"{mapping}-{i}" for i in range(count)]

    def _mapping(self, name: str, body: CommentedMap) -> Iterator[TriplesMap]:
        if "changeDetection" in body:
            problem = Problem("LG-MAP-007", "changeDetection is not supported", self.where(body))
            raise UnsupportedError(problem)
        self._check_keys(body, _MAPPING_KEYS, ("targets",))
        sources = [self.source(each, place) for each, place in self._listed(body, *_MAPPING_KEYS["sources"])]
        if not sources:
            self.fault(f"the mapping {name} has no sources", self.where(body))
        conditions = self._conditions(body)
        listed = self._listed(body, *_MAPPING_KEYS["subjects"])
        subjects = [self._term(each, place, "subject", conditions) for each, place in listed]
        if not subjects:
            subjects = [TermMap(None, BLANK_NODE, conditions=conditions, where=self.where(body))]
        graphs = self._terms(body, _MAPPING_KEYS["graphs"], "graph")
        poms = tuple(
            self._predicate_object(each, place) for each, place in self._listed(body, *_MAPPING_KEYS["po"])
        )
        names = iter(self.names(name))
        for source in sources:
            for subject in subjects:
                yield TriplesMap(
                    next(names),
                    source,
                    subject,
                    (),
                    graphs,
                    poms,
                    self.document.get("base"),
                    self.where(body),
                )

    def source(self, given: Any, place: Where) -> LogicalSource:
        """Return a logical source given by name or in place."""
        if isinstance(given, str) and "~" not in given:
            named = (self.document.get("sources") or {}).get(given)
            if named is None:
                self.fault("there is no source of this name", place, given, self._near(given, "sources"))
                return LogicalSource(parse_source("missing.csv", None, place).source, "CSV")
            return parse_source(named, given, place)
        return parse_source(given, None, place)

    def targets(self, given: Any, place: Where) -> tuple[LogicalTarget, ...]:
        """Return logical targets given by name or in place."""
        listed = given if isinstance(given, CommentedSeq) and not _is_pair(given) else [given]
        known = self.document.get("targets") or {}
        return tuple(
            parse_target(known.get(each, each) if isinstance(each, str) else each, place)
            for each in listed
            if each
        )

    def expression(self, given: Any, place: Where, is_object: bool = False) -> Expression:
        """Return a constant, reference, template or function call; in an object prefixes are written out."""
        if isinstance(given, CommentedMap) and ("function" in given or "f" in given or "fn" in given):
            return parse_call(self, given, place)
        if isinstance(given, CommentedMap):
            return self.expression(given.get("value"), place, is_object)
        make = self.text.value_expression if is_object else self.text.expression
        try:
            return make(_text(given))
        except ValueError as error:
            self.fault(str(error), place, given)
            return Constant('""')

    def iri_expression(self, given: Any, place: Where) -> Expression:
        """Return an expression whose text is an IRI; prefixes are written out."""
        if isinstance(given, CommentedMap) and "value" in given:
            given = given["value"]
        if isinstance(given, CommentedMap):
            return self.expression(given, place)
        try:
            return self.text.iri_expression(_text(given))
        except ValueError as error:
            self.fault(str(error), place, given)
            return Constant("<urn:invalid>")

    def _term(
        self,
        given: Any,
        place: Where,
        position: str,
        conditions: tuple[Expression, ...] = (),
        targets: tuple[LogicalTarget, ...] = (),
    ) -> TermMap:
        """Return a term map that makes an IRI or, for `_:`, a blank node."""
        if isinstance(given, CommentedMap):
            targets = targets or self.targets(given.get("targets") or given.get("target"), place)
        kind = str(given.get("type", "")).lower() if isinstance(given, CommentedMap) else ""
        if kind in _BLANK or (isinstance(given, str) and given.startswith("_:")):
            return self._blank(given, place, conditions, targets)
        if isinstance(given, str) and given == "a" and position == "predicate":
            return TermMap(_TYPE, IRI, where=place)
        expression = self.iri_expression(given, place)
        self.problems += term_map_problems(position, IRI, expression, place)
        return TermMap(expression, IRI, None, None, conditions, targets, None, place)

    def _blank(
        self,
        given: Any,
        place: Where,
        conditions: tuple[Expression, ...],
        targets: tuple[LogicalTarget, ...],
    ) -> TermMap:
        """Return a term map that makes a blank node, one of each record's own when no value is given."""
        own = isinstance(given, CommentedMap) and "value" not in given and "function" not in given
        text = given.removeprefix("_:") if isinstance(given, str) else given
        expression = None if own else self.expression(text, place)
        return TermMap(expression, BLANK_NODE, None, None, conditions, targets, None, place)

    def _terms(self, body: CommentedMap, keys: tuple[str, ...], position: str) -> tuple[TermMap, ...]:
        return tuple(self._term(each, place, position) for each, place in self._listed(body, *keys))

    def _predicate_object(self, given: Any, place: Where) -> PredicateObjectMap:
        if isinstance(given, CommentedSeq):
            if len(given) < 2:
                self.fault("a predicate and an object are needed", place)
                return PredicateObjectMap((), ())
            predicates = [self._term(each, place, "predicate") for each in _as_list(given[0])]
            graphs: tuple[TermMap, ...] = ()
            third = given[2] if len(given) > 2 else None
            objects = [
                self._object(each, place, predicates, (), third)
                for each in (_as_list(given[1]) if not _is_short(given[1]) else [given[1]])
            ]
            return PredicateObjectMap(tuple(predicates), tuple(objects), graphs)
        if not isinstance(given, CommentedMap):
            self.fault("a predicate-object must be a list or a map", place, given)
            return PredicateObjectMap((), ())
        self._check_keys(given, _PO_KEYS, ("targets",))
        conditions = self._conditions(given)
        made = self._terms(given, _PO_KEYS["predicates"], "predicate")
        listed = self._listed(given, *_PO_KEYS["objects"])
        objects = [self._object(each, where, list(made), conditions) for each, where in listed]
        if not made or not objects:
            self.fault("a predicate and an object are needed", place)
        return PredicateObjectMap(
            made, tuple(_flat(objects)), self._terms(given, _PO_KEYS["graphs"], "graph")
        )

    def _object(
        self,
        given: Any,
        place: Where,
        predicates: list[TermMap],
        conditions: tuple[Expression, ...],
        third: Any = None,
    ) -> ObjectMap:
        if isinstance(given, CommentedMap) and (mapping := given.get("mapping") or given.get("mappings")):
            return self._reference(str(mapping), given, place, conditions)
        if isinstance(given, CommentedSeq):
            third = given[1] if len(given) > 1 else third
            given = given[0]
        details = given if isinstance(given, CommentedMap) else {}
        conditions = (*conditions, *(self._conditions(given) if isinstance(given, CommentedMap) else ()))
        kind = str(details.get("type", "")).lower()
        text = _text(given) if not isinstance(given, CommentedMap) else str(given.get("value", ""))
        is_type = any(each.expression == _TYPE for each in predicates)
        targets = self.targets(details.get("targets") or details.get("target"), place)
        for each in (details.get("language"), details.get("datatype")):
            targets += self.targets(each.get("targets"), place) if isinstance(each, CommentedMap) else ()
        if text.startswith("_:") or kind in _BLANK:
            return self._blank(given, place, conditions, targets)
        if text.endswith("~iri") or kind == "iri" or is_type:
            plain = given if isinstance(given, CommentedMap) and "value" not in given else text
            return self._term(plain, place, "object", conditions, targets)
        language, datatype = self._qualities(details, third, place)
        expression = self.expression(given, place, is_object=True)
        self.problems += language_problem(language, place)
        return TermMap(expression, LITERAL, language, datatype, conditions, targets, None, place)

    def _qualities(
        self, details: Any, third: Any, place: Where
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
        tag = None if plain is None else self.expression(plain, place)
        return tag, None if datatype is None else self.iri_expression(datatype, place)

    def _reference(
        self, mapping: str, given: CommentedMap, place: Where, conditions: tuple[Expression, ...]
    ) -> ObjectMap:
        names = self.names(mapping)
        if not names:
            self.fault("there is no mapping of this name", place, mapping, self._near(mapping, "mappings"))
            names = [mapping]
        joins = tuple(
            self._join(each, where) for each, where in self._listed(given, "condition", "conditions")
        )
        return RefObjectMap(names[0], joins, self.targets(given.get("targets"), place), conditions, place)

    def _join(self, given: Any, place: Where) -> JoinCondition:
        if not isinstance(given, CommentedMap):
            self.fault("a condition needs a function and its parameters", place)
            return JoinCondition(Constant('""'), Constant('""'), place)
        if not str(given.get("function", "equal")).endswith("equal"):
            message = "a join by another function than equality is not supported"
            raise UnsupportedError(Problem("LG-MAP-007", message, place, str(given.get("function"))))
        sides = [each.expression for _, each in parse_parameters(self, given.get("parameters"), place)]
        if len(sides) != 2 or sides[0] is None or sides[1] is None:
            self.fault("a join condition needs two parameters", place)
            return JoinCondition(Constant('""'), Constant('""'), place)
        return JoinCondition(sides[0], sides[1], place)

    def _conditions(self, body: CommentedMap) -> tuple[Expression, ...]:
        if body.get("mapping") or body.get("mappings"):
            return ()
        return tuple(
            parse_call(self, each, place)
            for each, place in self._listed(body, *_MAPPING_KEYS["conditions"])
            if isinstance(each, CommentedMap)
        )

    def _listed(self, body: CommentedMap, *keys: str) -> list[tuple[Any, Where]]:
        """Return the values under one of several names of a key, each with its place."""
        for key in keys:
            given = body.get(key)
            if given is None:
                continue
            if isinstance(given, CommentedSeq) and not (
                key in _MAPPING_KEYS["sources"] and _is_inline(given)
            ):
                return [(each, self.where(given, i)) for i, each in enumerate(given)]
            if isinstance(given, CommentedMap) and key in _MAPPING_KEYS["sources"] and "access" not in given:
                return [(each, self.where(given, name)) for name, each in given.items()]
            return [(given, self.where(body, key))]
        return []

    def _check_keys(
        self, body: CommentedMap, keys: dict[str, tuple[str, ...]], more: tuple[str, ...]
    ) -> None:
        known = [each for names in keys.values() for each in names] + list(more)
        from difflib import get_close_matches

        for key in body:
            if key not in known:
                near = get_close_matches(str(key), known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else "one of " + ", ".join(known)
                self.fault(f"{key!r} is not a key here", self.where(body, key), key, hint)

    def _near(self, name: str, section: str) -> str | None:
        from difflib import get_close_matches

        near = get_close_matches(name, [str(each) for each in self.document.get(section) or ()], n=1)
        return f"did you mean {near[0]!r}?" if near else None


def _flat(objects: list[ObjectMap]) -> Iterator[ObjectMap]:
    yield from objects


def _as_list(given: Any) -> list[Any]:
    return list(given) if isinstance(given, CommentedSeq) else [given]


def _is_short(given: Any) -> bool:
    """Tell whether a list is one object in short form: a value and its language or datatype."""
    return (
        isinstance(given, CommentedSeq)
        and len(given) == 2
        and isinstance(given[1], str)
        and given[1].endswith("~lang")
    )


def _is_inline(given: CommentedSeq) -> bool:
    return bool(given) and isinstance(given[0], str) and "~" in given[0]


def _is_pair(given: CommentedSeq) -> bool:
    return bool(given) and isinstance(given[0], str) and "~" in given[0]


def _text(given: Any) -> str:
    if isinstance(given, bool):
        return str(given).lower()
    return "" if given is None else str(given)
