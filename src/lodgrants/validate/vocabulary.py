"""The SHACL vocabulary as tables: which parameter belongs to which component, and what its values must be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Form(Enum):
    """What a parameter's value must be (https://www.w3.org/TR/shacl/#syntax-rules)."""

    TERM = "any term"
    IRI = "an IRI"
    LITERAL = "a literal"
    STRING = "a literal of datatype xsd:string"
    INTEGER = "a literal of datatype xsd:integer"
    BOOLEAN = "true or false"
    LIST = "an RDF list"
    IRI_LIST = "an RDF list of IRIs"
    STRING_LIST = "an RDF list of strings"
    SHAPE = "a shape"
    NODE_SHAPE = "a node shape (without sh:path)"
    PROPERTY_SHAPE = "a property shape (with exactly one sh:path)"
    SHAPE_LIST = "an RDF list of shapes"
    NODE_KIND = (
        "sh:BlankNode, sh:IRI, sh:Literal, sh:BlankNodeOrIRI, sh:BlankNodeOrLiteral or sh:IRIOrLiteral"
    )
    SPARQL = "a SPARQL-based constraint"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its component's local name, what values it takes, whether it may be repeated."""

    component: str
    form: Form
    many: bool = False
    property_shapes_only: bool = False
    options: tuple[str, ...] = ()


# The main parameter of every component of SHACL Core (and sh:sparql), in the order of the recommendation.
PARAMETERS: dict[str, Parameter] = {
    "class": Parameter("Class", Form.IRI, many=True),
    "datatype": Parameter("Datatype", Form.IRI),
    "nodeKind": Parameter("NodeKind", Form.NODE_KIND),
    "minCount": Parameter("MinCount", Form.INTEGER, property_shapes_only=True),
    "maxCount": Parameter("MaxCount", Form.INTEGER, property_shapes_only=True),
    "minExclusive": Parameter("MinExclusive", Form.LITERAL),
    "minInclusive": Parameter("MinInclusive", Form.LITERAL),
    "maxExclusive": Parameter("MaxExclusive", Form.LITERAL),
    "maxInclusive": Parameter("MaxInclusive", Form.LITERAL),
    "minLength": Parameter("MinLength", Form.INTEGER),
    "maxLength": Parameter("MaxLength", Form.INTEGER),
    "pattern": Parameter("Pattern", Form.STRING, many=True, options=("flags",)),
    "languageIn": Parameter("LanguageIn", Form.STRING_LIST),
    "uniqueLang": Parameter("UniqueLang", Form.BOOLEAN, property_shapes_only=True),
    "equals": Parameter("Equals", Form.IRI, many=True),
    "disjoint": Parameter("Disjoint", Form.IRI, many=True),
    "lessThan": Parameter("LessThan", Form.IRI, many=True, property_shapes_only=True),
    "lessThanOrEquals": Parameter("LessThanOrEquals", Form.IRI, many=True, property_shapes_only=True),
    "not": Parameter("Not", Form.SHAPE, many=True),
    "and": Parameter("And", Form.SHAPE_LIST, many=True),
    "or": Parameter("Or", Form.SHAPE_LIST, many=True),
    "xone": Parameter("Xone", Form.SHAPE_LIST, many=True),
    "node": Parameter("Node", Form.NODE_SHAPE, many=True),
    "property": Parameter("Property", Form.PROPERTY_SHAPE, many=True),
    "qualifiedMinCount": Parameter(
        "QualifiedMinCount",
        Form.INTEGER,
        options=("qualifiedValueShape", "qualifiedValueShapesDisjoint"),
    ),
    "qualifiedMaxCount": Parameter(
        "QualifiedMaxCount",
        Form.INTEGER,
        options=("qualifiedValueShape", "qualifiedValueShapesDisjoint"),
    ),
    "closed": Parameter("Closed", Form.BOOLEAN, options=("ignoredProperties",)),
    "hasValue": Parameter("HasValue", Form.TERM, many=True),
    "in": Parameter("In", Form.LIST),
    "sparql": Parameter("SPARQL", Form.SPARQL, many=True),
}

# Parameters that only qualify another one.
OPTIONS: dict[str, Form] = {
    "flags": Form.STRING,
    "ignoredProperties": Form.IRI_LIST,
    "qualifiedValueShape": Form.SHAPE,
    "qualifiedValueShapesDisjoint": Form.BOOLEAN,
}

TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")

# What may stand on a shape without constraining anything.
SILENT = frozenset(
    (
        "path", "severity", "message", "deactivated", "name", "description", "order", "group", "defaultValue",
        "declare", "prefixes", "select", "ask", "shapesGraph", "suggestedShapesGraph", "labelTemplate",
        "optional", "parameter", "validator", "nodeValidator", "propertyValidator", "namespace", "prefix",
    )
)  # fmt: skip

NODE_KINDS = ("BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
KNOWN = frozenset(PARAMETERS) | frozenset(OPTIONS) | frozenset(TARGETS) | SILENT

# The parameters of the constraint components of https://datashapes.org/constraints.html.
DASH_PARAMETERS = frozenset(
    f"<http://datashapes.org/dash#{name}>"
    for name in (
        "closedByTypes", "coExistsWith", "hasValueIn", "hasValueWithClass", "nonRecursive", "reifiableBy",
        "rootClass", "singleLine", "stem", "subSetOf", "symmetric", "uniqueValueForClass",
    )
)  # fmt: skip
