"""What is in the data sets: VoID statistics, with a class's properties as partitions inside the class's.

So a property is covered as far as `void:distinctSubjects` of its partition goes in `void:entities` of the
class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lodgrants.publish.about import ReleaseInfo
from lodgrants.publish.catalogue.model import Triple, integer, named, say, short
from lodgrants.publish.catalogue.statistics import Links, Statistics
from lodgrants.rdf.terms import iri, literal

_NAMESPACE = re.compile(r"^(.*[/#])[^/#]*$")


def describe(about: ReleaseInfo, counts: Statistics) -> Iterator[Triple]:
    """Yield the statistics of the whole and of each source as VoID."""
    for total in counts.totals:
        yield from say(total.scope, [
            ("a", named("void:Dataset")), ("void:uriSpace", literal(about.base)),
            ("void:triples", integer(total.triples)), ("void:entities", integer(total.entities)),
            ("void:distinctSubjects", integer(total.subjects)),
            ("void:distinctObjects", integer(total.objects)),
            ("void:properties", integer(total.properties)), ("void:classes", integer(total.classes)),
            *(("void:vocabulary", iri(each)) for each in _vocabularies(counts, total.scope)),
        ])  # fmt: skip
    yield from _partitions(counts)
    yield from _coverage(counts)
    for link in counts.links:
        yield from _linkset(link)


def _vocabularies(counts: Statistics, scope: str) -> list[str]:
    """The namespaces of the predicates and classes in use."""
    terms = {each.property for each in counts.properties if each.scope == scope}
    terms |= {each.type for each in counts.classes if each.scope == scope}
    return sorted({found[1] for term in terms if (found := _NAMESPACE.match(term))})


def _partitions(counts: Statistics) -> Iterator[Triple]:
    for each in counts.classes:
        node = _class(each.scope, each.type)
        example = iri(each.example) if not each.example.startswith("_:") else None
        yield from say(each.scope, [("void:classPartition", iri(node)), ("void:exampleResource", example)])
        yield from say(node, [("void:class", iri(each.type)), ("void:entities", integer(each.things))])
    for used in counts.properties:
        node = f"{used.scope}#property-{short(used.property)}"
        yield from say(used.scope, [("void:propertyPartition", iri(node))])
        yield from say(node, [
            ("void:property", iri(used.property)), ("void:triples", integer(used.triples)),
            ("void:distinctSubjects", integer(used.subjects)),
            ("void:distinctObjects", integer(used.objects)),
        ])  # fmt: skip


def _coverage(counts: Statistics) -> Iterator[Triple]:
    for each in counts.coverage:
        parent = _class(each.scope, each.type)
        node = f"{parent}-{short(each.property)}"
        yield from say(parent, [("void:propertyPartition", iri(node))])
        yield from say(node, [
            ("void:property", iri(each.property)), ("void:distinctSubjects", integer(each.having)),
            ("lg:labelsWithoutValue", integer(each.unfilled) if each.unfilled else None),
        ])  # fmt: skip


def _class(scope: str, type_: str) -> str:
    return f"{scope}#class-{short(type_)}"


def _linkset(link: Links) -> Iterator[Triple]:
    node = f"{link.scope}#links-{short(link.property)}-{short(link.target)}"
    yield from say(link.scope, [("void:subset", iri(node))])
    yield from say(node, [
        ("a", named("void:Linkset")), ("void:subjectsTarget", iri(link.scope)),
        ("void:objectsTarget", iri(f"{node}-target")), ("void:linkPredicate", iri(link.property)),
        ("void:triples", integer(link.triples)),
    ])  # fmt: skip
    yield from say(f"{node}-target", [("a", named("void:Dataset")), ("void:uriSpace", literal(link.target))])
