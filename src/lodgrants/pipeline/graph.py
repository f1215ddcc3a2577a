"""From records to two graphs: what publishers state, and the evidence for it, each sorted and said once."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, sql, union
from lodgrants.map.api import load_mapping, write_quads
from lodgrants.map.settings import Settings
from lodgrants.publish.cottas import read_cottas, write_cottas
from lodgrants.publish.materialise import load_hierarchy, materialised
from lodgrants.rdf.namespaces import LG
from lodgrants.resources import shipped

MAIN, EVIDENCE = "main.parquet", "evidence.parquet"


def map_records(records: Path, mapped: Path, base: str) -> None:
    """Map a file of records to quads; no records are no quads."""
    if records.stat().st_size:
        settings = Settings(base=base, sources={"records.jsonl": records})
        write_quads(load_mapping(shipped("mappings", "record.yml")), mapped, settings)


def write_graphs(engine: Engine, mapped: Path, more: pa.Table, folder: Path, base: str) -> None:
    """Write all that is stated and entailed into a folder as ``main.parquet`` and ``evidence.parquet``."""
    engine.register("_more", more)
    stated = [sql("SELECT s, p, o, g FROM _more")]
    if mapped.is_file():
        stated.append(read_cottas(mapped))
    entailed = materialised(engine, union(stated), load_hierarchy())
    for name, keep in ((MAIN, sql("NOT :found", found=_is_evidence(base))), (EVIDENCE, _is_evidence(base))):
        part = sql("SELECT s, p, o, g FROM _q AS q WHERE :keep", _q=entailed, keep=keep)
        write_cottas(engine, part, folder / name)


def _is_evidence(base: str) -> Sql:
    """Evidence and its selectors are named below one path (docs/record.md); records link to them."""
    return sql(
        "starts_with(s, :evidence) OR p = :link",
        evidence=f"<{base}id/evidence/",
        link=f"<{LG}evidence>",
    )
