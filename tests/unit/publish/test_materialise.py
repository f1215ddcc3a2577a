"""Super-classes and super-properties of own terms are stated, in the graph that states the term below."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from lodgrants.db.engine import open_engine
from lodgrants.publish.materialise import Hierarchy, load_hierarchy, materialised
from lodgrants.rdf.namespaces import FOAF, LG, RDF, RDFS, SCHEMA

Row = tuple[str, str, str, str | None]
TYPE = f"<{RDF}type>"


def entailed(rows: list[Row], hierarchy: Hierarchy) -> set[Row]:
    with open_engine() as engine:
        columns = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate("spog")}
        engine.register("quads", pa.table(columns))
        query = materialised(engine, exp.select("*").from_("quads"), hierarchy)
        return {(s, p, o, g) for s, p, o, g in engine.rows(query)}


def test_a_project_is_a_project_of_schema_org_and_foaf() -> None:
    row: Row = ("<urn:p>", TYPE, f"<{LG}Project>", "<urn:g>")
    above = {f"<{SCHEMA}Project>", f"<{FOAF}Project>"}
    expected = {row, *(("<urn:p>", TYPE, term, "<urn:g>") for term in above)}
    assert entailed([row], load_hierarchy()) == expected


def test_a_funder_is_a_funder_everywhere_and_a_participant() -> None:
    row: Row = ("<urn:p>", f"<{LG}funder>", "<urn:o>", None)
    above = {f"<{SCHEMA}funder>", f"<{FOAF}fundedBy>", f"<{LG}participant>"}
    assert entailed([row], load_hierarchy()) == {row, *(("<urn:p>", term, "<urn:o>", None) for term in above)}


def test_nothing_is_entailed_from_what_is_no_own_term() -> None:
    rows: list[Row] = [
        ("<urn:p>", TYPE, f"<{SCHEMA}Project>", None),
        ("<urn:p>", f"<{SCHEMA}funder>", "<urn:o>", None),
    ]
    assert entailed(rows, load_hierarchy()) == set(rows)


def test_the_closure_is_transitive_and_ends_in_a_circle(tmp_path: Path) -> None:
    path = tmp_path / "ontology.ttl"
    path.write_text(
        f"@prefix lg: <{LG}> . @prefix rdfs: <{RDFS}> . @prefix x: <urn:x:> .\n"
        "lg:A rdfs:subClassOf lg:B . lg:B rdfs:subClassOf x:C .\n"
        "x:C rdfs:subClassOf lg:A . x:D rdfs:subClassOf x:E ."
    )
    hierarchy = load_hierarchy(path)
    a, b, c = f"<{LG}A>", f"<{LG}B>", "<urn:x:C>"
    assert set(hierarchy.classes) == {(a, b), (a, c), (b, a), (b, c)}
    assert hierarchy.properties == ()
    assert entailed([("<urn:s>", TYPE, b, None)], hierarchy) == {
        ("<urn:s>", TYPE, term, None) for term in (a, b, c)
    }
