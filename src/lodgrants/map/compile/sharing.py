"""Parts of terms that several expressions of one pass need are computed once, as columns of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from lodgrants.map.compile.terms import Term
from lodgrants.map.compile.triples import CHILD, Statement
from lodgrants.rdf.sql import Expr, call

_PREFIX = "lg_"
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pass:
    """Statements over the same rows, and the columns that the rows need beside those of the table."""

    statements: tuple[Statement, ...]
    columns: tuple[Expr, ...]


def share(statements: Sequence[Statement]) -> Pass:
    """Return the statements with every call of our macros on a column that occurs again as a column."""
    counts = Counter(
        key for one in statements for term in _terms(one) for key in _calls((term.text, *term.nullable))
    )
    names = {key: f"v{at}" for at, (key, count) in enumerate(counts.items()) if count > 1}
    if not names:
        return Pass(tuple(statements), ())
    columns = [
        call(macro, exp.column(column, table=CHILD)).as_(name) for (macro, column), name in names.items()
    ]
    return Pass(tuple(_rewritten(one, names) for one in statements), tuple(columns))


def _rewritten(statement: Statement, names: dict[Key, str]) -> Statement:
    def column(node: Expr) -> Expr:
        name = names.get(_key(node) or ("", ""))
        return node if name is None else exp.column(name, table=CHILD)

    def term(given: Term) -> Term:
        if names.keys().isdisjoint(_calls((given.text, *given.nullable))):
            return given
        return Term(given.text.transform(column), tuple(each.transform(column) for each in given.nullable))

    graph = term(statement.graph) if statement.graph is not None else None
    return replace(
        statement,
        subject=term(statement.subject),
        predicate=term(statement.predicate),
        object=term(statement.object),
        graph=graph,
    )


def _terms(statement: Statement) -> Iterable[Term]:
    given = (statement.subject, statement.predicate, statement.object, statement.graph)
    return (term for term in given if term is not None)


def _calls(expressions: Iterable[Expr]) -> Iterable[Key]:
    found = (_key(node) for each in expressions for node in each.find_all(exp.Anonymous))
    return (key for key in found if key is not None)


def _key(node: Expr) -> Key | None:
    """Return the macro and the column of a call that can be shared."""
    if not isinstance(node, exp.Anonymous) or len(node.expressions) != 1:
        return None
    macro, column = str(node.this).lower(), node.expressions[0]
    if not macro.startswith(_PREFIX) or not isinstance(column, exp.Column) or column.table != CHILD:
        return None
    return macro, column.name
