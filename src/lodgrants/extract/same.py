"""One organisation under several names on one page: "Association EAPN-Latvia" and "EAPN-Latvia"."""

from __future__ import annotations

from dataclasses import replace

from lodgrants.extract.data import table
from lodgrants.extract.facts import Fact
from lodgrants.extract.values.organizations import Organization
from lodgrants.extract.values.slug import fold


def unified(facts: list[Fact]) -> list[Fact]:
    """Give organisations that are plainly the same one name and one country; other names are kept too.

    Names are the same when they differ only in case, marks and words for the legal form. Two names with
    different countries are two organisations; a name without a country joins the only one it can.
    """
    named = [fact.value for fact in facts if isinstance(fact.value, Organization)]
    countries: dict[str, set[str]] = {}
    for organization in named:
        found = countries.setdefault(_core(organization.name), set())
        found |= {organization.country} if organization.country else set()
    best: dict[tuple[str, str | None], Organization] = {}
    for organization in named:
        key = _key(organization, countries)
        best[key] = _better(best.get(key), organization)
    return [_renamed(fact, best, countries) for fact in facts]


def _renamed(
    fact: Fact,
    best: dict[tuple[str, str | None], Organization],
    countries: dict[str, set[str]],
) -> Fact:
    if not isinstance(fact.value, Organization):
        return fact
    return replace(fact, value=_as(best[_key(fact.value, countries)], fact.value))


def _key(organization: Organization, countries: dict[str, set[str]]) -> tuple[str, str | None]:
    core = _core(organization.name)
    known = countries[core]
    return core, organization.country or (next(iter(known)) if len(known) == 1 else None)


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
    same_name = fold(stated.name) == fold(best.name)
    alternates = stated.alternates if same_name else (*stated.alternates, stated.words)
    return replace(best, words=stated.words, alternates=alternates)
