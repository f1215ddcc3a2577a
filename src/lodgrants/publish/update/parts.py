"""All parts of a release beside its text dumps that can be made from those of the release before."""

from __future__ import annotations

from pathlib import Path

from lodgrants.db.engine import Engine
from lodgrants.publish.release import NAME, TABLES
from lodgrants.publish.update.change import Change
from lodgrants.publish.update.jsonld import update_jsonld
from lodgrants.publish.update.tables import update_tables


def update_parts(engine: Engine, change: Change, release: Path, folder: Path) -> list[str]:
    """Write what follows from the main graph into a folder; return the names of the files."""
    document = f"{NAME}.jsonld"
    update_jsonld(engine, change, release / document, folder / document)
    (folder / TABLES).mkdir()
    tables = update_tables(engine, change, release / TABLES, folder / TABLES)
    return [document, *(f"{TABLES}/{name}.csv" for name in tables)]
