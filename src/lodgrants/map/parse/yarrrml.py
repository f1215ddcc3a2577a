"""YARRRML to the model, with line and column for every fault.

Implements the YARRRML specification (https://rml.io/yarrrml/spec/) and its short forms. A template that
is one reference and nothing else, `$(x)`, is that reference: where an IRI is wanted, the value is the IRI.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from lodgrants.errors import MappingError, Problem, UnsupportedError, Where
from lodgrants.map.model import (
    BLANK_NODE,
    IRI,
    Constant,
    Expression,
    LogicalSource,
    LogicalTarget,
    Mapping,
    ObjectMap,
    PredicateObjectMap,
    RefObjectMap,
    TermMap,
    TriplesMap,
)
from lodgrants.map.parse.build import Read, base_problems, raising, term_map_problems, with_parents
from lodgrants.map.parse.yarrrml_functions import parse_call
from lodgrants.map.parse.yarrrml_objects import BLANK, TYPE, as_list, parse_objects, text_of
from lodgrants.map.parse.yarrrml_sources import parse_source, parse_target
from lodgrants.map.parse.yarrrml_text import Text, spell_out

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


def parse_yarrrml(path: Path) -> Mapping:
    """Read a YARRRML document; raise MappingError with every fault found."""
    return raising(*read_yarrrml(path))


def read_yarrrml(path: Path) -> Read:
    """Read a YARRRML document: the triples maps that are sound, and every fault found.

    Raises MappingError when it is no YARRRML document at all.
    """
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
    for body in document["mappings"].values():
        spell_out(body)
    parser = YarrrmlParser(document, str(path))
    triples_maps = with_parents(list(parser.triples_maps()))
    return Mapping(triples_maps, str(path), parser.text.declared), parser.problems


class YarrrmlParser:
    """Walks the document; what is wrong is noted in `problems` and the walk goes on."""

    def __init__(self, document: CommentedMap, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.document = document
        self._known_sources: dict[str, list[LogicalSource]] = {}
        self.parents: dict[str, LogicalSource] = {}
        base = document.get("base")
        self.problems += base_problems(None if base is None else str(base), Where(file))
        self.text = Text(
            {str(k): str(v) for k, v in self._section("prefixes").items()},
            document.get("base"),
            {str(k): text_of(v) for k, v in self._section("external").items()},
        )

    def _section(self, name: str) -> CommentedMap:
        """Return a part of the document that maps names to something, empty when it is not there."""
        found = self.document.get(name)
        if found is not None and not isinstance(found, CommentedMap):
            self.fault(f"{name} must be a map", self.where(self.document, name), found)
        return found if isinstance(found, CommentedMap) else CommentedMap()

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
        """Yield a triples map for each source and subject of each mapping that nothing is wrong with."""
        for name, body in self.document["mappings"].items():
            if not isinstance(body, CommentedMap):
                self.fault(f"the mapping {name} is empty", self.where(self.document["mappings"], name))
                continue
            try:
                yield from self._mapping(str(name), body)
            except (MappingError, UnsupportedError) as error:
                self.problems += error.problems

    def names(self, mapping: str) -> list[str]:
        """Return the names of the triples maps that a mapping becomes."""
        body = self.document["mappings"].get(mapping)
        if body is None:
            return []
        count = len(self.listed(body, *_MAPPING_KEYS["sources"])) * max(
            1, len(self.listed(body, *_MAPPING_KEYS["subjects"]))
        )
        return [mapping] if count <= 1 else [f"{mapping}-{i}" for i in range(count)]

    def _mapping(self, name: str, body: CommentedMap) -> Iterator[TriplesMap]:
        before = len(self.problems)
        if "changeDetection" in body:
            problem = Problem("LG-MAP-007", "changeDetection is not supported", self.where(body))
            raise UnsupportedError(problem)
        self.check_keys(body, _MAPPING_KEYS, ("targets",))
        sources = self.sources(name)
        if not sources:
            self.fault(f"the mapping {name} has no sources", self.where(body))
        conditions = self.conditions(body)
        listed = self.listed(body, *_MAPPING_KEYS["subjects"])
        subjects = [self.term(each, place, "subject", conditions) for each, place in listed]
        if not subjects:
            subjects = [TermMap(None, BLANK_NODE, conditions=conditions, where=self.where(body))]
        graphs = self._terms(body, _MAPPING_KEYS["graphs"], "graph")
        is_sound = len(self.problems) == before
        poms = self._sound_rules(body)
        if not is_sound:
            return
        names = iter(self.names(name))
        for source in sources:
            for subject in subjects:
                yield TriplesMap(
                    next(names),
                    source,
                    subject,
                    (),
                    graphs,
                    tuple(self._for_source(each, source) for each in poms),
                    self.document.get("base"),
                    self.where(body),
                )

    def _sound_rules(self, body: CommentedMap) -> list[PredicateObjectMap]:
        """Return the predicate-object maps of a mapping that nothing is wrong with."""
        found = []
        for each, place in self.listed(body, *_MAPPING_KEYS["po"]):
            before = len(self.problems)
            made = self._predicate_object(each, place)
            if len(self.problems) == before:
                found.append(made)
        return found

    def sources(self, mapping: str) -> list[LogicalSource]:
        """Return the logical sources of a mapping, read once."""
        if mapping not in self._known_sources:
            listed = self.listed(self.document["mappings"][mapping], *_MAPPING_KEYS["sources"])
            self._known_sources[mapping] = [self.source(each, place) for each, place in listed]
        return self._known_sources[mapping]

    def _for_source(self, pom: PredicateObjectMap, source: LogicalSource) -> PredicateObjectMap:
        """Return a predicate-object map for one of the sources of its mapping.

        A reference without a condition is to what the same record makes: to the mapping over the same source.
        """
        objects = [each for each in pom.objects if self._is_over(each, source)]
        return replace(pom, objects=tuple(objects or pom.objects))

    def _is_over(self, object_map: ObjectMap, source: LogicalSource) -> bool:
        if not isinstance(object_map, RefObjectMap) or object_map.joins:
            return True
        return self.parents.get(object_map.parent, source) == source

    def source(self, given: Any, place: Where) -> LogicalSource:
        """Return a logical source given by name or in place."""
        if isinstance(given, str) and "~" not in given:
            named = self._section("sources").get(given)
            if named is None:
                self.fault("there is no source of this name", place, given, self.near(given, "sources"))
                return LogicalSource(parse_source("missing.csv", None, place).source, "CSV")
            return parse_source(named, given, place)
        return parse_source(given, None, place)

    def targets(self, given: Any, place: Where) -> tuple[LogicalTarget, ...]:
        """Return logical targets given by name or in place."""
        listed = given if isinstance(given, CommentedSeq) and not _is_pair(given) else [given]
        known = self._section("targets")
        return tuple(
            parse_target(known.get(each, each) if isinstance(each, str) else each, place)
            for each in listed
            if each
        )

    def expression(self, given: Any, place: Where, is_object: bool = False) -> Expression:
        """Return a constant, reference, template or function call; in an object prefixes are written out."""
        if isinstance(given, CommentedMap) and "function" in given:
            return parse_call(self, given, place)
        if isinstance(given, CommentedMap):
            return self.expression(given.get("value"), place, is_object)
        make = self.text.value_expression if is_object else self.text.expression
        try:
            return make(text_of(given))
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
            return self.text.iri_expression(text_of(given))
        except ValueError as error:
            self.fault(str(error), place, given)
            return Constant("<urn:invalid>")

    def term(
        self,
        given: Any,
        place: Where,
        position: str,
        conditions: tuple[Expression, ...] = (),
        targets: tuple[LogicalTarget, ...] = (),
    ) -> TermMap:
        """Return a term map that makes an IRI or, for `_:` and the type blank, a blank node.

        A blank node without a value is one of each record's own.
        """
        details = given if isinstance(given, CommentedMap) else {}
        targets = targets or self.targets(details.get("targets") or details.get("target"), place)
        is_blank = str(details.get("type", "")).lower() in BLANK
        if is_blank or (isinstance(given, str) and given.startswith("_:")):
            own = is_blank and "value" not in details and "function" not in details
            text = given.removeprefix("_:") if isinstance(given, str) else given
            expression = None if own else self.expression(text, place)
            return TermMap(expression, BLANK_NODE, None, None, conditions, targets, None, place)
        if isinstance(given, str) and given == "a" and position == "predicate":
            return TermMap(TYPE, IRI, where=place)
        made = self.iri_expression(given, place)
        self.problems += term_map_problems(position, IRI, made, place)
        return TermMap(made, IRI, None, None, conditions, targets, None, place)

    def _terms(self, body: CommentedMap, keys: tuple[str, ...], position: str) -> tuple[TermMap, ...]:
        return tuple(self.term(each, place, position) for each, place in self.listed(body, *keys))

    def _predicate_object(self, given: Any, place: Where) -> PredicateObjectMap:
        if isinstance(given, CommentedSeq):
            if len(given) < 2:
                self.fault("a predicate and an object are needed", place)
                return PredicateObjectMap((), ())
            predicates = [self.term(each, place, "predicate") for each in as_list(given[0])]
            graphs: tuple[TermMap, ...] = ()
            third = given[2] if len(given) > 2 else None
            objects = [
                made
                for each in (as_list(given[1]) if not _is_short(given[1]) else [given[1]])
                for made in parse_objects(self, each, place, predicates, (), third)
            ]
            return PredicateObjectMap(tuple(predicates), tuple(objects), graphs)
        if not isinstance(given, CommentedMap):
            self.fault("a predicate-object must be a list or a map", place, given)
            return PredicateObjectMap((), ())
        self.check_keys(given, _PO_KEYS, ("targets",))
        conditions = self.conditions(given)
        made = self._terms(given, _PO_KEYS["predicates"], "predicate")
        listed = self.listed(given, *_PO_KEYS["objects"])
        objects = [
            o for each, where in listed for o in parse_objects(self, each, where, list(made), conditions)
        ]
        if not made or not objects:
            self.fault("a predicate and an object are needed", place)
        return PredicateObjectMap(made, tuple(objects), self._terms(given, _PO_KEYS["graphs"], "graph"))

    def conditions(self, body: CommentedMap) -> tuple[Expression, ...]:
        if body.get("mapping") or body.get("mappings"):
            return ()
        return tuple(
            parse_call(self, each, place)
            for each, place in self.listed(body, *_MAPPING_KEYS["conditions"])
            if self._is_condition(each, place)
        )

    def _is_condition(self, given: Any, place: Where) -> bool:
        if not isinstance(given, CommentedMap):
            self.fault("a condition needs a function and its parameters", place, given)
        return isinstance(given, CommentedMap)

    def listed(self, body: CommentedMap, *keys: str) -> list[tuple[Any, Where]]:
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

    def check_keys(self, body: CommentedMap, keys: dict[str, tuple[str, ...]], more: tuple[str, ...]) -> None:
        """Note every key that means nothing here; raise UnsupportedError for one that is not supported."""
        if "inversepredicates" in body:
            place = self.where(body, "inversepredicates")
            raise UnsupportedError(Problem("LG-MAP-007", "inverse predicates are not supported", place))
        known = [each for names in keys.values() for each in names] + list(more)
        from difflib import get_close_matches

        for key in body:
            if key not in known:
                near = get_close_matches(str(key), known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else "one of " + ", ".join(known)
                self.fault(f"{key!r} is not a key here", self.where(body, key), key, hint)

    def near(self, name: str, section: str) -> str | None:
        from difflib import get_close_matches

        near = get_close_matches(name, [str(each) for each in self.document.get(section) or ()], n=1)
        return f"did you mean {near[0]!r}?" if near else None


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
