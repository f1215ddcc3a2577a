"""What a source hands over for a reference, and how it reads as text and as a literal.

Implements the natural mapping of RML-Core and RML-IO: JSON numbers and booleans, and the types of
databases and Parquet, become typed literals; text becomes a plain string.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from lodgrants.map.vocabulary import XSD_BOOLEAN, XSD_DOUBLE, XSD_INTEGER
from lodgrants.rdf.namespaces import XSD
from lodgrants.rdf.sql import Expr, call, concat, iri_safe, literal_body, typed

TEXT, JSON = "text", "json"
# JSON that always is a string, still in its quotes.
STRING = "string"
INTEGER, DECIMAL, DOUBLE, BOOLEAN = "integer", "decimal", "double", "boolean"
DATE, TIME, TIMESTAMP, BINARY = "date", "time", "timestamp", "binary"
# A point in time, whatever the zone it was given in: said in UTC.
INSTANT = "instant"

_DATATYPES = {
    INTEGER: XSD_INTEGER,
    DECIMAL: f"{XSD}decimal",
    DOUBLE: XSD_DOUBLE,
    BOOLEAN: XSD_BOOLEAN,
    DATE: f"{XSD}date",
    TIME: f"{XSD}time",
    TIMESTAMP: f"{XSD}dateTime",
    INSTANT: f"{XSD}dateTime",
    BINARY: f"{XSD}hexBinary",
}
_NUMBERS = (INTEGER, DECIMAL, DOUBLE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a relation: its SQL name and the kind of its values.

    `many` says that it holds lists of them, `required` that it never holds NULL, `absolute` that all its
    texts are absolute IRIs.
    """

    name: str
    kind: str = TEXT
    many: bool = False
    required: bool = False
    absolute: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """An expression, the kind of its values, and the expressions that are NULL when it is."""

    sql: Expr
    kind: str = TEXT
    nullable: tuple[Expr, ...] = ()
    absolute: bool = False

    @property
    def is_json(self) -> bool:
        """Tell whether the expression is the text of JSON."""
        return self.kind in (JSON, STRING)

    def lexical(self) -> Expr:
        """Return the value as text (its natural RDF lexical form)."""
        given = self.sql.copy()
        if self.kind == TEXT:
            return given
        if self.kind == JSON:
            return call("lg_json_text", given)
        if self.kind == STRING:
            return call("lg_string_text", given)
        if self.kind == DOUBLE:
            return call("lg_double", exp.cast(given, "DOUBLE"))
        if self.kind == DECIMAL:
            return call("lg_decimal", exp.cast(given, "VARCHAR"))
        if self.kind == TIMESTAMP:
            return call("replace", exp.cast(given, "VARCHAR"), " ", "T")
        if self.kind == INSTANT:
            text = call("replace", exp.cast(given, "VARCHAR"), " ", "T")
            return call("regexp_replace", text, "[+]00$", "Z")
        if self.kind == BINARY:
            return call("hex", given)
        return exp.cast(given, "VARCHAR")

    def literal(self) -> Expr:
        """Return the value as a literal with its natural datatype."""
        if self.kind == TEXT:
            return literal_body(self.sql.copy())
        if self.kind == JSON:
            return call("lg_json_literal", self.sql.copy())
        if self.kind == STRING:
            return call("lg_string_body", self.sql.copy())
        return concat('"', self.lexical(), f'"^^<{_DATATYPES[self.kind]}>')

    def body(self) -> Expr:
        """Return the value quoted, for a language tag or an explicit datatype to follow."""
        if self.kind == TEXT:
            return literal_body(self.sql.copy())
        if self.kind == JSON:
            return call("lg_json_body", self.sql.copy())
        if self.kind == STRING:
            return call("lg_string_body", self.sql.copy())
        return concat('"', self.lexical(), '"')

    def typed(self, datatype: str) -> Expr:
        """Return the value as a literal of a datatype; a number made a double is written as XSD has it."""
        if datatype == XSD_DOUBLE and self.kind in (*_NUMBERS, JSON):
            number = exp.TryCast(this=exp.cast(self.sql.copy(), "VARCHAR"), to=exp.DataType.build("DOUBLE"))
            text = call("coalesce", call("lg_double", number), self.lexical())
            return concat('"', text, f'"^^<{datatype}>')
        return typed(self.body(), datatype)


