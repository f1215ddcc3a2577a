"""The SQL that a mapping becomes, for people to read."""

from __future__ import annotations

from dataclasses import replace

from lodgrants.map.model import Mapping
from lodgrants.map.run import prepared
from lodgrants.map.settings import Settings


def explain(mapping: Mapping, settings: Settings) -> str:
    """Return the statements that load the sources and the queries that make the triples.

    The sources are opened (their columns decide the SQL), but only one record of each is read.
    """
    with prepared(mapping, replace(settings, head=1)) as ready:
        parts = [f"-- loading\n{each};" for each in ready.engine.log]
        for job in ready.jobs:
            names = ", ".join(dict.fromkeys(each.triples_map for each in job.statements))
            parts.append(f"-- {names}\n{job.lines().sql('duckdb', pretty=True)};")
    return "\n\n".join(parts)
