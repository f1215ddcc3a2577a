"""IRIs of things, minted from what identifies them (docs/record.md); never from a position on a page."""

from __future__ import annotations

from dataclasses import dataclass

from lodgrants.extract.values.money import Money
from lodgrants.extract.values.organizations import Organization
from lodgrants.extract.values.places import Place
from lodgrants.extract.values.slug import fold, slug


@dataclass(frozen=True, slots=True)
class Namer:
    """Mints the IRIs of one record's things under a base."""

    base: str
    source: str
    key: str

    def own(self, kind: str, more: str = "") -> str:
        """Name a thing that belongs to the record: its project, its grant, an amount."""
        return f"{self.base}id/{kind}/{self.source}/{self.key}{f'/{more}' if more else ''}"

    def record(self) -> str:
        """Name the record, which is also its named graph."""
        return f"{self.base}record/{self.source}/{self.key}"

    def capture(self, sha256: str) -> str:
        """Name a capture by its content."""
        return f"{self.base}id/capture/{sha256}"

    def extraction(self, profile: str, software: str) -> str:
        """Name the reading of a source's pages by one version of its profile and of the software."""
        return f"{self.base}id/extraction/{self.source}/{profile[:12]}-{software}"

    def organization(self, organization: Organization) -> str:
        """Name an organisation by its country, where stated, and its name."""
        country = f"{organization.country.lower()}-" if organization.country else ""
        kind = "person" if organization.person else "organization"
        return f"{self.base}id/{kind}/{country}{slug(organization.name)}"

    def place(self, place: Place) -> str:
        """Name a place by its country and name; a country by its code."""
        if place.is_country and place.country:
            return f"{self.base}id/place/{place.country.lower()}"
        country = f"{place.country.lower()}-" if place.country else ""
        return f"{self.base}id/place/{country}{slug(place.name)}"

    def programme(self, name: str) -> str:
        """Name a programme by its name."""
        return f"{self.base}id/programme/{self.source}/{slug(name)}"

    def target_group(self, label: str) -> str:
        """Name a target group by its label, the same for all sources."""
        return f"{self.base}id/target-group/{slug(label)}"

    def amount(self, about: str, kind: str, nature: str, money: Money, part: bool) -> str:
        """Name a sum by what it says, so that another sum stated elsewhere is another amount."""
        words = (kind, nature, "part" if part else "", money.currency or "", format(money.value, "f"))
        return self.own(
            "amount",
            f"{about}{'-'.join(fold(word) if i < 4 else word for i, word in enumerate(words) if word)}",
        )
