"""The common part of SPARQL as a tree: triple patterns with paths, filters, EXISTS, OPTIONAL, UNION and BIND.

Read from the tokens of a query (https://www.w3.org/TR/sparql11-query/#sparqlGrammar). A query with anything
else has no tree here; of an expression what is not known becomes `UNKNOWN`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lodgrants.rdf.namespaces import XSD
from lodgrants.validate.model import (
    REPEATED,
    Alternative,
    Inverse,
    Path,
    Predicate,
    Sequence,
    Term,
)
from lodgrants.validate.query_predicates import UnknownError, full_tokens

_TESTS = frozenset(("ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "SAMETERM", "BOUND"))
_COMPARISONS = frozenset(("=", "!=", "<", ">", "<=", ">="))
_END = ("end", "")


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function with its operands: calls, variables and terms; or EXISTS with its group.

    ``name`` is in capitals or a sign: ``&&``, ``||``, ``!``, ``EXISTS``, ``IN``, a comparison or a test.
    """

    name: str
    operands: tuple[Operand, ...] = ()
    group: Group | None = None


# A variable is its name after "?"; a constant is its N-Triples text.
Operand = Call | str
UNKNOWN = Call("UNKNOWN")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern: variables as ``?name``, terms as N-Triples, and a path between them."""

    subject: str
    path: Path
    object: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group: its triple patterns, filters and OPTIONAL groups; for each UNION the groups of which one is.

    ``bound`` are the variables of BIND.
    """

    patterns: tuple[Pattern, ...] = ()
    filters: tuple[Operand, ...] = ()
    optional: tuple[Group, ...] = ()
    unions: tuple[tuple[Group, ...], ...] = ()
    bound: frozenset[str] = frozenset()

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing but triple patterns and filters."""
        return not (self.optional or self.unions or self.bound)


def parse_groups(query: str) -> Group | None:
    """Return the outermost group of a SELECT or ASK query, or None where there is something unknown in it."""
    try:
        return _Parser(full_tokens(query)).query()
    except UnknownError:
        return None


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens, self._at = tokens, 0

    @property
    def kind(self) -> str:
        return self._token[0]

    @property
    def text(self) -> str:
        return self._token[1]

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "word" else ""

    @property
    def _token(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def take(self) -> str:
        """Return the text of this token and go on to the next."""
        text = self.text
        self._at += 1
        return text

    def takes(self, *texts: str) -> bool:
        """Go on to the next token if this is one of some; keywords are in any case."""
        found = self.kind not in ("term", "end") and (self.text in texts or self.word in texts)
        self._at += found
        return found

    def expect(self, text: str) -> None:
        if not self.takes(text):
            raise UnknownError

    def query(self) -> Group:
        """Read up to the end of the outermost group; solution modifiers only take solutions away."""
        while self.kind != "end" and self.text != "{":
            if self.word == "FROM":
                raise UnknownError
            self.take()
        return self.group()

    def group(self) -> Group:
        self.expect("{")
        patterns: list[Pattern] = []
        filters: list[Operand] = []
        optional: list[Group] = []
        unions: list[tuple[Group, ...]] = []
        bound: set[str] = set()
        while not self.takes("}"):
            if self.takes("FILTER"):
                filters.append(self.primary())
            elif self.takes("OPTIONAL"):
                optional.append(self.group())
            elif self.takes("BIND"):
                bound.add(self.bind())
            elif self.text == "{":
                unions.append(self.union())
            elif self.kind == "word" or self.kind == "end":
                raise UnknownError
            elif not self.takes("."):
                patterns += self.triples()
        return Group(tuple(patterns), tuple(filters), tuple(optional), tuple(unions), frozenset(bound))

    def union(self) -> tuple[Group, ...]:
        groups = [self.group()]
        while self.takes("UNION"):
            groups.append(self.group())
        return tuple(groups)

    def bind(self) -> str:
        self.expect("(")
        self.either()
        self.expect("AS")
        name = self.term()
        self.expect(")")
        return name

    def triples(self) -> list[Pattern]:
        found: list[Pattern] = []
        subject = self.term()
        more = True
        while more:
            path = self.path()
            found.append(Pattern(subject, path, self.term()))
            while self.takes(","):
                found.append(Pattern(subject, path, self.term()))
            more = self.takes(";")
            while self.takes(";"):
                pass
            more = more and self.text not in (".", "}") and self.kind != "word"
        return found

    def term(self) -> str:
        if self.kind == "variable":
            return f"?{self.take()[1:]}"
        if self.kind == "iri":
            return self.take()
        if self.kind == "term" or self.word in ("TRUE", "FALSE"):
            return self.literal()
        raise UnknownError

    def literal(self) -> Term:
        text = self.take()
        if text[0] not in "\"'":
            return f'"{text}"^^<{XSD}{_datatype(text)}>'
        body = text[1:-1]
        if text[:3] in ('"""', "'''") or "\\" in body or '"' in body or text[-1] not in "\"'":
            raise UnknownError
        if not self.takes("^^"):
            return f'"{body}"'
        if self.kind != "iri":
            raise UnknownError
        return f'"{body}"' if self.text == f"<{XSD}string>" and self.take() else f'"{body}"^^{self.take()}'

    def path(self) -> Path:
        ways = [self.steps()]
        while self.takes("|"):
            ways.append(self.steps())
        return ways[0] if len(ways) == 1 else Alternative(tuple(ways))

    def steps(self) -> Path:
        steps = [self.step()]
        while self.takes("/"):
            steps.append(self.step())
        return steps[0] if len(steps) == 1 else Sequence(tuple(steps))

    def step(self) -> Path:
        inverse = self.takes("^")
        found: Path
        if self.takes("("):
            found = self.path()
            self.expect(")")
        elif self.kind == "iri":
            found = Predicate(self.take())
        else:
            raise UnknownError
        if self.kind == "mark" and self.text in REPEATED:
            found = REPEATED[self.take()](found)
        return Inverse(found) if inverse else found

    def either(self) -> Operand:
        return self._chain("||", self.both)

    def both(self) -> Operand:
        return self._chain("&&", self.relation)

    def _chain(self, sign: str, part: Callable[[], Operand]) -> Operand:
        parts = [part()]
        while self.takes(sign):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Call(sign, tuple(parts))

    def relation(self) -> Operand:
        left = self.sum()
        if self.kind in ("mark", "operator") and self.text in _COMPARISONS:
            return Call(self.take(), (left, self.sum()))
        negated = self.takes("NOT")
        if self.takes("IN"):
            found = Call("IN", (left, *self.arguments()))
            return Call("!", (found,)) if negated else found
        if negated:
            raise UnknownError
        return left

    def sum(self) -> Operand:
        found = self.unary()
        while (self.kind == "mark" and self.text in "+-*/") or self.text[:1] in ("+", "-"):
            if self.kind == "mark":
                self.take()
            self.unary()
            found = UNKNOWN
        return found

    def unary(self) -> Operand:
        if self.takes("!"):
            return Call("!", (self.unary(),))
        if self.takes("-", "+"):
            self.unary()
            return UNKNOWN
        return self.primary()

    def primary(self) -> Operand:
        if self.takes("("):
            found = self.either()
            self.expect(")")
            return found
        negated = self.takes("NOT")
        if self.takes("EXISTS"):
            exists = Call("EXISTS", (), self.group())
            return Call("!", (exists,)) if negated else exists
        if negated:
            raise UnknownError
        if self.word and self.word not in ("TRUE", "FALSE"):
            name = self.take().upper()
            operands = self.arguments()
            return Call(name, operands) if name in _TESTS else UNKNOWN
        try:
            found = self.term()
        except UnknownError:
            if self._tokens[self._at - 1][0] != "term":
                raise
            return UNKNOWN
        if found[0] == "<" and self.text == "(":
            self.arguments()
            return UNKNOWN
        return found

    def arguments(self) -> tuple[Operand, ...]:
        self.expect("(")
        if self.takes(")"):
            return ()
        found = [self.either()]
        while self.takes(","):
            found.append(self.either())
        self.expect(")")
        return tuple(found)


def _datatype(text: str) -> str:
    if text.lower() in ("true", "false"):
        return "boolean"
    if "e" in text.lower():
        return "double"
    return "decimal" if "." in text else "integer"
