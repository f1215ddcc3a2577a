"""Which focus nodes a SPARQL constraint may find: the others need not be asked of the SPARQL engine.

Of a query's groups two conditions in SQL are made for a node: one that holds wherever the group has a
solution (``most``), and one that holds only where it has one. What SQL cannot tell as the engine does
(functions, most comparisons of literals) counts as true in the one and false in the other. The engine then
decides about what is left, so that results are its own; most data conforms, and little is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from lodgrants.db.fragment import Sql, all_of, any_of, call, column, sql
from lodgrants.rdf.comparison import surely_precedes
from lodgrants.rdf.literals import is_blank, is_iri, is_literal
from lodgrants.validate.model import (
    Alternative,
    Inverse,
    OneOrMore,
    Path,
    Predicate,
    Sequence,
    Term,
    ZeroOrMore,
    ZeroOrOne,
)
from lodgrants.validate.paths import compile_path, edges, inverted, may_be_zero
from lodgrants.validate.query_groups import Call, Group, Operand, Pattern

_TRUE, _FALSE = sql("TRUE"), sql("FALSE")
_KINDS = {"ISIRI": is_iri, "ISURI": is_iri, "ISBLANK": is_blank, "ISLITERAL": is_literal}
_ORDER = {"<": False, "<=": False, ">": True, ">=": True}


class _HardError(Exception):
    """A part of a query of which SQL cannot tell where it has a solution."""


def may_be_found(group: Group, given: Mapping[str, Sql | Term]) -> Sql | None:
    """Return the condition on some columns that holds wherever a query with them pre-bound has a solution.

    ``given`` has the pre-bound variables by name, each a column or a term. None when nothing is known.
    """
    try:
        return _exists(group, _given(given), most=True)
    except _HardError:
        return None


def is_surely_found(group: Group, given: Mapping[str, Sql | Term]) -> Sql | None:
    """Return the condition that holds only where a query has a solution, as `may_be_found` does."""
    try:
        return _exists(group, _given(given), most=False)
    except _HardError:
        return None


@dataclass(frozen=True, slots=True)
class _Scope:
    """The variables known at a place, each as an expression; those that only an OPTIONAL group may bind.

    ``literals`` are those that may be literals in the data, of which the engine knows values, not terms.
    """

    known: Mapping[str, Sql] = field(default_factory=dict)
    literals: frozenset[str] = frozenset()
    optional: Mapping[str, Group | None] = field(default_factory=dict)

    def column(self, operand: Operand) -> Sql | None:
        """Return an operand's term, where it is a constant or a variable that is bound for sure."""
        if isinstance(operand, Call):
            return None
        return self.known.get(operand) if operand.startswith("?") else sql(":term", term=operand)


def _given(given: Mapping[str, Sql | Term]) -> _Scope:
    typed = {f"?{name}" for name, term in given.items() if isinstance(term, str) and _is_typed(term)}
    return _Scope({f"?{name}": sql(":term", term=term) for name, term in given.items()}, frozenset(typed))


def _exists(group: Group, outer: _Scope, most: bool) -> Sql:
    if not most and not group.is_plain:
        raise _HardError
    inner, relations, conditions = _joined(group.patterns, outer, most)
    inner = _Scope(inner.known, inner.literals, _optional(group))
    for union in group.unions:  # that they share variables with the rest only takes solutions away
        conditions.append(any_of([_exists(arm, outer, most) for arm in union]))
    for one in group.filters:
        surely, never = _truth(one, inner)
        conditions.append(sql("NOT :never", never=never) if most else surely)
    if not relations:
        return all_of(conditions)
    return sql(
        "EXISTS (SELECT 1 FROM _relations WHERE :holds)", _relations=relations, holds=all_of(conditions)
    )


