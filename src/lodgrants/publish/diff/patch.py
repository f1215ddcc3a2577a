"""The difference as an RDF Patch (https://afs.github.io/rdf-delta/rdf-patch.html), streamed."""

from __future__ import annotations

from typing import IO

from lodgrants.db.fragment import sql
from lodgrants.publish.diff.compare import Comparison


def write_patch(comparison: Comparison, sink: IO[bytes]) -> None:
    """Write what turns the old graph into the new one: one transaction, removals first, in a fixed order.

    The header names the content of both sides. Blank nodes have the names of `lodgrants.rdf.stable`.
    """
    for name, side in (("id", comparison.new), ("prev", comparison.old)):
        sink.write(f"H {name} <{side.id.removeprefix('urn:')}> .\n".encode())
    sink.write(b"TX .\n")
    for row, table in (("D", "removed"), ("A", "added")):
        lines = sql(
            "SELECT concat(:row, ' ', s, ' ', p, ' ', o, ' ' || g, E' .\\n') AS line FROM _t"
            " ORDER BY s, p, o, g NULLS FIRST",
            row=row, _t=table,
        )  # fmt: skip
        comparison.engine.write_text(lines, sink)
    sink.write(b"TC .\n")
