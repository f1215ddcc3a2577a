"""The ontology: it parses, every term it uses exists, and what it entails contradicts nothing."""

from __future__ import annotations

import json
import re
from collections import deque
from itertools import combinations

import owlrl
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.namespace import XSD
from rdflib.term import Node

from lodgrants.rdf.namespaces import LG as LG_IRI
from lodgrants.rdf.namespaces import OA as OA_IRI
from lodgrants.rdf.namespaces import PREFIXES
from lodgrants.resources import shipped
from support import ROOT, shared

LG = Namespace(LG_IRI)
SH = Namespace(PREFIXES["sh"])

# The Web Annotation vocabulary has no file among the shared ones: the terms that we use.
OA_CLASSES = ("SpecificResource", "TextPositionSelector", "TextQuoteSelector")
OA_PROPERTIES = ("hasSource", "hasSelector", "start", "end", "exact")
OA_TERMS = {f"{OA_IRI}{name}" for name in OA_CLASSES + OA_PROPERTIES}
AXIOMS = {
    RDFS.subClassOf,
    RDFS.subPropertyOf,
    RDFS.domain,
    RDFS.range,
    OWL.disjointWith,
    OWL.equivalentClass,
    OWL.equivalentProperty,
    OWL.inverseOf,
}
PROPERTY_TYPES = {
    OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty,
    OWL.SymmetricProperty,
    OWL.TransitiveProperty,
}


def ontology() -> Graph:
    return Graph().parse(shipped("ontology", "lodgrants.ttl"))


def vocabulary(*names: str) -> Graph:
    graph = Graph()
    for name in names:
        quads = Dataset(default_union=True).parse(shared("vocab", f"{name}.nq"), format="nquads")
        for s, p, o in quads.triples((None, None, None)):
            graph.add((s, p, o))
    return graph


def own_terms(graph: Graph) -> set[URIRef]:
    return {term for term in graph.all_nodes() if isinstance(term, URIRef) and term.startswith(LG_IRI)}


def test_every_own_term_is_defined_with_label_and_comment_in_english() -> None:
    graph = ontology()
    for term in own_terms(graph):
        assert (term, RDF.type, None) in graph, term
        for annotation in (RDFS.label, RDFS.comment):
            (text,) = graph.objects(term, annotation)
            assert isinstance(text, Literal)
            assert text.language == "en", term


def test_nothing_is_declared_equivalent_to_an_outside_term() -> None:
    assert not list(ontology().triples((None, OWL.equivalentClass, None)))
    assert not list(ontology().triples((None, OWL.equivalentProperty, None)))


def test_terms_of_other_vocabularies_exist() -> None:
    names = ["dcterms", "foaf", "prov", "schema-current-http", "skos", "void"]
    known = set(vocabulary(*names).subjects()) | {URIRef(term) for term in OA_TERMS}
    used = {term for graph in (ontology(), sample()) for triple in graph for term in vocabulary_terms(triple)}
    outside: tuple[str, ...] = (
        "http://purl.org/dc/",
        "http://xmlns.com/",
        "http://schema.org/",
        "http://rdfs.org/",
        OA_IRI,
    )
    outside = (*outside, str(SKOS), PREFIXES["prov"])
    assert {term for term in used if str(term).startswith(outside)} <= known


def vocabulary_terms(triple: tuple[Node, Node, Node]) -> set[URIRef]:
    subject, predicate, value = triple
    terms = {predicate}
    if predicate in AXIOMS | {RDF.type}:
        terms |= {subject, value}
    return {term for term in terms if isinstance(term, URIRef)}


def test_own_terms_in_sample_mapping_shapes_and_queries_are_defined() -> None:
    defined = {str(term) for term in own_terms(ontology())}
    assert {str(term) for term in own_terms(sample())} <= defined
    files = [shipped("mappings", "record.yml"), *shipped("shapes").glob("*.ttl")]
    files += shipped("ontology", "competency").glob("*.rq")
    for file in files:
        used = set(re.findall(r"\blg:([A-Za-z]+)", file.read_text(encoding="utf8")))
        assert {f"{LG_IRI}{name}" for name in used} <= defined, file


def sample() -> Graph:
    return Graph().parse(ROOT / "tests" / "golden" / "competency" / "data.ttl")


