"""From records to two graphs: what publishers state, and the evidence for it, each sorted and said once."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from lodgrants.db.engine import Engine
from lodgrants.db.template import condition, sql
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
    quads: exp.Query = exp.select("s", "p", "o", "g").from_("_more")
    if mapped.is_file():
        quads = exp.union(quads, read_cottas(mapped), distinct=False)
    entailed = materialised(engine, quads, load_hierarchy())
    for name, keep in ((MAIN, exp.not_(_is_evidence(base))), (EVIDENCE, _is_evidence(base))):
        part = sql("SELECT s, p, o, g FROM _q AS q WHERE :keep", _q=entailed, keep=keep)
        assert isinstance(part, exp.Query)
        write_cottas(engine, part, folder / name)


def _is_evidence(base: str) -> exp.Expr:
    """Evidence and its selectors are named below one path (docs/record.md); records link to them."""
    return condition(
        "(starts_with(s, :evidence) OR p = :link)",
        evidence=f"<{base}id/evidence/",
        link=f"<{LG}evidence>",
    )
