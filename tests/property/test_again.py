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
datasets = st.fixed_dictionaries({name: st.lists(triples, max_size=7) for name in NAMES})

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
queries = PATTERNS.map(
    lambda pattern: (
        f"""ex:S sh:sparql [ sh:select "SELECT DISTINCT $this ?value WHERE {{ {pattern} }}" ;
        sh:prefixes ex:names ] . ex:names sh:declare
        [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] ,
        [ sh:prefix "rdfs" ; sh:namespace "http://www.w3.org/2000/01/rdf-schema#"^^xsd:anyURI ] ."""
    )
)


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(old=datasets, new=datasets, shape=shapes(), query=st.one_of(st.just(""), queries))
def test_a_change_validated_again_gives_the_results_of_everything(
    old: Dataset, new: Dataset, shape: str, query: str
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "shapes.ttl").write_text(f"{PREFIXES}{shape}\n{query}", encoding="utf8")
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
