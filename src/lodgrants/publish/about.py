"""What a release says of itself beside its graph: its version, its sources, what is withheld."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from lodgrants.rdf.namespaces import BASE


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A source as its profile describes it; ``newest`` is the time of its newest capture, where one is known.

    ``name`` is the key in IRIs, ``title`` for people, ``publisher`` the name of who publishes it, ``page``
    their web page, ``licence`` the IRI of the terms.
    """

    name: str
    title: str
    publisher: str
    page: str | None = None
    licence: str | None = None
    language: str | None = None
    newest: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """What a release says of itself beside its graph.

    ``issued`` is an xsd:date or None; ``withheld`` counts, by reason, what is not published; ``unfilled``,
    by source, class and property, labels that have no value; ``extras`` are the names of files that are in
    the folder already and belong to the release.
    """

    version: str
    base: str = BASE
    sources: tuple[SourceInfo, ...] = ()
    issued: str | None = None
    withheld: tuple[tuple[str, int], ...] = ()
    unfilled: tuple[tuple[str, str, str, int], ...] = ()
    extras: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """The IRI of the data set that is the whole graph."""
        return f"{self.base}id/dataset/lodgrants"

    @property
    def evidence(self) -> str:
        """The IRI of the data set that is the evidence."""
        return f"{self.base}id/dataset/evidence"

    def source(self, source: SourceInfo) -> str:
        """Return the IRI of a source, which is the data set of what its records state."""
        return f"{self.base}id/source/{source.name}"

    @property
    def empty_labels(self) -> Counter[tuple[str, str, str]]:
        """Labels without a value by scope (each source, and the whole), class and property."""
        found: Counter[tuple[str, str, str]] = Counter()
        for source, class_, property_, number in self.unfilled:
            for scope in (f"{self.base}id/source/{source}", self.whole):
                found[scope, class_, property_] += number
        return found

    @property
    def licences(self) -> tuple[str, ...]:
        """The terms of all sources, each once."""
        return tuple(sorted({source.licence for source in self.sources if source.licence}))
