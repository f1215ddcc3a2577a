"""Names that a JSON or XML source does have, for references that find nothing: most are only misspelt."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlglot import exp

from lodgrants.db.engine import open_engine
from lodgrants.errors import LodgrantsError
from lodgrants.map.model import JSON_PATH, XPATH, LogicalSource
from lodgrants.map.settings import Settings
from lodgrants.map.sources.jsonpath import Segment, is_many, simple_path
from lodgrants.map.sources.load import load_sources
from lodgrants.map.sources.marks import XML_MARK
from lodgrants.map.sources.relation import Room
from lodgrants.rdf.sql import call

_RECORDS = 200
_NAMES = 500


def nearest(path: str, source: LogicalSource, settings: Settings, file: str | None) -> str | None:
    """Return the reference that is meant by one that finds nothing, going by the first records; or None."""
    holder, name = _parts(path, source.formulation)
    if holder is None or not name:
        return None
    with TemporaryDirectory(prefix="lodgrants-map-") as folder, open_engine() as engine:
        room = Room(engine, Path(folder), replace(settings, head=_RECORDS, record=None), file)
        try:
            names = _names(source, holder, room)
        except LodgrantsError:
            return None
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    near = near or [each for each in names if each.lower() == name.lower()]
    start, found, end = path.rpartition(name)
    return f"{start}{near[0]}{end}" if near and found else None


def _parts(path: str, formulation: str) -> tuple[str | None, str]:
    """Return the path to what should have a name, and the name; no path where that cannot be told."""
    if formulation == XPATH:
        steps = path.removesuffix("/text()").split("/")
        return XML_MARK + ("/".join(steps[:-1]) or "."), steps[-1]
    segments = simple_path(path) if formulation == JSON_PATH else None
    if not segments or not isinstance(segments[-1], str) or is_many(segments[:-1]):
        return None, ""
    return "$" + "".join(_bracket(each) for each in segments[:-1]), segments[-1]


def _bracket(segment: Segment) -> str:
    if isinstance(segment, str):
        quoted = segment.replace("\\", "\\\\").replace("'", "\\'")
        return f"['{quoted}']"
    return f"[{segment}]"


def _names(source: LogicalSource, holder: str, room: Room) -> list[str]:
    relation = load_sources({source: (holder,)}, room)[source]
    column = relation.columns[holder]
    given: exp.Expr = exp.column(column.name)
    given = call("unnest", given) if column.many else given
    records = exp.select(given.as_("v")).from_(relation.table).limit(_RECORDS)
    keys = exp.select(call("unnest", call("json_keys", exp.column("v"))).as_("k")).from_(
        records.subquery("r")
    )
    found = (
        exp.select("k").distinct().from_(keys.where("v LIKE '{%'").subquery("n")).order_by("k").limit(_NAMES)
    )
    return [str(row[0]) for row in room.engine.rows(found)]
