"""Sources and targets of YARRRML."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.comments import CommentedMap

from lodgrants.errors import MappingError, Problem, UnsupportedError, Where
from lodgrants.map.model import (
    CSV,
    JSON_PATH,
    SQL_QUERY,
    SQL_TABLE,
    XPATH,
    DatabaseSource,
    Dialect,
    FileSource,
    LogicalSource,
    LogicalTarget,
    NamedSource,
    Source,
)
from lodgrants.map.parse.sources import file_of_target, formulation_by_name, unescaped

_FORMULATIONS = {
    "csv": CSV,
    "tsv": CSV,
    "jsonpath": JSON_PATH,
    "json": JSON_PATH,
    "jsonl": JSON_PATH,
    "xpath": XPATH,
    "xml": XPATH,
    "sql2008": SQL_QUERY,
    "parquet": CSV,
    "xlsx": CSV,
    "ods": CSV,
}
_DATABASES = ("mysql", "postgresql", "oracle", "sqlserver", "sqlite", "mariadb")
_FILE_TYPES = ("localfile", "remotefile", "void", "dcat", "csvw")
_SERIALIZATIONS = {
    "nquads": "N-Quads",
    "ntriples": "N-Triples",
    "turtle": "Turtle",
    "trig": "TriG",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF_XML",
    "n3": "N3",
}


def parse_source(given: Any, name: str | None, place: Where) -> LogicalSource:
    """Return a logical source from `path~formulation` and an iterator, or from a map."""
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, CommentedMap | list) or not given:
        problem = Problem(
            "LG-MAP-002", "a source must be a path with its format, or a map", place, str(given)
        )
        raise MappingError(problem)
    if not isinstance(given, CommentedMap):
        path, _, form = str(given[0]).partition("~")
        iterator = str(given[1]) if len(given) > 1 else None
        source = _file(path, form, {})
        return LogicalSource(source, _formulation(form, source, place), iterator, (), name, place)
    access = str(given.get("access", ""))
    query = given.get("query") or given.get("table")
    if not access and not query:
        raise MappingError(Problem("LG-MAP-002", "a source has no access", place, name))
    if not access:
        kind = SQL_TABLE if given.get("table") else SQL_QUERY
        return LogicalSource(NamedSource("database"), kind, str(query), (), name, place)
    form = str(given.get("referenceFormulation", "")).lower()
    if str(given.get("type", "localfile")).lower() in _DATABASES:
        credentials = given.get("credentials") or {}
        database = DatabaseSource(access, credentials.get("username"), credentials.get("password"))
        kind = SQL_TABLE if given.get("table") else SQL_QUERY
        return LogicalSource(database, kind, str(query or ""), (), name, place)
    if str(given.get("type", "localfile")).lower() not in _FILE_TYPES:
        what = f"a source of type {given['type']}"
        raise UnsupportedError(Problem("LG-MAP-007", f"{what} is not supported", place, access))
    source = _file(access, form, given)
    iterator = given.get("iterator")
    namespaces = tuple(sorted((str(k), str(v)) for k, v in (given.get("namespaces") or {}).items()))
    kind = _formulation(form, source, place)
    if query and kind not in (CSV, JSON_PATH, XPATH):
        iterator = query
    return LogicalSource(source, kind, None if iterator is None else str(iterator), namespaces, name, place)


def _file(path: str, form: str, given: Any) -> FileSource:
    delimiter = given.get("delimiter") or ("\t" if form == "tsv" or path.endswith(".tsv") else ",")
    nulls = given.get("null")
    listed = (
        tuple(str(each) for each in (nulls if isinstance(nulls, list) else [nulls]))
        if nulls is not None
        else None
    )
    dialect = Dialect(delimiter=unescaped(str(delimiter)), quote=given.get("quote", '"'))
    return FileSource(
        path,
        encoding=given.get("encoding"),
        compression=given.get("compression"),
        nulls=listed,
        dialect=dialect,
    )


def _formulation(form: str, source: Source, place: Where) -> str:
    if not form:
        return formulation_by_name(source)
    if form.lower() not in _FORMULATIONS:
        raise UnsupportedError(
            Problem("LG-MAP-007", f"the reference formulation {form} is not supported", place)
        )
    return _FORMULATIONS[form.lower()]


def parse_target(given: Any, place: Where | None = None) -> LogicalTarget:
    """Return a logical target from `path~type`, serialization and compression, or from a map.

    Raises UnsupportedError for a target that is no file, or whose path is made of data.
    """
    if isinstance(given, CommentedMap):
        path, kind = str(given.get("access")), str(given.get("type", "localfile"))
        serialization, compression = str(given.get("serialization", "nquads")), given.get("compression")
    else:
        listed = [given] if isinstance(given, str) else [str(each) for each in given]
        path, _, kind = listed[0].partition("~")
        serialization = listed[1] if len(listed) > 1 else "nquads"
        compression = listed[2] if len(listed) > 2 else None
    if kind.lower() not in ("", *_FILE_TYPES) or "$(" in path:
        what = f"a target of type {kind}" if "$(" not in path else "a target whose path is made of data"
        raise UnsupportedError(Problem("LG-MAP-007", f"{what} is not supported", place, path))
    return LogicalTarget(
        file_of_target(path, place),
        serialization=_SERIALIZATIONS.get(serialization.lower(), serialization),
        compression=compression,
    )
