"""JSON-LD: one entity a line, its grants, sums and addresses inside it; read as RDF, the graph's statements.

A row is a path: the entity on whose line it stands, then key and value, and where the value is an embedded
node key and value in that, down to a leaf. Rows are sorted by their paths; what a row opens and closes
follows from its neighbours alone, so the text streams out of the sort as Turtle does (`rdf.write`).
"""

from __future__ import annotations

from pathlib import Path
from typing import LiteralString

import pyarrow as pa
from sqlglot import exp

from lodgrants.db.engine import Engine
from lodgrants.db.files import replacing
from lodgrants.db.template import condition, sql
from lodgrants.publish.context import Context, Key, load_context
from lodgrants.rdf.namespaces import LG, RDF, SCHEMA, XSD
from lodgrants.rdf.turtle import compile_resource

TYPE = f"<{RDF}type>"
# What belongs to one other thing stands inside it: a project's grants, and sums and addresses of anything.
EMBEDDED = (f"<{SCHEMA}funding>", f"<{LG}amount>", f"<{SCHEMA}address>")
DEPTH = 3
ID = '{"id": '
_LEVELS = range(1, DEPTH + 1)
_KEYS, _TYPES, _EDGES, _PATHS = "_lg_key", "_lg_type", "_lg_edge", "_lg_path"


def write_jsonld(
    engine: Engine,
    quads: exp.Query,
    path: Path,
    context: Context | None = None,
    embedded: tuple[str, ...] = EMBEDDED,
) -> None:
    """Write all graphs of the quads, merged, as one JSON-LD document with its context in it.

    What the ``embedded`` predicates lead to stands inside what they lead from. The document expands to the
    statements of the quads, no more and no fewer (JSON-LD 1.1 API, section 8.1).
    """
    context = context or load_context()
    _register(engine, quads, context, embedded)
    engine.run(sql("CREATE TABLE _t AS SELECT * FROM _q AS q", _t=_EDGES, _q=compile_edges(quads, embedded)))
    engine.run(sql("CREATE TABLE _t AS SELECT * FROM _q AS q", _t=_PATHS, _q=compile_paths()))
    try:
        with replacing(path) as part, part.open("wb") as sink:
            sink.write(f'{{"@context": {context.text},\n"@graph": ['.encode())
            engine.write_text(compile_text(compile_rows(quads, context)), sink)
            sink.write(b"\n]}\n")
    finally:
        for table in (_EDGES, _PATHS):
            engine.drop(table)


def _register(engine: Engine, quads: exp.Query, context: Context, embedded: tuple[str, ...]) -> None:
    """Make the keys of the predicates and the names of the classes readable as tables: they are few."""
    predicates = [str(p) for (p,) in engine.rows(sql("SELECT DISTINCT p FROM _q AS q ORDER BY p", _q=quads))]
    classes = [
        str(o) for (o,) in engine.rows(sql("SELECT DISTINCT o FROM _q AS q WHERE p = :p", _q=quads, p=TYPE))
    ]
    # A type that is a literal cannot stand under "type"; then none does.
    odd = any(o.startswith('"') for o in classes)
    keys = [Key(p[1:-1]) if odd and p == TYPE else context.key(p[1:-1]) for p in predicates]
    columns = {
        "p": pa.array(predicates, pa.string()),
        # A space, which is not written, makes the types come first in the order of keys.
        "key": pa.array([f'{" " * (key.name == "type")}"{key.name}"' for key in keys], pa.string()),
        "datatype": pa.array([key.datatype for key in keys], pa.string()),
        "many": pa.array(
            [key.many or p in embedded for p, key in zip(predicates, keys, strict=True)], pa.bool_()
        ),
    }
    engine.register(_KEYS, pa.table(columns))
    named = [] if odd else [o for o in classes if o.startswith("<")]
    names = [f'"{context.type(o[1:-1])}"' for o in named]
    engine.register(
        _TYPES, pa.table({"o": pa.array(named, pa.string()), "name": pa.array(names, pa.string())})
    )


def compile_edges(quads: exp.Query, embedded: tuple[str, ...]) -> exp.Expr:
    """Return the query for which node could stand in which: ``child``, and its first parent and predicate."""
    return sql(
        "WITH edge AS (SELECT o AS child, s AS parent, p FROM _q AS q WHERE p IN (:embedded) AND o <> s)"
        " SELECT child, min(struct_pack(parent := parent, p := p)) AS up FROM edge"
        " SEMI JOIN (SELECT DISTINCT s FROM _q AS r) AS described ON edge.child = described.s"
        " GROUP BY child",
        _q=quads, embedded=list(embedded),
    )  # fmt: skip


