"""The catalogue is valid DCAT-AP and tells the truth about the files beside it and what they hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from lodgrants.db.fragment import sql
from lodgrants.publish.catalogue.model import CATALOGUE_PREFIXES, full
from lodgrants.rdf.namespaces import SH
from lodgrants.resources import shipped
from lodgrants.validate.run import validate
from support import shared
from support.release import ABOUT, publish, stages

HEADER = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in CATALOGUE_PREFIXES.items())
# Those files of DCAT-AP 3.0.1 that hold shapes, as they are loaded together; the others import vocabularies.
PROFILES = (
    ("dcat-ap-SHACL.ttl", "ranges.ttl"),
    ("shapes.ttl",),
    ("range.ttl",),
    ("shapes_recommended.ttl",),
    ("deprecateduris.ttl",),
    ("mdr-vocabularies.shape.ttl",),
)
# They hold references to shapes that are in none of them, and a term of a draft that SHACL does not have.
DRAFT = ox.NamedNode(f"{SH}shape")
PROPERTY = ox.NamedNode(f"{SH}property")
# It wants the algorithm's IRI to begin with https, which SPDX's own does not.
WRONG_PATTERN = "ChecksumAlgorithmRestriction"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("catalogue")
    publish(folder / "out", stages(folder))
    return folder / "out"


@pytest.fixture(scope="module")
def store(folder: Path) -> ox.Store:
    store = ox.Store()
    store.load(path=str(folder / "catalogue.ttl"), format=ox.RdfFormat.TURTLE)
    return store


def ask(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    found = store.query(HEADER + query)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(getattr(term, "value", "") for term in row) for row in found]


def results(data: Path, shapes: Path) -> list[tuple[str, ...]]:
    """Validate with our own engine: severity, shape, focus node and message of each result."""
    with validate(data, shapes) as report:
        return report.engine.rows(sql("SELECT severity, shape, focus, message FROM result ORDER BY ALL"))


def official(names: tuple[str, ...], target: Path) -> Path:
    files = [shared("suites", "dcat-ap", "3.0.1", name) for name in names]
    triples = {quad.triple for file in files for quad in ox.parse(path=str(file))}
    defined = {triple.subject for triple in triples}
    kept = [
        triple
        for triple in triples
        if triple.predicate != DRAFT and (triple.predicate != PROPERTY or triple.object in defined)
    ]
    ox.serialize(kept, str(target), ox.RdfFormat.N_TRIPLES)
    return target


@pytest.mark.parametrize("names", PROFILES)
def test_it_is_valid_dcat_ap(folder: Path, tmp_path: Path, names: tuple[str, ...]) -> None:
    shapes = official(names, tmp_path / "shapes.nt")
    found = results(folder / "catalogue.ttl", shapes)
    violations = [row for row in found if "Violation" in row[0] and WRONG_PATTERN not in row[3]]
    assert violations == []


def test_the_official_shapes_do_find_what_is_wrong(folder: Path, tmp_path: Path) -> None:
    found = results(
        without(folder, tmp_path, full("dcat:accessURL")),
        official(("dcat-ap-SHACL.ttl", "ranges.ttl"), tmp_path / "shapes.nt"),
    )
    assert len([row for row in found if "Violation" in row[0]]) == len(list(files(folder)))


def without(folder: Path, target: Path, predicate: str) -> Path:
    """Return a copy of the catalogue without the statements with a predicate."""
    quads = ox.parse(path=str(folder / "catalogue.ttl"))
    kept = [quad.triple for quad in quads if quad.predicate.value != predicate]
    ox.serialize(kept, str(target / "broken.nt"), ox.RdfFormat.N_TRIPLES)
    return target / "broken.nt"


def files(folder: Path) -> Iterator[Path]:
    """The files that the catalogue describes."""
    for path in folder.rglob("*"):
        if path.is_file() and path.name.partition(".")[0] not in ("catalogue", "manifest", "SHA256SUMS"):
            yield path


def test_it_keeps_our_own_shapes(folder: Path) -> None:
    found = results(folder / "catalogue.ttl", shipped("shapes", "catalogue.ttl"))
    assert [row for row in found if "Violation" in row[0]] == []
    unlicensed = {row[2] for row in found if "Source-licence" in row[1]}
    assert unlicensed == {f"<{ABOUT.base}id/source/{name}>" for name in ("acf", "interakcia", "sscw")}


@pytest.mark.parametrize(
    ("predicate", "shape"),
    [
        ("dcterms:title", "Dataset-title"), ("dcterms:description", "Dataset-description"),
        ("dcterms:publisher", "Catalogue-publisher"), ("foaf:name", "Dataset-publisher"),
        ("dcat:dataset", "Catalogue-dataset"), ("dcat:downloadURL", "Distribution-address"),
        ("dcat:byteSize", "Distribution-size"), ("dcat:mediaType", "Distribution-mediaType"),
        ("spdx:checksumValue", "Distribution-checksum"), ("dcterms:rights", "Distribution-terms"),
        ("dcat:distribution", "Distribution-dataset"), ("void:class", "ClassPartition-class"),
        ("void:entities", "ClassPartition-entities"), ("void:property", "PropertyPartition-property"),
        ("void:distinctSubjects", "PropertyPartition-subjects"), ("rdf:nothing", None),
    ],
)  # fmt: skip
def test_our_own_shapes_find_what_is_missing(
    folder: Path, tmp_path: Path, predicate: str, shape: str | None
) -> None:
    found = results(without(folder, tmp_path, full(predicate)), shipped("shapes", "catalogue.ttl"))
    shapes = {row[1].strip("<>").rpartition("#")[2] for row in found if "Violation" in row[0]}
    assert (shape in shapes) if shape else not shapes


def test_every_file_is_there_with_its_size_and_checksum(folder: Path, store: ox.Store) -> None:
    described = ask(
        store,
        """SELECT ?url ?size ?sum { ?d a dcat:Distribution ; dcat:downloadURL ?url ; dcat:byteSize ?size ;
            spdx:checksum [ spdx:algorithm spdx:checksumAlgorithm_sha256 ; spdx:checksumValue ?sum ] }""",
    )
    prefix = f"{ABOUT.base}releases/{ABOUT.version}/"
    assert {url.removeprefix(prefix) for url, _, _ in described} == {
        path.relative_to(folder).as_posix() for path in files(folder)
    }
    for url, size, digest in described:
        content = (folder / url.removeprefix(prefix)).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (int(size), digest)


def test_void_counts_what_is_in_the_dump(folder: Path, store: ox.Store) -> None:
    lines = (folder / "lodgrants.nt").read_text(encoding="utf8").splitlines()
    data = ox.Store()
    data.load(path=str(folder / "lodgrants.nt"), format=ox.RdfFormat.N_TRIPLES)
    ((triples, subjects, objects, properties),) = ask(
        store,
        f"""SELECT ?t ?s ?o ?p {{ <{ABOUT.whole}> void:triples ?t ; void:distinctSubjects ?s ;
            void:distinctObjects ?o ; void:properties ?p }}""",
    )
    counted = ask(
        data,
        """SELECT (COUNT(DISTINCT ?s) AS ?a) (COUNT(DISTINCT ?o) AS ?b) (COUNT(DISTINCT ?p) AS ?c)
            { ?s ?p ?o }""",
    )
    assert int(triples) == len(lines)
    assert counted == [(subjects, objects, properties)]
    by_class = ask(data, "SELECT ?c (STR(COUNT(DISTINCT ?s)) AS ?n) { ?s a ?c } GROUP BY ?c")
    partitions = ask(
        store,
        f"""SELECT ?c (STR(?n) AS ?m) {{ <{ABOUT.whole}> void:classPartition
            [ void:class ?c ; void:entities ?n ] }}""",
    )
    assert set(partitions) == set(by_class)


def test_the_parts_of_sources_are_counted_by_their_graphs(folder: Path, store: ox.Store) -> None:
    graphs = ox.Store()
    graphs.load(path=str(folder / "lodgrants.nq"), format=ox.RdfFormat.N_QUADS)
    counted = ask(
        graphs,
        """SELECT ?source (STR(COUNT(*)) AS ?n) { SELECT DISTINCT ?source ?s ?p ?o {
            GRAPH ?g { ?g void:inDataset ?source . ?s ?p ?o } } } GROUP BY ?source""",
    )
    stated = ask(store, "SELECT ?source (STR(?n) AS ?m) { ?source dcterms:isPartOf ?w ; void:triples ?n }")
    assert len(counted) == 5
    assert set(stated) == set(counted)


def test_coverage_tells_how_many_things_have_a_property(folder: Path, store: ox.Store) -> None:
    query = f"""SELECT (STR(?n) AS ?all) (STR(?m) AS ?some) {{ <{ABOUT.base}id/source/%s>
        void:classPartition [ void:class lg:Project ; void:entities ?n ; void:propertyPartition
            [ void:property %s ; void:distinctSubjects ?m ] ] }}"""
    assert ask(store, query % ("acf", "schema:startDate")) == [("8", "8")]
    assert ask(store, query % ("acf", "lg:phaseOf")) == [("8", "0")]
    assert ask(store, query % ("interakcia", "lg:phaseOf")) == [("3", "2")]


def test_coverage_tells_what_a_source_leaves_empty(folder: Path, store: ox.Store) -> None:
    """The sample page has a label for the project's number and nothing behind it."""
    query = """SELECT (STR(?n) AS ?times) { <%s> void:classPartition [ void:class lg:Project ;
        void:propertyPartition [ void:property dcterms:identifier ; lg:labelsWithoutValue ?n ] ] }"""
    assert ask(store, query % f"{ABOUT.base}id/source/eea-grants") == [("1",)]
    assert ask(store, query % f"{ABOUT.base}id/source/acf") == []
    rows = (folder / "tables" / "coverage.csv").read_text().splitlines()
    eea = [row for row in rows if "/source/eea-grants," in row and row.endswith(",1")]
    assert any(f"{full('dcterms:identifier')},1,0,1" in row for row in eea)


def test_links_out_of_the_graph_are_linksets(folder: Path, store: ox.Store) -> None:
    links = ask(store, "SELECT ?p { ?l a void:Linkset ; void:linkPredicate ?p ; void:triples ?n }")
    assert all(predicate != full("rdf:type") for (predicate,) in links)


def test_json_ld_says_the_same(folder: Path) -> None:
    graphs = []
    for name, syntax in (("ttl", ox.RdfFormat.TURTLE), ("jsonld", ox.RdfFormat.JSON_LD)):
        graphs.append(
            {quad.triple for quad in ox.parse(path=str(folder / f"catalogue.{name}"), format=syntax)}
        )
    assert graphs[0] == graphs[1]
