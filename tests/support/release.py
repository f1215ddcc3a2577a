"""A release of the samples, made as the build makes it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from lodgrants.db.engine import Limits, open_engine
from lodgrants.db.fragment import sql
from lodgrants.map.api import run_mapping
from lodgrants.map.settings import Settings
from lodgrants.publish.materialise import load_hierarchy, materialised
from lodgrants.publish.release import Published, ReleaseInfo, SourceInfo, write_release
from lodgrants.rdf.namespaces import LG
from lodgrants.resources import shipped
from support import ROOT

RECORDS = ROOT / "output" / "records.jsonl"


def _unfilled() -> tuple[tuple[str, str, str, int], ...]:
    """Count the labels without a value that the samples' records tell of."""
    with RECORDS.open(encoding="utf8") as lines:
        records = [json.loads(line) for line in lines]
    rows = ((record["source"], row) for record in records for row in record.get("unfilled", ()))
    return tuple((source, row["class"], row["property"], row["count"]) for source, row in rows)


ABOUT = ReleaseInfo(
    version="2024-05-01-0123456789ab",
    sources=(
        SourceInfo(
            "sif", "Fund", "Fund, Latvia", "https://fund.example", "https://fund.example/terms", "lv",
            "2024-05-01T08:30:00Z",
        ),
        SourceInfo("acf", "Citizens", "Citizens' Fund", "https://acf.example", None, "en"),
        SourceInfo("eea-grants", "Grants", "Office", None, "https://grants.example/terms", "xx"),
        SourceInfo("interakcia", "Interakcia", "Interakcia"),
        SourceInfo("sscw", "Centre", "Centre", "https://centre.example"),
    ),
    issued="2024-05-01",
    withheld=(("contact data", 3),),
    unfilled=_unfilled(),
    extras=("records.jsonl",),
)  # fmt: skip


def stages(folder: Path) -> tuple[Path, Path]:
    """Return the samples' statements as the build hands them over: evidence in a file of its own."""
    mapped, main, words = (folder / f"{name}.parquet" for name in ("mapped", "main", "words"))
    run_mapping(shipped("mappings", "record.yml"), mapped, Settings(sources={"records.jsonl": RECORDS}))
    with open_engine() as engine:
        quads = sql("SELECT s, p, o, g FROM read_parquet(:path)", path=str(mapped))
        whole = materialised(engine, quads, load_hierarchy())
        supporting = sql("p = :link OR contains(s, '/evidence/')", link=f"<{LG}evidence>")
        for path, which in ((main, sql("NOT :it", it=supporting)), (words, supporting)):
            part = sql("SELECT s, p, o, g FROM _q AS quad WHERE :which", _q=whole, which=which)
            engine.copy_to_parquet(part, path)
    return main, words


def publish(
    folder: Path, quads: tuple[Path, Path], limits: Limits | None = None, about: ReleaseInfo = ABOUT
) -> Published:
    """Write the release of the samples into a new folder."""
    folder.mkdir()
    shutil.copy(RECORDS, folder)
    with open_engine(limits) as engine:
        return write_release(engine, *quads, folder, about)
