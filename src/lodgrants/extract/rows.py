"""The rows of a record: each thing once, each value with its evidence."""

from __future__ import annotations

import re
from typing import Any

from lodgrants.extract.facts import Fact
from lodgrants.extract.names import Namer
from lodgrants.extract.profile import Source
from lodgrants.extract.values.money import Money
from lodgrants.extract.values.organizations import Organization
from lodgrants.extract.values.places import Place
from lodgrants.extract.values.slug import short_hash
from lodgrants.extract.words import Words
from lodgrants.rdf.namespaces import LG, SCHEMA

TABLES = (
    *(
        "projects",
        "grants",
        "programmes",
        "organizations",
        "participations",
        "memberships",
        "places",
        "locations",
    ),
    *("targetGroups", "names", "descriptions", "activities", "results", "keywords", "amounts", "evidence"),
)
_POSTAL_CODE = re.compile(r"\b([A-Z]{2})-\s?(\d{3,6})\b|\b(\d{5})\b")


class Rows:
    """Collects rows; a row that says what another said already is left out."""

    def __init__(self, namer: Namer, source: Source) -> None:
        self._namer = namer
        self._source = source
        self._tables: dict[str, dict[str, dict[str, Any]]] = {table: {} for table in TABLES}

    def as_dict(self) -> dict[str, list[dict[str, Any]]]:
        """Return the tables that have rows."""
        return {table: list(rows.values()) for table, rows in self._tables.items()}

    def add(self, table: str, row: dict[str, Any]) -> None:
        """Keep a row; what is not stated (None) is left out of it."""
        row = {name: value for name, value in row.items() if value is not None}
        row["record"] = self._namer.record()
        self._tables[table].setdefault(repr(row), row)

    def evidence(self, supports: str, prop: str, fact: Fact, words: Words | None = None) -> None:
        """Tie a value to the words it was read from."""
        words = words or fact.words
        about = short_hash(supports, prop)
        self.add(
            "evidence",
            {
                "id": self._namer.own("evidence", f"{words.start}-{words.end}-{about}"),
                "supports": supports,
                "property": prop,
                "start": words.start,
                "end": words.end,
                "exact": str(words),
                "rule": f"{self._source.name}/{fact.field.rule}",
            },
        )

    def name(
        self, iri: str, fact: Fact, kind: str, language: str | None, prop: str = f"{SCHEMA}name"
    ) -> None:
        """Name a thing by the fact's value."""
        value = fact.value if isinstance(fact.value, str) else fact.words.plain
        self.add("names", {"about": iri, "value": value, "language": language, "type": kind})
        self.evidence(iri, prop, fact)

    def organization(self, organization: Organization, fact: Fact, more: list[Fact]) -> str:
        """Add an organisation with its names, country and (for the promoter) address and web page."""
        details = self._details(more)
        country = organization.country or details.pop("country", None)
        iri = self._namer.organization(organization)
        kind = "Person" if organization.person else "Organization"
        self.add("organizations", {"id": iri, "type": kind, "country": country, **details})
        for detail in more:
            self.evidence(iri, _DETAIL_PROPERTIES[detail.field.field], detail)
        self.add("names", {"about": iri, "value": organization.name, "type": kind})
        self.evidence(iri, f"{SCHEMA}name", fact, organization.words)
        if organization.country_words is not None:
            self.evidence(iri, f"{SCHEMA}addressCountry", fact, organization.country_words)
        for alternate in organization.alternates:
            self.add("names", {"about": iri, "value": alternate.plain, "alternate": True, "type": kind})
            self.evidence(iri, f"{SCHEMA}alternateName", fact, alternate)
        return iri

    def _details(self, facts: list[Fact]) -> dict[str, Any]:
        details: dict[str, Any] = {}
        for fact in facts:
            if fact.field.field == "promoter-url":
                details["url"] = fact.value
            elif fact.field.field == "legal-form":
                details["legalForm"] = fact.value
            elif "address" in self._source.publish:
                details |= parse_address(str(fact.value))
        return details

    def role(self, about: str, role: str, agent: str, fact: Fact) -> None:
        """Say that an agent has a role in a project, grant or programme."""
        self.add("participations", {"about": about, "role": role, "agent": agent})
        self.evidence(about, f"{LG}{role}", fact)

    def place(self, place: Place, fact: Fact) -> str:
        """Add a place, and the place it is said to be part of."""
        iri = self._namer.place(place)
        part_of = (
            self.place(place.part_of, fact) if place.part_of is not None and place.part_of != place else None
        )
        self.add("places", {"id": iri, "country": place.country, "partOf": part_of})
        self.add("names", {"about": iri, "value": place.name, "type": "Place"})
        if place.stated and place.stated != place.name:
            self.add("names", {"about": iri, "value": place.stated, "alternate": True, "type": "Place"})
        self.evidence(iri, f"{SCHEMA}name", fact, place.words)
        return iri

    def programme(self, fact: Fact, parent: str | None) -> str:
        """Add a programme, and those who run it as the profile says."""
        iri = self._namer.programme(str(fact.value))
        self.add("programmes", {"id": iri, "partOf": parent})
        self.add(
            "names",
            {"about": iri, "value": fact.value, "language": self._source.language, "type": "Programme"},
        )
        self.evidence(iri, f"{SCHEMA}name", fact)
        return iri

    def amount(self, iri: str, about: str, fact: Fact, links: dict[str, str | None]) -> None:
        """Add a sum of money."""
        assert isinstance(fact.value, Money)
        self.add(
            "amounts",
            {
                "id": iri,
                "about": about,
                "kind": f"{LG}{fact.field.kind}",
                "nature": f"{LG}{fact.field.nature}" if fact.field.nature else None,
                "value": format(fact.value.value, "f"),
                "currency": fact.value.currency,
                "statedAs": fact.words.plain,
                **links,
            },
        )
        self.evidence(iri, f"{SCHEMA}value", fact)


_DETAIL_PROPERTIES = {
    "promoter-url": f"{SCHEMA}url",
    "promoter-address": f"{SCHEMA}address",
    "legal-form": f"{LG}legalForm",
}


def parse_address(text: str) -> dict[str, str]:
    """Take a registered address apart: street, locality, postal code and the country its prefix names."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found: dict[str, str] = {}
    rest = []
    for part in parts:
        if match := _POSTAL_CODE.search(part):
            found["postalCode"] = match.group()
            if match[1]:
                found["country"] = match[1]
            part = (part[: match.start()] + part[match.end() :]).strip(" -")
        if part:
            rest.append(part)
    if rest:
        found["street"] = rest[0]
    if len(rest) > 1:
        found["locality"] = rest[1]
    return found
