"""From the facts of one record to its rows: IRIs minted, roles attached, every value tied to its words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lodgrants.extract.capture import Capture
from lodgrants.extract.coverage import Coverage
from lodgrants.extract.facts import Fact, Reading
from lodgrants.extract.names import Namer
from lodgrants.extract.profile import ROLES, Source
from lodgrants.extract.rows import Rows
from lodgrants.extract.same import unified
from lodgrants.extract.unfilled import as_rows
from lodgrants.extract.values.dates import PartialDate
from lodgrants.extract.values.language import detect_language
from lodgrants.extract.values.money import Money
from lodgrants.extract.values.organizations import Organization
from lodgrants.extract.values.places import Place
from lodgrants.extract.values.slug import number_key, short_hash
from lodgrants.rdf.namespaces import DCTERMS, LG, SCHEMA, SKOS
from lodgrants.version import VERSION

_ABOUT_GRANT = ("granted", "spent", "disbursed", "requested")
_TEXT_ROWS = {
    "description": "descriptions",
    "activity": "activities",
    "result": "results",
    "keyword": "keywords",
}
_TEXT_PROPERTIES = {
    "description": f"{SCHEMA}description",
    "activity": f"{LG}activity",
    "result": f"{LG}result",
    "keyword": f"{SCHEMA}keywords",
}


def assemble(
    reading: Reading, source: Source, capture: Capture, coverage: Coverage, base: str
) -> dict[str, Any]:
    """Return the canonical record (docs/record.md) of what has been read."""
    return _Assembly(reading, source, capture, base).record(coverage)


def record_key(reading: Reading, own_numbers: bool = True) -> str:
    """Return the publisher's own number, else a hash of the facts that identify the project.

    :param own_numbers: false where records of several publishers share a source: a number is not one's own.
    """
    number = reading.first("identifier")
    if number is not None and own_numbers:
        return number_key(str(number.value))
    names = ("title", "promoter", "partner", "start", "end", *(() if own_numbers else ("identifier",)))
    facts = [fact.words.plain.casefold() for name in names if (fact := reading.first(name)) is not None]
    if not facts:
        facts = [fact.words.plain for fact in reading.facts]
    return short_hash(*facts)


class _Assembly:
    """The rows of one record while they are made."""

    def __init__(self, reading: Reading, source: Source, capture: Capture, base: str) -> None:
        self._reading = replace(reading, facts=unified(reading.facts))
        self._source = source
        self._capture = capture
        self._namer = Namer(base, source.name, record_key(reading, not source.fallback))
        self._rows = Rows(self._namer, source)
        self._language = self._main_language()

    def record(self, coverage: Coverage) -> dict[str, Any]:
        for phase in self._phases():
            self._project(phase)
            self._grant(phase)
        self._programmes()
        return {
            "id": self._namer.record(),
            "source": self._source.name,
            "key": self._namer.key,
            "topic": self._namer.own("project"),
            "extraction": self._extraction(),
            **self._about_page(),
            **self._rows.as_dict(),
            "coverage": coverage.as_dict(),
            "withheld": dict(sorted(self._reading.withheld.items())),
            **({"unfilled": as_rows(self._reading.unfilled)} if self._reading.unfilled else {}),
            "notes": [_note(note) for note in self._reading.notes],
        }

    def _extraction(self) -> dict[str, str]:
        profile = self._source.version
        return {
            "id": self._namer.extraction(profile, VERSION),
            "profile": profile,
            "software": f"lodgrants {VERSION}",
        }

    def _about_page(self) -> dict[str, Any]:
        capture, modified, printed = (
            self._capture,
            self._reading.first("modified"),
            self._reading.first("printed"),
        )
        described = {
            "id": self._namer.capture(capture.sha256),
            "sha256": capture.sha256,
            "mediaType": capture.media_type,
            "bytes": capture.size,
            "file": capture.file,
            "url": capture.url,
            "retrieved": capture.retrieved,
            "printed": str(printed.value) if printed else None,
        }
        page = {
            "url": capture.url,
            "language": self._language,
            "modified": str(modified.value) if modified and _is_day(modified) else None,
        }
        if modified and _is_day(modified):
            self._rows.evidence(self._namer.record(), f"{DCTERMS}modified", modified)
        return {**_stated(page), "capture": _stated(described)}

    def _phases(self) -> list[str]:
        return ["", *sorted({fact.phase for fact in self._reading.facts if fact.phase})]

    def _main_language(self) -> str:
        prose = [fact.words.plain for fact in self._reading.facts if fact.field.field in _TEXT_ROWS]
        longest = max(prose, key=len, default="")
        return detect_language(longest, self._source.language) or self._source.language

    def _facts(self, phase: str, *names: str) -> list[Fact]:
        return [fact for fact in self._reading.facts if fact.phase == phase and fact.field.field in names]

    def _project(self, phase: str) -> None:
        iri = self._namer.own("project", phase)
        row: dict[str, Any] = {"phaseOf": self._namer.own("project")} if phase else {}
        for fact in self._facts(phase, "identifier", "url", "status", "start", "end"):
            name = fact.field.field
            if name in row:
                continue
            row[name] = _project_value(fact)
            self._rows.evidence(iri, _PROJECT_PROPERTIES[name], fact)
        self._rows.add("projects", {"id": iri, **row})
        for fact in self._facts(phase, "title"):
            self._rows.name(iri, fact, "Project", self._text_language(fact))
        self._texts(iri, phase)
        self._target_groups(iri, phase)
        self._places(iri, phase)
        self._roles(iri, phase)
        self._amounts(iri, phase, about_grant=False)

    def _texts(self, iri: str, phase: str) -> None:
        for fact in self._facts(phase, *_TEXT_ROWS):
            about = "about" if fact.field.field in ("description", "keyword") else "project"
            row = {about: iri, "value": fact.value, "language": self._text_language(fact)}
            self._rows.add(_TEXT_ROWS[fact.field.field], row)
            self._rows.evidence(iri, _TEXT_PROPERTIES[fact.field.field], fact)

    def _text_language(self, fact: Fact) -> str:
        return detect_language(str(fact.value), self._language) or self._language

    def _target_groups(self, iri: str, phase: str) -> None:
        for fact in self._facts(phase, "target-group"):
            group = self._namer.target_group(str(fact.value))
            self._rows.add("targetGroups", {"id": group, "project": iri})
            self._rows.evidence(iri, f"{LG}targetGroup", fact)
            self._rows.name(group, fact, "Concept", self._text_language(fact), f"{SKOS}prefLabel")

    def _places(self, iri: str, phase: str) -> None:
        for fact in self._facts(phase, "place", "country"):
            assert isinstance(fact.value, Place)
            place = self._rows.place(fact.value, fact)
            self._rows.add("locations", {"project": iri, "place": place})
            self._rows.evidence(iri, f"{LG}takesPlaceIn", fact)

    def _roles(self, iri: str, phase: str) -> None:
        for fact in self._facts(phase, *ROLES):
            assert isinstance(fact.value, Organization)
            agent = self._rows.organization(fact.value, fact, self._agent_facts(fact))
            self._rows.role(iri, fact.field.field, agent, fact)

    def _agent_facts(self, fact: Fact) -> list[Fact]:
        """Return what else the page says of the promoter: its address, legal form and web page."""
        if fact.field.field != "promoter":
            return []
        return self._facts(fact.phase, "promoter-url", "promoter-address", "legal-form")

    def _amounts(self, about: str, phase: str, about_grant: bool) -> None:
        facts = [
            fact for fact in self._facts(phase, "amount") if (fact.field.kind in _ABOUT_GRANT) == about_grant
        ]
        facts = _parts_of_totals(facts)
        prefix = f"{phase}/" if phase else ""
        iris = {id(fact): self._amount_iri(prefix, fact) for fact in facts}
        totals: dict[tuple[str, str | None], str] = {}
        for fact in facts:
            assert isinstance(fact.value, Money)
            total = (fact.field.kind, fact.value.currency)
            twin = next((f for f in facts if f.group == fact.group and f is not fact), None)
            links = {
                "partOf": totals.get(total) if fact.part else None,
                "sameAs": iris[id(twin)] if twin is not None and _currency(twin) != _currency(fact) else None,
            }
            self._rows.amount(iris[id(fact)], about, fact, links)
            if not fact.part:
                totals[total] = iris[id(fact)]

    def _amount_iri(self, prefix: str, fact: Fact) -> str:
        assert isinstance(fact.value, Money)
        return self._namer.amount(prefix, fact.field.kind, fact.field.nature, fact.value, fact.part)

    def _grant(self, phase: str) -> None:
        """A grant exists where the page states a sum that was granted, spent, paid or asked for."""
        sums = [fact for fact in self._facts(phase, "amount") if fact.field.kind in _ABOUT_GRANT]
        if not sums:
            return
        grant, project = self._namer.own("grant", phase), self._namer.own("project", phase)
        self._rows.add("grants", {"id": grant, "project": project})
        self._rows.evidence(grant, f"{SCHEMA}fundedItem", sums[0])
        for fact in self._facts(phase, "funder") or self._facts("", "funder"):
            assert isinstance(fact.value, Organization)
            self._rows.role(grant, "funder", self._rows.organization(fact.value, fact, []), fact)
        for fact in self._promoters(phase) if self._source.promoter_receives else []:
            assert isinstance(fact.value, Organization)
            self._rows.role(grant, "recipient", self._namer.organization(fact.value), fact)
        self._amounts(grant, phase, about_grant=True)

    def _promoters(self, phase: str) -> list[Fact]:
        return self._facts(phase, "promoter") or self._facts("", "promoter")

    def _programmes(self) -> None:
        """Attach the programmes named to the grants, or to the project where there is no grant."""
        programmes = self._facts("", "programme")
        parents = self._facts("", "source-of-funding")
        has_grant = any(fact.field.kind in _ABOUT_GRANT for fact in self._facts("", "amount"))
        about = [self._namer.own("project"), *([self._namer.own("grant")] if has_grant else [])]
        parent = self._rows.programme(parents[0], None) if parents else None
        for fact in programmes or parents:
            programme = self._rows.programme(fact, parent if programmes else None)
            for iri in about:
                self._rows.add("memberships", {"about": iri, "programme": programme})
                self._rows.evidence(iri, f"{LG}programme", fact)


_PROJECT_PROPERTIES = {
    "identifier": f"{DCTERMS}identifier",
    "url": f"{SCHEMA}url",
    "status": f"{LG}status",
    "start": f"{SCHEMA}startDate",
    "end": f"{SCHEMA}endDate",
}


def _project_value(fact: Fact) -> Any:
    if fact.field.field == "status":
        return f"{LG}{fact.value}"
    if isinstance(fact.value, PartialDate):
        return {fact.value.precision: str(fact.value)}
    return fact.value


def _parts_of_totals(facts: list[Fact]) -> list[Fact]:
    """Sub-items are parts only where a total of their kind stands before them."""
    seen: set[str] = set()
    kept = []
    for fact in facts:
        kept.append(fact if fact.field.kind in seen else replace(fact, part=False))
        if not fact.part:
            seen.add(fact.field.kind)
    return kept


def _currency(fact: Fact) -> str | None:
    return fact.value.currency if isinstance(fact.value, Money) else None


def _is_day(fact: Fact) -> bool:
    return isinstance(fact.value, PartialDate) and fact.value.precision == "date"


def _stated(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _note(note: Any) -> dict[str, Any]:
    place = {} if note.words is None else {"start": note.words.start, "end": note.words.end}
    return {"code": note.code, "message": note.message, **place}
