"""Tidy CSV tables of the graph, and the data package that describes their columns (Frictionless, version 1).

One row a project, grant, sum, organisation or person, role and place; money with its kind and currency in
columns of their own. RFC 4180 with one line feed a row; several values of one column stand in order, ` | `
between them: where the column's type allows one only, a validator of data packages will say so.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from lodgrants.db.engine import Engine
from lodgrants.db.files import replacing
from lodgrants.db.fragment import Sql, Statement, call, column, sql
from lodgrants.publish.catalogue.statistics import Coverage
from lodgrants.rdf.literals import text
from lodgrants.rdf.namespaces import DCTERMS, LG, RDF, SCHEMA, VOID

BETWEEN = " | "
ROLES = ("promoter", "partner", "operator", "funder", "supporter", "recipient")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the property it holds, its type in Table Schema (``uri`` is a string's format).

    ``inverse``: the thing is that property's object. ``only``: a pattern; other values are left out.
    """

    name: str
    property: str
    type: str = "string"
    inverse: bool = False
    only: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, the class (or classes) of which it holds all things, and its columns."""

    name: str
    classes: tuple[str, ...]
    columns: tuple[Column, ...]


_NAMED = (Column("name", f"{SCHEMA}name"), Column("other_names", f"{SCHEMA}alternateName"))
# As stated, which may be a month or a year, and beside it as a date where the day is stated.
_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_PERIOD = (
    Column("start", f"{SCHEMA}startDate"), Column("start_date", f"{SCHEMA}startDate", "date", only=_DAY),
    Column("end", f"{SCHEMA}endDate"), Column("end_date", f"{SCHEMA}endDate", "date", only=_DAY),
)  # fmt: skip
_ID = Column("id", "", "uri")
_IDENTIFIER = Column("identifier", f"{DCTERMS}identifier")
_COUNTRY = Column("country", f"{SCHEMA}addressCountry")
_URL = Column("url", f"{SCHEMA}url")
TABLES = (
    Table(
        "projects",
        (f"{LG}Project",),
        (
            _IDENTIFIER, *_NAMED, *_PERIOD,
            Column("status", f"{LG}status", "uri"), Column("phase_of", f"{LG}phaseOf", "uri"),
            Column("places", f"{LG}takesPlaceIn"), Column("target_groups", f"{LG}targetGroup"), _URL,
        ),
    ),
    Table(
        "grants",
        (f"{LG}Grant",),
        (
            Column("project", f"{SCHEMA}fundedItem", "uri"), Column("programme", f"{LG}programme"),
            _IDENTIFIER, *_PERIOD,
        ),
    ),
    Table(
        "amounts",
        (f"{LG}Amount",),
        (
            Column("about", f"{LG}amount", "uri", inverse=True), Column("kind", f"{LG}kind", "uri"),
            Column("value", f"{SCHEMA}value", "number"), Column("currency", f"{SCHEMA}currency"),
            Column("nature", f"{LG}fundingNature", "uri"),
            Column("part_of", f"{LG}partOfAmount", "uri"),
            Column("same_as", f"{LG}sameAmountAs"), Column("stated_as", f"{LG}statedAs"),
        ),
    ),
    Table(
        "organizations",
        (f"{LG}Organization", f"{LG}Person"),
        (_IDENTIFIER, *_NAMED, _COUNTRY, Column("legal_form", f"{LG}legalForm"), _URL),
    ),
    Table("places", (f"{SCHEMA}Place",), (*_NAMED, _COUNTRY, Column("part_of", f"{SCHEMA}containedInPlace"))),
)  # fmt: skip

ROLE_COLUMNS = (Column("about", "", "uri"), Column("role", ""), Column("agent", "", "uri"))
COVERAGE_COLUMNS = (
    Column("dataset", "", "uri"), Column("class", "", "uri"), Column("property", "", "uri"),
    Column("things", f"{VOID}entities", "integer"), Column("having", f"{VOID}distinctSubjects", "integer"),
    Column("unfilled", f"{LG}labelsWithoutValue", "integer"),
)  # fmt: skip
_COVERAGE = "_lg_coverage"


@dataclass(frozen=True, slots=True)
class Rows:
    """A table as it is written: its name, its columns, and the query for its rows."""

    name: str
    columns: tuple[Column, ...]
    query: Sql

    @property
    def header(self) -> bytes:
        """The first line of the file."""
        return (",".join(column.name for column in self.columns) + "\n").encode()


def write_tables(
    engine: Engine,
    quads: Statement,
    folder: Path,
    coverage: Iterable[Coverage] | None = None,
    ready: Collection[str] = (),
) -> list[Path]:
    """Write all tables (that of coverage if it is given) and `datapackage.json`; return their paths.

    Those whose names are ``ready`` are in the folder already.
    """
    tables = compile_tables(quads)
    if coverage is not None:
        engine.register(_COVERAGE, _coverage_table(coverage))
        tables.append(Rows("coverage", COVERAGE_COLUMNS, _coverage()))
    for table in (each for each in tables if each.name not in ready):
        with replacing(folder / f"{table.name}.csv") as part, part.open("wb") as sink:
            sink.write(table.header)
            engine.write_text(compile_lines(table), sink)
    package = folder / "datapackage.json"
    resources = [_resource(table.name, table.columns) for table in tables]
    with replacing(package) as part:
        text_ = json.dumps(
            {"profile": "tabular-data-package", "name": "lodgrants", "resources": resources}, indent=2
        )
        part.write_text(f"{text_}\n", encoding="utf8")
    return [*(folder / f"{table.name}.csv" for table in tables), package]


def compile_tables(quads: Statement) -> list[Rows]:
    """Return the tables that follow from the quads alone; a row's first cell is the thing it is about."""
    things = [Rows(each.name, (_ID, *each.columns), compile_table(quads, each)) for each in TABLES]
    return [*things, Rows("roles", ROLE_COLUMNS, compile_roles(quads))]


