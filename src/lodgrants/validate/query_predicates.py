"""Which predicates SPARQL queries may ask for: other triples need not be loaded for them.

Every IRI of a query counts, wherever it stands; that is more than needed and never less. Only whether a
variable stands as predicate asks for where things stand: groups are read token by token, as the grammar
has them (https://www.w3.org/TR/sparql11-query/#sparqlGrammar). What this reader does not know may ask for
anything.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from lodgrants.rdf.graph import FIRST, REST, TYPE
from lodgrants.validate.model import Shape, Shapes, Term
from lodgrants.validate.shape_paths import predicates_of

# Stands for the shape's own path while a query is read.
PATH = "<urn:lodgrants:path>"
_PATH = re.compile(r"[?$]PATH\b")
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
    |(?P<operator>&&|\|\||[!<>]=)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_TERMS = frozenset(("iri", "term", "variable"))
_ABSOLUTE = re.compile("<[A-Za-z][A-Za-z0-9+.-]*:")


class UnknownError(Exception):
    """A query that may ask for any predicate, as far as this reader can tell."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The predicates that queries may ask for; with ``of_focus``, any of triples about focus nodes too."""

    predicates: frozenset[Term]
    of_focus: bool


def query_predicates(shapes: Shapes, used: Iterable[Shape]) -> Collection[Term] | None:
    """Return the predicates that queries of some shapes may ask for; None when one may ask for any."""
    asked = asked_by(shapes, used)
    return None if asked is None or asked.of_focus else asked.predicates


def asked_by(shapes: Shapes, used: Iterable[Shape]) -> Asked | None:
    """Return what queries of some shapes may ask for; None when one may ask for any triple."""
    predicates: set[Term] = {FIRST, REST}
    of_focus = False
    for shape in used:
        for constraint in shape.constraints:
            validator = shapes.validators.get(constraint.value)
            if validator is None:
                continue
            try:
                asked = asked_by_query(validator.query)
            except UnknownError:
                return None
            predicates |= asked.predicates | (predicates_of(shape.path) if shape.path else set())
            of_focus |= asked.of_focus
    return Asked(frozenset(predicates), of_focus)


def asked_by_query(query: str) -> Asked:
    """Return the IRIs of a query, and whether it asks for any predicate of ``$this``.

    :raises UnknownError: when a variable or a negated set stands as another predicate, or something unknown.
    """
    tokens = full_tokens(with_path(query))
    reader = _Reader()
    reader.read(tokens)
    return Asked(frozenset(text for kind, text in tokens if kind == "iri"), reader.of_focus)


def with_path(query: str, path: str = PATH) -> str:
    """Return a query with a path in place of ``$PATH``."""
    return _PATH.sub(lambda _: path, query)


def full_tokens(query: str) -> list[tuple[str, str]]:
    """Return the kind and text of each token after the prefixes, with full IRIs in place of other names.

    :raises UnknownError: for relative IRIs and prefixes that are not declared.
    """
    tokens = [(str(token.lastgroup), token[0]) for token in _TOKEN.finditer(query) if token.lastgroup]
    prefixes: dict[str, Term] = {}
    while tokens and tokens[0][1].upper() == "PREFIX":
        (_, _), (_, name), (_, iri), *tokens = tokens
        prefixes[name] = iri
    return [
        ("iri", _full(text, prefixes))
        if (kind in ("iri", "name") and not text.startswith("_:")) or text == "a"
        else ("variable", f"?{text}")  # a blank node, which is a variable that is not named elsewhere
        if kind == "name"
        else (kind, text)
        for kind, text in tokens
    ]


def _full(text: str, prefixes: dict[str, Term]) -> Term:
    """Return the IRI that a token stands for."""
    if text == "a":
        return TYPE
    prefix, colon, local = text.partition(":")
    if _ABSOLUTE.match(text):
        return text
    if f"{prefix}:" not in prefixes or "\\" in local:
        raise UnknownError
    return f"{prefixes[prefix + colon][:-1]}{local}>"


