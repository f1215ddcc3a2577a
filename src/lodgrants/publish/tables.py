"""Tidy CSV tables of the graph, and the data package that describes their columns (Frictionless, version 1).

One row a project, grant, sum, organisation or person, role and place; money with its kind and currency in
columns of their own. RFC 4180 with one line feed a row; several values of one column stand in order, ` | `
between them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from lodgrants.db.engine import Engine
from lodgrants.db.files import replacing
from lodgrants.db.template import condition, sql
from lodgrants.db.text import write_text
from lodgrants.rdf.literals import text
from lodgrants.rdf.namespaces import DCTERMS, LG, RDF, SCHEMA

BETWEEN = " | "
ROLES = ("promoter", "partner", "operator", "funder", "supporter", "recipient")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the property it holds, and whether the thing is that property's object."""

    name: str
    property: str
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, the class (or classes) of which it holds all things, and its columns."""

    name: str
    classes: tuple[str, ...]
    columns: tuple[Column, ...]


_NAMED = (Column("name", f"{SCHEMA}name"), Column("other_names", f"{SCHEMA}alternateName"))
_PERIOD = (Column("start", f"{SCHEMA}startDate"), Column("end", f"{SCHEMA}endDate"))
_IDENTIFIER = Column("identifier", f"{DCTERMS}identifier")
_COUNTRY = Column("country", f"{SCHEMA}addressCountry")
_URL = Column("url", f"{SCHEMA}url")
TABLES = (
    Table(
        "projects",
        (f"{LG}Project",),
        (
            _IDENTIFIER, *_NAMED, *_PERIOD,
            Column("status", f"{LG}status"), Column("phase_of", f"{LG}phaseOf"),
            Column("places", f"{LG}takesPlaceIn"), Column("target_groups", f"{LG}targetGroup"), _URL,
        ),
    ),
    Table(
        "grants",
        (f"{LG}Grant",),
        (
            Column("project", f"{SCHEMA}fundedItem"), Column("programme", f"{LG}programme"),
            _IDENTIFIER, *_PERIOD,
        ),
    ),
    Table(
        "amounts",
        (f"{LG}Amount",),
        (
            Column("about", f"{LG}amount", inverse=True), Column("kind", f"{LG}kind"),
            Column("value", f"{SCHEMA}value"), Column("currency", f"{SCHEMA}currency"),
            Column("nature", f"{LG}fundingNature"), Column("part_of", f"{LG}partOfAmount"),
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


def write_tables(engine: Engine, quads: exp.Query, folder: Path) -> list[Path]:
    """Write all tables and `datapackage.json` into a folder and return their paths."""
    written = []
    described = []
    tables = [(table.name, _names(table), compile_table(quads, table)) for table in TABLES]
    for name, columns, query in [*tables, _roles(quads)]:
        path = folder / f"{name}.csv"
        with replacing(path) as part, part.open("wb") as sink:
            sink.write((",".join(columns) + "\n").encode())
            write_text(engine.batches(_lines(query, columns)), sink)
        written.append(path)
        fields = [{"name": column, "type": "string"} for column in columns]
        described.append({"name": name, "path": path.name, "format": "csv", "schema": {"fields": fields}})
    package = folder / "datapackage.json"
    with replacing(package) as part:
        text_ = json.dumps({"profile": "data-package", "name": "lodgrants", "resources": described}, indent=2)
        part.write_text(f"{text_}\n", encoding="utf8")
    return [*written, package]


def compile_table(quads: exp.Query, table: Table) -> exp.Query:
    """Return the query for a table: one row a thing; absent values are null."""
    pairs = sql("SELECT s AS id, p, o AS v, FALSE AS inverse FROM _q AS q", _q=quads)
    turned = sql("SELECT o AS id, p, s AS v, TRUE AS inverse FROM _q AS q", _q=quads)
    members = sql(
        "SELECT DISTINCT s FROM _q AS q WHERE p = :type AND o IN (:classes)",
        _q=quads, type=f"<{RDF}type>", classes=[f"<{name}>" for name in table.classes],
    )  # fmt: skip
    both = sql("SELECT * FROM _a AS a UNION ALL SELECT * FROM _b AS b", _a=pairs, _b=turned)
    rows = sql("SELECT * FROM _r AS r SEMI JOIN _m AS m ON r.id = m.s", _r=both, _m=members)
    shown = text(exp.column("id"))
    select = exp.select(
        exp.alias_(condition(":id", id=shown), "id"), *(_cell(column) for column in table.columns)
    )
    assert isinstance(rows, exp.Query)
    return select.from_(rows.subquery("fact")).group_by("fact.id")


def _cell(column: Column) -> exp.Expr:
    value = text(exp.column("v"))
    cell = condition(
        "string_agg(DISTINCT :v, :joint ORDER BY :v) FILTER (WHERE p = :p AND inverse = :inverse)",
        v=value, joint=BETWEEN, p=f"<{column.property}>", inverse=column.inverse,
    )  # fmt: skip
    return exp.alias_(cell, column.name, quoted=True)


def _names(table: Table) -> list[str]:
    return ["id", *(column.name for column in table.columns)]


def _roles(quads: exp.Query) -> tuple[str, list[str], exp.Query]:
    query = sql(
        "SELECT DISTINCT :about AS about, split_part(:role, '#', 2) AS role, :agent AS agent FROM _q AS q"
        " WHERE p IN (:roles)",
        _q=quads, about=text(exp.column("s")), role=text(exp.column("p")), agent=text(exp.column("o")),
        roles=[f"<{LG}{role}>" for role in ROLES],
    )  # fmt: skip
    assert isinstance(query, exp.Query)
    return "roles", ["about", "role", "agent"], query


def _lines(query: exp.Query, columns: list[str]) -> exp.Expr:
    """Return the lines of a CSV file, in order: a cell with a comma, quotation mark or line end is quoted."""
    cells: list[exp.Expr] = []
    for at, name in enumerate(columns):
        cell = condition(
            "CASE WHEN regexp_matches(:c, '[,\"\\r\\n]') THEN concat('\"', replace(:c, '\"', '\"\"'), '\"')"
            " ELSE coalesce(:c, '') END",
            c=exp.column(name, quoted=True),
        )
        cells += [exp.Literal.string(","), cell] if at else [cell]
    line = exp.Anonymous(this="concat", expressions=[*cells, exp.Literal.string("\n")])
    order = [exp.column(name, quoted=True) for name in columns]
    return exp.select(exp.alias_(line, "line")).from_(query.subquery("row")).order_by(*order)