def _joined(patterns: tuple[Pattern, ...], outer: _Scope, most: bool) -> tuple[_Scope, list[Sql], list[Sql]]:
    """Return what is known after the triple patterns, their relations, and how these are joined."""
    known, literals = dict(outer.known), set(outer.literals)
    relations: list[Sql] = []
    conditions: list[Sql] = []
    depth = len(known)
    for pattern in patterns:
        if most and _joins_objects(pattern.path):
            raise _HardError
        alias = f"p{depth}x{len(relations)}"
        relations.append(sql("_edges AS _alias", _edges=_edges(pattern), _alias=alias))
        ends = (
            (pattern.subject, "focus", _starts_at_object(pattern.path)),
            (pattern.object, "value", _starts_at_object(inverted(pattern.path))),
        )
        for term, name, is_object in ends:
            cell = column(name, alias)
            if term.startswith("?") and term not in known:
                known[term] = cell
                literals |= {term} if is_object else set()
                continue
            if most and is_object and (term in literals or _is_typed(term)):
                raise _HardError  # the engine joins literals by value
            other = known[term] if term.startswith("?") else sql(":term", term=term)
            conditions.append(sql(":cell = :other", cell=cell, other=other))
    return _Scope(known, frozenset(literals)), relations, conditions


def _edges(pattern: Pattern) -> Sql:
    """Return the pairs of a pattern's ends; of a path without end only from an end that is given."""
    path = pattern.path
    if not _is_endless(path):
        return edges(path)
    if not pattern.object.startswith("?"):
        start = sql("SELECT :term AS focus, :term AS value", term=pattern.object)
        found = compile_path(inverted(path), start)
        return sql("SELECT value AS focus, focus AS value FROM _q AS q", _q=found)
    raise _HardError


def _is_endless(path: Path) -> bool:
    match path:
        case Predicate():
            return False
        case Inverse(inner):
            return _is_endless(inner)
        case Sequence(paths) | Alternative(paths):
            return any(_is_endless(part) for part in paths)
    return True


def _joins_objects(path: Path) -> bool:
    """Whether a path may go on from an object against a predicate: then the node may be a literal."""
    match path:
        case Predicate():
            return False
        case Sequence(paths):
            return any(_joins_objects(part) for part in paths) or any(
                _starts_at_object(inverted(one)) and _starts_at_object(other)
                for one, other in pairwise(paths)
            )
        case Alternative(paths):
            return any(_joins_objects(part) for part in paths)
        case Inverse(inner) | ZeroOrOne(inner):
            return _joins_objects(inner)
        case OneOrMore(inner) | ZeroOrMore(inner):
            return _joins_objects(Sequence((inner, inner)))


def _starts_at_object(path: Path) -> bool:
    """Whether the first step of a path may be against a predicate."""
    match path:
        case Predicate():
            return False
        case Inverse(Predicate()):
            return True
        case Inverse(inner):
            return _starts_at_object(inverted(inner))
        case Sequence((first, *rest)):
            return _starts_at_object(first) or (may_be_zero(first) and any(map(_starts_at_object, rest)))
        case Alternative(paths):
            return any(_starts_at_object(part) for part in paths)
        case ZeroOrOne(inner) | OneOrMore(inner) | ZeroOrMore(inner):
            return _starts_at_object(inner)
    return True


def _is_typed(term: Term) -> bool:
    return term.startswith('"') and term.endswith(">")


def _optional(group: Group) -> dict[str, Group | None]:
    """Return the variables that OPTIONAL groups bind, with the group that tells whether one is bound."""
    found: dict[str, Group | None] = {}
    for one in group.optional:
        simple = one.is_plain and not one.filters
        for name in _variables(one):
            found[name] = one if simple and name not in found else None
    return found | dict.fromkeys(group.bound)


def _variables(group: Group) -> Iterator[str]:
    for pattern in group.patterns:
        yield from (end for end in (pattern.subject, pattern.object) if end.startswith("?"))
    for inner in (*group.optional, *(arm for union in group.unions for arm in union)):
        yield from _variables(inner)
    yield from group.bound


