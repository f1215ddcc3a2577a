"""What a release is made from, and its fingerprint: where it is the same, the release is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lodgrants.extract.profile import Source
from lodgrants.pipeline.fingerprint import stage_fingerprint
from lodgrants.pipeline.provenance import Quad, as_graphs
from lodgrants.pipeline.release import Contents
from lodgrants.pipeline.select import Line
from lodgrants.pipeline.tombstones import Tombstone, tombstone_quads
from lodgrants.resources import shipped


@dataclass(frozen=True, slots=True)
class Content:
    """Records and other graphs, with the fingerprints of each, of what makes graphs of them, and of all."""

    lines: list[Line]
    more: dict[str, list[Quad]]
    graphs: dict[str, str]
    graph_fingerprint: str
    fingerprint: str


def gather(
    lines: list[Line], stones: Sequence[Tombstone], sources: Iterable[Source], about: Contents
) -> Content:
    """Put together what a release is made from; ``sources`` without records are not described."""
    present = {line.entry.source for line in lines}
    described = [source for source in sources if source.name in present]
    more = as_graphs(about.base, described, tombstone_quads(stones))
    graphs = {line.id: line.fingerprint for line in lines}
    graphs |= {name: hashlib.sha256(repr(quads).encode()).hexdigest() for name, quads in more.items()}
    publishing = stage_fingerprint("publish")
    graph = _graph_fingerprint(about.base, publishing)
    checking = stage_fingerprint("validate", sorted(shipped("shapes").glob("*.ttl")))
    everything = repr((graph, checking, publishing, about, stones, graphs))
    return Content(lines, more, graphs, graph, hashlib.sha256(everything.encode()).hexdigest())


def _graph_fingerprint(base: str, publishing: str) -> str:
    """Name all that a graph and its text depend on beside the records."""
    files = (
        shipped("mappings", "record.yml"),
        shipped("ontology", "lodgrants.ttl"),
        shipped("ontology", "context.jsonld"),
    )
    return stage_fingerprint("map", files, (base, publishing))
