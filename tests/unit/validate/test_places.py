"""Where a result stands, when many records speak of one thing."""

from __future__ import annotations

from pathlib import Path

import lodgrants

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
ex:S a sh:NodeShape ; sh:targetClass ex:Grant ; sh:property [ sh:path ex:funder ; sh:maxCount 0 ] ;
  sh:property [ sh:path ex:funder ; sh:nodeKind sh:Literal ] .
"""
HEAD = """
@prefix ex: <http://example.org/> . @prefix lg: <https://w3id.org/lodgrants/ontology#> .
@prefix oa: <http://www.w3.org/ns/oa#> . @prefix schema: <http://schema.org/> .
"""
RECORDS = 300


def record(number: int) -> str:
    """Return a record of a grant by the one funder, whose name it has at a place of its own."""
    start = 10 + (number * 7) % RECORDS
    return f"""
    ex:r{number} {{
      ex:g{number} a ex:Grant ; ex:funder ex:f .
      ex:r{number} lg:evidence ex:e{number} . ex:c{number} schema:url <http://example.org/{number}.html> .
      ex:e{number} lg:supports ex:f ; lg:supportsProperty schema:name ; oa:hasSource ex:c{number} ;
        oa:hasSelector [ oa:start {start} ; oa:end {start + 4} ], [ oa:exact "Fund" ] .
    }}"""


def test_a_shared_node_is_where_its_first_words_are(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf8")
    records = "".join(record(number) for number in range(RECORDS))
    (tmp_path / "data.trig").write_text(HEAD + records, encoding="utf8")
    with lodgrants.validate(tmp_path / "data.trig", tmp_path / "shapes.ttl") as report:
        rows = report.table().select(["value", "source", "start", "stop", "quote"]).to_pylist()
    shared = [tuple(row.values())[1:] for row in rows if row["value"] is not None]
    assert shared == [("http://example.org/0.html", 10, 14, "Fund")] * RECORDS
    assert len(rows) == 2 * RECORDS
