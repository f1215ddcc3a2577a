"""The catalogue, its data sets and their files: DCAT-AP 3.0.1, schema.org Dataset, SPDX checksums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from lodgrants.publish.about import ReleaseInfo, SourceInfo
from lodgrants.publish.catalogue.model import File, Triple, english, integer, named, say, short, size, when
from lodgrants.publish.checksums import media_type
from lodgrants.rdf.namespaces import LG
from lodgrants.rdf.terms import iri, literal

ONTOLOGY = LG.removesuffix("#")
EU = "http://publications.europa.eu/resource/authority"
IANA = "https://www.iana.org/assignments/media-types"
PUBLIC, SCHEME = f"{EU}/access-right/PUBLIC", f"{EU}/data-theme"
THEMES = {f"{SCHEME}/SOCI": "Population and society", f"{SCHEME}/GOVE": "Government and public sector"}
KEYWORDS = ("funded projects", "grants", "linked data")
# The EU's names of file types, by the ending of a file's name.
FILE_TYPES = {
    ".ttl": "RDF_TURTLE", ".nt": "RDF_N_TRIPLES", ".nq": "RDF_N_QUADS", ".trig": "RDF_TRIG",
    ".jsonld": "JSON_LD", ".parquet": "PARQUET", ".csv": "CSV", ".json": "JSON",
}  # fmt: skip
# The EU's names of languages (those of ISO 639-3), by BCP 47 tag.
LANGUAGES = {
    "be": "BEL", "bg": "BUL", "cs": "CES", "da": "DAN", "de": "DEU", "el": "ELL", "en": "ENG", "es": "SPA",
    "et": "EST", "fi": "FIN", "fr": "FRA", "ga": "GLE", "hr": "HRV", "hu": "HUN", "is": "ISL", "it": "ITA",
    "lt": "LIT", "lv": "LAV", "mt": "MLT", "nb": "NOB", "nl": "NLD", "no": "NOR", "pl": "POL", "pt": "POR",
    "ro": "RON", "ru": "RUS", "sk": "SLK", "sl": "SLV", "sv": "SWE", "uk": "UKR",
}  # fmt: skip
_RDF = (".ttl", ".nt", ".nq", ".trig", ".jsonld", ".parquet")


def describe(about: ReleaseInfo, files: tuple[File, ...], evidence: int) -> Iterator[Triple]:
    """Yield what is said of the catalogue, its data sets and files; the order does not matter."""
    yield from _catalogue(about)
    yield from _whole(about)
    yield from _evidence(about, evidence)
    for source in about.sources:
        yield from _source(about, source)
    for file in files:
        yield from _distribution(about, file)
    yield from _known(about, files)


def _catalogue(about: ReleaseInfo) -> Iterator[Triple]:
    node = f"{about.base}id/catalogue"
    text = "A graph of funded projects, what it was made from, its files and what is in them."
    datasets = (about.whole, about.evidence, *(about.source(source) for source in about.sources))
    yield from say(node, [
        ("a", named("dcat:Catalog")), ("dcterms:title", english("Catalogue of funded projects")),
        ("dcterms:description", english(text)), ("dcterms:publisher", iri(_publisher(about))),
        ("dcterms:language", iri(f"{EU}/language/ENG")), ("dcterms:issued", when(about.issued)),
        ("dcat:themeTaxonomy", iri(SCHEME)), ("foaf:homepage", iri(about.base)),
        *(("dcat:dataset", iri(dataset)) for dataset in datasets),
    ])  # fmt: skip
    yield from _agent(_publisher(about), "lodgrants", about.base)


def _publisher(about: ReleaseInfo) -> str:
    return f"{about.base}id/agent/lodgrants"


def _dataset(node: str, title: str, text: str) -> Iterator[Triple]:
    """What all data sets have, in the terms of DCAT, VoID and schema.org."""
    yield from say(node, [
        *(("a", named(each)) for each in ("dcat:Dataset", "void:Dataset", "schema:Dataset")),
        ("dcterms:title", english(title)), ("schema:name", english(title)),
        ("dcterms:description", english(text)), ("schema:description", english(text)),
        *(("dcat:theme", iri(theme)) for theme in THEMES),
        *(("dcat:keyword", english(word)) for word in KEYWORDS),
        ("dcterms:accessRights", iri(PUBLIC)), ("dcterms:conformsTo", iri(ONTOLOGY)),
        ("schema:isAccessibleForFree", literal("true", datatype="http://www.w3.org/2001/XMLSchema#boolean")),
    ])  # fmt: skip


def _whole(about: ReleaseInfo) -> Iterator[Triple]:
    text = (
        "Projects, the grants awarded for them, sums by kind and currency, who takes part, and the records"
        " that state it all, one named graph each."
    )
    newest = max((source.newest for source in about.sources if source.newest), default=None)
    yield from _dataset(about.whole, "Funded projects", text)
    yield from _version(about, about.whole)
    yield from say(about.whole, [
        ("dcterms:modified", when(newest)), ("schema:dateModified", when(newest)),
        ("schema:includedInDataCatalog", iri(f"{about.base}id/catalogue")),
        *(("schema:license", iri(licence)) for licence in about.licences),
        *(("dcterms:language", iri(_language(source))) for source in about.sources),
        *((each, iri(about.source(source)))
          for source in about.sources for each in ("void:subset", "prov:wasDerivedFrom")),
    ])  # fmt: skip
    for reason, number in about.withheld:
        node = f"{about.whole}#withheld-{short(reason)}"
        yield from say(about.whole, [("dcterms:provenance", iri(node))])
        yield from say(node, [
            ("a", named("dcterms:ProvenanceStatement")),
            ("rdfs:label", english(f"{number} left out: {reason}")),
        ])  # fmt: skip


def _evidence(about: ReleaseInfo, triples: int) -> Iterator[Triple]:
    text = "The words that each value was read from, by position and by quotation, in the records' graphs."
    yield from _dataset(about.evidence, "Evidence for funded projects", text)
    yield from _version(about, about.evidence)
    yield from say(about.evidence, [
        ("dcterms:relation", iri(about.whole)), ("void:triples", integer(triples)),
    ])  # fmt: skip


def _version(about: ReleaseInfo, node: str) -> Iterator[Triple]:
    publisher = iri(_publisher(about))
    yield from say(node, [
        ("dcterms:identifier", literal(node)),
        ("dcterms:publisher", publisher), ("schema:publisher", publisher),
        ("dcat:version", literal(about.version)), ("schema:version", literal(about.version)),
        ("dcterms:issued", when(about.issued)), ("schema:datePublished", when(about.issued)),
    ])  # fmt: skip


def _source(about: ReleaseInfo, source: SourceInfo) -> Iterator[Triple]:
    node, agent = about.source(source), f"{about.source(source)}#publisher"
    yield from _dataset(node, source.title, f"What {source.publisher} publishes, as read from its pages.")
    yield from _agent(agent, source.publisher, source.page)
    licence = iri(source.licence) if source.licence else None
    yield from say(node, [
        ("dcterms:identifier", literal(source.name)), ("dcterms:publisher", iri(agent)),
        ("schema:publisher", iri(agent)), ("dcterms:isPartOf", iri(about.whole)),
        ("dcat:landingPage", iri(source.page) if source.page else None),
        ("dcterms:license", licence), ("schema:license", licence),
        ("dcterms:language", iri(_language(source))), ("schema:inLanguage", literal(source.language or "en")),
        ("dcterms:modified", when(source.newest)), ("schema:dateModified", when(source.newest)),
    ])  # fmt: skip


def _agent(node: str, name: str, page: str | None) -> Iterator[Triple]:
    yield from say(node, [
        ("a", named("foaf:Agent")), ("foaf:name", literal(name)), ("schema:name", literal(name)),
        ("foaf:homepage", iri(page) if page else None),
    ])  # fmt: skip
    if page:
        yield from say(page, [("a", named("foaf:Document"))])


def file_iri(about: ReleaseInfo, name: str) -> str:
    """Return the address of a file of a release."""
    return f"{about.base}releases/{about.version}/{name}"


def _distribution(about: ReleaseInfo, file: File) -> Iterator[Triple]:
    address = file_iri(about, file.name)
    node = f"{about.base}id/distribution/{about.version}/{file.name}"
    dataset = about.evidence if file.name.startswith("evidence.") else about.whole
    ending, packed = _ending(file.name)
    kind = media_type(file.name)
    is_rdf = ending in _RDF and file.name.partition(".")[0] in ("lodgrants", "evidence")
    yield from say(dataset, [
        ("dcat:distribution", iri(node)), ("schema:distribution", iri(node)),
        ("void:dataDump", iri(address) if is_rdf else None),
    ])  # fmt: skip
    yield from say(node, [
        ("a", named("dcat:Distribution")), ("a", named("schema:DataDownload")),
        ("dcterms:title", literal(file.name)), ("schema:name", literal(file.name)),
        *((each, iri(address)) for each in ("dcat:accessURL", "dcat:downloadURL", "schema:contentUrl")),
        ("dcat:mediaType", iri(f"{IANA}/{kind}")), ("schema:encodingFormat", literal(kind)),
        ("dcat:compressFormat", iri(f"{IANA}/application/gzip") if packed else None),
        ("dcterms:format", iri(f"{EU}/file-type/{FILE_TYPES[ending]}") if ending in FILE_TYPES else None),
        ("dcat:byteSize", size(file.size)), ("schema:contentSize", literal(f"{file.size} B")),
        ("schema:sha256", literal(file.sha256)), ("spdx:checksum", iri(f"{node}#checksum")),
        ("dcterms:conformsTo", iri(ONTOLOGY) if is_rdf else None),
        ("dcterms:description", english(f"The file {file.name} of release {about.version}.")),
        *_terms(about),
    ])  # fmt: skip
    yield from say(f"{node}#checksum", [
        ("a", named("spdx:Checksum")), ("spdx:algorithm", named("spdx:checksumAlgorithm_sha256")),
        ("spdx:checksumValue", literal(file.sha256, datatype="http://www.w3.org/2001/XMLSchema#hexBinary")),
    ])  # fmt: skip


def _terms(about: ReleaseInfo) -> list[tuple[str, str | None]]:
    """One licence where all sources have the same; else a statement that each record is under its own."""
    if len(about.licences) == 1:
        return [("dcterms:license", iri(about.licences[0]))]
    return [("dcterms:rights", iri(f"{about.whole}#rights"))]


def _ending(name: str) -> tuple[str, bool]:
    packed = name.endswith(".gz")
    return PurePosixPath(name.removesuffix(".gz")).suffix, packed


def _language(source: SourceInfo) -> str:
    return f"{EU}/language/{LANGUAGES.get(source.language or 'en', 'MUL')}"


def _known(about: ReleaseInfo, files: Iterable[File]) -> Iterator[Triple]:
    """What a reader must know of the things of others that the catalogue names: their classes and schemes."""
    for theme, label in THEMES.items():
        yield from say(theme, [
            ("a", named("skos:Concept")), ("skos:inScheme", iri(SCHEME)), ("skos:prefLabel", english(label)),
        ])  # fmt: skip
    yield from say(SCHEME, [("a", named("skos:ConceptScheme")), ("dcterms:title", english("Data theme"))])
    yield from say(ONTOLOGY, [
        ("a", named("dcterms:Standard")), ("dcterms:title", english("lodgrants ontology")),
    ])  # fmt: skip
    yield from _kinds("dcterms:RightsStatement", f"{EU}/access-right", [PUBLIC])
    languages = {_language(source) for source in about.sources} | {f"{EU}/language/ENG"}
    yield from _kinds("dcterms:LinguisticSystem", f"{EU}/language", languages)
    endings = {_ending(file.name)[0] for file in files} & set(FILE_TYPES)
    types = {f"{EU}/file-type/{FILE_TYPES[ending]}" for ending in endings}
    yield from _kinds("dcterms:MediaTypeOrExtent", f"{EU}/file-type", types)
    kinds = {f"{IANA}/{media_type(file.name)}" for file in files} | {f"{IANA}/application/gzip"}
    yield from _kinds("dcterms:MediaType", None, kinds)
    yield from _kinds("dcterms:LicenseDocument", None, about.licences)
    yield from _kinds("spdx:ChecksumAlgorithm", None, ["http://spdx.org/rdf/terms#checksumAlgorithm_sha256"])
    if len(about.licences) != 1:
        text = "Each record is under the terms of its source, which the catalogue states."
        yield from say(f"{about.whole}#rights", [
            ("a", named("dcterms:RightsStatement")), ("rdfs:label", english(text)),
        ])  # fmt: skip


def _kinds(kind: str, scheme: str | None, nodes: Iterable[str]) -> Iterator[Triple]:
    for node in nodes:
        yield from say(node, [("a", named(kind)), ("skos:inScheme", iri(scheme) if scheme else None)])
