"""Logical sources and logical targets, in RML-IO's words and in the older ones, to the model."""

from __future__ import annotations

from pathlib import PurePath
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox

from lodgrants.errors import MappingError, Problem, UnsupportedError, Where
from lodgrants.map.model import (
    CSV,
    JSON_PATH,
    SPARQL_CSV,
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
from lodgrants.map.parse.graph import MappingGraph, Node, Term
from lodgrants.map.vocabulary import CSVW, D2RQ, DCAT, FORMATS, RML, SD, VOID

FORMULATIONS = (JSON_PATH, XPATH, CSV, SQL_TABLE, SQL_QUERY, SPARQL_CSV)
# How the older and the newer vocabularies say where a file is.
_PATHS = (
    "path",
    f"{CSVW}url",
    f"{DCAT}downloadURL",
    f"{DCAT}accessURL",
    f"{DCAT}dataDump",
    f"{VOID}dataDump",
    f"{VOID}feature",
)
_SQL_VERSIONS = {
    *("SQL2008", SQL_TABLE, SQL_QUERY, "Oracle", "MySQL", "MSSQLServer", "HSQLDB", "PostgreSQL", "DB2"),
    *("Informix", "Ingres", "Progress", "SybaseASE", "SybaseSQLAnywhere", "Virtuoso", "Firebird"),
}
_BY_SUFFIX = {
    ".csv": CSV,
    ".tsv": CSV,
    ".json": JSON_PATH,
    ".jsonl": JSON_PATH,
    ".ndjson": JSON_PATH,
    ".xml": XPATH,
}


def parse_logical_source(graph: MappingGraph, node: Node) -> LogicalSource:
    """Return the logical source that a node describes."""
    for name in ("source", "iterator", "referenceFormulation"):
        if len(graph.values(node, name)) > 1:
            problem = Problem("LG-MAP-002", f"a logical source has {name} twice", graph.at(node, name))
            raise MappingError(problem)
    version = graph.text(node, "sqlVersion")
    if version is not None and version.removeprefix(RML) not in _SQL_VERSIONS:
        where = graph.at(node, "sqlVersion")
        raise MappingError(Problem("LG-MAP-002", "R2RML knows no such SQL version", where, version))
    query = graph.text(node, "query") or graph.text(node, "sqlQuery")
    table = graph.text(node, "tableName")
    source_node = graph.value(node, "source")
    source = _source(graph, node, source_node)
    formulation, namespaces = _formulation(graph, node, query, table, source_node)
    if isinstance(source, DatabaseSource):
        # Older mappings give CSV here, for the rows of a result are read as those of a CSV file.
        formulation = SQL_QUERY if query or formulation == SQL_QUERY else SQL_TABLE
    if formulation is None:
        formulation = formulation_by_name(source)
    tsv = any(each.value.endswith("ql#TSV") for each in graph.values(node, "referenceFormulation"))
    if isinstance(source, FileSource) and formulation == CSV and (tsv or source.path.endswith(".tsv")):
        source = _as_tsv(source)
    iterator = query or table or graph.text(node, "iterator")
    where = _where(graph, node, source_node)
    return LogicalSource(source, formulation, iterator, namespaces, node.value, where)


def _where(graph: MappingGraph, node: Node, source: Term | None) -> Where:
    """Return where a source is named: its path, else the description of it, else the table or query."""
    if source is not None and any(graph.values(source, name) for name in _PATHS):
        return graph.at(source, *_PATHS)
    return graph.at(node, "source", "tableName", "query", "sqlQuery", "iterator")


def formulation_by_name(source: Source) -> str:
    """Return the reference formulation that a file's name stands for when the mapping gives none."""
    if isinstance(source, DatabaseSource):
        return SQL_TABLE
    name = source.path if isinstance(source, FileSource) else source.name
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    return next((_BY_SUFFIX[suffix] for suffix in suffixes if suffix in _BY_SUFFIX), CSV)


def _formulation(
    graph: MappingGraph, node: Node, query: str | None, table: str | None, source: Term | None
) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    found = graph.value(node, "referenceFormulation")
    if found is None:
        named = SQL_QUERY if query else SQL_TABLE if table or source is None else None
        return named, ()
    if graph.has_type(found, f"{RML}XPathReferenceFormulation"):
        pairs = [
            (graph.text(each, "namespacePrefix") or "", graph.text(each, "namespaceURL") or "")
            for each in graph.values(found, "namespace")
        ]
        return XPATH, tuple(sorted(pairs))
    name = found.value.removeprefix(RML).removeprefix(FORMATS)
    if name in (SQL_TABLE, SQL_QUERY):
        return (SQL_QUERY if query else name), ()
    if name not in FORMULATIONS:
        where = graph.at(node, "referenceFormulation")
        raise UnsupportedError(
            Problem("LG-MAP-007", f"the reference formulation {found.value} is not supported", where)
        )
    return name, ()


def _source(graph: MappingGraph, node: Node, found: Term | None) -> Source:
    if found is None:
        return NamedSource("database")
    if isinstance(found, ox.Literal):
        return FileSource(found.value)
    if graph.value(found, f"{D2RQ}jdbcDSN") is not None or graph.has_type(found, f"{D2RQ}Database"):
        texts = [graph.text(found, f"{D2RQ}{name}") for name in ("jdbcDSN", "username", "password")]
        return DatabaseSource(texts[0] or "", texts[1], texts[2])
    if graph.has_type(found, f"{SD}Service"):
        raise UnsupportedError(
            Problem("LG-MAP-007", "a SPARQL endpoint as source is not supported", graph.at(node, "source"))
        )
    path = _path(graph, found)
    if path is None:
        problem = Problem("LG-MAP-002", "the source names no file", graph.at(node, "source"), found.value)
        raise MappingError(problem)
    root = graph.text(found, "root")
    nulls = tuple(sorted(each.value for each in graph.values(found, "null")))
    nulls += tuple(sorted(each.value for each in graph.values(found, f"{CSVW}null")))
    return FileSource(
        path,
        root.removeprefix(RML) if root else "MappingDirectory",
        _local(graph.text(found, "encoding")),
        _local(graph.text(found, "compression")),
        nulls or None,
        _dialect(graph, found),
    )


def _path(graph: MappingGraph, node: Term) -> str | None:
    for name in _PATHS:
        if found := graph.text(node, name):
            return found
    urls = [graph.text(each, f"{DCAT}downloadURL") for each in graph.values(node, f"{DCAT}distribution")]
    return next((url for url in urls if url), None)


def _dialect(graph: MappingGraph, node: Term) -> Dialect:
    found = graph.value(node, f"{CSVW}dialect")
    if found is None:
        return Dialect()

    def text(name: str, default: str) -> str:
        given = graph.text(found, f"{CSVW}{name}")
        return default if given is None else given

    def flag(name: str, default: bool) -> bool:
        return text(name, str(default)).lower() in ("true", "1")

    def number(name: str, default: int) -> int:
        given = text(name, str(default))
        if not given.isdecimal():
            raise MappingError(
                Problem("LG-MAP-002", f"csvw:{name} is not a number", graph.at(found, f"{CSVW}{name}"), given)
            )
        return int(given)

    header = flag("header", True)
    return Dialect(
        delimiter=unescaped(text("delimiter", ",")),
        quote=text("quoteChar", '"') or None,
        double_quote=flag("doubleQuote", True),
        header=header,
        header_rows=number("headerRowCount", 1 if header else 0),
        skip_rows=number("skipRows", 0),
        skip_columns=number("skipColumns", 0),
        skip_blank_rows=flag("skipBlankRows", False),
        skip_initial_space=flag("skipInitialSpace", False),
        comment=text("commentPrefix", "") or None,
        trim=text("trim", "false").lower(),
        line_terminators=tuple(
            unescaped(each.value) for each in graph.values(found, f"{CSVW}lineTerminators")
        ),
        encoding=text("encoding", "") or None,
    )


def unescaped(text: str) -> str:
    """Return a delimiter or line end that a mapping writes with a backslash as the character it means."""
    return {"\\t": "\t", "\\n": "\n", "\\r\\n": "\r\n", "TAB": "\t"}.get(text, text)


def _as_tsv(source: FileSource) -> FileSource:
    if source.dialect != Dialect():
        return source
    dialect = Dialect(delimiter="\t")
    return FileSource(source.path, source.root, source.encoding, source.compression, source.nulls, dialect)


def parse_target(graph: MappingGraph, node: Term) -> LogicalTarget:
    """Return the logical target that a node describes."""
    target = graph.value(node, "target")
    if target is None:
        raise MappingError(Problem("LG-MAP-002", "a logical target names no target", graph.at(node)))
    path = target.value if isinstance(target, ox.Literal) else _path(graph, target)
    if path is None:
        problem = Problem(
            "LG-MAP-007", "a target that is not a file is not supported", graph.at(node, "target")
        )
        raise UnsupportedError(problem)
    root = graph.text(target, "root")
    serialization = graph.text(node, "serialization") or f"{FORMATS}N-Quads"
    return LogicalTarget(
        file_of_target(path, graph.at(node, "target")),
        root.removeprefix(RML) if root else "CurrentWorkingDirectory",
        serialization.removeprefix(FORMATS),
        _local(graph.text(node, "compression") or graph.text(target, "compression")),
        _local(graph.text(node, "encoding") or graph.text(target, "encoding")),
        _local(graph.text(target, "mode")),
    )


def file_of_target(path: str, where: Where | None = None) -> str:
    """Return the path of a target that is a file; raise UnsupportedError for one on the web."""
    scheme = urlsplit(path).scheme
    if scheme in ("", "file"):
        return unquote(urlsplit(path).path) if scheme else path
    problem = Problem("LG-MAP-007", "a target that is not a file is not supported", where, path)
    raise UnsupportedError(problem)


def _local(iri: str | None) -> str | None:
    return iri.removeprefix(RML) if iri else None
