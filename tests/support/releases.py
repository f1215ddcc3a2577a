"""A small release with everything that can be checked, made without the catalogue's own code."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyoxigraph as ox
from sqlglot import exp

from lodgrants.db.engine import open_engine
from lodgrants.pipeline.check import check
from lodgrants.publish.checksums import write_checksums
from lodgrants.publish.dumps import write_dump
from lodgrants.publish.tables import write_tables
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.read import load_quads
from support import ROOT

GRAPH = ROOT / "tests" / "golden" / "diff" / "old.trig"
EVIDENCE = '<urn:e:1> <urn:p:exact> "words" <urn:record:1> .\n'
CATALOGUE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix lg: <https://w3id.org/lodgrants/ontology#> .
@prefix schema: <http://schema.org/> .
@prefix spdx: <http://spdx.org/rdf/terms#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <https://example.org/data/> .

<#set> a dcat:Dataset , void:Dataset ;
    dcat:distribution <#ttl> , <#nq> , <#table> ;
    void:dataDump <releases/v1/lodgrants.nt.gz> ;
    void:triples {triples} ; void:distinctSubjects {subjects} ;
    void:properties {properties} ; void:classes {classes} ;
    void:subset <#links> , <#evidence> , <https://w3id.org/lodgrants/id/source/a> ;
    void:classPartition [
        void:class lg:Project ; void:entities 5 ;
        void:propertyPartition [ void:property schema:name ; void:triples 5 ; void:distinctSubjects 4 ]
    ] ;
    void:propertyPartition [ void:property lg:funder ; void:triples 4 ; void:distinctObjects 2 ] .
<#links> a void:Linkset ; void:linkPredicate lg:funder ; void:objectsTarget <#funds> ; void:triples 1 .
<#funds> void:uriSpace "https://w3id.org/lodgrants/id/organization/f" .
<#evidence> void:dataDump <releases/v1/evidence.nq> ; void:triples 1 .
<https://elsewhere.example/set> void:triples 99 ; void:dataDump <https://elsewhere.example/dump.nt> .
<#ttl> dcat:downloadURL <releases/v1/lodgrants.ttl> ; schema:contentSize "{ttl} B" ; schema:sha256 "{sha}" ;
    dcat:byteSize "{ttl}"^^xsd:nonNegativeInteger ;
    spdx:checksum [
        spdx:algorithm spdx:checksumAlgorithm_sha256 ; spdx:checksumValue "{sha}"^^xsd:hexBinary
    ] .
<#nq> dcat:downloadURL <releases/v1/lodgrants.nq> .
<#table> dcat:downloadURL <releases/v1/tables/projects.csv> .
"""


def make_release(folder: Path) -> Path:
    """Write a release into a new folder and return it."""
    folder.mkdir(parents=True)
    (folder / "evidence.nq").write_text(EVIDENCE)
    with open_engine() as engine:
        load_quads(engine, [rdf_file(GRAPH)], table="given")
        quads = exp.select("s", "p", "o", "g").from_("given")
        for ending in ("ttl", "nt", "nq", "trig", "nt.gz"):
            write_dump(engine, quads, folder / f"lodgrants.{ending}", ending.removesuffix(".gz"))
        engine.copy_to_parquet(quads, folder / "lodgrants.parquet")
        write_tables(engine, quads, folder / "tables")
    check([folder / "lodgrants.parquet", folder / "evidence.nq"], folder / "validation.ttl")
    (folder / "catalogue.ttl").write_text(_catalogue(folder))
    write_checksums(folder)
    return folder


def edit(folder: Path, name: str, old: str, new: str, again: bool = True) -> None:
    """Replace a text in a file of a release, and by default make the checksums right again."""
    path = folder / name
    text = path.read_text(encoding="utf8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf8")
    if again:
        write_checksums(folder)


def _catalogue(folder: Path) -> str:
    triples = {quad.triple for quad in ox.parse(path=GRAPH)}
    ttl = folder / "lodgrants.ttl"
    numbers = {
        "triples": len(triples),
        "subjects": len({triple.subject for triple in triples}),
        "properties": len({triple.predicate for triple in triples}),
        "classes": len({triple.object for triple in triples if triple.predicate.value.endswith("#type")}),
        "ttl": ttl.stat().st_size,
        "sha": hashlib.sha256(ttl.read_bytes()).hexdigest(),
    }
    text = CATALOGUE
    for name, value in numbers.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text