@dataclass(slots=True)
class _Frame:
    """An open brace or bracket and what is awaited in it.

    ``subject``, ``verb``, ``object`` and ``after`` an object are of triples, ``path`` is after a part of one;
    an ``expression`` ends with its parentheses (``depth``), a ``skipped`` part where a brace opens, and
    ``outside`` a group there are no triples at all. ``of_focus`` while a path is at its first step from
    ``$this``, and ``negated`` after the sign of a negated set.
    """

    awaits: str
    depth: int = 0
    is_this: bool = False
    of_focus: bool = False
    negated: bool = False

    def await_verb(self) -> None:
        """Await the first step of a path from the subject."""
        self.awaits, self.of_focus, self.negated = "verb", self.is_this, False


class _Reader:
    """Reads the tokens of a query only to find a predicate that is a variable or a negated set."""

    def __init__(self) -> None:
        self.frames = [_Frame("outside")]
        self.of_focus = False

    def read(self, tokens: Iterable[tuple[str, str]]) -> None:
        for kind, text in tokens:
            if text in ("{", "}"):
                self._brace(text)
            else:
                getattr(self, f"_{self.frames[-1].awaits}")(kind, text)
        if len(self.frames) > 1:
            raise UnknownError

    def _brace(self, text: str) -> None:
        if text == "{":
            if self.frames[-1].awaits in ("verb", "path", "object"):
                raise UnknownError
            self.frames.append(_Frame("subject"))
            return
        self._close("subject", "verb", "after", "outside", "skipped")
        frame = self.frames[-1]
        if frame.awaits == "skipped" or (frame.awaits == "expression" and not frame.depth):
            frame.awaits = "subject"

    def _close(self, *awaited: str) -> None:
        if len(self.frames) < 2 or self.frames.pop().awaits not in awaited:
            raise UnknownError

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
            self.frames[-1].is_this = text in ("$this", "?this")
            self.frames[-1].await_verb()
            self._term(kind, text, "verb")
        elif text != ".":
            raise UnknownError

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
            raise UnknownError

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
            raise UnknownError

    def _verb(self, kind: str, text: str) -> None:
        frame = self.frames[-1]
        if kind == "iri":
            frame.awaits = "path"
        elif frame.of_focus and (kind == "variable" or text == "!"):
            self.of_focus, frame.negated = True, True
            frame.awaits = "object" if kind == "variable" else "verb"
        elif text == "(" or (text == "^" and not frame.negated):
            frame.depth += text == "("
            frame.of_focus &= text == "("
        elif text == "." and not frame.depth:  # after a semicolon, or brackets that say all
            frame.awaits = "subject"
        elif text == "]" and not frame.depth:
            self._close("verb")
        elif kind == "word" and not frame.depth:
            frame.awaits = "subject"
            self._keyword(text.upper())
        elif text == ";" and not frame.depth:
            frame.await_verb()
        else:
            raise UnknownError

    def _path(self, kind: str, text: str) -> None:
        frame = self.frames[-1]
        if text in ("/", "|"):
            frame.awaits = "verb"
            frame.of_focus &= text == "|"
            frame.negated &= text == "|"
        elif text == ")" and frame.depth:
            frame.depth -= 1
        elif text not in ("*", "+", "?"):
            if frame.depth:
                raise UnknownError
            self._object(kind, text)

    def _object(self, kind: str, text: str) -> None:
        if kind not in _TERMS and text not in ("[", "(") and text.upper() not in ("TRUE", "FALSE"):
            raise UnknownError
        self._term(kind, text, "after")

    def _after(self, kind: str, text: str) -> None:
        frame = self.frames[-1]
        if text == ";":
            frame.await_verb()
        elif text in (",", "."):
            frame.awaits = "object" if text == "," else "subject"
        elif kind == "typed":
            frame.awaits = "object"
        elif text == "]":
            self._close("after")
        elif kind == "word":
            frame.awaits = "subject"
            self._keyword(text.upper())
        else:
            raise UnknownError
