"""Pre-binding of variables for all focus nodes at once (https://www.w3.org/TR/shacl/#pre-binding).

SHACL defines pre-binding as the substitution of a variable by one value in a whole query. Here a pattern that
binds the variable to all its values is put at the start of every group that uses it; joins then do in one run
what substitution does in many. Groups under EXISTS need none: SPARQL itself substitutes there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lodgrants.errors import Problem, ShapeError, UnsupportedError, Where

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)|(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<string>\"\"\".*?(?<!\\)\"\"\"|'''.*?(?<!\\)'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |[?$](?P<variable>\w+)|(?P<word>[A-Za-z_][\w.:%-]*)|(?P<open>\{)|(?P<close>\})|(?P<other>\s+|.)""",
    re.VERBOSE | re.DOTALL,
)
_FORBIDDEN = ("MINUS", "VALUES", "SERVICE")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query: its text and what it is (``word``, ``variable``, ``open``, …)."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The keyword in capitals; empty for anything else."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def variable(self) -> str:
        """The variable's name; empty for anything else."""
        return self.text[1:] if self.kind == "variable" else ""


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query with its pre-bound variables made patterns; ``limit`` is per focus node."""

    text: str
    limit: int | None = None


@dataclass(slots=True)
class _Group:
    """An open brace: where it stands, whether SPARQL substitutes in it, whether it holds a subquery."""

    start: int
    exists: bool
    subquery: bool
    used: set[str] = field(default_factory=set)


def tokens(query: str) -> list[Token]:
    """Return the tokens of a query; joined again they are the query."""
    return [Token(str(found.lastgroup), found[0]) for found in _TOKEN.finditer(query)]


def prebind(
    query: str, bind: Callable[[Iterable[str]], str], prebound: set[str], path: str | None, where: Where
) -> Query:
    """Return a SELECT query in which ``bind(variables)`` gives the pattern that binds pre-bound variables.

    ``path`` is what ``$PATH`` stands for.

    :raises ShapeError: for what SHACL forbids in such a query (https://www.w3.org/TR/shacl/#pre-binding).
    :raises UnsupportedError: for a limit that cannot be applied to each focus node by itself.
    """
    found = _with_path(tokens(query), path, where)
    check_prebinding(found, prebound, where)
    found, limit = _without_limit(found, where)
    inserts = _insertions(found, prebound, bind)
    text = "".join(token.text + inserts.get(position, "") for position, token in enumerate(found))
    return Query(text, limit)


def ask_as_select(
    query: str, bind: Callable[[Iterable[str]], str], prebound: set[str], path: str | None, where: Where
) -> Query:
    """Return an ASK validator as a query for the pre-bound ``$this`` and ``$value`` of which it is not true.

    See https://www.w3.org/TR/shacl/#constraint-components-validation.
    """
    found = _with_path(tokens(query), path, where)
    check_prebinding(found, prebound, where)
    start = next((i for i, token in enumerate(found) if token.word == "ASK"), None)
    if start is None:
        raise ShapeError(Problem("LG-VAL-001", "sh:ask is no ASK query", where, query))
    body = "".join(token.text for token in found[start + 1 :] if token.word != "WHERE")
    head = "".join(token.text for token in found[:start])
    pattern = bind({"this", "value"} | {token.variable for token in found} & prebound)
    return Query(f"{head}SELECT ?this ?value WHERE {{ {pattern} FILTER NOT EXISTS {body} }}")


def check_prebinding(found: list[Token], prebound: set[str], where: Where) -> None:
    """Refuse what the recommendation says must produce a failure."""
    for position, token in enumerate(found):
        if token.word in _FORBIDDEN:
            raise _forbidden(f"{token.word} must not be used", where)
        if token.word == "AS" and _next(found, position).variable in prebound:
            raise _forbidden(f"{_next(found, position).text} must not be assigned", where)
    for projected in _subquery_projections(found):
        for name in sorted(prebound.intersection(("this", "value"))):
            if name not in projected:
                raise _forbidden(f"a subquery must return ${name}", where)


def _forbidden(message: str, where: Where) -> ShapeError:
    return ShapeError(Problem("LG-VAL-007", f"{message} in a SPARQL constraint", where))


def _with_path(found: list[Token], path: str | None, where: Where) -> list[Token]:
    """Put the shape's path in place of ``$PATH`` (https://www.w3.org/TR/shacl/#sparql-constraints-prebound)."""
    if path is None and any(token.variable == "PATH" for token in found):
        raise ShapeError(Problem("LG-VAL-007", "$PATH stands in a constraint of a node shape", where))
    return [Token("other", f"({path})") if token.variable == "PATH" else token for token in found]


def _without_limit(found: list[Token], where: Where) -> tuple[list[Token], int | None]:
    """Take the outermost LIMIT out of a query: it is meant for one focus node."""
    depth, limit, kept, skip = 0, None, [], False
    words = {token.word for token in found}
    for position, token in enumerate(found):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.word in ("LIMIT", "OFFSET"):
            if depth or token.word == "OFFSET" or "ORDER" in words:
                raise UnsupportedError(
                    Problem("LG-VAL-008", f"{token.word} in a SPARQL constraint is not supported here", where)
                )
            limit, skip = _number(found[position + 1 :]), True
        elif skip and token.text.strip():
            skip = not token.text.isdigit() or not _next(found, position).text.isdigit()
        elif not skip:
            kept.append(token)
    return kept, limit


def _number(rest: Iterable[Token]) -> int:
    digits = ""
    for token in rest:
        if token.text.isdigit():
            digits += token.text
        elif digits or token.text.strip():
            break
    return int(digits or 0)


def _insertions(
    found: list[Token], prebound: set[str], bind: Callable[[Iterable[str]], str]
) -> Mapping[int, str]:
    """Return what to insert after which token."""
    inserts: dict[int, str] = {}
    for group, outermost in _groups(found):
        used = (group.used | {"this"} if outermost else group.used) & prebound
        if used and not group.exists and not group.subquery:
            inserts[group.start] = f" {bind(sorted(used))} "
    return inserts


def _groups(found: list[Token]) -> Iterator[tuple[_Group, bool]]:
    """Yield every group with whether it is the query's outermost, inner ones first."""
    open_groups: list[_Group] = []
    for position, token in enumerate(found):
        if token.kind == "open":
            above = open_groups[-1] if open_groups else None
            exists = _previous(found, position).word == "EXISTS" or bool(above and above.exists)
            open_groups.append(_Group(position, exists, _next(found, position).word == "SELECT"))
        elif token.kind == "close" and open_groups:
            group = open_groups.pop()
            if open_groups:
                open_groups[-1].used |= group.used
            yield group, not open_groups
        elif open_groups and token.variable:
            open_groups[-1].used.add(token.variable)


def _subquery_projections(found: list[Token]) -> Iterator[set[str]]:
    """Yield the variables that each SELECT inside a group returns; ``SELECT *`` returns none for certain."""
    depth = 0
    for position, token in enumerate(found):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.word == "SELECT" and depth:
            names: set[str] = set()
            for later in found[position + 1 :]:
                if later.word == "WHERE" or later.kind == "open":
                    break
                names.add(later.variable)
            yield names


def _next(found: list[Token], position: int) -> Token:
    return next(
        (t for t in found[position + 1 :] if t.text.strip() and t.kind != "comment"), Token("other", "")
    )


def _previous(found: list[Token], position: int) -> Token:
    before = reversed(found[:position])
    return next((t for t in before if t.text.strip() and t.kind != "comment"), Token("other", ""))
