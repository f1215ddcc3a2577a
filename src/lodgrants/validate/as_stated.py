"""Literals in SPARQL results as the data states them.

The SPARQL store keeps numbers, booleans and times by their value: what goes in as ``"2.50"`` comes out as
``"2.5"``, another term, which would be found nowhere in the data.
"""

from __future__ import annotations

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, column, sql
from lodgrants.rdf.namespaces import XSD
from lodgrants.validate.components.scope import Scope
from lodgrants.validate.paths import TRIPLES

_FLOATING = tuple(f"^^<{XSD}{name}>" for name in ("double", "float"))
_TYPED = f'"^^<{XSD}'


def restore_literals(engine: Engine, table: str, scope: Scope) -> None:
    """Give a table of violations its focus nodes, then its values, as they stand in the data.

    A value is looked for among the value nodes and the objects of its focus node; one that the query made
    itself stays.
    """
    engine.run(_restore(table, "focus", sql("SELECT NULL AS of, node AS term FROM _f", _f=scope.focus)))
    # Where no result has a value, the database cannot even bind the statement.
    if engine.rows(sql("SELECT 1 FROM _t WHERE value IS NOT NULL LIMIT 1", _t=table)):
        stated = sql(
            "SELECT focus AS of, value AS term FROM _v AS v"
            " UNION ALL SELECT s, o FROM _q WHERE s IN (SELECT focus FROM _t)",
            _v=scope.values,
            _q=TRIPLES,
            _t=table,
        )
        engine.run(_restore(table, "value", stated))


def _restore(table: str, name: str, stated: Sql) -> Sql:
    cell = column(name, "r")
    return sql(
        "UPDATE _t AS r SET _c = list_min(k.terms) FROM"
        " (SELECT of, :kind AS kind, :key AS key, list(DISTINCT term) AS terms FROM _stated AS s"
        " WHERE contains(term, :typed) GROUP BY ALL) AS k"
        " WHERE :is_of AND contains(:cell, :typed) AND k.kind = :cell_kind AND k.key = :cell_key"
        " AND NOT list_contains(k.terms, :cell)",
        _t=table,
        _c=name,
        kind=_kind(column("term", "s")),
        key=_key(column("term", "s")),
        _stated=stated,
        typed=_TYPED,
        is_of=sql("k.of = r.focus" if name == "value" else "TRUE"),
        cell=cell,
        cell_kind=_kind(cell),
        cell_key=_key(cell),
    )


def _kind(term: Sql) -> Sql:
    return sql("split_part(:t, '\"', 3)", t=term)


def _key(term: Sql) -> Sql:
    """What all lexical forms of a value have in common; exact, as two numbers must not be taken for one."""
    return sql(
        "CASE WHEN :kind IN (:floating) THEN CAST(try_cast(:text AS DOUBLE) AS VARCHAR)"
        " WHEN :kind = :boolean THEN replace(replace(:text, '1', 'true'), '0', 'false')"
        " WHEN regexp_full_match(:text, '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)') THEN"
        " regexp_replace(regexp_replace(regexp_replace(:text, '^[+]', ''), '^(-?)0+', '\\1'),"
        " '[.]0*$|([.][0-9]*[1-9])0+$', '\\1')"
        " ELSE regexp_replace(regexp_replace(:text, '[.]0+($|[Z+-])|([.][0-9]*[1-9])0+($|[Z+-])',"
        " '\\1\\2\\3'), '[+-]00:00$', 'Z') END",
        kind=_kind(term),
        text=sql("split_part(:t, '\"', 2)", t=term),
        floating=_FLOATING,
        boolean=f"^^<{XSD}boolean>",
    )
