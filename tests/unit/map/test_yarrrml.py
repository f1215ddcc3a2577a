"""YARRRML mappings over JSON lines, as the grants pipeline uses them."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lodgrants.errors import LodgrantsError, MappingError, UnsupportedError
from lodgrants.map.api import load_mapping, run_mapping
from lodgrants.map.settings import Settings

MAPPING = """
prefixes:
  ex: http://example.org/
  xsd: http://www.w3.org/2001/XMLSchema#
sources:
  records: {access: records.jsonl, referenceFormulation: jsonpath, iterator: "$"}
  amounts: {access: records.jsonl, referenceFormulation: jsonpath, iterator: "$.amounts[*]"}
mappings:
  record:
    sources: records
    s: $(id)
    graphs: $(record)~iri
    po:
      - [a, ex:Project]
      - [ex:name, $(title), $(language)~lang]
      - [ex:partner, "$(partners[*].id)~iri"]
      - p: ex:status
        o: {value: "ex:$(status)", type: iri}
        condition:
          function: idlab-fn:notEqual
          parameters: [[grel:valueParam, $(status)], [grel:valueParam2, ""]]
  amount:
    sources: amounts
    s: $(id)
    po:
      - [ex:value, $(value), xsd:decimal]
      - [ex:currency, $(currency)]
"""
RECORDS = (
    '{"id": "http://x/1", "record": "http://x/r1", "title": "A \\"b\\"", "language": "lv",'
    ' "status": "ongoing",'
    ' "partners": [{"id": "http://x/p1"}, {"id": "http://x/p2"}],'
    ' "amounts": [{"id": "http://x/a1", "value": 12.5, "currency": "EUR"},'
    ' {"id": "http://x/a2", "value": 3, "currency": null}]}\n'
    '{"id": "http://x/2", "record": "http://x/r2", "title": "", "language": "en",'
    ' "status": "", "amounts": []}\n'
)
DECIMAL = "^^<http://www.w3.org/2001/XMLSchema#decimal>"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
EXPECTED = f"""
<http://x/1> {TYPE} <http://example.org/Project> <http://x/r1> .
<http://x/1> <http://example.org/name> "A \\"b\\""@lv <http://x/r1> .
<http://x/1> <http://example.org/partner> <http://x/p1> <http://x/r1> .
<http://x/1> <http://example.org/partner> <http://x/p2> <http://x/r1> .
<http://x/1> <http://example.org/status> <http://example.org/ongoing> <http://x/r1> .
<http://x/2> {TYPE} <http://example.org/Project> <http://x/r2> .
<http://x/2> <http://example.org/name> ""@en <http://x/r2> .
<http://x/a1> <http://example.org/value> "12.5"{DECIMAL} .
<http://x/a1> <http://example.org/currency> "EUR" .
<http://x/a2> <http://example.org/value> "3"{DECIMAL} .
"""


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    (tmp_path / "records.jsonl").write_text(RECORDS, encoding="utf8")
    path = tmp_path / "mapping.yml"
    path.write_text(MAPPING, encoding="utf8")
    return path


def lines(text: str) -> list[str]:
    return sorted(line for line in text.splitlines() if line)


def test_several_iterators_over_one_file(mapping: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.nq"
    run_mapping(mapping, output)
    assert lines(output.read_text(encoding="utf8")) == lines(EXPECTED)


def test_parquet_has_the_same_quads(mapping: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.parquet"
    run_mapping(mapping, output)
    rows = pq.read_table(output).to_pylist()
    texts = [" ".join(row[key] for key in "spog" if row[key] is not None) + " ." for row in rows]
    assert sorted(texts) == lines(EXPECTED)


def test_a_source_can_be_bound_to_another_file(mapping: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "other.jsonl"
    other.parent.mkdir()
    other.write_text(RECORDS.splitlines()[1], encoding="utf8")
    output = tmp_path / "out.nq"
    run_mapping(mapping, output, Settings(sources={"records.jsonl": other}))
    assert len(lines(output.read_text(encoding="utf8"))) == 2


def test_an_error_in_the_data_leaves_no_file(mapping: Path, tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").write_text(RECORDS.replace("http://x/p1", "http://x/a b"), encoding="utf8")
    output = tmp_path / "out.nq"
    with pytest.raises(MappingError, match="no valid IRI"):
        run_mapping(mapping, output)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mapping.yml", "records.jsonl"]


def test_faults_come_with_line_column_and_a_suggestion(mapping: Path) -> None:
    mapping.write_text(MAPPING.replace("sources: amounts", "sources: amount"), encoding="utf8")
    with pytest.raises(MappingError) as caught:
        load_mapping(mapping)
    problem = caught.value.problems[0]
    assert problem.where is not None and problem.where.line == 23
    assert problem.hint == "did you mean 'amounts'?"


def test_short_keys_mean_what_they_are_short_for(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("id,b\n1,x\n2,y\n", encoding="utf8")
    (tmp_path / "m.yml").write_text(
        """
prefixes: {ex: "http://example.org/"}
mappings:
  v:
    sources: [[d.csv~csv]]
    s: {v: "ex:$(id)"}
    c: {f: idlab-fn:notEqual, pms: [[grel:valueParameter, $(id)], [grel:valueParameter2, "2"]]}
    predicateobject:
      - {p: ex:p, o: {v: $(b)}}
      - {p: ex:q, o: {fn: grel:toUpperCase, pms: [{pm: grel:valueParameter, v: $(b)}]}}
""",
        encoding="utf8",
    )
    run_mapping(tmp_path / "m.yml", tmp_path / "out.nt")
    assert sorted((tmp_path / "out.nt").read_text(encoding="utf8").splitlines()) == [
        '<http://example.org/1> <http://example.org/p> "x" .',
        '<http://example.org/1> <http://example.org/q> "X" .',
    ]


def test_a_fault_behind_a_short_key_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text(
        "mappings:\n  a:\n    sources: [[d.csv~csv]]\n    s: http://e/$(id)\n"
        "    po:\n      - {p: http://e/p, o: {v: $(b}}\n",
        encoding="utf8",
    )
    with pytest.raises(MappingError) as found:
        load_mapping(tmp_path / "m.yml")
    where = found.value.problems[0].where
    assert where is not None and where.line == 6


@pytest.mark.parametrize(
    ("rule", "error", "word"),
    [
        ("{p: ex:p, o: {value: $(b), lang: en}}", MappingError, "'lang' is not a key here"),
        ("{p: ex:p, o: {value: $(b), typ: iri}}", MappingError, "did you mean 'type'"),
        ("{p: ex:p, o: {v: $(b), iv: ex:q}}", UnsupportedError, "inverse predicates"),
        ("{p: ex:p, inversepredicates: ex:q, o: $(b)}", UnsupportedError, "inverse predicates"),
        (
            "{p: ex:p, o: {mapping: a, condition: {fn: notEqual, pms: [[str1, $(b)], [str2, $(b)]]}}}",
            UnsupportedError,
            "another function than equality",
        ),
    ],
)
def test_keys_of_an_object_are_not_passed_over(
    rule: str, error: type[LodgrantsError], word: str, tmp_path: Path
) -> None:
    (tmp_path / "m.yml").write_text(
        "prefixes: {ex: 'http://example.org/'}\nmappings:\n  a:\n    sources: [[d.csv~csv]]\n"
        f"    s: ex:$(id)\n    po:\n      - {rule}\n",
        encoding="utf8",
    )
    with pytest.raises(error, match=word) as found:
        load_mapping(tmp_path / "m.yml")
    where = found.value.problems[0].where
    assert where is not None and where.line == 7
