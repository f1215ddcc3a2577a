"""A mapping in RML's own words, whatever it was written in: frozen, comparable, free of any database.

Implements the vocabulary of RML-Core, RML-IO, RML-FNML, RML-CC and RML-LV (https://w3id.org/rml/).
Two equal objects mean the same thing: the place in the file is not compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lodgrants.errors import Where

IRI, URI = "IRI", "URI"
UNSAFE_IRI, UNSAFE_URI = "UnsafeIRI", "UnsafeURI"
BLANK_NODE, LITERAL = "BlankNode", "Literal"
TERM_TYPES = (IRI, URI, UNSAFE_IRI, UNSAFE_URI, BLANK_NODE, LITERAL)

JSON_PATH, XPATH, CSV, SQL_TABLE, SQL_QUERY, SPARQL_CSV = (
    "JSONPath",
    "XPath",
    "CSV",
    "SQL2008Table",
    "SQL2008Query",
    "SPARQL_Results_CSV",
)


# --- expressions (RML-Core section "Expression Maps", RML-FNML) -------------------------------------


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant value: an RDF term as N-Triples text."""

    term: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A value of the source: a column name, JSONPath, XPath or field name."""

    path: str


@dataclass(frozen=True, slots=True)
class Template:
    """Text with references in it."""

    parts: tuple[str | Reference, ...]

    @property
    def references(self) -> tuple[str, ...]:
        return tuple(part.path for part in self.parts if isinstance(part, Reference))


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function execution and the output of it that is taken; inputs are (parameter, value) pairs."""

    function: str
    inputs: tuple[tuple[str, TermMap], ...] = ()
    output: str | None = None


Expression = Constant | Reference | Template | FunctionCall


# --- sources (RML-IO) -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited file is written (the terms of CSVW's `csvw:Dialect`)."""

    delimiter: str = ","
    quote: str | None = '"'
    double_quote: bool = True
    header: bool = True
    header_rows: int = 1
    skip_rows: int = 0
    skip_columns: int = 0
    skip_blank_rows: bool = False
    skip_initial_space: bool = False
    comment: str | None = None
    trim: str = "false"
    line_terminators: tuple[str, ...] = ()
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file: its path (or URL), the root the path is relative to, and how its bytes are to be read."""

    path: str
    root: str = "MappingDirectory"
    encoding: str | None = None
    compression: str | None = None
    nulls: tuple[str, ...] | None = None
    dialect: Dialect = Dialect()


@dataclass(frozen=True, slots=True)
class DatabaseSource:
    """A database to connect to; the iterator of the logical source is the table or the query."""

    dsn: str
    username: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class NamedSource:
    """A source that the caller binds by name."""

    name: str


Source = FileSource | DatabaseSource | NamedSource


@dataclass(frozen=True, slots=True)
class LogicalSource:
    """What is iterated over (`rml:LogicalSource`)."""

    source: Source
    formulation: str
    iterator: str | None = None
    namespaces: tuple[tuple[str, str], ...] = ()
    name: str | None = field(default=None, compare=False)
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class LogicalTarget:
    """Where triples go besides or instead of the default output (`rml:LogicalTarget`)."""

    path: str
    root: str = "CurrentWorkingDirectory"
    serialization: str = "N-Quads"
    compression: str | None = None
    encoding: str | None = None
    mode: str | None = None


# --- logical views (RML-LV) -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExpressionField:
    """A field with the values of an expression."""

    name: str
    expression: Expression
    fields: tuple[Field, ...] = ()
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class IterableField:
    """A field with records of its own, read by an iterator."""

    name: str
    iterator: str | None
    formulation: str | None = None
    namespaces: tuple[tuple[str, str], ...] = ()
    fields: tuple[Field, ...] = ()
    where: Where | None = field(default=None, compare=False)


Field = ExpressionField | IterableField


@dataclass(frozen=True, slots=True)
class JoinCondition:
    """A pair of expressions that must be equal; `where` is the place of the child's."""

    child: Expression
    parent: Expression
    where: Where | None = field(default=None, compare=False)
    parent_where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ViewJoin:
    """A join of a view with a parent view that adds fields; `kind` is left or inner."""

    kind: str
    parent: LogicalView
    conditions: tuple[JoinCondition, ...]
    fields: tuple[ExpressionField, ...]


@dataclass(frozen=True, slots=True)
class LogicalView:
    """A table of named fields over a source or another view (`rml:LogicalView`)."""

    on: LogicalSource | LogicalView
    fields: tuple[Field, ...]
    joins: tuple[ViewJoin, ...] = ()
    name: str | None = field(default=None, compare=False)
    where: Where | None = field(default=None, compare=False)


# --- term maps and triples maps (RML-Core, RML-CC) --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gather:
    """A collection or container gathered from term maps (`rml:gather`, RML-CC)."""

    items: tuple[TermMap | RefObjectMap, ...]
    gather_as: str
    strategy: str = "append"
    allow_empty: bool = False


@dataclass(frozen=True, slots=True)
class TermMap:
    """How a term is made: its expression, term type and, for literals, language or datatype."""

    expression: Expression | None
    term_type: str
    language: Expression | None = None
    datatype: Expression | None = None
    conditions: tuple[Expression, ...] = ()
    targets: tuple[LogicalTarget, ...] = ()
    gather: Gather | None = None
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RefObjectMap:
    """An object that is the subject of another triples map (`rml:RefObjectMap`)."""

    parent: str
    joins: tuple[JoinCondition, ...] = ()
    targets: tuple[LogicalTarget, ...] = ()
    conditions: tuple[Expression, ...] = ()
    where: Where | None = field(default=None, compare=False)


ObjectMap = TermMap | RefObjectMap


@dataclass(frozen=True, slots=True)
class PredicateObjectMap:
    """The predicates and objects that a subject gets, and the graphs they go to besides the subject's."""

    predicates: tuple[TermMap, ...]
    objects: tuple[ObjectMap, ...]
    graphs: tuple[TermMap, ...] = ()


@dataclass(frozen=True, slots=True)
class TriplesMap:
    """One rule: for each record of the source a subject, and its predicates and objects."""

    name: str
    source: LogicalSource | LogicalView
    subject: TermMap
    classes: tuple[str, ...] = ()
    graphs: tuple[TermMap, ...] = ()
    predicate_objects: tuple[PredicateObjectMap, ...] = ()
    base_iri: str | None = None
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Mapping:
    """All triples maps of a document, the file they were read from, and the prefixes that it declares."""

    triples_maps: tuple[TriplesMap, ...]
    file: str | None = None
    prefixes: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def triples_map(self, name: str) -> TriplesMap | None:
        """Return the triples map of that name, if there is one."""
        return next((each for each in self.triples_maps if each.name == name), None)
