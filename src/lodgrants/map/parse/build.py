"""Building term maps: defaults and rules that RML, the older vocabularies and YARRRML share."""

from __future__ import annotations

import re

from lodgrants.errors import MappingError, Problem, UnsupportedError, Where
from lodgrants.map.compile.references import ref_objects
from lodgrants.map.model import (
    BLANK_NODE,
    IRI,
    LITERAL,
    Constant,
    Expression,
    FunctionCall,
    Mapping,
    Reference,
    TriplesMap,
)
from lodgrants.rdf.terms import bad_in_iri, iri, literal

# A mapping of what is sound, and all that is wrong.
Read = tuple[Mapping, list[Problem]]
LANGUAGE_TAG = r"(?:[A-Za-z]{2,8}|[xXiI]-[A-Za-z0-9]{1,8})(?:-[A-Za-z0-9]{1,8})*"

# The term types that each position of a triple may have (RML-Core, "Term Types").
ALLOWED = {
    "subject": ("IRI", "URI", "UnsafeIRI", "UnsafeURI", BLANK_NODE),
    "predicate": ("IRI", "URI", "UnsafeIRI", "UnsafeURI"),
    "object": ("IRI", "URI", "UnsafeIRI", "UnsafeURI", BLANK_NODE, LITERAL),
    "graph": ("IRI", "URI", "UnsafeIRI", "UnsafeURI", BLANK_NODE),
}


def constant_type(term: str) -> str:
    """Return the term type of an N-Triples term."""
    return {"<": IRI, "_": BLANK_NODE}.get(term[0], LITERAL)


def declared_constant(expression: Expression | None, term_type: str | None) -> Expression | None:
    """Return a constant as the IRI that it is declared to be.

    Generated mappings write `rr:constant "http://…" ; rr:termType rr:IRI`, which every engine reads as the
    IRI. A text that is no absolute IRI stays a literal, and so a fault.
    """
    if not isinstance(expression, Constant) or term_type not in ALLOWED["predicate"]:
        return expression
    plain = re.fullmatch(r'"([A-Za-z][A-Za-z0-9+.-]*:[^"\\]*)"', expression.term)
    try:
        return expression if plain is None else iri_constant(plain[1])
    except ValueError:
        return expression


def default_term_type(position: str, expression: Expression | None, typed: bool) -> str:
    """Return the term type of a term map that gives none; `typed` means it has a language or datatype."""
    if isinstance(expression, Constant):
        return constant_type(expression.term)
    if position == "object" and (typed or isinstance(expression, Reference | FunctionCall)):
        return LITERAL
    return IRI


def term_map_problems(
    position: str,
    term_type: str,
    expression: Expression | None,
    where: Where | None,
) -> list[Problem]:
    """Return what RML-Core forbids about a term map in a position of the triple."""
    problems = []
    if term_type not in ALLOWED[position]:
        problems.append(
            Problem(
                "LG-MAP-002",
                f"a {position} cannot have the term type {term_type}",
                where,
                expected="one of " + ", ".join(ALLOWED[position]),
            )
        )
    if isinstance(expression, Constant) and _kind(term_type) != constant_type(expression.term):
        problems.append(
            Problem(
                "LG-MAP-002",
                f"a constant that is not of term type {term_type} is declared to be",
                where,
                expression.term,
                hint="leave out the term type; a constant brings its own",
            )
        )
    return problems


def language_problem(language: Expression | None, where: Where | None) -> list[Problem]:
    """Return a problem when a constant language is not a well-formed tag (BCP 47)."""
    if not isinstance(language, Constant):
        return []
    tag = language.term.strip('"')
    if re.fullmatch(LANGUAGE_TAG, tag):
        return []
    expected = "a tag of BCP 47 such as en, lv or en-GB"
    return [Problem("LG-MAP-002", f"{tag!r} is not a language tag", where, tag, expected)]


def base_problems(base: str | None, where: Where | None) -> list[Problem]:
    """Return a problem when a base is not an absolute IRI."""
    if base is None or (re.match("[A-Za-z][A-Za-z0-9+.-]*:", base) and not bad_in_iri(base)):
        return []
    expected = "such as https://example.org/data/"
    return [Problem("LG-MAP-002", "the base is not an absolute IRI", where, base, expected)]


def string_constant(text: str) -> Constant:
    """Return a constant that is a plain string."""
    return Constant(literal(text))


def iri_constant(text: str) -> Constant:
    """Return a constant that is an IRI; raise ValueError when it holds a character no IRI may."""
    return Constant(iri(text))


def raising(mapping: Mapping, problems: list[Problem]) -> Mapping:
    """Return a mapping that nothing is wrong with; raise MappingError with every fault otherwise.

    Where all that is wrong is not supported, it is an UnsupportedError.
    """
    if problems:
        unsupported = all(each.code == "LG-MAP-007" for each in problems)
        raise UnsupportedError(*problems) if unsupported else MappingError(*problems)
    return mapping


def with_parents(triples_maps: list[TriplesMap]) -> tuple[TriplesMap, ...]:
    """Return the triples maps whose parents are among them, and whose parents' are."""
    known = {each.name for each in triples_maps}
    kept = [each for each in triples_maps if all(ref.parent in known for ref in ref_objects(each))]
    return tuple(kept) if len(kept) == len(triples_maps) else with_parents(kept)


def _kind(term_type: str) -> str:
    return term_type if term_type in (BLANK_NODE, LITERAL) else IRI
