"""String-based components (https://www.w3.org/TR/shacl/#core-components-string)."""

from __future__ import annotations

from collections.abc import Iterable

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, any_of, sql
from lodgrants.errors import InternalError, Problem, ShapeError, Where
from lodgrants.rdf.literals import language, text, text_of
from lodgrants.validate.components.regex import Expression, translated
from lodgrants.validate.components.scope import VALUE, Scope, Test
from lodgrants.validate.model import Constraint, Shape, sh

PATTERN = sh("PatternConstraintComponent")


def min_length(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#MinLengthConstraintComponent."""
    return Test(sql("length(:text) >= :n", text=text(VALUE), n=int(text_of(constraint.value))))


def max_length(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#MaxLengthConstraintComponent."""
    # A text has no more characters than its term has bytes between the quotes or brackets.
    return Test(
        sql(
            "NOT starts_with(v.value, '_:') AND (strlen(v.value) - 2 <= :n OR length(:text) <= :n)",
            text=text(VALUE),
            n=int(text_of(constraint.value)),
        )
    )


def check_patterns(engine: Engine, shapes: Iterable[Shape]) -> None:
    """Refuse regular expressions that are none, before any data is read.

    :raises ShapeError: with the shape (https://www.w3.org/TR/shacl/#syntax-rule-pattern-regex).
    """
    for shape in shapes:
        for constraint in shape.constraints:
            if constraint.component == PATTERN and not _is_read(engine, expression_of(constraint, shape)):
                where, value = Where(detail=f"shape {shape.node}, sh:pattern"), text_of(constraint.value)
                raise ShapeError(Problem("LG-VAL-001", "this is no regular expression", where, value))


def _is_read(engine: Engine, expression: Expression) -> bool:
    if expression.linear:
        try:
            return bool(engine.rows(sql("SELECT regexp_matches('', :pattern)", pattern=expression.text)))
        except InternalError:
            return False
    import regex

    try:
        return bool(regex.compile(expression.text))
    except regex.error:
        return False


def expression_of(constraint: Constraint, shape: Shape) -> Expression:
    """Return the regular expression of a pattern constraint."""
    return translated(text_of(constraint.value), text_of(constraint.options.get("flags", '""')), shape.node)


def is_matched_outside(constraint: Constraint, shape: Shape) -> bool:
    """Whether a constraint is a pattern that the database's regular expressions lack."""
    return constraint.component == PATTERN and not expression_of(constraint, shape).linear


def pattern(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#PatternConstraintComponent, for linear expressions."""
    expression = expression_of(constraint, scope.shape).text
    return Test(sql("regexp_matches(:text, :pattern)", text=text(VALUE), pattern=expression))


def language_in(constraint: Constraint, scope: Scope) -> Test:
    """Implement https://www.w3.org/TR/shacl/#LanguageInConstraintComponent, with SPARQL's langMatches."""
    ranges = [text_of(member).lower() for member in constraint.members]
    tests = [
        sql(":lang <> ''", lang=language(VALUE))
        if wanted == "*"
        else sql(
            ":lang = :tag OR starts_with(:lang, :prefix)",
            lang=language(VALUE),
            tag=wanted,
            prefix=f"{wanted}-",
        )
        for wanted in ranges
    ]
    return Test(any_of(tests))


def unique_lang(constraint: Constraint, scope: Scope) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#UniqueLangConstraintComponent: one result for each language."""
    # Few focus nodes have two tagged values at all: only theirs are taken apart.
    found = sql(
        "WITH tagged AS (SELECT focus, value FROM _v AS v WHERE NOT ends_with(value, '\"') AND NOT"
        " ends_with(value, '>')),"
        " many AS MATERIALIZED (SELECT focus FROM tagged AS t GROUP BY focus HAVING count(*) > 1)"
        " SELECT l.focus, NULL AS value, NULL AS path FROM"
        " (SELECT v.focus, v.value, :lang AS lang FROM tagged AS v SEMI JOIN many AS m ON m.focus ="
        " v.focus) AS l"
        " WHERE lang <> '' GROUP BY l.focus, lang HAVING count(DISTINCT value) > 1",
        _v=scope.candidates,
        lang=language(VALUE),
    )
    return scope.of_focus(found)