def compile_paths() -> exp.Expr:
    """Return the query for the places of embedded nodes, at most two levels down, so never in a circle.

    A node that is both inside another and around a third stands in one that is in none itself.
    """
    return sql(
        "WITH around AS (SELECT up.parent AS node FROM _e AS e),"
        " leaf AS (SELECT child, up FROM _e AS edge ANTI JOIN around ON edge.child = around.node),"
        " middle AS (SELECT child, up FROM _e AS edge"
        " SEMI JOIN (SELECT up.parent AS node FROM leaf) AS above ON edge.child = above.node"
        " WHERE up.parent NOT IN (SELECT child FROM _e AS e))"
        " SELECT child, up.parent AS root, up.parent AS parent, up.p AS p, NULL AS p1, NULL AS n1 FROM middle"
        " UNION ALL SELECT leaf.child, coalesce(middle.up.parent, leaf.up.parent), leaf.up.parent, leaf.up.p,"
        " middle.up.p, middle.child FROM leaf LEFT JOIN middle ON leaf.up.parent = middle.child",
        _e=_EDGES,
    )


def compile_rows(quads: exp.Query, context: Context) -> exp.Query:
    """Return every statement as a path of JSON texts: ``root, k1, m1, v1, k2, …``; null below its leaf.

    ``m`` says that the values of a key stand in a list even when there is one. What an embedded node is
    reached by is not a row of its own.
    """
    shown = sql(
        """
        SELECT k.key AS k, k.many AS m, place.p IS NOT NULL AS inside, place.p1 IS NOT NULL AS deep,
               k1.key AS key1, k1.many AS many1, k2.key AS key2, k2.many AS many2,
               :root AS root, :n1 AS n1, :s AS s, :v AS v
        FROM _q AS q
        LEFT JOIN _path AS place ON q.s = place.child
        LEFT JOIN _path AS below ON q.o = below.child AND q.s = below.parent AND q.p = below.p
        JOIN _key AS k ON q.p = k.p
        LEFT JOIN _key AS k1 ON place.p1 = k1.p
        LEFT JOIN _key AS k2 ON place.p = k2.p
        LEFT JOIN _type AS type ON q.o = type.o AND q.p = :type
        WHERE below.child IS NULL
        """,
        _q=quads, _path=_PATHS, _key=_KEYS, _type=_TYPES, type=TYPE,
        root=_node(condition("coalesce(place.root, q.s)"), context),
        n1=_node(exp.column("n1", "place"), context), s=_node(exp.column("s", "q"), context),
        v=_value(exp.column("o", "q"), context),
    )  # fmt: skip
    rows = sql(
        """
        SELECT root, coalesce(key1, key2, k) AS k1, coalesce(many1, many2, m) AS m1,
               CASE WHEN deep THEN n1 WHEN inside THEN s ELSE v END AS v1,
               CASE WHEN deep THEN key2 WHEN inside THEN k END AS k2,
               CASE WHEN deep THEN many2 WHEN inside THEN m END AS m2,
               CASE WHEN deep THEN s WHEN inside THEN v END AS v2,
               CASE WHEN deep THEN k END AS k3, CASE WHEN deep THEN m END AS m3,
               CASE WHEN deep THEN v END AS v3
        FROM _shown AS shown
        """,
        _shown=shown,
    )
    assert isinstance(rows, exp.Query)
    return rows


def _node(term: exp.Expr, context: Context) -> exp.Expr:
    """The JSON text of an IRI or blank node: a string."""
    # Neither a prefixed name nor what stands inside the brackets has a bracket.
    return condition("concat('\"', trim(:short, '<>'), '\"')", short=compile_resource(term, context.prefixes))


