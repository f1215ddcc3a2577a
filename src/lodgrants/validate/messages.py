"""What a result says to people: a message for each kind of constraint, and terms in short form."""

from __future__ import annotations

import re

from lodgrants.rdf.literals import text_of
from lodgrants.rdf.namespaces import PREFIXES, SH, XSD
from lodgrants.validate.model import Constraint, Shape, Shapes, Term
from lodgrants.validate.shape_paths import path_text

_NAMESPACES = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_IRI = re.compile(r"<([^<>\s]*[#/])([\w-]*)>")

_MESSAGES = {
    "Class": "is not an instance of {value}",
    "Datatype": "is not a well-formed literal of datatype {value}",
    "NodeKind": "is not of node kind {value}",
    "MinCount": "has fewer than {value} values",
    "MaxCount": "has more than {value} values",
    "MinExclusive": "is not greater than {value}",
    "MinInclusive": "is not greater than or equal to {value}",
    "MaxExclusive": "is not less than {value}",
    "MaxInclusive": "is not less than or equal to {value}",
    "MinLength": "is shorter than {value} characters",
    "MaxLength": "is longer than {value} characters",
    "Pattern": "does not match the pattern {value}",
    "LanguageIn": "is not in one of the languages {members}",
    "UniqueLang": "has several values in one language",
    "Equals": "is not a value of both the path and {value}",
    "Disjoint": "is also a value of {value}",
    "LessThan": "is not less than a value of {value}",
    "LessThanOrEquals": "is not less than or equal to a value of {value}",
    "Not": "conforms to the shape {value}, which it must not",
    "And": "does not conform to all of the shapes {members}",
    "Or": "does not conform to any of the shapes {members}",
    "Xone": "does not conform to exactly one of the shapes {members}",
    "Node": "does not conform to the shape {value}",
    "QualifiedMinCount": "has fewer than {count} values that conform to the shape {value}",
    "QualifiedMaxCount": "has more than {count} values that conform to the shape {value}",
    "Closed": "has a property that the closed shape does not allow",
    "HasValue": "does not have the value {value}",
    "In": "is none of {members}",
    "SPARQL": "violates a SPARQL constraint",
}
_EXPECTED = {
    "Class": "an instance of {value}",
    "Datatype": "{value}",
    "NodeKind": "{value}",
    "MinCount": "at least {value}",
    "MaxCount": "at most {value}",
    "MinExclusive": "> {value}",
    "MinInclusive": ">= {value}",
    "MaxExclusive": "< {value}",
    "MaxInclusive": "<= {value}",
    "MinLength": "at least {value} characters",
    "MaxLength": "at most {value} characters",
    "Pattern": "{value}",
    "LanguageIn": "{members}",
    "UniqueLang": "one value for each language",
    "Equals": "the values of {value}",
    "Disjoint": "no value of {value}",
    "LessThan": "less than {value}",
    "LessThanOrEquals": "not more than {value}",
    "HasValue": "{value}",
    "In": "one of {members}",
    "QualifiedMinCount": "at least {count} that conform to {value}",
    "QualifiedMaxCount": "at most {count} that conform to {value}",
    "Closed": "only the properties of the shape",
}
_SHOWN = 10
# A text that its datatype does not have is shown with the datatype: that is what is wrong with it.
_NUMBER = re.compile(
    rf'"(?:([+-]?[0-9]+)"\^\^<{re.escape(XSD)}integer>|([+-]?[0-9]*\.?[0-9]+)"\^\^<{re.escape(XSD)}decimal>)'
)


def short(term: Term) -> str:
    """Return a term as people write it: prefixed names, plain numbers and texts."""
    if number := _NUMBER.fullmatch(term):
        return number[1] or number[2]
    if term.startswith('"'):
        end = term.rindex('"') + 1
        return term[:end] + short_iris(term[end:])
    return short_iris(term)


def short_iris(text: str) -> str:
    """Shorten the IRIs in a text (such as a property path) whose namespace has a usual prefix."""
    return _IRI.sub(
        lambda found: f"{_NAMESPACES[found[1]]}:{found[2]}" if found[1] in _NAMESPACES else found[0], text
    )


def component_name(component: Term) -> str:
    """Return a component's local name without the words that all have."""
    return component.removeprefix(f"<{SH}").removesuffix(">").removesuffix("ConstraintComponent")


def default_message(shape: Shape, constraint: Constraint) -> str:
    """Return the message of a result where the shapes graph gives none."""
    name = component_name(constraint.component)
    text = _MESSAGES.get(name, f"does not satisfy {short(constraint.component)}")
    if name in ("MinCount", "MaxCount") and text_of(constraint.value) == "1":
        text = "has no value" if name == "MinCount" else "has more than one value"
    subject = short_iris(path_text(shape.path)) if shape.path else "the node"
    return f"{subject} {_filled(text, constraint)}"


def expectation(constraint: Constraint) -> str:
    """Return what a constraint asks for, in a few words; empty when the message says all there is."""
    return _filled(_EXPECTED.get(component_name(constraint.component), ""), constraint)


def _filled(text: str, constraint: Constraint) -> str:
    members = [short(member) for member in constraint.members]
    shown = ", ".join(members[:_SHOWN]) + (", …" if len(members) > _SHOWN else "")
    count = constraint.options.get("count", "")
    fields = {"value": short(constraint.value), "members": shown, "count": text_of(count) if count else ""}
    return re.sub(r"\{(\w+)\}", lambda found: fields[found[1]], text)


def chosen_message(messages: tuple[Term, ...], preferred: str = "en") -> str | None:
    """Return the text of the message in the preferred language, else without language, else the first."""
    for suffix in (f"@{preferred}", '"', ""):
        for message in messages:
            if message.endswith(suffix):
                return text_of(message)
    return None


def shape_labels(shapes: Shapes) -> dict[Term, str]:
    """Return a readable, stable name for every shape: its IRI, or what it is to the shape that has it."""
    labels = {shape.node: shape.node for shape in shapes if not shape.node.startswith("_:")}
    todo = list(labels)
    while todo:
        parent = todo.pop(0)
        for constraint in shapes[parent].constraints:
            for number, node in enumerate(constraint.shapes, start=1):
                if node not in labels and node in shapes.shapes:
                    path = shapes[node].path
                    step = path_text(path) if path else f"{component_name(constraint.component)} {number}"
                    labels[node] = f"{labels[parent]} / {step}"
                    todo.append(node)
    return labels
