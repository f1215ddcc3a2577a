"""Targets compiled to SQL (https://www.w3.org/TR/shacl/#targets), those of all shapes together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lodgrants.db.fragment import Sql, sql, union
from lodgrants.rdf.graph import SUBCLASS_OF, TYPE
from lodgrants.validate.model import Target, TargetKind, Term
from lodgrants.validate.paths import TRIPLES

SUBCLASSES = "_subclass"
_Pairs = Sequence[tuple[int, Term]]


def compile_targets(targets: Mapping[int, Iterable[Target]]) -> Sql:
    """Return the focus nodes of numbered sets of targets, as ``number, node`` without repeats."""
    of_kind: dict[TargetKind, list[tuple[int, Term]]] = {}
    for number, some in targets.items():
        for target in some:
            of_kind.setdefault(target.kind, []).append((number, target.term))
    queries = [_TARGETS[kind](pairs) for kind, pairs in of_kind.items()]
    nothing = sql("SELECT CAST(NULL AS INTEGER) AS number, CAST(NULL AS VARCHAR) AS node WHERE FALSE")
    return sql("SELECT DISTINCT number, node FROM _q AS q", _q=union(queries or [nothing]))


def compile_subclasses(classes: Iterable[Term]) -> Sql:
    """Create the table of classes with their subclasses in the data graph, each class among its own."""
    rows = sorted(set(classes))
    return sql(
        "CREATE TABLE _subclass AS WITH RECURSIVE reached AS ("
        " SELECT c AS super, c AS sub FROM unnest(:classes) AS t(c)"
        " UNION SELECT r.super, t.s FROM reached AS r JOIN _t AS t ON t.o = r.sub AND t.p = :subclass_of)"
        " SELECT super, sub FROM reached",
        _t=TRIPLES,
        classes=rows,
        subclass_of=SUBCLASS_OF,
    )


def compile_instances(class_: Term) -> Sql:
    """Return the SHACL instances of a class (https://www.w3.org/TR/shacl/#dfn-shacl-instance)."""
    return sql(
        "SELECT s AS node FROM _t WHERE p = :type AND o IN (SELECT sub FROM _sub WHERE super = :class)",
        _t=TRIPLES,
        _sub=SUBCLASSES,
        type=TYPE,
        **{"class": class_},
    )


def _nodes(pairs: _Pairs) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#targetNode."""
    return sql("SELECT number, term AS node FROM _w AS w", _w=_wanted(pairs))


def _instances(pairs: _Pairs) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#targetClass."""
    return sql(
        "SELECT w.number, t.s AS node FROM _t AS t JOIN"
        " (SELECT w.number, c.sub FROM _w AS w JOIN _sub AS c ON c.super = w.term) AS w ON w.sub = t.o"
        " WHERE t.p = :type",
        _t=TRIPLES,
        _w=_wanted(pairs),
        _sub=SUBCLASSES,
        type=TYPE,
    )


def _subjects_of(pairs: _Pairs) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#targetSubjectsOf."""
    return sql("SELECT number, s AS node FROM _u AS u", _u=_users(pairs))


def _objects_of(pairs: _Pairs) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#targetObjectsOf."""
    return sql("SELECT number, o AS node FROM _u AS u", _u=_users(pairs))


def _users(pairs: _Pairs) -> Sql:
    return sql(
        "SELECT w.number, t.s, t.o FROM (SELECT * FROM _t WHERE p IN (:predicates)) AS t"
        " JOIN _w AS w ON w.term = t.p",
        _t=TRIPLES,
        _w=_wanted(pairs),
        predicates=sorted({term for _, term in pairs}),
    )


def _wanted(pairs: _Pairs) -> Sql:
    return sql(
        "SELECT CAST(unnest(:numbers) AS INTEGER) AS number, unnest(:terms) AS term",
        numbers=[str(number) for number, _ in pairs],
        terms=[term for _, term in pairs],
    )


_TARGETS = {
    TargetKind.NODE: _nodes,
    TargetKind.CLASS: _instances,
    TargetKind.SUBJECTS_OF: _subjects_of,
    TargetKind.OBJECTS_OF: _objects_of,
}