def _resource(name: str, columns: Iterable[Column]) -> dict[str, Any]:
    """Describe a table as a tabular data resource (Frictionless, Table Schema)."""
    fields = [_field(column) for column in columns]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if fields[0]["name"] == "id":
        schema["primaryKey"] = "id"
    kept = {"profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    return {"name": name, "path": f"{name}.csv", **kept, "schema": schema}


def _field(column: Column) -> dict[str, Any]:
    kind = {"type": "string", "format": "uri"} if column.type == "uri" else {"type": column.type}
    return {"name": column.name, **kind, **({"rdfType": column.property} if column.property else {})}


def compile_table(quads: Statement, table: Table) -> Sql:
    """Return the query for a table: one row a thing; absent values are null."""
    members = sql(
        "SELECT DISTINCT s FROM _q AS q WHERE p = :type AND o IN (:classes)",
        _q=quads, type=f"<{RDF}type>", classes=[f"<{name}>" for name in table.classes],
    )  # fmt: skip
    return sql(
        """
        SELECT :id AS id, _cells FROM (
            SELECT s AS id, p, o AS v, FALSE AS inverse FROM _q AS q
            UNION ALL SELECT o AS id, p, s AS v, TRUE AS inverse FROM _q AS q
        ) AS fact SEMI JOIN _members AS m ON fact.id = m.s GROUP BY fact.id
        """,
        _q=quads, _members=members, id=text(sql("fact.id")), _cells=[_cell(each) for each in table.columns],
    )  # fmt: skip


def _cell(given: Column) -> Sql:
    return sql(
        "string_agg(DISTINCT :v, :joint ORDER BY :v)"
        " FILTER (WHERE p = :p AND inverse = :inverse AND regexp_matches(:v, :wanted)) AS _name",
        v=text(sql("v")), joint=BETWEEN, p=f"<{given.property}>", inverse=given.inverse, wanted=given.only,
        _name=given.name,
    )  # fmt: skip


def compile_roles(quads: Statement) -> Sql:
    """Return the query for the table of roles: who does what, once each."""
    return sql(
        "SELECT DISTINCT :about AS about, split_part(:role, '#', 2) AS role, :agent AS agent FROM _q AS q"
        " WHERE p IN (:roles)",
        _q=quads, about=text(sql("s")), role=text(sql("p")), agent=text(sql("o")),
        roles=[f"<{LG}{role}>" for role in ROLES],
    )  # fmt: skip


def _coverage() -> Sql:
    cells = [sql("CAST(_c AS VARCHAR) AS _c", _c=each.name) for each in COVERAGE_COLUMNS]
    return sql("SELECT _cells FROM _t AS t", _cells=cells, _t=_COVERAGE)


def _coverage_table(coverage: Iterable[Coverage]) -> pa.Table:
    rows = [
        (each.scope, each.type, each.property, each.things, each.having, each.unfilled) for each in coverage
    ]
    kinds = {"uri": pa.string(), "integer": pa.int64()}
    columns = {
        column.name: pa.array([row[at] for row in rows], kinds[column.type])
        for at, column in enumerate(COVERAGE_COLUMNS)
    }
    return pa.table(columns)


def compile_lines(table: Rows) -> Sql:
    """Return the lines of a CSV file, in the order of their cells as they are written."""
    columns = [column(each.name) for each in table.columns]
    pieces = [piece for each in columns for piece in (",", each)]
    return sql(
        "SELECT :line AS line FROM (SELECT _cells FROM _q AS given) AS row ORDER BY _columns",
        line=call("concat", *pieces[1:], "\n"), _cells=[_written(each.name) for each in table.columns],
        _q=table.query, _columns=columns,
    )  # fmt: skip


def _written(name: str) -> Sql:
    """A cell in the file: one with a comma, quotation mark or line end is quoted (RFC 4180, section 2)."""
    return sql(
        "CASE WHEN regexp_matches(_c, '[,\"\\r\\n]') THEN concat('\"', replace(_c, '\"', '\"\"'), '\"')"
        " ELSE coalesce(_c, '') END AS _c",
        _c=name,
    )
