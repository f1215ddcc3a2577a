"""Changes in words: one line each, for people who know grants and not RDF."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from lodgrants.publish.diff.kinds import KINDS, OTHER
from lodgrants.publish.diff.model import Account, Change, Section, Term, Thing, tail
from lodgrants.rdf.literals import text_of

_WIDTH = 90
_WORDS = {
    "startDate": "start", "endDate": "end", "alternateName": "other name", "prefLabel": "name",
    "addressCountry": "country", "addressLocality": "town", "streetAddress": "street", "url": "web page",
    "takesPlaceIn": "place", "primaryTopic": "project", "wasDerivedFrom": "read from", "type": "class",
    "totalCost": "total cost", "plannedCost": "planned cost", "coFunding": "co-funding",
}  # fmt: skip
_COUNTED = {"status": ("status", "statuses"), "other": ("other value", "other values")}
# Told as corrected sums, as changes of whoever has the address, and as records read from a changed page.
_TOLD_ELSEWHERE = ("amount", "address", "capture", "provenance")
_MERGED = ("organisation", "person")


def heading(section: Section) -> str:
    """Return the title of a section: how many of what, and what became of them."""
    one, many = _names(section.kind)
    noun = one if section.count == 1 else many
    if section.fate == "gone":
        before, after = ("withdrawn ", "") if section.kind == "record" else ("", " no longer there")
    elif section.fate == "moved":
        before, after = ("merged ", "") if section.kind in _MERGED else ("", " moved to another IRI")
    else:
        before, after = f"{section.fate} ", ""
    return f"{section.count:,} {before}{noun}{after}"


def title(account: Account, section: Section, thing: Thing) -> str:
    """Return the line that names a thing."""
    label = account.label(thing.node)
    if section.kind == "grant":
        label = f"grant for {label}"
    if not thing.to:
        return f"{label} (withheld)" if thing.withheld else label
    to = account.label(thing.to)
    if section.fate == "gone":
        return f"{label} (replaced by another record{f': {to}' if to != label else ''})"
    return f"{label} -> {to}"


def sentence(account: Account, change: Change, thing: Thing) -> str:
    """Return one change (or fact) of a thing in words."""
    words = _said(account, change)
    # What is said of a part of the thing, such as its address or a second grant, says of which.
    return (
        words
        if change.about == thing.node or "/grant/" in change.about
        else f"{_part(change.about)}: {words}"
    )


def summary(account: Account) -> list[str]:
    """Return the counts that a reader wants first, a phrase each."""
    sections = [
        each for each in account.sections if each.fate != "changed" and each.kind not in _TOLD_ELSEWHERE
    ]
    counts = (_count(type_, count) for type_, count in account.changes.items())
    return [*(heading(section) for section in sections), *counts]


def _count(type_: str, count: int) -> str:
    if type_ == "record":
        return f"{count:,} record{'s' if count > 1 else ''} read from a changed page"
    first, _, fate = type_.partition(" ")
    one, many = _COUNTED.get(first, (first, f"{first}s"))
    return f"{count:,} {one if count == 1 else many} {fate or 'changed'}"


def value(account: Account, term: Term, language: bool = False) -> str:
    """Return a value as it is read: names for things, texts in one line and not too long."""
    if not term.startswith('"'):
        return account.label(term)
    text = " ".join(text_of(term).split())
    text = text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
    tag = term.rpartition('"')[2]
    return f"{text} ({tag[1:]})" if language and tag.startswith("@") else text


def property_name(term: Term) -> str:
    """Return the name of a property or kind of sum in words."""
    name = tail(term).rpartition("/")[2]
    return _WORDS.get(name) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()


def _said(account: Account, change: Change) -> str:
    if change.type.startswith("sum"):
        return _sum(change)
    name = property_name(change.property)
    if change.type == "fact":
        return f"{name}: {_values(account, change.new, change)}"
    if change.type.startswith("role"):
        sign, values = ("+", change.new) if change.new else ("-", change.old)
        return f"{sign} {name}: {_values(account, values, change)}"
    if change.old and change.new:
        return f"{name}: {_values(account, change.old, change)} -> {_values(account, change.new, change)}"
    return (
        f"{name}: {_values(account, change.new or change.old, change)} {'added' if change.new else 'removed'}"
    )


def _sum(change: Change) -> str:
    kind = property_name(change.property) if change.property else "sum"
    detail = " ".join([*([property_name(change.nature)] if change.nature else []), *(["part"] * change.part)])
    currency = text_of(change.currency) if change.currency else "(no currency)"
    old, new = _numbers(change.old), _numbers(change.new)
    if old == new:
        # The same number written differently.
        old, new = (", ".join(map(text_of, values)) for values in (change.old, change.new))
    what = f"{kind}{f' ({detail})' if detail else ''}"
    if old and new:
        return f"{what}: {old} -> {new} {currency}"
    ending = {"sum added": " added", "sum removed": " removed"}.get(change.type, "")
    return f"{what}: {new or old} {currency}{ending}"


def _numbers(terms: tuple[Term, ...]) -> str:
    return ", ".join(_number(text_of(term)) for term in terms)


def _number(text: str) -> str:
    """Return a sum with thousands apart, and with cents where it has any."""
    try:
        number = Decimal(text)
        whole = number == number.to_integral_value()
        return (
            f"{number:,.0f}" if whole else f"{number:,.2f}" if number == round(number, 2) else f"{number:,}"
        )
    except (InvalidOperation, ValueError):
        return text


def _values(account: Account, values: tuple[Term, ...], change: Change) -> str:
    """Join values; languages are told where the words alone would not tell the difference."""
    plain = [value(account, each) for each in (*change.old, *change.new)]
    same = len(set(plain)) < len(plain)
    return ", ".join(value(account, each, language=same) for each in values)


def _part(term: Term) -> str:
    return property_name(term) if "#" in term else tail(term)


def _names(kind: str) -> tuple[str, str]:
    for known in KINDS:
        if known.name == kind:
            return known.name, known.plural
    if kind:
        return f"thing of class {tail(kind)}", f"things of class {tail(kind)}"
    return OTHER.name, OTHER.plural
