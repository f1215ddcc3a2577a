"""A JSON-LD context as what a writer needs: the short key of each predicate, and how its values are written.

Implements the parts of JSON-LD 1.1 that the shipped context uses (section 9.15, "Context Definitions"):
prefixes, terms, ``@type`` coercion and ``@set`` containers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lodgrants.rdf.namespaces import RDF
from lodgrants.resources import shipped

_LOCAL = re.compile("[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


@dataclass(frozen=True, slots=True)
class Key:
    """How a predicate is written: its key, the datatype (or ``@id``) of plain values, if always a list."""

    name: str
    datatype: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """A context: its text, its prefixes, and its terms by their full IRIs."""

    text: str
    prefixes: dict[str, str]
    keys: dict[str, Key]

    def key(self, iri: str) -> Key:
        """Return the key of a predicate: a term, a prefixed name or the whole IRI."""
        if iri == f"{RDF}type":
            return Key("type", "@type", True)
        return self.keys.get(iri) or Key(self.short(iri))

    def type(self, iri: str) -> str:
        """Return the name of a class."""
        key = self.keys.get(iri)
        return key.name if key and not key.datatype else self.short(iri)

    def short(self, iri: str) -> str:
        """Return a prefixed name where one is possible, else the whole IRI."""
        for name, namespace in self.prefixes.items():
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :]):
                return f"{name}:{iri[len(namespace) :]}"
        return iri


def load_context(path: Path | None = None) -> Context:
    """Read a context file; default is the shipped one, which the dumps embed."""
    document = json.loads((path or shipped("ontology", "context.jsonld")).read_text(encoding="utf8"))
    entries = {name: entry for name, entry in document["@context"].items() if not name.startswith("@")}
    prefixes = {
        name: entry
        for name, entry in entries.items()
        if isinstance(entry, str) and "://" in entry and entry.endswith(("/", "#"))
    }
    keys = dict(_keys(entries, prefixes))
    return Context(json.dumps(document["@context"], ensure_ascii=False), prefixes, keys)


def _keys(entries: dict[str, object], prefixes: dict[str, str]) -> Iterable[tuple[str, Key]]:
    def full(name: object) -> str:
        prefix, _, local = str(name).partition(":")
        return prefixes[prefix] + local if prefix in prefixes else str(name)

    for name, entry in entries.items():
        if isinstance(entry, dict):
            many = entry.get("@container") == "@set"
            yield full(entry["@id"]), Key(name, full(entry.get("@type", "")), many)
        elif name not in prefixes and not str(entry).startswith("@"):
            yield full(entry), Key(name)
