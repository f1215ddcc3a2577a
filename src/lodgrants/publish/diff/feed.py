"""The account as an Atom feed (RFC 4287): one entry a thing, for those who watch a few."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as xml

from lodgrants.publish.diff.compare import Comparison
from lodgrants.publish.diff.model import Account, Section, Thing
from lodgrants.publish.diff.words import heading, sentence, title

_ATOM = "http://www.w3.org/2005/Atom"
_FATES = {"new": "New", "gone": "Gone", "moved": "Merged", "changed": "Changed"}


def account_feed(comparison: Comparison, account: Account) -> str:
    """Return the feed; its names follow from the content of both sides, its date is that of the new one."""
    updated = f"{comparison.new.date}T00:00:00Z"
    feed = xml.Element("feed", xmlns=_ATOM)
    _add(feed, "id", _name(comparison, ""))
    _add(feed, "title", f"Changes from {comparison.old.title} to {comparison.new.title}")
    _add(feed, "updated", updated)
    _add(_add(feed, "author"), "name", "lodgrants")
    for section, thing in account.things():
        entry = _add(feed, "entry")
        _add(entry, "id", _name(comparison, f"{section.fate} {thing.node}"))
        _add(entry, "title", f"{_FATES[section.fate]} {section.kind}: {title(account, section, thing)}")
        _add(entry, "updated", updated)
        if thing.node.startswith("<"):
            xml.SubElement(entry, "link", rel="related", href=thing.node[1:-1])
        xml.SubElement(entry, "category", term=section.fate)
        _add(entry, "summary", _summary(account, section, thing))
    xml.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{xml.tostring(feed, encoding="unicode")}\n'


def _summary(account: Account, section: Section, thing: Thing) -> str:
    lines = [sentence(account, change, thing) for change in thing.changes]
    return "; ".join(lines) or heading(Section(section.fate, section.kind, 1))


def _name(comparison: Comparison, what: str) -> str:
    return uuid5(NAMESPACE_URL, f"{comparison.old.id} {comparison.new.id} {what}").urn


def _add(parent: xml.Element, name: str, text: str | None = None) -> xml.Element:
    child = xml.SubElement(parent, name)
    child.text = text
    return child
