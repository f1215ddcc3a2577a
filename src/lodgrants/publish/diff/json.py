"""The account as JSON, for programs: the same things and changes, with terms as N-Triples text."""

from __future__ import annotations

import json
from typing import Any

from lodgrants.publish.diff.compare import Comparison
from lodgrants.publish.diff.model import Account, Change, Section, Thing
from lodgrants.publish.diff.sides import Side


def account_json(comparison: Comparison, account: Account) -> str:
    """Return the account as one JSON object."""
    said = {
        "old": _side(comparison.old, comparison.statements[0]),
        "new": _side(comparison.new, comparison.statements[1]),
        "added": comparison.added,
        "removed": comparison.removed,
        "graphs": comparison.graphs,
        "changes": dict(account.changes),
        "sections": [_section(account, section) for section in account.sections],
    }
    return json.dumps(said, indent=2, ensure_ascii=False)


def _side(side: Side, statements: int) -> dict[str, Any]:
    return {"title": side.title, "id": side.id, "date": side.date, "statements": statements}


def _section(account: Account, section: Section) -> dict[str, Any]:
    things = [_thing(account, thing) for thing in section.things]
    return {"fate": section.fate, "kind": section.kind, "count": section.count, "things": things}


def _thing(account: Account, thing: Thing) -> dict[str, Any]:
    return {
        "id": thing.node,
        "label": account.label(thing.node),
        **({"to": thing.to} if thing.to else {}),
        **({"withheld": True} if thing.withheld else {}),
        "changes": [_change(change) for change in thing.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    optional = {"currency": change.currency, "nature": change.nature, "part": change.part}
    return {
        "about": change.about,
        "type": change.type,
        "property": change.property,
        "old": list(change.old),
        "new": list(change.new),
        **{name: value for name, value in optional.items() if value},
    }
