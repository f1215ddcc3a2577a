"""RDF files as SQL: the text of N-Triples, N-Quads, Turtle and TriG, in a fixed order, from a table of quads.

The table has the columns ``s, p, o, g`` of N-Triples terms; ``g`` is null (or empty) in the default graph.
Statements are sorted by code point and said once, so that equal graphs are equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from lodgrants.rdf.namespaces import PREFIXES
from lodgrants.rdf.turtle import (
    TYPE,
    call,
    compile_object,
    compile_prefix,
    compile_resource,
    compile_verb,
    concat,
    text,
)

SYNTAXES = ("nt", "nq", "ttl", "trig")


@dataclass(frozen=True, slots=True)
class TextPlan:
    """How to write a file: the query whose rows are its text, that for the prefixes in it, its last words."""

    text: exp.Query
    prefixes: exp.Query | None = None
    end: str = ""


def compile_text(quads: exp.Query, syntax: str, prefixes: Mapping[str, str] = PREFIXES) -> TextPlan:
    """Return the plan for writing quads; N-Triples and Turtle merge all graphs into one.

    :raises ValueError: when the syntax is none of ``SYNTAXES``.
    """
    if syntax not in SYNTAXES:
        raise ValueError(f"no such RDF syntax: {syntax!r}")
    graphs = syntax in ("nq", "trig")
    if syntax in ("nt", "nq"):
        return TextPlan(_compile_lines(quads, graphs))
    blocks = _compile_blocks(quads, prefixes, graphs)
    return TextPlan(blocks, _compile_prefixes(quads, prefixes, graphs), " .\n}\n" if graphs else " .\n")


def _compile_lines(quads: exp.Query, graphs: bool) -> exp.Select:
    """One statement a line, in the order of the lines (canonical form, RDF 1.2 N-Triples, section 4)."""
    # Null where there is no graph, and then nothing: a term and its space come together.
    graph = exp.DPipe(this=text(" "), expression=exp.column("g"))
    ending = [graph, text(" .\n")] if graphs else [text(" .\n")]
    line = concat(exp.column("s"), text(" "), exp.column("p"), text(" "), exp.column("o"), *ending)
    rows = _compile_distinct(quads, ["s", "p", "o", "g NULLS FIRST"] if graphs else ["s", "p", "o"], graphs)
    return exp.select(exp.alias_(line, "line")).from_(rows.subquery("statement"))


def _compile_blocks(quads: exp.Query, prefixes: Mapping[str, str], graphs: bool) -> exp.Select:
    """Turtle grouped by subject, ``a`` first: what a row shares with the row before is not said again."""
    order = ["s", f"p <> '{TYPE}'", "p", "o"]
    rows = _compile_distinct(quads, ["g NULLS FIRST", *order] if graphs else order, graphs)
    changes = exp.select("s", "p", "o", "g", *_changes(graphs)).from_(rows.subquery("statement"))
    graph = concat(
        exp.DPipe(this=compile_resource(exp.column("g"), prefixes), expression=text(" ")), text("{\n")
    )
    block = concat(
        _separator(),
        *([_when("new_graph", graph)] if graphs else []),
        _when("new_subject", concat(compile_resource(exp.column("s"), prefixes), text("\n    "))),
        _when("new_predicate", concat(compile_verb(exp.column("p"), prefixes), text(" "))),
        compile_object(exp.column("o"), prefixes),
    )
    return exp.select(exp.alias_(block, "block")).from_(changes.subquery("change"))


def _compile_distinct(quads: exp.Query, order: list[str], graphs: bool) -> exp.Select:
    """Sort, and drop what equals the row before; `lag` over sorted rows streams: memory is bounded."""
    named = _query("SELECT s, p, o, nullif(g, '') AS g").from_(quads.subquery("given"))
    ordered = exp.select("*").from_(named.subquery("quad")).order_by(*order)
    last = [f"lag({name}) OVER () AS last_{name}" for name in "spog"]
    pairs = exp.select("*", *last).from_(ordered.subquery("ordered"))
    same = [f"{name} IS NOT DISTINCT FROM last_{name}" for name in ("spog" if graphs else "spo")]
    return exp.select("*").from_(pairs.subquery("pair")).where(exp.not_(exp.and_(*same)))


def _changes(graphs: bool) -> list[str]:
    """Say what is new in a row: in the first, where nothing came before, everything."""
    graph = "last_s IS NULL OR g IS DISTINCT FROM last_g" if graphs else "last_s IS NULL"
    return [
        "last_s IS NULL AS first_row",
        f"{graph} AS new_graph",
        f"{graph} OR s <> last_s AS new_subject",
        f"{graph} OR s <> last_s OR p <> last_p AS new_predicate",
    ]


def _separator() -> exp.Case:
    return (
        exp.case()
        .when("first_row", text(""))
        .when("new_graph", text(" .\n}\n\n"))
        .when("new_subject", text(" .\n\n"))
        .when("new_predicate", text(" ;\n    "))
        .else_(text(" ,\n        "))
    )


def _when(condition: str, then: exp.Expr) -> exp.Case:
    return exp.case().when(condition, then).else_(text(""))


def _compile_prefixes(quads: exp.Query, prefixes: Mapping[str, str], graphs: bool) -> exp.Select:
    """Return the names of the prefixes that stand in the text, in order."""
    texts = {
        "s": compile_resource(exp.column("s"), prefixes),
        "p": compile_verb(exp.column("p"), prefixes),
        "o": compile_object(exp.column("o"), prefixes),
        **({"g": compile_resource(exp.column("g"), prefixes)} if graphs else {}),
    }
    shown = exp.select(*(exp.alias_(value, name) for name, value in texts.items())).from_(
        quads.subquery("quad")
    )
    names = exp.Array(expressions=[compile_prefix(exp.column(name), prefixes) for name in texts])
    used = exp.select(exp.alias_(call("unnest", names), "name")).distinct().from_(shown.subquery("shown"))
    return exp.select("name").from_(used.subquery("used")).where("name IS NOT NULL").order_by("name")


def _query(sql: str) -> exp.Select:
    query = sqlglot.parse_one(sql, dialect="duckdb")
    assert isinstance(query, exp.Select)
    return query
