"""RDF files as SQL: the text of N-Triples, N-Quads, Turtle and TriG, in a fixed order, from a table of quads.

The table has the columns ``s, p, o, g`` of N-Triples terms; ``g`` is null (or empty) in the default graph.
Statements are sorted by code point and said once, so that equal graphs are equal bytes; those of Turtle and
TriG by the words that stand in the text. Terms are made text before the sort, where the database does it in
parallel and once for each entry of a column's dictionary; what follows the sort only compares neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, LiteralString

from lodgrants.db.fragment import Sql, Statement, any_of, call, case, column, sql, union
from lodgrants.rdf.namespaces import PREFIXES
from lodgrants.rdf.turtle import compile_object, compile_prefix, compile_resource, compile_verb

if TYPE_CHECKING:
    from lodgrants.db.engine import Engine

SYNTAXES = ("nt", "nq", "ttl", "trig")


@dataclass(frozen=True, slots=True)
class TextPlan:
    """How to write a file: the query whose rows are its text, that for the prefixes in it, its last words."""

    text: Sql
    prefixes: Sql | None = None
    end: str = ""


def compile_text(quads: Statement, syntax: str, prefixes: Mapping[str, str] = PREFIXES) -> TextPlan:
    """Return the plan for writing quads; N-Triples and Turtle merge all graphs into one.

    :raises ValueError: when the syntax is none of ``SYNTAXES``.
    """
    if syntax not in SYNTAXES:
        raise ValueError(f"no such RDF syntax: {syntax!r}")
    graphs = syntax in ("nq", "trig")
    named = _named(quads)
    if syntax in ("nt", "nq"):
        return TextPlan(_compile_lines(named, graphs))
    shown = _compile_terms(named, prefixes, graphs)
    end = " .\n}\n" if graphs else " .\n"
    return TextPlan(_compile_blocks(shown, graphs), _compile_prefixes(named, prefixes, graphs), end)


def compile_sorted(quads: Statement) -> Sql:
    """Return the quads in the order of their terms, each once; no graph is null."""
    rows = _compile_distinct(_named(quads), "s, p, o, g NULLS FIRST", True)
    return sql("SELECT s, p, o, g FROM _rows AS statement", _rows=rows)


def run_text(engine: Engine, plan: TextPlan, prefixes: Mapping[str, str], sink: IO[bytes]) -> int:
    """Write what a plan says, with the prefixes that are used; return the number of statements."""
    if plan.prefixes is not None:
        used = {str(name) for (name,) in engine.rows(plan.prefixes)}
        declared = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items() if name in used)
        sink.write(f"{declared}\n".encode() if declared else b"")
    count = engine.write_text(plan.text, sink)
    sink.write(plan.end.encode() if count else b"")
    return count


def _named(quads: Statement) -> Sql:
    return sql("SELECT s, p, o, nullif(g, '') AS g FROM _q AS given", _q=quads)


def _compile_lines(quads: Sql, graphs: bool) -> Sql:
    """One statement a line, in the order of the lines (canonical form, RDF 1.2 N-Triples, section 4)."""
    rows = _compile_distinct(quads, "s, p, o, g NULLS FIRST" if graphs else "s, p, o", graphs)
    # Null where there is no graph, and then nothing: a term and its space come together.
    line = sql("concat(s, ' ', p, ' ', o, ' ' || g, :end)" if graphs else "concat(s, ' ', p, ' ', o, :end)",
               end=" .\n")  # fmt: skip
    return sql("SELECT :line AS line FROM _rows AS statement", line=line, _rows=rows)


def _compile_terms(quads: Sql, prefixes: Mapping[str, str], graphs: bool) -> Sql:
    """Every term as Turtle writes it; what is equal stays equal, and what differs stays different."""
    texts = {
        "s": compile_resource(sql("s"), prefixes),
        "p": compile_verb(sql("p"), prefixes),
        "o": compile_object(sql("o"), prefixes),
        **({"g": compile_resource(sql("g"), prefixes)} if graphs else {}),
    }
    shown = [sql(":text AS _name", text=text, _name=name) for name, text in texts.items()]
    return sql("SELECT _shown FROM _q AS quad", _shown=shown, _q=quads)


def _compile_blocks(shown: Sql, graphs: bool) -> Sql:
    """Turtle grouped by subject, ``a`` first: what a row shares with the row before is not said again."""
    rows = _compile_distinct(
        shown, "g NULLS FIRST, s, p <> 'a', p, o" if graphs else "s, p <> 'a', p, o", graphs
    )
    subject = ("s", "\n    ", "p", " ", "o")
    branches = [
        (sql("last_s IS NULL"), _joined(*subject)),
        (sql("s <> last_s"), _joined(" .\n\n", *subject)),
        (sql("p <> last_p"), _joined(" ;\n    ", "p", " ", "o")),
    ]
    if graphs:
        opening = call("concat", sql("g || ' '"), _joined("{\n", *subject))
        another = call("concat", " .\n}\n\n", opening)
        branches[:1] = [(sql("last_s IS NULL"), opening), (sql("g IS DISTINCT FROM last_g"), another)]
    block = case(branches, _joined(" ,\n        ", "o"))
    return sql("SELECT :block AS block FROM _rows AS statement", block=block, _rows=rows)


def _joined(*parts: str) -> Sql:
    """Return the parts one after the other: a single letter is a column, all else is text."""
    return call("concat", *(column(part) if part.isalpha() else part for part in parts))


def _compile_distinct(rows: Sql, order: LiteralString, graphs: bool) -> Sql:
    """Sort, and drop what equals the row before; `lag` over sorted rows streams: memory is bounded."""
    names = "spog" if graphs else "spo"
    before = [sql("lag(_c) OVER () AS _last", _c=name, _last=f"last_{name}") for name in names]
    changes = [sql("_c IS DISTINCT FROM _last", _c=name, _last=f"last_{name}") for name in names]
    return sql(
        """
        SELECT * FROM (
            SELECT _names, _before FROM (SELECT _names FROM _rows AS row ORDER BY _order) AS ordered
        ) AS pair WHERE :changed
        """,
        _names=[column(name) for name in names], _before=before, _rows=rows, _order=[sql(order)],
        changed=any_of([sql("last_s IS NULL"), *changes]),
    )  # fmt: skip


def _compile_prefixes(quads: Sql, prefixes: Mapping[str, str], graphs: bool) -> Sql:
    """Return the names of the prefixes that stand in the text, in order."""
    # Predicates are few: once each is enough.
    verbs = sql("SELECT DISTINCT p FROM _q AS quad", _q=quads)
    used = [
        sql(
            "SELECT DISTINCT :name AS name FROM _rows AS quad",
            name=compile_prefix(column(each), prefixes, verb=each == "p"),
            _rows=verbs if each == "p" else quads,
        )
        for each in ("spog" if graphs else "spo")
    ]
    return sql(
        "SELECT DISTINCT name FROM _used AS used WHERE name IS NOT NULL ORDER BY name", _used=union(used)
    )
