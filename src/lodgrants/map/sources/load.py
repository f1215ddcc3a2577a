"""Loading what a mapping reads: each file once, whatever the number of logical sources over it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from itertools import islice
from pathlib import PurePath
from typing import Any

from sqlglot import exp

from lodgrants.errors import (
    InputError,
    InternalError,
    LodgrantsError,
    MappingError,
    Problem,
    UnsupportedError,
)
from lodgrants.map.compile.values import JSON, STRING, TEXT, Column
from lodgrants.map.limits import memory_error
from lodgrants.map.model import CSV, JSON_PATH, XPATH, FileSource, LogicalSource, LogicalView, Source
from lodgrants.map.sources.relation import Relation, Room, unknown_reference
from lodgrants.rdf.sql import Expr, bad_iri, call, has_scheme, value

Needs = Mapping[LogicalSource, tuple[str, ...]]

# Loader by what a file is, as "module:function" below lodgrants.map.sources: imported when it is needed.
_BY_SUFFIX = {
    ".parquet": "tables:load_parquet",
    ".xlsx": "sheets:load_sheet",
    ".xls": "sheets:load_sheet",
    ".xlsb": "sheets:load_sheet",
    ".ods": "sheets:load_sheet",
    ".sqlite": "tables:load_sqlite",
    ".sqlite3": "tables:load_sqlite",
    ".db": "tables:load_sqlite",
}
_BY_FORMULATION = {
    CSV: "delimited:load_csv",
    XPATH: "xml:load_xml",
    JSON_PATH: "json:load_json",
    "SPARQL_Results_CSV": "tables:load_sparql",
    "SQL2008Table": "tables:load_database",
    "SQL2008Query": "tables:load_database",
}
_SHARED = ("json:load_json", "xml:load_xml")


def load_sources(needs: Needs, room: Room) -> dict[LogicalSource, Relation]:
    """Return a table for each logical source, with what is referred to of it.

    Raises InputError for a source that cannot be read, MappingError for references it does not have.
    """
    groups: dict[tuple[str, object], dict[LogicalSource, tuple[str, ...]]] = defaultdict(dict)
    for source, references in needs.items():
        loader = _loader(source, room)
        same = (source.source, source.namespaces) if loader in _SHARED else source
        groups[loader, same][source] = references
    found: dict[LogicalSource, Relation] = {}
    problems: list[Problem] = []
    for (loader, _), group in groups.items():
        try:
            loaded = _load(loader, group, room)
        except (InputError, MappingError) as error:
            problems += error.problems
            continue
        for source, relation in loaded.items():
            problems += missing(source, group[source], relation, room)
            found[source] = noted(source, relation, room)
    if problems:
        unreadable = all(each.code == "LG-MAP-004" for each in problems)
        raise InputError(*problems) if unreadable else MappingError(*problems)
    return found


def missing(
    source: LogicalSource | LogicalView, references: tuple[str, ...], relation: Relation, room: Room
) -> list[Problem]:
    """Return a problem for each place of a reference without a column, where a source has named columns."""
    if not relation.complete and relation.columns.keys() >= set(references):
        return []
    return [
        unknown_reference(each, relation.complete, where)
        for each in references
        if each not in relation.columns
        for where in room.places.get((source, each)) or (source.where,)
    ]


def noted(source: LogicalSource | LogicalView, relation: Relation, room: Room) -> Relation:
    """Return the relation with what its values tell about its columns, so that terms need fewer tests.

    See `Column`: whether there are NULLs, whether JSON is of strings only, whether texts are IRIs.
    """
    asked = {
        path: _questions(each, (source, path) in room.iris)
        for path, each in relation.columns.items()
        if not each.many
    }
    if not asked:
        return relation
    told = iter(
        room.engine.rows(exp.select(*(q for each in asked.values() for q in each)).from_(relation.table))[0]
    )
    columns = dict(relation.columns)
    for path in asked:
        required, strings, absolute = islice(told, 3)
        kind = STRING if strings else columns[path].kind
        columns[path] = replace(columns[path], required=required, kind=kind, absolute=absolute)
    return replace(relation, columns=columns)


def _questions(column: Column, as_iri: bool) -> tuple[Expr, Expr, Expr]:
    """Return whether a column has no NULL, is JSON of strings only, and holds absolute IRIs only."""
    given = exp.column(column.name)
    required = call("count", given).eq(call("count", exp.Star()))
    if column.kind not in (TEXT, JSON):
        return required, value(False), value(False)
    strings = _always(call("starts_with", given, '"')) if column.kind == JSON else value(False)
    # An object or array is no IRI; that it is no value either is said where it is used.
    text = call("json_extract_string", given, "$") if column.kind == JSON else given
    absolute = _always(exp.and_(has_scheme(text), bad_iri(text).not_())) if as_iri else value(False)
    return required, strings, absolute


def _always(condition: Expr) -> Expr:
    return call("coalesce", call("bool_and", condition), value(True))


def _loader(source: LogicalSource, room: Room) -> str:
    bound = binding(source.source, room)
    if bound is not None and not isinstance(bound, str | PurePath):
        return "tables:load_arrow"
    file = source.source
    if isinstance(file, FileSource) and source.formulation == CSV:
        name = PurePath(str(bound or file.path))
        if name.suffix.lower() in _BY_SUFFIX:
            return _BY_SUFFIX[name.suffix.lower()]
    if source.formulation not in _BY_FORMULATION:
        problem = Problem("LG-MAP-007", f"{source.formulation} is not supported", source.where)
        raise UnsupportedError(problem)
    return _BY_FORMULATION[source.formulation]


def binding(source: Source, room: Room) -> Any:
    """Return what the caller bound a source to, by its name or path."""
    name = getattr(source, "path", None) or getattr(source, "name", None)
    return room.settings.sources.get(name) if name else None


def _load(loader: str, group: Needs, room: Room) -> dict[LogicalSource, Relation]:
    module, name = loader.split(":")
    load: Callable[..., Any] = getattr(import_module(f"lodgrants.map.sources.{module}"), name)
    try:
        if loader in _SHARED:
            result: dict[LogicalSource, Relation] = load(group, room)
            return result
        return {source: load(source, references, room) for source, references in group.items()}
    except InternalError as error:
        raise source_error(error, next(iter(group))) from error


def source_error(error: InternalError, source: LogicalSource) -> LodgrantsError:
    """Return what the database said about a source as an error of the source."""
    if (short := memory_error(error)) is not None:
        return short
    cause = str(error.__cause__ or error).split("\n\n")[0].strip()
    name = getattr(source.source, "path", None)
    return InputError(Problem("LG-MAP-004", f"the source cannot be read: {cause}", source.where, name))
