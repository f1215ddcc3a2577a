"""Organisations as pages list them: names with a country, an acronym or a translation in brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lodgrants.extract.data import table
from lodgrants.extract.values.countries import country_code
from lodgrants.extract.values.slug import fold
from lodgrants.extract.words import BLANK, Words

_BRACKET = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_LAST_BRACKET = re.compile(r"[ \t\u00a0]*(\(([^()]*(?:\([^()]*\)[^()]*)*)\))[\s.,;:*]*$")
_NUMBERING = re.compile(r"(?:\d{1,3}[.)]|[•·▪●○*–-])(?=\s)\s*")
_AND = re.compile(r"\s+and\s+(?P<the>the\s+)?(?=[^\W\d_a-z])")
_BODY = re.compile(
    r"\b(?:Council|Ministr|Institute|Fund|Foundation|Grants|Commission|Union|Agency|Embassy|Government|"
    r"Programme|Association|Universit|Board|Bank|Centre|Center|Office|Network|Society|Municipality|Mechanism)"
)
# Brackets and quotations protect the separators inside them; publishers open with any quotation mark.
_PAIRS = {"(": ")", "[": "]", "„": '”“"', "“": "”", "«": "»", '"': '"”“', "”": '”"'}


@dataclass(frozen=True, slots=True)
class Organization:
    """An agent as named: country by ISO 3166-1 code, second names, and the words of the name."""

    name: str
    words: Words
    country: str | None = None
    country_words: Words | None = None
    alternates: tuple[Words, ...] = ()
    person: bool = False


def parse_organization(words: Words) -> Organization | None:
    """Read one organisation; None when there is no name."""
    words = strip_numbering(words)
    country: str | None = None
    country_words: Words | None = None
    alternates: list[Words] = []
    while match := next(words.find(_LAST_BRACKET), None):
        inside = words.at(match, 2).strip()
        if (code := country_code(str(inside))) is not None:
            country, country_words = code, inside
        elif inside:
            alternates.insert(0, inside)
        words = words.to(match.start())
    name = words.strip(",;:*•")
    name = name if re.search(r"\b[^\W\d_]{1,5}\.$", str(name)) else name.strip(".")
    if not re.search(r"\w", str(name)):
        return None
    return Organization(name.plain, name, country, country_words, tuple(alternates))


def parse_organizations(words: Words, separators: str) -> list[Organization]:
    """Read a list of organisations.

    :param separators: the characters that separate them, a line feed among them where each stands
        on a line of its own; none inside brackets or quotation marks counts. "&" stands for the word "and"
        between two bodies ("the Council and the Institute", not "Ministry of Education and Science").
    """
    parts = [
        piece for part in split_list(words, separators.replace("&", "")) for piece in _after_country(part)
    ]
    if "&" in separators:
        parts = [piece for part in parts for piece in _at_and(part)]
    return [organization for organization in map(parse_organization, parts) if organization is not None]


def is_body(name: str) -> bool:
    """Tell whether a name is an organisation's by a word for its kind or its legal form."""
    forms = table("legal_forms")["words"]
    return _BODY.search(name) is not None or any(word in forms for word in fold(name).split("-"))


def strip_numbering(words: Words) -> Words:
    """Return the words without a leading bullet or number."""
    words = words.strip()
    match = _NUMBERING.match(words.page, words.start, words.end)
    return Words(words.page, match.end(), words.end).strip() if match else words


def split_list(words: Words, separators: str) -> list[Words]:
    """Split at separators that stand outside brackets and quotation marks; empty parts are left out."""
    parts, start, position = [], words.start, words.start
    while position < words.end:
        character = words.page[position]
        if character in separators:
            parts.append(Words(words.page, start, position))
            start = position + 1
        elif character in _PAIRS:
            position = _closing(words, position, "\n" in separators)
        position += 1
    parts.append(Words(words.page, start, words.end))
    return [part for part in (part.strip() for part in parts) if part]


def _closing(words: Words, opening: int, by_lines: bool) -> int:
    """Return where the pair opened here closes, or the opening itself when it never does."""
    closers = _PAIRS[words.page[opening]]
    end = words.page.find("\n", opening, words.end) if by_lines else -1
    end = words.end if end < 0 else end
    for position in range(opening + 1, end):
        if words.page[position] in closers:
            return position
    return opening


def _at_and(words: Words) -> list[Words]:
    """Split at an "and" that has a body's name on either side."""
    for match in words.find(_AND):
        left, right = words.to(match.start()), Words(words.page, match.end(), words.end)
        if match["the"] or (_BODY.search(str(left)) and _BODY.search(str(right))):
            return [left, *_at_and(right)]
    return [words]


def _after_country(words: Words) -> list[Words]:
    """Split after a country in brackets that is followed by another name: "A (Norway) B (Iceland)"."""
    parts, start = [], words.start
    for match in words.find(_BRACKET):
        rest = Words(words.page, match.end(), words.end).strip(BLANK)
        follows = re.match(
            r"[,;&/]\s*(?=\S)|(?:and|un|ir|ja|og|и)\s+(?=\S)|(?=[^\W\d_a-z]|[\"„“«])", str(rest)
        )
        if follows and country_code(match[1].strip()) is not None:
            parts.append(Words(words.page, start, match.end()))
            start = rest.start + follows.end()
    return [*parts, Words(words.page, start, words.end)]
