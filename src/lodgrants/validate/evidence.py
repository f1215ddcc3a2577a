"""Where in its source a result's value stands: the words of a record's evidence, or a line of the data file.

A record (``lg:Record``) says by ``lg:evidence`` from which words of which capture a property of a resource
was read; the selectors are those of https://www.w3.org/TR/annotation-model/#selectors.
"""

from __future__ import annotations

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, column, sql
from lodgrants.rdf.formats import RdfFile
from lodgrants.rdf.lines import numbered_lines
from lodgrants.rdf.literals import lexical_form
from lodgrants.rdf.namespaces import DCTERMS, LG, OA, SCHEMA
from lodgrants.validate.paths import TRIPLES

PLACES = "_place"


def create_places(engine: Engine) -> None:
    """Create the table of places, one for each result whose focus node or value has evidence.

    The words of the property come first, then those of the value, then those of the focus node.
    """
    engine.run(
        sql(
            "CREATE TABLE _p (id BIGINT, source VARCHAR, line BIGINT, start BIGINT, stop BIGINT,"
            " quote VARCHAR)",
            _p=PLACES,
        )
    )
    if not engine.rows(sql("SELECT 1 FROM _e AS e LIMIT 1", _e=_pairs(f"<{LG}evidence>"))):
        return
    engine.run(
        sql(
            # Of a node that many records speak of only the first words of each property can be chosen.
            """
            INSERT INTO _p
            SELECT r.id, words.source, NULL AS line, words.start, words.stop, words.quote FROM (
                SELECT id, path, focus AS node, FALSE AS by_value FROM _result
                UNION ALL SELECT id, NULL AS path, value AS node, TRUE AS by_value FROM _result
            ) AS r JOIN (
                SELECT focus, property,
                       min({'start': start, 'stop': stop, 'source': source, 'quote': quote}) AS words
                FROM _e AS e GROUP BY ALL
            ) AS e ON e.focus = r.node
            QUALIFY row_number() OVER (
                PARTITION BY r.id
                ORDER BY (r.path IS NOT NULL AND e.property IS NOT DISTINCT FROM r.path) DESC,
                         r.by_value DESC, e.property IS NULL DESC, e.words
            ) = 1
            """,
            _p=PLACES,
            _e=_evidence(),
        )
    )


def _evidence() -> Sql:
    """All evidence as ``focus, property, source, start, stop, quote``."""
    return sql(
        "SELECT f.value AS focus, p.value AS property, :url AS source, CAST(:start AS BIGINT) AS start,"
        " CAST(:stop AS BIGINT) AS stop, :quote AS quote"
        " FROM _has AS h JOIN _supports AS f ON f.focus = h.value LEFT JOIN _property AS p ON p.focus ="
        " h.value"
        " LEFT JOIN _spot AS a ON a.focus = h.value LEFT JOIN _words AS q ON q.focus = h.value"
        " LEFT JOIN _source AS c ON c.focus = h.value",
        _has=_pairs(f"<{LG}evidence>"),
        _supports=_pairs(f"<{LG}supports>"),
        _property=_pairs(f"<{LG}supportsProperty>"),
        _spot=sql(
            "SELECT s.focus, a.value AS start, b.value AS stop FROM _s AS s JOIN _a AS a ON a.focus = s.value"
            " JOIN _b AS b ON b.focus = s.value",
            _s=_pairs(f"<{OA}hasSelector>"),
            _a=_pairs(f"<{OA}start>"),
            _b=_pairs(f"<{OA}end>"),
        ),
        _words=sql(
            "SELECT s.focus, q.value AS words FROM _s AS s JOIN _q AS q ON q.focus = s.value",
            _s=_pairs(f"<{OA}hasSelector>"),
            _q=_pairs(f"<{OA}exact>"),
        ),
        _source=sql(
            "SELECT s.focus, coalesce(u.value, d.value, n.value, s.value) AS url FROM _s AS s"
            " LEFT JOIN _u AS u ON u.focus = s.value LEFT JOIN _d AS d ON d.focus = s.value"
            " LEFT JOIN _n AS n ON n.focus = s.value",
            _s=_pairs(f"<{OA}hasSource>"),
            _u=_pairs(f"<{SCHEMA}url>"),
            _d=_pairs(f"<{DCTERMS}source>"),
            _n=_pairs(f"<{SCHEMA}name>"),
        ),
        url=_text("url", "c"),
        start=_text("start", "a"),
        stop=_text("stop", "a"),
        quote=_text("words", "q"),
    )


def _pairs(predicate: str) -> Sql:
    return sql("SELECT s AS focus, o AS value FROM _t WHERE p = :p", _t=TRIPLES, p=predicate)


def _text(name: str, table: str) -> Sql:
    term = column(name, table)
    return sql("IF(starts_with(:t, '<'), :t[2:-2], :text)", t=term, text=lexical_form(term))


def find_lines(engine: Engine, file: RdfFile) -> None:
    """Give results without evidence the line of their statement in a file of one statement a line.

    It is the line of the focus node with path and value, else with the path, else the focus node's first.
    """
    engine.run(
        sql(
            "INSERT INTO _p WITH mine AS MATERIALIZED (SELECT n, line, split_part(line, ' ', 1) AS s FROM"
            " _l AS l"
            " WHERE split_part(line, ' ', 1) IN (SELECT focus FROM _result))"
            " SELECT r.id, :file AS source, coalesce("
            "min(m.n) FILTER (starts_with(m.line, concat(r.focus, ' ', r.path, ' ', r.value, ' '))),"
            "min(m.n) FILTER (starts_with(m.line, concat(r.focus, ' ', r.path, ' '))), min(m.n)) AS line,"
            " NULL AS start, NULL AS stop, NULL AS quote"
            " FROM _result AS r JOIN mine AS m ON m.s = r.focus"
            " WHERE NOT EXISTS (SELECT 1 FROM _p AS p WHERE p.id = r.id) GROUP BY r.id",
            _p=PLACES,
            _l=numbered_lines(file),
            file=str(file.path),
        )
    )
