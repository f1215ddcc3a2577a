"""Provenance (PROV-O): which profile, mapping and software made the records, said once a source.

A record links to its capture and to the activity that read it (mappings/record.yml); here the activity is
described, in the graph of its source. Nothing says when a build ran: times are those of the captures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import pyarrow as pa

from lodgrants.extract.names import Namer
from lodgrants.extract.profile import Source
from lodgrants.publish.release import SourceInfo
from lodgrants.rdf.namespaces import DCTERMS, OWL, PROV, RDF, SCHEMA, VOID, XSD
from lodgrants.rdf.terms import iri, literal
from lodgrants.resources import shipped
from lodgrants.version import VERSION

Quad = tuple[str, str, str, str | None]
TYPE = f"<{RDF}type>"
_SHORT = 12


def mapping_version() -> str:
    """Return the SHA-256 of the mapping from records to RDF."""
    return hashlib.sha256(shipped("mappings", "record.yml").read_bytes()).hexdigest()


def source_quads(source: Source, base: str) -> list[Quad]:
    """Describe how a source's pages were read: the activity, what it used, and the software."""
    graph = iri(f"{base}id/source/{source.name}")
    activity = iri(Namer(base, source.name, "").extraction(source.version, VERSION))
    mapped = mapping_version()
    profile = iri(f"{base}id/profile/{source.name}/{source.version[:_SHORT]}")
    mapping = iri(f"{base}id/mapping/record/{mapped[:_SHORT]}")
    software = iri(f"{base}id/software/lodgrants/{VERSION}")
    rows = [
        (activity, TYPE, iri(f"{PROV}Activity")),
        (activity, iri(f"{PROV}used"), profile),
        (activity, iri(f"{PROV}used"), mapping),
        (activity, iri(f"{PROV}wasAssociatedWith"), software),
        *_plan(profile, f"{source.name}/source.yml", source.version),
        *_plan(mapping, "record.yml", mapped),
        (software, TYPE, iri(f"{PROV}SoftwareAgent")),
        (software, iri(f"{SCHEMA}name"), literal("lodgrants")),
        (software, iri(f"{SCHEMA}softwareVersion"), literal(VERSION)),
    ]
    return [(*row, graph) for row in rows]


def as_graphs(base: str, sources: Iterable[Source], more: Iterable[Quad]) -> dict[str, list[Quad]]:
    """Return what is said beside the records, by the name of the graph that says it."""
    graphs: dict[str, list[Quad]] = {}
    for quad in (*(quad for source in sources for quad in source_quads(source, base)), *more):
        graphs.setdefault(str(quad[3])[1:-1], []).append(quad)
    return graphs


def release_quads(
    version: str, base: str, sources: Iterable[SourceInfo], counts: dict[str, tuple[int, int]]
) -> list[Quad]:
    """Describe what a release was made from: each source with its number of records and of captures."""
    release = iri(f"{base}id/release/{version}")
    rows: list[tuple[str, str, str]] = [
        (release, TYPE, iri(f"{PROV}Entity")),
        (release, iri(f"{OWL}versionInfo"), literal(version)),
        (release, iri(f"{PROV}wasAttributedTo"), iri(f"{base}id/software/lodgrants/{VERSION}")),
    ]
    for source in sources:
        part = iri(f"{base}id/release/{version}/{source.name}")
        records, captures = counts[source.name]
        rows += [
            (release, iri(f"{PROV}wasDerivedFrom"), iri(f"{base}id/source/{source.name}")),
            (release, iri(f"{DCTERMS}hasPart"), part),
            (part, TYPE, iri(f"{PROV}Entity")),
            (part, iri(f"{PROV}wasDerivedFrom"), iri(f"{base}id/source/{source.name}")),
            (part, iri(f"{VOID}entities"), literal(str(records), datatype=f"{XSD}integer")),
            (part, iri(f"{VOID}documents"), literal(str(captures), datatype=f"{XSD}integer")),
        ]
        if source.newest:
            newest = literal(source.newest, datatype=f"{XSD}dateTime")
            rows.append((part, iri(f"{PROV}generatedAtTime"), newest))
    return [(*row, None) for row in rows]


def as_table(quads: Sequence[Quad]) -> pa.Table:
    """Return quads as an Arrow table with the columns s, p, o, g."""
    columns = [pa.array([quad[at] for quad in quads], pa.string()) for at in range(4)]
    return pa.table(columns, names=["s", "p", "o", "g"])


def _plan(thing: str, name: str, digest: str) -> list[tuple[str, str, str]]:
    return [
        (thing, TYPE, iri(f"{PROV}Entity")),
        (thing, TYPE, iri(f"{PROV}Plan")),
        (thing, iri(f"{DCTERMS}identifier"), literal(name)),
        (thing, iri(f"{SCHEMA}sha256"), literal(digest)),
    ]
