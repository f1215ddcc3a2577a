"""Which predicates SPARQL queries may ask for: other triples need not be loaded for them.

Every IRI of a query counts, wherever it stands; that is more than needed and never less. Only whether a
variable stands as predicate asks for where things stand: groups are read token by token, as the grammar
has them (https://www.w3.org/TR/sparql11-query/#sparqlGrammar). What this reader does not know may ask for
anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lodgrants.rdf.graph import FIRST, REST, TYPE
from lodgrants.validate.model import Shape, Shapes, Term
from lodgrants.validate.shape_paths import predicates_of

# Stands for the shape's own path while a query is read.
PATH = "<urn:lodgrants:path>"
_TOKEN = re.compile(
    r"""(?:\s|\#[^\n]*)+
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<term>(?:\"{3}(?:[^"\\]|\\.|"(?!""))*"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}
        |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')(?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*)?
        |[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<variable>[?$]\w+)
    |(?P<name>[\w-]*:(?:[\w:%-]|\\.|\.(?=[\w:.%\\-]))*)
    |(?P<word>[A-Za-z]\w*)
    |(?P<typed>\^\^)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_TERMS = frozenset(("iri", "term", "variable", "name"))
_ABSOLUTE = re.compile("<[A-Za-z][A-Za-z0-9+.-]*:")


class _UnknownError(Exception):
    """A query that may ask for any predicate, as far as this reader can tell."""


def query_predicates(shapes: Shapes, used: Iterable[Shape]) -> set[Term] | None:
    """Return the predicates that queries of some shapes may ask for; None when one may ask for any."""
    found: set[Term] = {FIRST, REST}
    for shape in used:
        for constraint in shape.constraints:
            validator = shapes.validators.get(constraint.value)
            if validator is None:
                continue
            try:
                found |= _named(validator.query)
            except _UnknownError:
                return None
            found |= predicates_of(shape.path) if shape.path else set()
    return found


def _named(query: str) -> set[Term]:
    """Return the IRIs of a query.

    :raises _UnknownError: when a variable or a negated set stands as predicate, or something unknown stands.
    """
    tokens = [
        (str(token.lastgroup), token[0])
        for token in _TOKEN.finditer(re.sub(r"[?$]PATH\b", PATH, query))
        if token.lastgroup
    ]
    prefixes: dict[str, Term] = {}
    while tokens and tokens[0][1].upper() == "PREFIX":
        (_, _), (_, name), (_, iri), *tokens = tokens
        prefixes[name] = iri
    _Reader().read(tokens)
    return {_full(text, prefixes) for kind, text in tokens if kind in ("iri", "name") or text == "a"}


def _full(text: str, prefixes: dict[str, Term]) -> Term:
    """Return the IRI that a token stands for."""
    prefix, colon, local = text.partition(":")
    if text == "a" or prefix == "_":
        return TYPE
    if _ABSOLUTE.match(text):
        return text
    if f"{prefix}:" not in prefixes or "\\" in local:
        raise _UnknownError
    return f"{prefixes[prefix + colon][:-1]}{local}>"


@dataclass(slots=True)
class _Frame:
    """An open brace or bracket and what is awaited in it.

    ``subject``, ``verb``, ``object`` and ``after`` an object are of triples, ``path`` is after a part of one;
    an ``expression`` ends with its parentheses (``depth``), a ``skipped`` part where a brace opens, and
    ``outside`` a group there are no triples at all.
    """

    awaits: str
    depth: int = 0


