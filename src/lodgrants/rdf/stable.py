"""Names of blank nodes that follow from what is said of them, so that a change elsewhere leaves them alone.

A canonical name (RDFC-1.0) is a number, which moves when any other node comes or goes. Here a node is named
by the hash of what is said of it, of what is said of its neighbours, and so on until no more nodes differ;
nodes that still look alike are numbered in canonical order. Equal graphs get equal names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lodgrants.db.fragment import Statement, sql
from lodgrants.rdf.canonical import NAMES, QUADS, name_blank_nodes, renamed, said_of_nodes

if TYPE_CHECKING:
    from lodgrants.db.engine import Engine

_COLOURS, _FINER, _STABLE = "_lg_stable_colour", "_lg_stable_finer", "_lg_stable_name"
_ROUNDS = 32


def stable_quads(engine: Engine, quads: Statement) -> Statement:
    """Return the query for quads whose blank nodes have names made of content.

    The names are kept in tables of the engine until the next call.

    :raises LodgrantsError: as `lodgrants.rdf.canonical.canonical_quads`.
    """
    if not name_blank_nodes(engine, quads):
        return quads
    engine.run(
        sql("CREATE OR REPLACE TEMP TABLE _c AS SELECT node, 'z' AS colour FROM _n", _c=_COLOURS, _n=NAMES)
    )
    different = 1
    for _ in range(_ROUNDS):
        _refine(engine)
        ((found, nodes),) = engine.rows(sql("SELECT count(DISTINCT colour), count(*) FROM _c", _c=_COLOURS))
        if found in (different, nodes):
            break
        different = found
    engine.run(
        sql(
            "CREATE OR REPLACE TEMP TABLE _s AS SELECT node, concat('_:b', left(colour, 32),"
            " IF(count(*) OVER same = 1, '', concat('-', row_number() OVER (PARTITION BY colour"
            " ORDER BY length(name), name)))) AS name"
            " FROM _c AS c JOIN _n AS n USING (node) WINDOW same AS (PARTITION BY colour)",
            _s=_STABLE, _c=_COLOURS, _n=NAMES,
        )
    )  # fmt: skip
    return renamed(quads, _STABLE)


def _refine(engine: Engine) -> None:
    """Let every node's colour say what is said of it with its neighbours' colours."""
    engine.run(
        sql(
            "CREATE OR REPLACE TEMP TABLE _f AS SELECT node, sha256(concat(c.colour, said)) AS colour"
            " FROM _said AS q JOIN _c AS c USING (node)",
            _f=_FINER, _said=said_of_nodes(QUADS, _COLOURS), _c=_COLOURS,
        )
    )  # fmt: skip
    engine.run(sql("CREATE OR REPLACE TEMP TABLE _c AS SELECT * FROM _f", _c=_COLOURS, _f=_FINER))
