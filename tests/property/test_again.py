"""After a random change, what is validated again and what is kept are what validating everything gives."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet
import pyoxigraph as ox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lodgrants.rdf.formats import rdf_file
from lodgrants.validate.again import Change, Memory, save_results, validate_again
from lodgrants.validate.footprint import compile_footprint, footprint_of
from lodgrants.validate.imports import read_shapes
from lodgrants.validate.needs import needed_predicates
from lodgrants.validate.parse import parse_shapes
from lodgrants.validate.report.model import Report
from lodgrants.validate.report.turtle import write_turtle
from lodgrants.validate.run import validate
from support.random_shapes import PREFIXES, shapes, triples

Dataset = dict[str, list[tuple[str, str, str]]]
NAMES = ["urn:g1", "urn:g2", "urn:g3"]
datasets = st.fixed_dictionaries({name: st.lists(triples, max_size=8) for name in NAMES})
# Each adds a triple to a graph or, where the graph has it, takes it away.
edits = st.lists(st.tuples(st.sampled_from(NAMES), triples), max_size=3)

# Patterns that lead away from $this in all ways, and some that nothing leads to.
PATTERNS = st.sampled_from(
    [
        "$this ex:p ?value .",
        "?value ex:q $this .",
        "$this ex:p/^ex:q ?value .",
        "$this (ex:p|ex:r)* ?value . ?value a ?c .",
        "$this ex:p ?x . ?value ex:r ?x .",
        "$this ?any ?value . FILTER NOT EXISTS { ?value ex:p ?z . ?z ex:q ?w }",
        "$this ex:p ?value . OPTIONAL { ?value ex:q ?x . ?x ex:r ?y } FILTER (!BOUND(?y))",
        "$this ex:p ?value . FILTER EXISTS { ?value ex:q ?x . { ?x ex:r ?y } UNION { ?y ex:p ?x } }",
        "{ $this ex:p ?value . ?value ex:r ?x } UNION { $this ex:q ?value }",
        "{ SELECT $this (COUNT(?x) AS ?n) WHERE { $this ex:p ?x } GROUP BY $this } FILTER (?n > 1)",
        "$this !(ex:p|ex:q) ?value .",
        "$this a/rdfs:subClassOf* ?value . ?other a ?value FILTER (?other != $this)",
        "?value ex:p ex:a . FILTER ($this != ?value)",
        "$this ex:p ?x . OPTIONAL { $this ex:q ?y } { ?y ex:r ?value } UNION { ?x ex:r ?value }",
        "OPTIONAL { ?y ex:q ?value } $this ex:p ?y .",
        "$this ex:p ?value . BIND (EXISTS { ?late ex:r ?z } AS ?has) ?value ex:q ?late . FILTER (?has)",
        "$this ex:p ?x . ?x ex:q+ $this .",
    ]
)
_QUERY = """ex:S sh:sparql [
        sh:select "SELECT DISTINCT $this ?value WHERE {{ {} }}" ; sh:prefixes ex:names ] .
    ex:names sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] ,
        [ sh:prefix "rdfs" ; sh:namespace "http://www.w3.org/2000/01/rdf-schema#"^^xsd:anyURI ] ."""
queries = PATTERNS.map(_QUERY.format).map("ex:S sh:targetNode ex:a, ex:b . {}".format)
# Property shapes below paths: who leads to a node decides whether it is reported, and how often.
nested = st.sampled_from(
    [
        f"ex:S {target} ; sh:property [ sh:path {path} ; sh:property ex:P ] . {below}"
        for target in ("sh:targetSubjectsOf ex:r", "sh:targetClass ex:C", "sh:targetObjectsOf ex:q")
        for path in ("ex:p", "( ex:q ex:p )", "[ sh:inversePath ex:p ]", "[ sh:zeroOrMorePath ex:p ]")
        for below in (
            "ex:P sh:path ex:q ; sh:minCount 1 .",
            "ex:P sh:path ex:q ; sh:nodeKind sh:Literal ; sh:property [ sh:path ex:r ; sh:maxCount 0 ] .",
            "ex:P sh:path ex:q ; sh:maxCount 0 . ex:T sh:targetSubjectsOf ex:r ; sh:property ex:P .",
            "ex:P sh:path ex:q ; sh:maxCount 0 ; sh:targetNode ex:b .",
        )
    ]
)
# Few nodes, much said of them: most patterns then match somewhere.
NODES, LINKS = st.sampled_from(["ex:a", "ex:b", "ex:c"]), st.sampled_from(["ex:p", "ex:q", "ex:r"])
links = st.tuples(NODES, LINKS, NODES)
types = st.tuples(NODES, st.just("a"), st.sampled_from(["ex:C", "ex:D"]))
subclasses = st.just(("ex:D", "rdfs:subClassOf", "ex:C"))
dense = st.fixed_dictionaries(
    {
        NAMES[0]: st.lists(links, min_size=2, max_size=6),
        NAMES[1]: st.lists(st.one_of(links, types), min_size=2, max_size=6),
        NAMES[2]: st.lists(st.one_of(links, types, subclasses), max_size=4),
    }
)


@settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
@given(old=datasets, changes=edits, taken=st.integers(0, 20), shape=shapes())
def test_a_change_validated_again_gives_the_results_of_everything(
    old: Dataset, changes: list[tuple[str, tuple[str, str, str]]], taken: int, shape: str
) -> None:
    compare(old, edited(old, changes, taken), shape)


@settings(max_examples=50, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    old=dense,
    changes=st.lists(st.tuples(st.just(NAMES[0]), links), max_size=1),
    taken=st.integers(0, 30),
    shape=st.one_of(queries, nested),
)
def test_so_it_does_with_queries_and_property_shapes_below_paths(
    old: Dataset, changes: list[tuple[str, tuple[str, str, str]]], taken: int, shape: str
) -> None:
    compare(old, edited(old, changes, taken), shape)


def compare(old: Dataset, new: Dataset, shapes: str) -> None:
    """See that validating again after a change and validating everything say the same."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "shapes.ttl").write_text(f"{PREFIXES}{shapes}", encoding="utf8")
        changed = [name for name in NAMES if set(old[name]) != set(new[name])]
        files = {
            "old": store(old, folder / "old"),
            "new": store(new, folder / "new"),
            "part": store({name: new[name] for name in changed}, folder / "part"),
        }
        with validate(files["old"], folder / "shapes.ttl") as report:
            save_results(report, folder / "results.parquet")
        graph = read_shapes([rdf_file(folder / "shapes.ttl")])
        parsed = parse_shapes(graph)
        footprint = footprint_of(compile_footprint(parsed).as_json())
        change = Change(files["new"], [f"<{name}>" for name in changed], files["old"], files["part"])
        memory = Memory(folder / "results.parquet", footprint, needed_predicates(parsed))
        again = validate_again(change, (graph, parsed), memory)
        assert again is not None
        with again, validate(files["new"], folder / "shapes.ttl") as whole:
            assert said(again, folder) == said(whole, folder)