class _Reader:
    """Reads the tokens of a query only to find a predicate that is a variable or a negated set."""

    def __init__(self) -> None:
        self.frames = [_Frame("outside")]

    def read(self, tokens: Iterable[tuple[str, str]]) -> None:
        for kind, text in tokens:
            if text in ("{", "}"):
                self._brace(text)
            else:
                getattr(self, f"_{self.frames[-1].awaits}")(kind, text)
        if len(self.frames) > 1:
            raise _UnknownError

    def _brace(self, text: str) -> None:
        if text == "{":
            if self.frames[-1].awaits in ("verb", "path", "object"):
                raise _UnknownError
            self.frames.append(_Frame("subject"))
            return
        self._close("subject", "verb", "after", "outside", "skipped")
        frame = self.frames[-1]
        if frame.awaits == "skipped" or (frame.awaits == "expression" and not frame.depth):
            frame.awaits = "subject"

    def _close(self, *awaited: str) -> None:
        if len(self.frames) < 2 or self.frames.pop().awaits not in awaited:
            raise _UnknownError

    def _outside(self, kind: str, text: str) -> None:
        """Take a prologue, a projection or solution modifiers."""

    def _skipped(self, kind: str, text: str) -> None:
        """Take what stands between a keyword and its group, as the name of a graph."""

    def _expression(self, kind: str, text: str) -> None:
        frame = self.frames[-1]
        frame.depth += {"(": 1, ")": -1}.get(text, 0)
        if text == ")" and not frame.depth:
            frame.awaits = "subject"

    def _subject(self, kind: str, text: str) -> None:
        if kind == "word":
            self._keyword(text.upper())
        elif kind in _TERMS or text in ("[", "("):
            self._term(kind, text, "verb")
        elif text != ".":
            raise _UnknownError

    def _keyword(self, word: str) -> None:
        if word in ("FILTER", "BIND"):
            self.frames[-1].awaits = "expression"
        elif word in ("GRAPH", "SERVICE"):
            self.frames[-1].awaits = "skipped"
        elif word == "SELECT":
            self.frames[-1].awaits = "outside"
        elif word in ("TRUE", "FALSE"):
            self.frames[-1].awaits = "verb"
        elif word not in ("OPTIONAL", "UNION", "MINUS"):
            raise _UnknownError

    def _term(self, kind: str, text: str, then: str) -> None:
        """Take a subject or object; brackets and lists have frames of their own."""
        self.frames[-1].awaits = then
        if text == "[":
            self.frames.append(_Frame("verb"))
        elif text == "(":
            self.frames.append(_Frame("member"))

    def _member(self, kind: str, text: str) -> None:
        if text == ")":
            self._close("member")
        elif kind in _TERMS or text in ("[", "(") or text.upper() in ("TRUE", "FALSE"):
            self._term(kind, text, "member")
        elif kind != "typed":  # of a literal: its datatype follows as if it were a member
            raise _UnknownError

    def _verb(self, kind: str, text: str) -> None:
        frame = self.frames[-1]
        if kind in ("iri", "name") or (kind, text) == ("word", "a"):
            frame.awaits = "path"
        elif text in ("(", "^"):
            frame.depth += text == "("
        elif text == "." and not frame.depth:  # after a semicolon, or brackets that say all
            frame.awaits = "subject"
        elif text == "]" and not frame.depth:
            self._close("verb")
        elif kind == "word" and not frame.depth:
            frame.awaits = "subject"
            self._keyword(text.upper())
        elif text != ";" or frame.depth:
            raise _UnknownError

    def _path(self, kind: str, text: str) -> None:
        frame = self.frames[-1]
        if text in ("/", "|"):
            frame.awaits = "verb"
        elif text == ")" and frame.depth:
            frame.depth -= 1
        elif text not in ("*", "+", "?"):
            if frame.depth:
                raise _UnknownError
            self._object(kind, text)

    def _object(self, kind: str, text: str) -> None:
        if kind not in _TERMS and text not in ("[", "(") and text.upper() not in ("TRUE", "FALSE"):
            raise _UnknownError
        self._term(kind, text, "after")

    def _after(self, kind: str, text: str) -> None:
        frame = self.frames[-1]
        if text in (",", ";", "."):
            frame.awaits = {",": "object", ";": "verb", ".": "subject"}[text]
        elif kind == "typed":
            frame.awaits = "object"
        elif text == "]":
            self._close("after")
        elif kind == "word":
            frame.awaits = "subject"
            self._keyword(text.upper())
        else:
            raise _UnknownError
