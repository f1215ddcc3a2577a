"""JSON-LD: one entity a line, its grants, sums and addresses inside it; read as RDF, the graph's statements.

A row is a path: the entity on whose line it stands, then key and value, and where the value is an embedded
node key and value in that, down to a leaf. Rows are sorted by their paths; what a row opens and closes
follows from its neighbours alone, so the text streams out of the sort as Turtle does (`rdf.write`).
"""

from __future__ import annotations

from pathlib import Path
from typing import IO, LiteralString

import pyarrow as pa

from lodgrants.db.engine import Engine
from lodgrants.db.files import replacing
from lodgrants.db.fragment import Sql, Statement, any_of, call, column, sql
from lodgrants.publish.context import Context, load_context
from lodgrants.rdf.namespaces import LG, RDF, SCHEMA, XSD
from lodgrants.rdf.turtle import compile_resource

TYPE = f"<{RDF}type>"
# What belongs to one other thing stands inside it: a project's grants, and sums and addresses of anything.
EMBEDDED = (f"<{SCHEMA}funding>", f"<{LG}amount>", f"<{SCHEMA}address>")
DEPTH = 3
ID = '{"id": '
_LEVELS = range(1, DEPTH + 1)
_KEYS, _TYPES, PATHS = "_lg_key", "_lg_type", "_lg_path"


def write_jsonld(
    engine: Engine,
    quads: Statement,
    path: Path,
    context: Context | None = None,
    embedded: tuple[str, ...] = EMBEDDED,
) -> None:
    """Write all graphs of the quads, merged, as one JSON-LD document with its context in it.

    What the ``embedded`` predicates lead to stands inside what they lead from. The document expands to the
    statements of the quads, no more and no fewer (JSON-LD 1.1 API, section 8.1).
    """
    context = context or load_context()
    make_paths(engine, PATHS, compile_links(quads, embedded), quads)
    try:
        with replacing(path) as part, part.open("wb") as sink:
            sink.write(header(context))
            write_entities(engine, quads, sink, context, embedded)
            sink.write(b"\n]}\n")
    finally:
        engine.drop(PATHS)


def header(context: Context) -> bytes:
    """Return what stands before the first entity and the line end before it."""
    return f'{{"@context": {context.text},\n"@graph": ['.encode()


def write_entities(
    engine: Engine,
    quads: Statement,
    sink: IO[bytes],
    context: Context,
    embedded: tuple[str, ...] = EMBEDDED,
) -> None:
    """Write the lines of all entities that quads tell of; where embedded nodes stand is in ``PATHS``."""
    _register(engine, quads, context, embedded)
    engine.write_text(compile_text(compile_rows(quads, context)), sink)


def make_paths(engine: Engine, table: str, links: Statement, described: Statement) -> None:
    """Make a table of the places of embedded nodes; ``described`` has each thing of which something is said.

    A place (``child, root, parent, p, p1, n1``): on which entity's line a node stands, and what leads there.
    """
    edges = f"{table}_edge"
    engine.create(edges, compile_edges(links, described))
    engine.create(table, compile_paths(edges))
    engine.drop(edges)


def _register(engine: Engine, quads: Statement, context: Context, embedded: tuple[str, ...]) -> None:
    """Make the keys of the predicates and the names of the classes readable as tables: they are few."""
    predicates = [str(p) for (p,) in engine.rows(sql("SELECT DISTINCT p FROM _q AS q ORDER BY p", _q=quads))]
    classes = sql("SELECT DISTINCT o FROM _q AS q WHERE p = :p AND starts_with(o, '<')", _q=quads, p=TYPE)
    named = [str(o) for (o,) in engine.rows(classes)]
    keys = [context.key(p[1:-1]) for p in predicates]
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
    names = [f'"{context.type(o[1:-1])}"' for o in named]
    engine.register(
        _TYPES, pa.table({"o": pa.array(named, pa.string()), "name": pa.array(names, pa.string())})
    )


def compile_links(quads: Statement, embedded: tuple[str, ...] = EMBEDDED) -> Sql:
    """Return the query for ``child, parent, p``: what embedding predicates lead to, and from where."""
    return sql(
        "SELECT o AS child, s AS parent, p FROM _q AS q WHERE p IN (:embedded) AND o <> s",
        _q=quads, embedded=list(embedded),
    )  # fmt: skip


def compile_edges(links: Statement, described: Statement) -> Sql:
    """Return the query for which node could stand in which: ``child``, and its first parent and predicate."""
    return sql(
        "SELECT child, min(struct_pack(parent := parent, p := p)) AS up FROM _links AS link"
        " SEMI JOIN _described AS thing ON link.child = thing.s GROUP BY child",
        _links=links, _described=described,
    )  # fmt: skip


def compile_paths(edges: str) -> Sql:
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
        _e=edges,
    )


