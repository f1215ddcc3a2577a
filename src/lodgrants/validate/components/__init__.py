"""The constraint components of SHACL Core, each compiled to one SQL query."""

from __future__ import annotations

from lodgrants.validate.components import cardinality, logic, other, pairs, range, shape, string, value_type
from lodgrants.validate.components.scope import Compile
from lodgrants.validate.model import sh

_BY_NAME: dict[str, Compile] = {
    "Class": value_type.class_,
    "Datatype": value_type.datatype,
    "NodeKind": value_type.node_kind,
    "MinCount": cardinality.min_count,
    "MaxCount": cardinality.max_count,
    "MinExclusive": range.min_exclusive,
    "MinInclusive": range.min_inclusive,
    "MaxExclusive": range.max_exclusive,
    "MaxInclusive": range.max_inclusive,
    "MinLength": string.min_length,
    "MaxLength": string.max_length,
    "Pattern": string.pattern,
    "LanguageIn": string.language_in,
    "UniqueLang": string.unique_lang,
    "Equals": pairs.equals,
    "Disjoint": pairs.disjoint,
    "LessThan": pairs.less_than,
    "LessThanOrEquals": pairs.less_than_or_equals,
    "Not": logic.not_,
    "And": logic.and_,
    "Or": logic.or_,
    "Xone": logic.xone,
    "Node": shape.node,
    "Property": shape.property_,
    "QualifiedMinCount": shape.qualified_min_count,
    "QualifiedMaxCount": shape.qualified_max_count,
    "Closed": other.closed,
    "HasValue": other.has_value,
    "In": other.in_,
}
COMPONENTS = {sh(f"{name}ConstraintComponent"): compiled for name, compiled in _BY_NAME.items()}
# Those that look at nothing but a value node's own term.
TERM_TESTS = frozenset(
    sh(f"{name}ConstraintComponent")
    for name in (
        "Datatype", "NodeKind", "MinExclusive", "MinInclusive", "MaxExclusive", "MaxInclusive", "MinLength",
        "MaxLength", "Pattern", "LanguageIn", "In",
    )
)  # fmt: skip
