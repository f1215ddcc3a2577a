"""RDF files as SQL: the text of N-Triples, N-Quads, Turtle and TriG, in a fixed order, from a table of quads.

The table has the columns ``s, p, o, g`` of N-Triples terms; ``g`` is null (or empty) in the default graph.
Statements stand in the order of their terms by code point, each once, so that equal graphs are equal bytes;
in Turtle and TriG a subject's types come first. What is sorted already need not be sorted again.
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
# The order of `compile_sorted`, as COTTAS names it in a file's metadata under ``index``.
ORDER = "spog"
_GRAPHS = ("nq", "trig")
_LINES = ("nt", "nq")


@dataclass(frozen=True, slots=True)
class TextPlan:
    """How to write statements: the query whose rows are their text, and what stands between two such texts
    and behind the last of them, where there are statements at all."""

    text: Sql
    between: str = ""
    end: str = ""


def compile_text(
    quads: Statement, syntax: str, prefixes: Mapping[str, str] = PREFIXES, *, ordered: bool = False
) -> TextPlan:
    """Return the plan for writing quads, without the header; N-Triples and Turtle merge all graphs into one.

    Quads that are ``ordered`` come from `compile_sorted` or a file of what it gave, in a database that keeps
    the order of what it reads; they are only sorted again for TriG, which goes by graphs.

    :raises ValueError: when the syntax is none of ``SYNTAXES``.
    """
    _check(syntax)
    graphs, named = syntax in _GRAPHS, _named(quads)
    if syntax in _LINES:
        rows = named if ordered and graphs else _compile_once(_in_order(named, graphs, ordered), graphs)
        return TextPlan(_compile_lines(rows, graphs))
    rows = _compile_once(_types_first(named, prefixes, graphs, ordered), graphs, "verb")
    end = " .\n}\n" if graphs else " .\n"
    return TextPlan(_compile_blocks(rows, prefixes, graphs), f"{end}\n", end)


def compile_sorted(quads: Statement) -> Sql:
    """Return the quads in the order of their terms, each once; no graph is null."""
    rows = _compile_once(_in_order(_named(quads), True), True)
    return sql("SELECT s, p, o, g FROM _rows AS statement", _rows=rows)


def find_prefixes(
    engine: Engine, quads: Statement, syntax: str, prefixes: Mapping[str, str] = PREFIXES
) -> dict[str, str]:
    """Return the prefixes that stand in the text of quads; those not in use cost the text their search.

    :raises ValueError: when the syntax is none of ``SYNTAXES``.
    """
    _check(syntax)
    if syntax in _LINES:
        return {}
    used = {
        str(name) for (name,) in engine.rows(_compile_prefixes(_named(quads), prefixes, syntax == "trig"))
    }
    return {name: iri for name, iri in prefixes.items() if name in used}


def header(prefixes: Mapping[str, str]) -> bytes:
    """Return what stands before the first statement of a Turtle or TriG file."""
    declared = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items())
    return f"{declared}\n".encode() if declared else b""


def run_text(
    engine: Engine, quads: Statement, syntax: str, prefixes: Mapping[str, str], sink: IO[bytes]
) -> int:
    """Write quads in a syntax, with the prefixes that are used; return the number of statements.

    :raises ValueError: when the syntax is none of ``SYNTAXES``.
    """
    used = find_prefixes(engine, quads, syntax, prefixes)
    plan = compile_text(quads, syntax, used)
    sink.write(header(used))
    count = engine.write_text(plan.text, sink)
    sink.write(plan.end.encode() if count else b"")
    return count


def _check(syntax: str) -> None:
    if syntax not in SYNTAXES:
        raise ValueError(f"no such RDF syntax: {syntax!r}")


def _named(quads: Statement) -> Sql:
    return sql("SELECT s, p, o, nullif(g, '') AS g FROM _q AS given", _q=quads)


def _in_order(quads: Sql, graphs: bool, ordered: bool = False) -> Sql:
    """Return statements in the order of their terms, which is that of lines of N-Triples and N-Quads."""
    if ordered:
        return quads
    order: LiteralString = "s, p, o, g NULLS FIRST" if graphs else "s, p, o"
    return sql("SELECT s, p, o, g FROM _q AS given ORDER BY _order", _q=quads, _order=[sql(order)])


def _types_first(quads: Sql, prefixes: Mapping[str, str], graphs: bool, ordered: bool) -> Sql:
    """Return statements by graph and subject, types first, with the text of their predicates."""
    if graphs or not ordered:
        rows = _with_verbs(quads, quads, prefixes)
        return _sorted(rows, "g NULLS FIRST, s, verb <> 'a', p, o" if graphs else "s, verb <> 'a', p, o")
    # Numbers instead of terms: where a statement stands, and the subject's place among subjects.
    numbered = sql(
        """
        SELECT s, p, o, g, row_number() OVER () AS place,
               count_if(s IS DISTINCT FROM last_s) OVER (ROWS UNBOUNDED PRECEDING) AS subject
        FROM (SELECT *, lag(s) OVER () AS last_s FROM _q AS given) AS pair
        """,
        _q=quads,
    )
    return _sorted(_with_verbs(numbered, quads, prefixes), "subject, verb <> 'a', place")


def _sorted(rows: Sql, order: LiteralString) -> Sql:
    return sql("SELECT s, p, o, g, verb FROM _q AS given ORDER BY _order", _q=rows, _order=[sql(order)])


def _with_verbs(rows: Sql, quads: Sql, prefixes: Mapping[str, str]) -> Sql:
    """Return rows with the text of their predicates; there are few, so it is made once for each."""
    verb = compile_verb(column("p"), prefixes)
    verbs = sql(
        "SELECT p, :verb AS verb FROM (SELECT DISTINCT p FROM _q AS quad) AS few", verb=verb, _q=quads
    )
    return sql("SELECT * FROM _rows AS given JOIN _verbs AS known USING (p)", _rows=rows, _verbs=verbs)


def _compile_once(rows: Sql, graphs: bool, *more: str) -> Sql:
    """Drop what equals the row before, and tell that row: `lag` over sorted rows streams."""
    names = "spog" if graphs else "spo"
    before = [sql("lag(_c) OVER () AS _last", _c=name, _last=f"last_{name}") for name in names]
    return sql(
        "SELECT * FROM (SELECT _names, _before FROM _rows AS ordered) AS pair WHERE :other",
        _names=[column(name) for name in (*names, *more)], _before=before, _rows=rows, other=_differs(names),
    )  # fmt: skip


def _compile_lines(rows: Sql, graphs: bool) -> Sql:
    """One statement a line (canonical form, RDF 1.2 N-Triples, section 4)."""
    # Null where there is no graph, and then nothing: a term and its space come together.
    line = sql("concat(s, ' ', p, ' ', o, ' ' || g, :end)" if graphs else "concat(s, ' ', p, ' ', o, :end)",
               end=" .\n")  # fmt: skip
    return sql("SELECT :line AS line FROM _rows AS statement", line=line, _rows=rows)


def _compile_blocks(rows: Sql, prefixes: Mapping[str, str], graphs: bool) -> Sql:
    """Turtle grouped by subject: what a row shares with the row before is not said again."""
    texts = [
        # Most statements share their subject with the one before.
        sql(
            ":text AS subject",
            text=case([(_differs("sg" if graphs else "s"), compile_resource(column("s"), prefixes))], None),
        ),
        sql(":text AS object", text=compile_object(column("o"), prefixes)),
        *([sql(":text || ' ' AS graph", text=compile_resource(column("g"), prefixes))] if graphs else []),
    ]
    shown = sql("SELECT *, _texts FROM _rows AS statement", _texts=texts, _rows=rows)
    branches = [
        (sql("last_s IS NULL"), _joined("subject", "\n    ", "verb", " ", "object")),
        (sql("s <> last_s"), _joined(" .\n\n", "subject", "\n    ", "verb", " ", "object")),
        (sql("p <> last_p"), _joined(" ;\n    ", "verb", " ", "object")),
    ]
    if graphs:
        opening = ("graph", "{\n", "subject", "\n    ", "verb", " ", "object")
        branches[:1] = [
            (sql("last_s IS NULL"), _joined(*opening)),
            (sql("g IS DISTINCT FROM last_g"), _joined(" .\n}\n\n", *opening)),
        ]
    block = case(branches, _joined(" ,\n        ", "object"))
    return sql("SELECT :block AS block FROM _rows AS shown", block=block, _rows=shown)


def _differs(names: str) -> Sql:
    """Return whether any of some terms is not that of the row before; the first row has none before it."""
    changes = (sql("_c IS DISTINCT FROM _last", _c=name, _last=f"last_{name}") for name in names)
    return any_of([sql("last_s IS NULL"), *changes])


def _joined(*parts: str) -> Sql:
    """Return the parts one after the other: a word is a column, all else is text."""
    return call("concat", *(column(part) if part.isalpha() else part for part in parts))


def _compile_prefixes(quads: Sql, prefixes: Mapping[str, str], graphs: bool) -> Sql:
    """Return the names of the prefixes that stand in the text."""
    # Predicates are few: once each is enough. Of sorted subjects only those of a namespace are looked at.
    verbs = sql("SELECT DISTINCT p FROM _q AS quad", _q=quads)
    spaces = [sql("s >= :iri AND s < :behind", iri=f"<{iri}", behind=f"<{iri}~") for iri in prefixes.values()]
    subjects = sql("SELECT s FROM _q AS quad WHERE :within", _q=quads, within=any_of(spaces))
    given = {"s": subjects, "p": verbs, "o": quads, **({"g": quads} if graphs else {})}
    used = [
        sql(
            "SELECT DISTINCT :name AS name FROM _rows AS quad",
            name=compile_prefix(column(each), prefixes, verb=each == "p"),
            _rows=rows,
        )
        for each, rows in given.items()
    ]
    return sql("SELECT DISTINCT name FROM _used AS used WHERE name IS NOT NULL", _used=union(used))
