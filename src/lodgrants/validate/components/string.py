"""String-based components (https://www.w3.org/TR/shacl/#core-components-string)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from lodgrants.db.engine import Engine
from lodgrants.db.template import condition, sql
from lodgrants.errors import InternalError, Problem, ShapeError, Where
from lodgrants.rdf.literals import language, text, text_of
from lodgrants.validate.components.regex import to_re2
from lodgrants.validate.components.scope import VALUE, Scope, values_not
from lodgrants.validate.model import Constraint, Shape, sh

_PATTERN = sh("PatternConstraintComponent")


def min_length(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#MinLengthConstraintComponent."""
    return values_not(
        scope, condition("length(:text) >= :n", text=text(VALUE), n=int(text_of(constraint.value)))
    )


def max_length(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#MaxLengthConstraintComponent."""
    return values_not(
        scope, condition("length(:text) <= :n", text=text(VALUE), n=int(text_of(constraint.value)))
    )


def check_patterns(engine: Engine, shapes: Iterable[Shape]) -> None:
    """Refuse regular expressions that are none, before any data is read.

    :raises ShapeError: with the shape (https://www.w3.org/TR/shacl/#syntax-rule-pattern-regex).
    """
    for shape in shapes:
        for constraint in shape.constraints:
            if constraint.component == _PATTERN:
                expression = _expression(constraint, shape)
                try:
                    engine.rows(sql("SELECT regexp_matches('', :pattern)", pattern=expression))
                except InternalError as error:
                    where, value = Where(detail=f"shape {shape.node}, sh:pattern"), text_of(constraint.value)
                    problem = Problem("LG-VAL-001", "this is no regular expression", where, value)
                    raise ShapeError(problem) from error


def _expression(constraint: Constraint, shape: Shape) -> str:
    return to_re2(text_of(constraint.value), text_of(constraint.options.get("flags", '""')), shape.node)


def pattern(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#PatternConstraintComponent."""
    expression = _expression(constraint, scope.shape)
    return values_not(
        scope, condition("regexp_matches(:text, :pattern)", text=text(VALUE), pattern=expression)
    )


def language_in(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#LanguageInConstraintComponent, with SPARQL's langMatches."""
    ranges = [text_of(member).lower() for member in constraint.members]
    tests = [
        condition("lang <> ''")
        if wanted == "*"
        else condition("lang = :tag OR starts_with(lang, :prefix)", tag=wanted, prefix=f"{wanted}-")
        for wanted in ranges
    ]
    return sql(
        "SELECT DISTINCT v.focus, v.value, NULL AS path FROM (SELECT focus, value, :lang AS lang FROM _v"
        " AS v) AS v"
        " WHERE NOT coalesce(:holds, FALSE)",
        _v=scope.values,
        lang=language(VALUE),
        holds=exp.or_(*tests) if tests else exp.false(),
    )


def unique_lang(constraint: Constraint, scope: Scope) -> exp.Expr:
    """Implement https://www.w3.org/TR/shacl/#UniqueLangConstraintComponent: one result for each language."""
    return sql(
        "SELECT focus, NULL AS value, NULL AS path FROM"
        " (SELECT v.focus, v.value, :lang AS lang FROM _v AS v) AS l"
        " WHERE lang <> '' GROUP BY focus, lang HAVING count(*) > 1 AND min(value) <> max(value)",
        _v=scope.values,
        lang=language(VALUE),
    )