def relevant(axioms: Graph, seeds: set[Node]) -> Graph:
    """Keep the axioms that can be reached upwards from the terms in use: the others can entail nothing."""
    kept, seen, queue = Graph(), set(seeds), deque(seeds)
    while queue:
        term = queue.popleft()
        for s, p, o in [*axioms.triples((term, None, None)), *axioms.triples((None, None, term))]:
            both_ways = p in {OWL.inverseOf, OWL.equivalentClass, OWL.equivalentProperty, OWL.disjointWith}
            if (p in AXIOMS or o in PROPERTY_TYPES) and (s == term or both_ways):
                kept.add((s, p, o))
                fresh = {s, o} - seen
                seen |= fresh
                queue.extend(fresh)
    return kept


def closed(data: Graph) -> Graph:
    """Return the OWL-RL closure of data, ontology, FOAF, ORG, PROV, SKOS and schema.org."""
    together = data + ontology()
    axioms = vocabulary("foaf", "org", "prov", "skos", "schema-current-http")
    together += relevant(axioms, {term for triple in together for term in triple if isinstance(term, URIRef)})
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, datatype_axioms=False).expand(together)
    return together


def contradictions(graph: Graph) -> set[tuple[Node, Node, Node]]:
    return {
        (thing, first, second)
        for first, second in graph.subject_objects(OWL.disjointWith)
        for thing in graph.subjects(RDF.type, first)
        if (thing, RDF.type, second) in graph
    }


@pytest.fixture(scope="module")
def closure() -> Graph:
    return closed(sample())


def test_nothing_is_in_two_disjoint_classes(closure: Graph) -> None:
    assert contradictions(closure) == set()
    assert not [
        text for text in closure.objects(None, URIRef("http://www.daml.org/2002/03/agents/agent-ont#error"))
    ]


def test_no_project_becomes_an_organisation_of_foaf_or_org(closure: Graph) -> None:
    foaf_organization = URIRef(f"{PREFIXES['foaf']}Organization")
    assert (None, RDF.type, foaf_organization) in closure
    for project in closure.subjects(RDF.type, LG.Project):
        assert (project, RDF.type, foaf_organization) not in closure
        assert (project, RDF.type, URIRef("http://www.w3.org/ns/org#Organization")) not in closure


def test_the_closure_does_find_a_contradiction() -> None:
    mixed = Graph().parse(
        data=f"""@prefix lg: <{LG_IRI}> .
            <urn:x> a lg:Project , lg:Capture . <urn:y> a lg:Person , lg:Organization .""",
        format="turtle",
    )
    assert {str(thing) for thing, _, _ in contradictions(closed(mixed))} >= {"urn:x", "urn:y"}


def test_the_declared_prefixes_are_those_of_the_program() -> None:
    graph = Graph().parse(shipped("ontology", "prefixes.ttl"))
    declared = {
        str(graph.value(node, SH.prefix)): str(graph.value(node, SH.namespace))
        for node in graph.objects(None, SH.declare)
    }
    assert declared == PREFIXES
    assert all(
        value.datatype == XSD.anyURI
        for value in graph.objects(None, SH.namespace)
        if isinstance(value, Literal)
    )


def test_concepts_are_in_the_scheme_that_lists_them() -> None:
    graph = ontology()
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    listed = set(graph.subject_objects(SKOS.hasTopConcept))
    assert {(scheme, concept) for concept, scheme in graph.subject_objects(SKOS.inScheme)} == listed
    assert {concept for _, concept in listed} == concepts
    labels = [str(graph.value(concept, SKOS.prefLabel)) for concept in concepts]
    assert not [pair for pair in combinations(labels, 2) if pair[0] == pair[1]]


def test_the_json_ld_context_names_only_what_exists() -> None:
    context = json.loads(shipped("ontology", "context.jsonld").read_text(encoding="utf8"))["@context"]
    text = {"@value": "x", "@language": "en"}
    node = {"@context": context, "id": "urn:p", "type": "Project", "promoter": "urn:o", "result": text}
    graph = Graph().parse(data=json.dumps(node), format="json-ld")
    assert (URIRef("urn:p"), LG.promoter, URIRef("urn:o")) in graph
    assert (URIRef("urn:p"), LG.result, Literal("x", lang="en")) in graph
    defined = own_terms(ontology())
    entries = [
        entry["@id"] if isinstance(entry, dict) else entry for entry in context.values() if entry != 1.1
    ]
    own = {LG[entry.removeprefix("lg:")] for entry in entries if entry.startswith("lg:")}
    assert own <= defined
