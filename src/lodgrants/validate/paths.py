"""Property paths compiled to SQL (https://www.w3.org/TR/shacl/#property-paths).

A query here has the columns ``focus`` and ``value`` and may hold a pair more than once.
"""

from __future__ import annotations

from functools import reduce

from lodgrants.db.fragment import Part, Sql, sql, union
from lodgrants.validate.model import (
    Alternative,
    Inverse,
    OneOrMore,
    Path,
    Predicate,
    Sequence,
    ZeroOrMore,
    ZeroOrOne,
)

TRIPLES = "quad"


def compile_path(path: Path, start: Part) -> Sql:
    """Return the pairs of each ``focus`` of ``start`` (columns focus, value) with what its value leads to."""
    match path:
        case Predicate() | Inverse(Predicate()):
            return sql(
                "SELECT a.focus, b.value FROM _a AS a JOIN _b AS b ON b.focus = a.value",
                _a=start,
                _b=edges(path),
            )
        case Inverse(inner):
            return compile_path(inverted(inner), start)
        case Sequence(paths):
            return reduce(lambda so_far, part: compile_path(part, so_far), paths, _query(start))
        case Alternative(paths):
            return union(compile_path(part, start) for part in paths)
        case ZeroOrOne(inner):
            return union([_query(start), compile_path(inner, start)])
        case ZeroOrMore(inner):
            return _closure(start, edges(without_zero(inner)))
        case OneOrMore(inner):
            return _closure(compile_path(inner, start), edges(without_zero(inner)))


def edges(path: Path) -> Sql:
    """Return all pairs (focus, value) of a path that never has length zero."""
    match path:
        case Predicate(iri):
            return sql("SELECT s AS focus, o AS value FROM _t WHERE p = :p", _t=TRIPLES, p=iri)
        case Inverse(Predicate(iri)):
            return sql("SELECT o AS focus, s AS value FROM _t WHERE p = :p", _t=TRIPLES, p=iri)
        case Inverse(inner):
            return edges(inverted(inner))
        case Sequence((first, *rest)):
            return compile_path(Sequence(tuple(rest)), edges(first))
        case Alternative(paths):
            return union(edges(part) for part in paths)
        case OneOrMore(inner):
            step = edges(inner)
            return _closure(step, step)
        case _:
            raise ValueError(f"a path of length zero has no edges: {path}")


def _closure(start: Part, step: Sql) -> Sql:
    return sql(
        "SELECT focus, value FROM (WITH RECURSIVE reached AS ("
        " SELECT focus, value FROM _start"
        " UNION SELECT reached.focus, step.value FROM reached JOIN _step AS step ON step.focus ="
        " reached.value)"
        " SELECT focus, value FROM reached) AS closure",
        _start=start,
        _step=step,
    )


def _query(relation: Part) -> Sql:
    return sql("SELECT focus, value FROM _r AS r", _r=relation)


def is_one_step(path: Path) -> bool:
    """Whether a path is a predicate or the inverse of one."""
    return isinstance(path.path if isinstance(path, Inverse) else path, Predicate)


def inverted(path: Path) -> Path:
    """Return the path that leads back, in which only predicates stand under an inverse."""
    match path:
        case Predicate():
            return Inverse(path)
        case Inverse(inner):
            return inner
        case Sequence(paths):
            return Sequence(tuple(inverted(part) for part in reversed(paths)))
        case Alternative(paths):
            return Alternative(tuple(inverted(part) for part in paths))
        case ZeroOrMore(inner):
            return ZeroOrMore(inverted(inner))
        case OneOrMore(inner):
            return OneOrMore(inverted(inner))
        case ZeroOrOne(inner):
            return ZeroOrOne(inverted(inner))


def may_be_zero(path: Path) -> bool:
    """Whether a path also leads from every node to itself in no step."""
    match path:
        case Predicate():
            return False
        case ZeroOrMore() | ZeroOrOne():
            return True
        case Sequence(paths):
            return all(may_be_zero(part) for part in paths)
        case Alternative(paths):
            return any(may_be_zero(part) for part in paths)
        case Inverse(inner) | OneOrMore(inner):
            return may_be_zero(inner)


def without_zero(path: Path) -> Path:
    """Return a path of the same pairs but for those that only a walk of no step makes.

    For use under a closure, which adds them again: ``(a* / b?)*`` is ``(a+ / b | a+ | b)*``.
    """
    match path:
        case Predicate():
            return path
        case Inverse(inner):
            return without_zero(inverted(inner)) if not isinstance(inner, Predicate) else path
        case ZeroOrOne(inner):
            return without_zero(inner)
        case ZeroOrMore(inner) | OneOrMore(inner):
            return OneOrMore(without_zero(inner))
        case Alternative(paths):
            return Alternative(tuple(without_zero(part) for part in paths))
        case Sequence((only,)):
            return without_zero(only)
        case Sequence((first, *rest)):
            return _sequence_without_zero(first, Sequence(tuple(rest)))
    raise ValueError(f"an empty sequence: {path}")


def _sequence_without_zero(first: Path, rest: Path) -> Path:
    left, right = without_zero(first), without_zero(rest)
    ways: list[Path] = [Sequence((left, right))]
    if may_be_zero(first):
        ways.append(right)
    if may_be_zero(rest):
        ways.append(left)
    return Alternative(tuple(ways)) if len(ways) > 1 else ways[0]
