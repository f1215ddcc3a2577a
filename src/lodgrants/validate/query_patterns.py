"""Regular expressions in SPARQL constraints: the engine takes one it cannot read for an error of one row.

The row is then left out, and a graph that fails could conform; so such an expression is refused beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from lodgrants.errors import Problem, UnsupportedError, Where
from lodgrants.validate.prebind import Token

# Where the expression stands among the arguments, and where the flags.
_ARGUMENTS = {"REGEX": (1, 2), "REPLACE": (1, 3)}


def check_query_patterns(found: Sequence[Token], where: Where) -> None:
    """Refuse constant regular expressions that the SPARQL engine does not have.

    :raises UnsupportedError: with the expression.
    """
    for position, token in enumerate(found):
        for pattern, flags in _constants(found, position, token):
            test = (
                f"SELECT ?found {{ BIND(REGEX('', {', '.join(filter(None, (pattern, flags)))}) AS ?found) }}"
            )
            solutions = ox.Store().query(test)
            assert isinstance(solutions, ox.QuerySolutions)
            if next(solutions)["found"] is None:
                hint = "look-around and back-references are not available in SPARQL constraints"
                problem = Problem(
                    "LG-VAL-004", "this regular expression cannot be used", where, pattern, hint=hint
                )
                raise UnsupportedError(problem)


def _constants(found: Sequence[Token], position: int, token: Token) -> Iterator[tuple[str, str]]:
    """Yield the expression and the flags of a call that starts at a token, where these are strings."""
    at = _ARGUMENTS.get(token.word)
    if at is None:
        return
    arguments = list(_arguments(found[position + 1 :]))
    pattern, flags = (arguments[n] if n < len(arguments) else () for n in at)
    if len(pattern) == 1 and pattern[0].kind == "string":
        yield pattern[0].text, flags[0].text if len(flags) == 1 and flags[0].kind == "string" else ""


def _arguments(rest: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the tokens of each argument of a call whose opening parenthesis comes next."""
    depth, argument = 0, list[Token]()
    for token in rest:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 1 and token.text.strip():
            break
        if depth == 1 and token.text == ",":
            yield argument
            argument = []
        elif token.text.strip() and token.kind != "comment" and (depth > 1 or token.text != "("):
            argument.append(token)
    yield argument