def kind_of(sql_type: str) -> str:
    """Return the kind of values of a DuckDB type."""
    name = sql_type.upper()
    if "INT" in name:
        return INTEGER
    for start, kind in (
        ("DECIMAL", DECIMAL),
        ("NUMERIC", DECIMAL),
        ("DOUBLE", DOUBLE),
        ("FLOAT", DOUBLE),
        ("REAL", DOUBLE),
        ("BOOL", BOOLEAN),
        ("DATE", DATE),
        ("TIMESTAMP WITH TIME ZONE", INSTANT),
        ("TIMESTAMP", TIMESTAMP),
        ("TIME", TIME),
        ("BLOB", BINARY),
        ("JSON", JSON),
    ):
        if name.startswith(start):
            return kind
    return TEXT


def macros() -> list[str]:
    """Return the SQL macros that values use: constant text, defined once in each database.

    A JSON value comes as the text of a scalar; an object or array is an error, for no reference may
    yield one (RML-Core, "Reference-valued Expression Map").
    """
    return [
        "SET TimeZone = 'UTC'",
        f"CREATE OR REPLACE MACRO lg_iri_safe(v) AS {iri_safe(exp.column('v')).sql('duckdb')}",
        "CREATE OR REPLACE MACRO lg_string_text(v) AS json_extract_string(v, '$')",
        "CREATE OR REPLACE MACRO lg_string_body(v) AS replace(v, chr(127), '\\u007F')",
        """CREATE OR REPLACE MACRO lg_json_check(v) AS CASE WHEN v[1] IN ('{', '[')
           THEN error('LG-MAP-005|a reference yields an object or array, not a value|' || v[:60])
           WHEN v[1] IN ('N', 'I') THEN error('LG-MAP-005|a value is no JSON|' || v[:60])
           ELSE v END""",
        """CREATE OR REPLACE MACRO lg_json_text(v) AS
           CASE WHEN v[1] = '"' THEN json_extract_string(v, '$') ELSE lg_json_check(v) END""",
        """CREATE OR REPLACE MACRO lg_json_body(v) AS
           CASE WHEN v[1] = '"' THEN replace(v, chr(127), '\\u007F')
           ELSE concat('"', lg_json_check(v), '"') END""",
        """CREATE OR REPLACE MACRO lg_json_literal(v) AS
           CASE v[1] WHEN '"' THEN replace(v, chr(127), '\\u007F')
           WHEN 't' THEN '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
           WHEN 'f' THEN '"false"^^<http://www.w3.org/2001/XMLSchema#boolean>'
           ELSE concat('"', lg_json_check(v), CASE WHEN regexp_matches(v, '[.eE]')
           THEN '"^^<http://www.w3.org/2001/XMLSchema#double>'
           ELSE '"^^<http://www.w3.org/2001/XMLSchema#integer>' END) END""",
        # CSV that is a value: its rows as JSON objects. Quoted cells may hold the comma and line ends.
        """CREATE OR REPLACE MACRO lg_csv_cells(l) AS list_transform(
             regexp_extract_all(l, '(?:^|,)("(?:[^"]|"")*"|[^,"]*)', 1),
             lambda c: CASE WHEN c[1] = '"' THEN replace(c[2:-2], '""', '"') ELSE c END)""",
        """CREATE OR REPLACE MACRO lg_csv_lines(t) AS
           regexp_extract_all(replace(t, chr(13), ''), '(?:[^"\n]|"(?:[^"]|"")*")+')""",
        """CREATE OR REPLACE MACRO lg_csv_records(t) AS list_transform(lg_csv_lines(t)[2:],
             lambda l: to_json(map(lg_csv_cells(lg_csv_lines(t)[1]), lg_csv_cells(l)))::VARCHAR)""",
        # xsd:decimal in canonical form: no trailing zeros, and at least one digit after the point.
        """CREATE OR REPLACE MACRO lg_decimal(t) AS CASE WHEN contains(t, '.')
           THEN regexp_replace(rtrim(t, '0'), '[.]$', '.0') ELSE t END""",
        # xsd:double in canonical form: as many digits as DuckDB's shortest text for the number has.
        """CREATE OR REPLACE MACRO lg_digits(t) AS
           length(trim(translate(split_part(t, 'e', 1), '.-', ''), '0'))""",
        # Each argument is used once: what stands within a CASE would be computed again for each use.
        """CREATE OR REPLACE MACRO lg_double(d) AS CASE
           WHEN isfinite(d) THEN regexp_replace(regexp_replace(
             format('{:.{}e}', d, greatest(lg_digits(d::VARCHAR) - 1, 0)),
             '^(-?[0-9])e', '\\1.0e'), 'e[+]?(-?)0*([0-9])', 'E\\1\\2')
           WHEN isnan(d) THEN 'NaN' WHEN d > 0 THEN 'INF' WHEN d < 0 THEN '-INF' END""",
    ]
