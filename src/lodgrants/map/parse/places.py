"""Where the triples of a Turtle document stand in its text.

The parser that reads mappings says nothing of places. Here the text is taken apart a second time, only as far
as it takes to know where the subject, predicate and object of each triple begin; both lists are then laid
side by side. Should they not fit (Turtle that this does not know, such as RDF 1.2's), there are no places.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from lodgrants.map.vocabulary import modern

_CHAR = r"""(?:[^\s\[\](){};,"'<>\#^@\\.]|\\.)"""
_WORD = rf"(?:{_CHAR}(?:{_CHAR}|\.+(?={_CHAR}))*)"
_IRI = r"<[^<>\"{}|^`\s]*>"
# Turtle's terminals (RDF 1.1 Turtle, section 6.5), as loose as a text allows that is known to be Turtle.
_TOKEN = re.compile(
    rf"""
      (?P<skip>(?:\s+|\#[^\n]*)+)
    | (?P<literal>
        (?:\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
          | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
        (?:\s*\^\^\s*(?:{_IRI}|{_WORD}) | @[A-Za-z]+(?:-[A-Za-z0-9]+)*)?)
    | (?P<directive>@(?:prefix|base)\b | (?i:PREFIX|BASE)(?=\s))
    | (?P<mark>[\[\]();,])
    | (?P<term>{_IRI} | [+-]?\.?[0-9](?:[0-9]|\.(?=[0-9eE])|[eE][+-]?)* | {_WORD})
    | (?P<end>\.)
    """,
    re.VERBOSE | re.DOTALL,
)
_NEAR = 64
# What lists are made of is written only rarely, so it is not looked for.
_LIST_WORD = re.compile("[:#/](?:first|rest)>?$")
_PREFIX_TERMS = {"prefix": 2, "base": 1}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the parts of a triple begin, as offsets into the text, and the predicate as it is written."""

    subject: int
    predicate: int
    object: int
    word: str


@dataclass(slots=True)
class _Frame:
    """A statement, a bracket or a list that is being read, and how far."""

    start: int = 0
    is_list: bool = False
    subject: int | None = None
    predicate: int | None = None
    word: str = ""

    def take(self, offset: int, word: str) -> Spot | None:
        """Take a term as the next part of a triple; return the triple when it is its object."""
        if self.is_list:
            return None
        if self.subject is None:
            self.subject = offset
        elif self.predicate is None:
            self.predicate, self.word = offset, word
        else:
            return Spot(self.subject, self.predicate, offset, self.word)
        return None


class Lines:
    """Turns offsets of a text into lines and columns, which count from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(each.end() for each in re.finditer("\n", text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


class Places:
    """Where the nodes, properties and values of a Turtle document are, by the names that RML has today."""

    def __init__(self, quads: list[ox.Quad], text: str) -> None:
        self.lines = Lines(text)
        self._nodes: dict[object, int] = {}
        self._predicates: dict[tuple[object, str], tuple[int, str]] = {}
        self._values: dict[tuple[object, str, str], int] = {}
        for quad, spot in spots_of(quads, text):
            subject, name = _current(quad.subject), modern(quad.predicate.value)
            self._nodes.setdefault(subject, spot.subject)
            self._predicates.setdefault((subject, name), (spot.predicate, spot.word))
            self._values.setdefault((subject, name, str(_current(quad.object))), spot.object)

    def node(self, node: object) -> int | None:
        """Return where a node is first said something of, or None."""
        return self._nodes.get(node)

    def predicate(self, node: object, name: str) -> tuple[int, str] | None:
        """Return where a node has a property, and how that is written."""
        return self._predicates.get((node, name))

    def value(self, node: object, name: str, value: object) -> int | None:
        """Return where a value of a node's property is, or None."""
        return self._values.get((node, name, str(value)))


def _current(term: object) -> object:
    return ox.NamedNode(modern(term.value)) if isinstance(term, ox.NamedNode) else term


def spots_of(quads: list[ox.Quad], text: str) -> list[tuple[ox.Quad, Spot]]:
    """Return the triples with their spots, but those that lists are made of; none when they do not fit."""
    spots = find_spots(text) or []
    plain = [each for each in quads if not _LIST_WORD.search(each.predicate.value)]
    if len(spots) != len(plain):
        return []
    found: list[tuple[ox.Quad, Spot]] = []
    left = dict.fromkeys(spots)
    for quad in plain:
        # The parser says some triples a little earlier or later than their objects end.
        spot = next((each for each in islice(left, _NEAR) if _fits(each, quad, text)), None)
        if spot is None:
            return []
        del left[spot]
        found.append((quad, spot))
    return found


def _fits(spot: Spot, quad: ox.Quad, text: str) -> bool:
    word = "type" if spot.word == "a" else spot.word.strip("<>").rpartition(":")[2].replace("\\", "")
    if not quad.predicate.value.endswith(word):
        return False
    start = text[spot.object]
    if isinstance(quad.object, ox.BlankNode):
        return start in "[(_"
    if isinstance(quad.object, ox.Literal):
        return start in "\"'+-.tf" or start.isdigit()
    return start not in "[\"'"


def find_spots(text: str) -> list[Spot] | None:
    """Return the spots of all triples but those that lists are made of, in the order in which objects end.

    None when the text holds something that is not known here.
    """
    found: list[Spot | None] = []
    frames = [_Frame()]
    for kind, word, offset in _tokens(text):
        if kind == "unknown":
            return None
        if kind == "end":
            frames = [_Frame()]
        elif word == "(":
            found.append(frames[-1].take(offset, word))
            frames.append(_Frame(is_list=True))
        elif word == "[":
            frames.append(_Frame(offset, subject=offset))
        elif word in ("]", ")") and len(frames) > 1:
            closed = frames.pop()
            found.append(None if closed.is_list else frames[-1].take(closed.start, word))
        elif word == ";":
            frames[-1].predicate = None
        elif kind != "mark":
            found.append(frames[-1].take(offset, word))
    return [each for each in found if each is not None and not _LIST_WORD.search(each.word)]


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the kind, text and offset of each token; directives and what is between tokens are left out."""
    at, skipped = 0, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            yield "unknown", "", at
            return
        kind, word = str(match.lastgroup), match.group()
        if kind == "directive":
            # "@prefix" ends with a dot, SPARQL's form after its terms.
            skipped = -1 if word.startswith("@") else _PREFIX_TERMS[word.lower()]
        elif skipped and kind != "skip":
            skipped = 0 if kind == "end" else skipped - 1
        elif kind != "skip":
            yield kind, word, at
        at = match.end()
