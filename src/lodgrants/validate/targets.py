"""Targets compiled to SQL (https://www.w3.org/TR/shacl/#targets): one column, ``node``, without repeats."""

from __future__ import annotations

from collections.abc import Iterable

from lodgrants.db.fragment import Sql, sql, union
from lodgrants.rdf.graph import SUBCLASS_OF, TYPE
from lodgrants.validate.model import Target, TargetKind, Term
from lodgrants.validate.paths import TRIPLES

SUBCLASSES = "_subclass"


def compile_targets(targets: Iterable[Target]) -> Sql:
    """Return the focus nodes of all targets together."""
    queries = [_TARGETS[target.kind](target.term) for target in targets]
    return sql("SELECT DISTINCT node FROM _q AS q", _q=union(queries))


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


def _node(term: Term) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#targetNode."""
    return sql("SELECT :term AS node", term=term)


def _subjects_of(predicate: Term) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#targetSubjectsOf."""
    return sql("SELECT s AS node FROM _t WHERE p = :p", _t=TRIPLES, p=predicate)


def _objects_of(predicate: Term) -> Sql:
    """Implement https://www.w3.org/TR/shacl/#targetObjectsOf."""
    return sql("SELECT o AS node FROM _t WHERE p = :p", _t=TRIPLES, p=predicate)


_TARGETS = {
    TargetKind.NODE: _node,
    TargetKind.CLASS: compile_instances,
    TargetKind.SUBJECTS_OF: _subjects_of,
    TargetKind.OBJECTS_OF: _objects_of,
}
