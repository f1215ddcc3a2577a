"""One organisation under several names on one page: "Association EAPN-Latvia" and "EAPN-Latvia"."""

from __future__ import annotations

from dataclasses import replace

from lodgrants.extract.data import table
from lodgrants.extract.facts import Fact
from lodgrants.extract.values.organizations import Organization
from lodgrants.extract.values.slug import fold


def unified(facts: list[Fact]) -> list[Fact]:
    """Give organisations that are plainly the same one name and one country; the shorter name is kept too.

    Names are the same when they differ only in case, marks and words for the legal form.
    """
    best: dict[str, Organization] = {}
    for fact in facts:
        if isinstance(fact.value, Organization):
            core = _core(fact.value.name)
            best[core] = _better(best.get(core), fact.value)
    return [
        replace(fact, value=_as(best[_core(fact.value.name)], fact.value))
        if isinstance(fact.value, Organization)
        else fact
        for fact in facts
    ]


def _core(name: str) -> str:
    """Return the name's words without those for the legal form."""
    words = fold(name).split("-")
    forms = table("legal_forms")["words"]
    core = [word for word in words if word not in forms]
    return "-".join(core or words)


def _better(known: Organization | None, other: Organization) -> Organization:
    """Return the fuller name, with the country that either states."""
    if known is None:
        return other
    fuller = known if len(known.name) >= len(other.name) else other
    source = known if known.country else other
    return replace(fuller, country=source.country, country_words=source.country_words)


def _as(best: Organization, stated: Organization) -> Organization:
    """Return the organisation under its best name, with the words that name it here."""
    alternates = (
        stated.alternates if fold(stated.name) == fold(best.name) else (*stated.alternates, stated.words)
    )
    return replace(best, words=stated.words, alternates=alternates)