def _value(term: exp.Expr, context: Context) -> exp.Expr:
    """The JSON text of an object under its key; the escapes of canonical N-Triples are JSON's."""
    return condition(
        """
        CASE WHEN type.name IS NOT NULL THEN type.name
             WHEN NOT starts_with(:t, '"')
             THEN concat(IF(k.datatype[1] = '@', '', :id), :node, IF(k.datatype[1] = '@', '', '}'))
             WHEN ends_with(:t, '"') THEN IF(k.datatype = '', :t, concat('{"@value": ', :t, '}'))
             WHEN ends_with(:t, '>') THEN IF(k.datatype = :datatype, :typed,
                  concat('{"@type": "', replace(:datatype, :xsd, :short), '", "@value": ', :typed, '}'))
             ELSE concat('{"@language": "', regexp_extract(:t, '@([^"@]*)$', 1), '", "@value": ',
                         regexp_extract(:t, '^(".*")@[^"@]*$', 1), '}') END
        """,
        t=term,
        id=ID,
        node=_node(term, context),
        datatype=condition("regexp_extract(:t, '\"\\^\\^<([^\"]*)>$', 1)", t=term),
        typed=condition('regexp_extract(:t, \'^(".*")\\^\\^<[^"]*>$\', 1)', t=term),
        xsd=XSD,
        short=next((f"{name}:" for name, each in context.prefixes.items() if each == XSD), XSD),
    )


def compile_text(rows: exp.Query) -> exp.Query:
    """Return the query for the document's text: sorted paths, each once; neighbours open and close them."""
    names = ["root", *(f"{kind}{level}" for level in _LEVELS for kind in "kmv")]
    paths = ["root", *(f"{kind}{level}" for level in _LEVELS for kind in "kv")]
    order = [f"{name} NULLS FIRST" for name in paths]
    ordered = _over(rows, *names).order_by(*order, copy=False)
    once = _over(ordered, *names, *(f"lag({name}) OVER () AS last_{name}" for name in paths))
    differs = exp.or_("last_root IS NULL", *(f"{name} IS DISTINCT FROM last_{name}" for name in paths))
    kept = _over(once, "*").where(differs, copy=False)
    seen = _over(kept, "*", *(f"lead({name}) OVER () AS next_{name}" for name in paths))
    flags = [*_flags("last", "begins"), *_flags("next", "ends")]
    flagged = _over(seen, *names, "NULL AS k4", "last_root", *flags)
    return _over(flagged).select(exp.alias_(_line(), "line", copy=False), copy=False)


def _over(rows: exp.Query, *columns: str) -> exp.Select:
    """Return a query over another, which it takes for its own: copying deep trees takes long."""
    return exp.select(*columns).from_(rows.subquery("row", copy=False), copy=False)


def _flags(side: str, word: str) -> list[str]:
    """Say for each step of a path, from the entity on, whether it or one above it begins (or ends) here."""
    flags = [f"{side}_root IS NULL OR root <> {side}_root AS {word}_root"]
    above = f"{word}_root"
    for step in (f"{kind}{level}" for level in _LEVELS for kind in "kv"):
        flags.append(f"{above} OR {step} IS DISTINCT FROM {side}_{step} AS {word}_{step}")
        above = f"{word}_{step}"
    return flags


def _line() -> exp.Expr:
    """What a row adds to the text: what begins with it, from the entity downwards, then what ends with it."""
    entity = "CASE WHEN begins_root THEN concat(IF(last_root IS NULL, :first, :next), :id, root) END"
    parts = [condition(entity, first="\n", next=",\n", id=ID)]
    parts += [_at(level, text) for level in _LEVELS for text in (_KEY, _VALUE)]
    parts += [_at(level, text) for level in reversed(_LEVELS) for text in (_NODE_END, _LIST_END)]
    return exp.Anonymous(this="concat", expressions=[*parts, condition("IF(ends_root, '}', '')")])


# What a row adds at one level of its path; ``below`` is the key of the level below, where there is one.
_KEY: LiteralString = (
    "CASE WHEN k IS NULL THEN ''"
    " WHEN begins_k THEN concat(', ', ltrim(k), ': ', IF(m OR NOT ends_k, '[', ''))"
    " WHEN begins_v THEN ', ' END"
)
_VALUE: LiteralString = "CASE WHEN begins_v THEN IF(below IS NULL, v, concat(:id, v)) END"
_NODE_END: LiteralString = "IF(below IS NOT NULL AND ends_v, '}', '')"
_LIST_END: LiteralString = "IF(k IS NOT NULL AND ends_k AND (m OR NOT begins_k), ']', '')"


def _at(level: int, template: LiteralString) -> exp.Expr:
    def named(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Column):
            return node
        return exp.column(f"k{level + 1}" if node.name == "below" else f"{node.name}{level}")

    return condition(template, id=ID).transform(named)
