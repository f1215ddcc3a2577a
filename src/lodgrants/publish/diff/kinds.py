"""What the account knows of grants: kinds of things; which properties are roles, dates, names and sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lodgrants.rdf.namespaces import DCTERMS, FOAF, LG, OWL, PROV, RDF, RDFS, SCHEMA, SKOS, VOID


def iris(namespace: str, *names: str) -> list[str]:
    """Return the N-Triples terms of names in a namespace."""
    return [f"<{namespace}{name}>" for name in names]


TYPE: Final = f"<{RDF}type>"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: its name, in one and in many, and its classes; of several kinds the first one counts.

    Things that are ``told`` have a place of their own in the account, others are only counted.
    """

    name: str
    plural: str
    classes: tuple[str, ...]
    told: bool = True


KINDS: Final = (
    Kind("project", "projects", (*iris(LG, "Project"), *iris(FOAF, "Project"), *iris(SCHEMA, "Project"))),
    Kind("grant", "grants", (*iris(LG, "Grant"), *iris(SCHEMA, "MonetaryGrant", "Grant"))),
    Kind("programme", "programmes", (*iris(LG, "Programme"), *iris(SCHEMA, "FundingScheme"))),
    Kind(
        "person", "persons",
        (*iris(LG, "Person"), *iris(SCHEMA, "Person"), *iris(FOAF, "Person")),
    ),
    Kind(
        "organisation", "organisations",
        (*iris(LG, "Organization"), *iris(SCHEMA, "Organization"), *iris(FOAF, "Organization")),
    ),
    Kind("place", "places", tuple(iris(SCHEMA, "Place"))),
    Kind("record", "records", (*iris(LG, "Record", "Withdrawn", "Withheld"),)),
    Kind("concept", "concepts", tuple(iris(SKOS, "Concept"))),
    Kind("source", "sources", tuple(iris(VOID, "Dataset"))),
    Kind("amount", "sums", (*iris(LG, "Amount"), *iris(SCHEMA, "MonetaryAmount")), told=False),
    Kind("address", "addresses", tuple(iris(SCHEMA, "PostalAddress")), told=False),
    Kind("capture", "captures of pages", tuple(iris(LG, "Capture")), told=False),
    Kind("evidence", "pieces of evidence", tuple(iris(LG, "Evidence")), told=False),
    Kind(
        "provenance", "steps of provenance",
        tuple(iris(PROV, "Activity", "Entity", "Plan", "SoftwareAgent", "Agent")), told=False,
    ),
)  # fmt: skip
UNTOLD = [kind.name for kind in KINDS if not kind.told]
OTHER: Final = Kind("thing", "other things", ())
# No statement about these classes makes a thing be there: a tombstone says that it is not.
TOMBSTONES = iris(LG, "Withdrawn", "Withheld")
REPLACED = iris(DCTERMS, "isReplacedBy")
REPLACES = iris(DCTERMS, "replaces")
SAME = iris(OWL, "sameAs")

NAMES = [
    *iris(SCHEMA, "name"), *iris(FOAF, "name"), *iris(SKOS, "prefLabel"), *iris(RDFS, "label"),
    *iris(DCTERMS, "title"), *iris(SCHEMA, "alternateName"), *iris(SKOS, "altLabel"),
]  # fmt: skip
IDENTIFIERS = [*iris(DCTERMS, "identifier"), *iris(SCHEMA, "identifier", "url")]
DATES = [*iris(SCHEMA, "startDate", "endDate"), *iris(DCTERMS, "date", "issued", "modified")]
STATUS = iris(LG, "status")
OWN_ROLES = iris(LG, "promoter", "recipient", "partner", "operator", "funder", "supporter")
ROLES = [*OWN_ROLES, *iris(LG, "participant"), *iris(SCHEMA, "funder", "sponsor"), *iris(FOAF, "fundedBy")]
# A link from a thing to what is told as a part of it, and one the other way round.
PART = [*iris(SCHEMA, "address")]
PART_OF = [*iris(SCHEMA, "fundedItem")]
PHASE_OF = iris(LG, "phaseOf")
TOPIC = f"<{FOAF}primaryTopic>"

AMOUNT = [*iris(LG, "amount"), *iris(SCHEMA, "amount")]
VALUE, CURRENCY = f"<{SCHEMA}value>", f"<{SCHEMA}currency>"
KIND, NATURE, PART_OF_AMOUNT = f"<{LG}kind>", f"<{LG}fundingNature>", f"<{LG}partOfAmount>"
# Said both ways round; one way is enough.
SILENT = [TYPE, *iris(SCHEMA, "funding"), *AMOUNT, *PART, *PART_OF]