def edited(old: Dataset, changes: list[tuple[str, tuple[str, str, str]]], taken: int) -> Dataset:
    """Return a data set with some changes, and mostly without one of the triples that it has."""
    new = {name: list(said) for name, said in old.items()}
    present = [(name, triple) for name, said in old.items() for triple in said]
    at = taken % (len(present) + 1)
    for name, triple in [*changes, *present[at : at + 1]]:
        if triple in new[name]:
            new[name] = [one for one in new[name] if one != triple]
        else:
            new[name].append(triple)
    return new


def store(quads: Dataset, folder: Path) -> list[Path]:
    """Write quads as two sorted files, as a build does; those about `ex:a` stand in the second."""
    folder.mkdir()
    rows = sorted({(*terms(triple), f"<{graph}>") for graph, said in quads.items() for triple in said})
    kinds = [row[0] == "<http://example.org/a>" for row in rows]
    for number in (0, 1):
        part = [row for row, kind in zip(rows, kinds, strict=True) if kind == number]
        columns = {name: pa.array([row[at] for row in part], pa.string()) for at, name in enumerate("spog")}
        pyarrow.parquet.write_table(pa.table(columns), folder / f"{number}.parquet")
    return [folder / "0.parquet", folder / "1.parquet"]


def terms(triple: tuple[str, str, str]) -> tuple[str, str, str]:
    """Return the N-Triples terms of a triple in Turtle."""
    (found,) = ox.parse(f"{PREFIXES}{' '.join(triple)} .".encode(), ox.RdfFormat.TURTLE)
    return str(found.subject), str(found.predicate), str(found.object)


def said(report: Report, folder: Path) -> tuple[bytes, object]:
    """Return a report as Turtle, and the records of its results."""
    with (folder / "report.ttl").open("wb") as out:
        write_turtle(report, out)
    return (folder / "report.ttl").read_bytes(), report.table().column("record").to_pylist()
