"""Labels without a value: what a page has a place for and leaves empty, unlike what it never mentions."""

from __future__ import annotations

from lodgrants.extract.profile import Field
from lodgrants.rdf.namespaces import DCTERMS, LG, SCHEMA

# The class and property that a value behind the label would have been a statement of.
_PROJECT = {
    "title": f"{SCHEMA}name", "identifier": f"{DCTERMS}identifier", "status": f"{LG}status",
    "amount": f"{LG}amount", "place": f"{LG}takesPlaceIn", "programme": f"{LG}programme",
    "promoter": f"{LG}promoter", "partner": f"{LG}partner", "operator": f"{LG}operator",
    "funder": f"{LG}funder", "supporter": f"{LG}supporter", "description": f"{SCHEMA}description",
    "activity": f"{LG}activity", "result": f"{LG}result", "target-group": f"{LG}targetGroup",
    "keyword": f"{SCHEMA}keywords", "start": f"{SCHEMA}startDate", "period": f"{SCHEMA}startDate",
    "end": f"{SCHEMA}endDate", "url": f"{SCHEMA}url",
}  # fmt: skip
_OTHER = {
    "legal-form": ("Organization", f"{LG}legalForm"),
    "promoter-url": ("Organization", f"{SCHEMA}url"),
    "modified": ("Record", f"{DCTERMS}modified"),
}
_OF_GRANTS = ("granted", "spent", "disbursed", "requested")


def meant(field: Field) -> tuple[str, str] | None:
    """Return the IRIs of the class and property that a field's value is for, None where it is for neither."""
    if field.field == "amount" and field.kind in _OF_GRANTS:
        return f"{LG}Grant", f"{LG}amount"
    if field.field in _PROJECT:
        return f"{LG}Project", _PROJECT[field.field]
    name, property_ = _OTHER.get(field.field, ("", ""))
    return (f"{LG}{name}", property_) if name else None


def as_rows(counts: dict[tuple[str, str], int]) -> list[dict[str, str | int]]:
    """Return the counts as the record holds them."""
    return [
        {"class": type_, "property": property_, "count": count}
        for (type_, property_), count in sorted(counts.items())
    ]
