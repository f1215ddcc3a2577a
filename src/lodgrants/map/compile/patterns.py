"""What can be known of a term before it is made: enough to tell that two rules never make the same triple."""

from __future__ import annotations

from dataclasses import dataclass

from lodgrants.map.compile.terms import constant_text
from lodgrants.map.model import LITERAL, Constant, Expression, Template, TermMap


@dataclass(frozen=True, slots=True)
class Pattern:
    """How the text of a term starts and ends, and its kind: `exact` when it is that text and no other."""

    kind: str = "any"
    start: str = ""
    end: str = ""
    exact: bool = False

    def meets(self, other: Pattern) -> bool:
        """Tell whether one term could fit both patterns."""
        if "any" not in (self.kind, other.kind) and self.kind != other.kind:
            return False
        if self.exact and other.exact:
            return self.start == other.start
        starts = self.start.startswith(other.start) or other.start.startswith(self.start)
        ends = self.end.endswith(other.end) or other.end.endswith(self.end)
        return starts and ends


ANY = Pattern()


def pattern_of(term_map: TermMap, base: str) -> Pattern:
    """Return the pattern of the terms that a term map makes."""
    expression = term_map.expression
    if isinstance(expression, Constant) and not (term_map.language or term_map.datatype):
        return _constant(expression.term)
    if term_map.term_type == LITERAL:
        return Pattern(LITERAL, "", _suffix(term_map))
    kind = "blank" if term_map.term_type == "BlankNode" else "iri"
    if kind == "blank" or not isinstance(expression, Template):
        return Pattern(kind)
    first, last = (expression.parts[0], expression.parts[-1]) if expression.parts else ("", "")
    start = first if isinstance(first, str) else ""
    if ":" not in start.split("/")[0]:
        start = base + start if isinstance(first, str) or term_map.term_type in ("IRI", "URI") else ""
    return Pattern(kind, start, last if isinstance(last, str) else "")


def is_injective(expression: Expression | None) -> bool:
    """Tell whether different values of the references always make different text.

    A template does when a character that percent-encoding takes away stands between its references.
    """
    if not isinstance(expression, Template):
        return not isinstance(expression, Constant) and expression is not None
    between = ""
    seen = False
    for part in expression.parts:
        if isinstance(part, str):
            between = part
        else:
            if seen and not any(char in "/#?:=&;,@!$'()*+[] " for char in between):
                return False
            between, seen = "", True
    return True


def _constant(term: str) -> Pattern:
    kind = {"<": "iri", "_": "blank"}.get(term[0], LITERAL)
    if kind == LITERAL:
        return Pattern(LITERAL, term, term, exact=True)
    text = constant_text(term)
    return Pattern(kind, text, text, exact=True)


def _suffix(term_map: TermMap) -> str:
    if isinstance(term_map.language, Constant):
        return '"@' + constant_text(term_map.language.term)
    if isinstance(term_map.datatype, Constant):
        return f'"^^<{constant_text(term_map.datatype.term)}>'
    return ""