def _truth(condition: Operand, scope: _Scope) -> tuple[Sql, Sql]:
    """Return when a condition is surely true, and when it is surely false (and not an error)."""
    if isinstance(condition, Call):
        match condition.name:
            case "!":
                surely, never = _truth(condition.operands[0], scope)
                return never, surely
            case "&&":
                parts = [_truth(one, scope) for one in condition.operands]
                return all_of(one for one, _ in parts), any_of(never for _, never in parts)
            case "||" | "IN":
                parts = [_truth(one, scope) for one in _alternatives(condition)]
                return any_of(one for one, _ in parts), all_of(never for _, never in parts)
            case "EXISTS":
                assert condition.group
                return _existence(condition.group, scope)
            case "BOUND":
                return _is_bound(condition.operands[0], scope)
    return _tested(condition, scope)


def _alternatives(condition: Call) -> tuple[Operand, ...]:
    if condition.name == "||":
        return condition.operands
    left, *members = condition.operands
    return tuple(Call("=", (left, member)) for member in members)


def _existence(group: Group, scope: _Scope) -> tuple[Sql, Sql]:
    outer = _Scope(scope.known, scope.literals)
    if any(name in scope.optional for name in _mentioned(group)):
        return _FALSE, _FALSE
    try:
        surely = _exists(group, outer, most=False)
    except _HardError:
        surely = _FALSE
    try:
        never = sql("NOT :most", most=_exists(replace(group, unions=()), outer, most=True))
    except _HardError:
        never = _FALSE
    return surely, never


def _mentioned(group: Group) -> Iterator[str]:
    yield from _variables(group)
    pending = list(group.filters)
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            yield one
        else:
            pending += one.operands
            yield from _mentioned(one.group) if one.group else ()


def _is_bound(operand: Operand, scope: _Scope) -> tuple[Sql, Sql]:
    assert isinstance(operand, str)
    if operand in scope.known:
        return _TRUE, _FALSE
    group = scope.optional.get(operand)
    if group is None or any(
        scope.optional.get(name) is not group for name in _variables(group) if name not in scope.known
    ):
        return _FALSE, _FALSE
    return _existence(group, _Scope(scope.known, scope.literals))


def _tested(condition: Operand, scope: _Scope) -> tuple[Sql, Sql]:
    """Take a test or a comparison; anything else may be true, false or an error."""
    if not isinstance(condition, Call):
        return _FALSE, _FALSE
    columns = [scope.column(operand) for operand in condition.operands]
    terms = [column for column in columns if column]
    if len(terms) < len(columns):
        return _FALSE, _FALSE
    if condition.name in _KINDS:
        holds = _KINDS[condition.name](terms[0])
        return holds, sql("NOT :holds", holds=holds)
    if condition.name in ("=", "!=", "SAMETERM"):
        surely, never = _equality(*terms)
        return (never, surely) if condition.name == "!=" else (surely, never)
    if condition.name in _ORDER:
        left, right = reversed(terms) if _ORDER[condition.name] else terms
        return _surely_less(left, right), _surely_less(right, left)
    return _FALSE, _FALSE


def _equality(left: Sql, right: Sql) -> tuple[Sql, Sql]:
    """When two terms are equal, and when they differ, for sure: of typed literals only an order tells."""
    untyped = any_of([_is_untyped(left), _is_untyped(right)])
    surely = sql(":l = :r AND :untyped", l=left, r=right, untyped=untyped)
    differ = sql(":l <> :r AND :untyped", l=left, r=right, untyped=_cannot_be_equal(left, right))
    return surely, any_of([differ, _surely_less(left, right), _surely_less(right, left)])


def _is_untyped(term: Sql) -> Sql:
    return sql("NOT (starts_with(:t, '\"') AND ends_with(:t, '>'))", t=term)


def _cannot_be_equal(left: Sql, right: Sql) -> Sql:
    """Whether two terms are equal only if they are the same: not both literals, or both plain strings."""
    plain = all_of(sql("ends_with(:t, '\"')", t=term) for term in (left, right))
    others = [sql("NOT :literal", literal=is_literal(term)) for term in (left, right)]
    return any_of([*others, plain])


def _surely_less(left: Sql, right: Sql) -> Sql:
    return call("coalesce", surely_precedes(left, right), False)
