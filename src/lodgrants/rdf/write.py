"""RDF files as SQL: the text of N-Triples, N-Quads, Turtle and TriG, in a fixed order, from a table of quads.

The table has the columns ``s, p, o, g`` of N-Triples terms; ``g`` is null (or empty) in the default graph.
Statements are sorted by code point and said once, so that equal graphs are equal bytes; those of Turtle and
TriG by the words that stand in the text. Terms are made text before the sort, where the database does it in
parallel and once for each entry of a column's dictionary; what follows the sort only compares neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import sqlglot
from sqlglot import exp

from lodgrants.rdf.namespaces import PREFIXES
from lodgrants.rdf.turtle import (
    compile_object,
    compile_prefix,
    compile_resource,
    compile_verb,
    concat,
    text,
)

if TYPE_CHECKING:
    from lodgrants.db.engine import Engine

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
    named = _query("SELECT s, p, o, nullif(g, '') AS g").from_(quads.subquery("given"))
    if syntax in ("nt", "nq"):
        return TextPlan(_compile_lines(named, graphs))
    shown = _compile_terms(named, prefixes, graphs)
    end = " .\n}\n" if graphs else " .\n"
    return TextPlan(_compile_blocks(shown, graphs), _compile_prefixes(named, prefixes, graphs), end)


def compile_sorted(quads: exp.Query) -> exp.Select:
    """Return the quads in the order of their terms, each once; no graph is null."""
    named = _query("SELECT s, p, o, nullif(g, '') AS g").from_(quads.subquery("given"))
    rows = _compile_distinct(named, ["s", "p", "o", "g NULLS FIRST"], True)
    return exp.select("s", "p", "o", "g").from_(rows.subquery("statement", copy=False), copy=False)


def run_text(engine: Engine, plan: TextPlan, prefixes: Mapping[str, str], sink: IO[bytes]) -> int:
    """Write what a plan says, with the prefixes that are used; return the number of statements."""
    if plan.prefixes is not None:
        used = {str(name) for (name,) in engine.rows(plan.prefixes)}
        declared = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items() if name in used)
        sink.write(f"{declared}\n".encode() if declared else b"")
    count = engine.write_text(plan.text, sink)
    sink.write(plan.end.encode() if count else b"")
    return count


def _compile_lines(quads: exp.Select, graphs: bool) -> exp.Select:
    """One statement a line, in the order of the lines (canonical form, RDF 1.2 N-Triples, section 4)."""
    # Null where there is no graph, and then nothing: a term and its space come together.
    graph = exp.DPipe(this=text(" "), expression=exp.column("g"))
    ending = [graph, text(" .\n")] if graphs else [text(" .\n")]
    line = concat(exp.column("s"), text(" "), exp.column("p"), text(" "), exp.column("o"), *ending)
    rows = _compile_distinct(quads, ["s", "p", "o", "g NULLS FIRST"] if graphs else ["s", "p", "o"], graphs)
    return exp.select(exp.alias_(line, "line")).from_(rows.subquery("statement", copy=False), copy=False)


def _compile_terms(quads: exp.Select, prefixes: Mapping[str, str], graphs: bool) -> exp.Select:
    """Every term as Turtle writes it; what is equal stays equal, and what differs stays different."""
    texts = {
        "s": compile_resource(exp.column("s"), prefixes),
        "p": compile_verb(exp.column("p"), prefixes),
        "o": compile_object(exp.column("o"), prefixes),
        **({"g": compile_resource(exp.column("g"), prefixes)} if graphs else {}),
    }
    shown = (exp.alias_(value, name, copy=False) for name, value in texts.items())
    return exp.select(*shown, copy=False).from_(quads.subquery("quad"), copy=False)


def _compile_blocks(shown: exp.Select, graphs: bool) -> exp.Select:
    """Turtle grouped by subject, ``a`` first: what a row shares with the row before is not said again."""
    order = ["s", "p <> 'a'", "p", "o"]
    rows = _compile_distinct(shown, ["g NULLS FIRST", *order] if graphs else order, graphs)
    case = exp.case()
    subject = ("s", "\n    ", "p", " ", "o")
    graph = exp.DPipe(this=exp.column("g"), expression=text(" "))
    if graphs:
        opening = concat(graph, _joined("{\n", *subject))
        case.when("last_s IS NULL", opening.copy(), copy=False)
        case.when("g IS DISTINCT FROM last_g", concat(text(" .\n}\n\n"), opening), copy=False)
    case.when("last_s IS NULL", _joined(*subject), copy=False)
    case.when("s <> last_s", _joined(" .\n\n", *subject), copy=False)
    case.when("p <> last_p", _joined(" ;\n    ", "p", " ", "o"), copy=False)
    block = case.else_(_joined(" ,\n        ", "o"), copy=False)
    return exp.select(exp.alias_(block, "block")).from_(rows.subquery("statement", copy=False), copy=False)


def _joined(*parts: str) -> exp.Expr:
    """Return the parts one after the other: a single letter is a column, all else is text."""
    return concat(*(exp.column(part) if part.isalpha() else text(part) for part in parts))


def _compile_distinct(rows: exp.Select, order: list[str], graphs: bool) -> exp.Select:
    """Sort, and drop what equals the row before; `lag` over sorted rows streams: memory is bounded."""
    names = "spog" if graphs else "spo"
    # Nobody else uses the rows, and copying such trees takes longer than a small dump.
    ordered = exp.select(*names).from_(rows.subquery("row", copy=False), copy=False)
    ordered = ordered.order_by(*order, copy=False)
    last = [f"lag({name}) OVER () AS last_{name}" for name in names]
    pairs = exp.select(*names, *last).from_(ordered.subquery("ordered", copy=False), copy=False)
    changes = ["last_s IS NULL", *(f"{name} IS DISTINCT FROM last_{name}" for name in names)]
    return (
        exp.select("*")
        .from_(pairs.subquery("pair", copy=False), copy=False)
        .where(exp.or_(*changes), copy=False)
    )


def _compile_prefixes(quads: exp.Select, prefixes: Mapping[str, str], graphs: bool) -> exp.Select:
    """Return the names of the prefixes that stand in the text, in order."""
    # Predicates are few: once each is enough.
    verbs = exp.select("p").distinct().from_(quads.subquery("quad"))
    used = []
    for column in "spog" if graphs else "spo":
        name = compile_prefix(exp.column(column), prefixes, verb=column == "p")
        rows = (verbs if column == "p" else quads).subquery("quad")
        used.append(exp.select(exp.alias_(name, "name")).distinct().from_(rows))
    names = exp.union(*used, distinct=True).subquery("used")
    return exp.select("name").from_(names).where("name IS NOT NULL").order_by("name")


def _query(sql: str) -> exp.Select:
    query = sqlglot.parse_one(sql, dialect="duckdb")
    assert isinstance(query, exp.Select)
    return query