def compile_rows(quads: Statement, context: Context) -> Sql:
    """Return every statement as a path: the name of its ``root``, then JSON texts ``k1, m1, v1, k2, …``.

    Below its leaf a path is null.
    ``m`` says that the values of a key stand in a list even when there is one. What an embedded node is
    reached by is not a row of its own. A type that is a literal cannot stand under ``type``.
    """
    shown = sql(
        """
        SELECT IF(odd, :plain, k.key) AS k, k.many AND NOT odd AS m,
               place.p IS NOT NULL AS inside, place.p1 IS NOT NULL AS deep,
               k1.key AS key1, k1.many AS many1, k2.key AS key2, k2.many AS many2,
               :root AS root, :n1 AS n1, :s AS s, :v AS v
        FROM (SELECT s, p, o, p = :type AND starts_with(o, '"') AS odd FROM _q AS given) AS q
        LEFT JOIN _path AS place ON q.s = place.child
        LEFT JOIN _path AS below ON q.o = below.child AND q.s = below.parent AND q.p = below.p
        JOIN _key AS k ON q.p = k.p
        LEFT JOIN _key AS k1 ON place.p1 = k1.p
        LEFT JOIN _key AS k2 ON place.p = k2.p
        LEFT JOIN _type AS type ON q.o = type.o AND q.p = :type
        WHERE below.child IS NULL
        """,
        _q=quads, _path=PATHS, _key=_KEYS, _type=_TYPES, type=TYPE, plain=f'"{TYPE[1:-1]}"',
        root=compile_name(sql("coalesce(place.root, q.s)"), context), n1=_node(sql("place.n1"), context),
        s=_node(sql("q.s"), context), v=_value(sql("q.o"), context),
    )  # fmt: skip
    return sql(
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


def compile_name(term: Sql, context: Context) -> Sql:
    """The text of an IRI or blank node, as it stands in a JSON string."""
    # Neither a prefixed name nor what stands inside the brackets has a bracket.
    return sql("trim(:short, '<>')", short=compile_resource(term, context.prefixes))


def _node(term: Sql, context: Context) -> Sql:
    return sql("concat('\"', :name, '\"')", name=compile_name(term, context))


def _value(term: Sql, context: Context) -> Sql:
    """The JSON text of an object under its key; the escapes of canonical N-Triples are JSON's."""
    return sql(
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
        datatype=sql("regexp_extract(:t, '\"\\^\\^<([^\"]*)>$', 1)", t=term),
        typed=sql('regexp_extract(:t, \'^(".*")\\^\\^<[^"]*>$\', 1)', t=term),
        xsd=XSD,
        short=next((f"{name}:" for name, each in context.prefixes.items() if each == XSD), XSD),
    )


def compile_text(rows: Sql) -> Sql:
    """Return the query for the document's text: sorted paths, each once; neighbours open and close them."""
    names = _columns("root", *(f"{kind}{level}" for level in _LEVELS for kind in "kmv"))
    steps = ["root", *(f"{kind}{level}" for level in _LEVELS for kind in "kv")]
    differs = [sql("last_root IS NULL"), *(_differs(step, "last") for step in steps)]
    return sql(
        """
        SELECT :line AS line FROM (
            SELECT _names, NULL AS k4, last_root, _begins, _ends FROM (
                SELECT *, _next FROM (
                    SELECT _names, _last FROM (
                        SELECT _names FROM _rows AS row ORDER BY _order
                    ) AS ordered
                ) AS once WHERE :differs
            ) AS seen
        ) AS flagged
        """,
        line=_line(), _rows=rows, _names=names, differs=any_of(differs),
        _order=[sql("_c NULLS FIRST", _c=step) for step in steps],
        _last=[sql("lag(_c) OVER () AS _n", _c=step, _n=f"last_{step}") for step in steps],
        _next=[sql("lead(_c) OVER () AS _n", _c=step, _n=f"next_{step}") for step in steps],
        _begins=_flags(steps, "last", "begins"), _ends=_flags(steps, "next", "ends"),
    )  # fmt: skip


def _columns(*names: str) -> list[Sql]:
    return [column(name) for name in names]


def _differs(step: str, side: str) -> Sql:
    return sql("_c IS DISTINCT FROM _n", _c=step, _n=f"{side}_{step}")


def _flags(steps: list[str], side: str, word: str) -> list[Sql]:
    """Say for each step of a path, from the entity on, whether it or one above it begins (or ends) here."""
    flags, above = [], sql("_n IS NULL", _n=f"{side}_root")
    for step in steps:
        flags.append(
            sql(":above OR :differs AS _f", above=above, differs=_differs(step, side), _f=f"{word}_{step}")
        )
        above = column(f"{word}_{step}")
    return flags


def _line() -> Sql:
    """What a row adds to the text: what begins with it, from the entity downwards, then what ends with it."""
    entity = sql(
        "CASE WHEN begins_root THEN concat(IF(last_root IS NULL, :first, :next), :id, '\"', root, '\"') END",
        first="\n", next=",\n", id=ID,
    )  # fmt: skip
    parts = [_at(level, text) for level in _LEVELS for text in (_KEY, _VALUE)]
    parts += [_at(level, text) for level in reversed(_LEVELS) for text in (_NODE_END, _LIST_END)]
    return call("concat", entity, *parts, sql("IF(ends_root, '}', '')"))


# What a row adds at one level of its path; ``_below`` is the key of the level below, where there is one.
_KEY: LiteralString = (
    "CASE WHEN _k IS NULL THEN ''"
    " WHEN _begins_k THEN concat(', ', ltrim(_k), ': ', IF(_m OR NOT _ends_k, '[', ''))"
    " WHEN _begins_v THEN ', ' END"
)
_VALUE: LiteralString = "CASE WHEN _begins_v THEN IF(_below IS NULL, _v, concat(:id, _v)) END"
_NODE_END: LiteralString = "IF(_below IS NOT NULL AND _ends_v, '}', '')"
_LIST_END: LiteralString = "IF(_k IS NOT NULL AND _ends_k AND (_m OR NOT _begins_k), ']', '')"


def _at(level: int, template: LiteralString) -> Sql:
    names = {
        f"_{name}": f"{name}{level}" for name in ("k", "m", "v", "begins_k", "begins_v", "ends_k", "ends_v")
    }
    return sql(template, id=ID, _below=f"k{level + 1}", **names)
