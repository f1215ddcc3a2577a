"""What `lodgrants map` writes: Turtle and TriG of our own, graphs merged where there are none, targets."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from lodgrants.cli.map import command
from support import ROOT

COTTAS = ROOT / "benchmarks" / "peers" / "cottas" / "bin" / "python"

MAPPING = """
@prefix rml: <http://w3id.org/rml/> . @prefix o: <http://ex/ontology#> . @prefix unused: <http://unused/> .
@prefix schema: <http://schema.org/> . @prefix formats: <http://www.w3.org/ns/formats/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<#grant> rml:logicalSource [ rml:source "a.csv" ] ;
  rml:subjectMap [ rml:template "http://ex/grant/{id}" ; rml:class o:Grant ;
    rml:graphMap [ rml:template "http://ex/graph/{year}" ], [ rml:reference "extra" ] ] ;
  rml:predicateObjectMap
    [ rml:predicate schema:name ; rml:objectMap [ rml:reference "name" ; rml:language "en" ] ],
    [ rml:predicate o:sum ; rml:objectMap [ rml:reference "sum" ; rml:datatype xsd:decimal TARGETS ] ],
    [ rml:predicate o:at ; rml:objectMap [ rml:template "p {id}" ; rml:termType rml:BlankNode ] ] .
<#funder> rml:logicalSource [ rml:source "a.csv" ] ;
  rml:subjectMap [ rml:template "http://ex/funder/{funder}" ] ;
  rml:predicateObjectMap [ rml:predicate schema:name ; rml:objectMap [ rml:reference "funder" ] ] .
<#text> a rml:LogicalTarget ;
  rml:target [ a rml:FilePath ; rml:path "t.ttl" ; rml:root rml:MappingDirectory ] ;
  rml:serialization formats:Turtle .
<#plain> a rml:LogicalTarget ;
  rml:target [ a rml:FilePath ; rml:path "t.nt" ; rml:root rml:MappingDirectory ] ;
  rml:serialization formats:N-Triples .
<#quads> a rml:LogicalTarget ;
  rml:target [ a rml:FilePath ; rml:path "t.nq" ; rml:root rml:MappingDirectory ] ;
  rml:serialization formats:N-Quads .
"""
ROWS = r"""id,name,sum,year,extra,funder
1,"a ""b"" \ c",1.50,2020,http://ex/graph/x,F
2,ē,2,2020,http://ex/graph/2020,F
3,,3.25,2021,http://ex/graph/y,G
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text(ROWS, encoding="utf8")
    (tmp_path / "mapping.ttl").write_text(MAPPING.replace("TARGETS", ""), encoding="utf8")
    return tmp_path


def run(folder: Path, name: str) -> Result:
    result = CliRunner().invoke(
        command, [str(folder / "mapping.ttl"), "-o", str(folder / name)], catch_exceptions=False
    )
    assert result.exit_code == 0
    return result


def statements(path: Path, graphs: bool = True) -> Counter[tuple[str, ...]]:
    form = ox.RdfFormat.from_extension(path.suffix[1:])
    found = ox.parse(path.read_bytes(), format=form)
    return Counter(
        (str(q.subject), str(q.predicate), str(q.object), *([str(q.graph_name)] if graphs else []))
        for q in found
    )


def test_trig_says_what_nquads_say(folder: Path) -> None:
    run(folder, "out.nq")
    run(folder, "out.trig")
    quads = statements(folder / "out.nq")
    assert len(quads) == 22 and set(quads.values()) == {1}
    assert statements(folder / "out.trig") == quads


@pytest.mark.parametrize("name", ["out.nt", "out.ttl"])
def test_without_graphs_each_triple_is_there_once(folder: Path, name: str) -> None:
    run(folder, "out.nq")
    result = run(folder, name)
    assert statements(folder / name, False) == Counter(set(statements(folder / "out.nq", False)))
    assert result.stderr.splitlines()[-1].startswith("14 triples in")
    assert "named graphs are left out" in result.stderr


def test_turtle_declares_what_it_uses_the_mappings_own_first(folder: Path) -> None:
    run(folder, "out.ttl")
    lines = (folder / "out.ttl").read_text(encoding="utf8").splitlines()
    assert [line for line in lines if line.startswith("@prefix")] == [
        "@prefix o: <http://ex/ontology#> .",
        "@prefix schema: <http://schema.org/> .",
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .",
    ]
    assert '    o:sum "2"^^xsd:decimal ;' in lines
    assert "    o:sum 1.50 ;" in lines and "    a o:Grant ;" in lines
    subjects = [line for line in lines if line.startswith("<")]
    assert subjects == sorted(subjects) and len(set(subjects)) == 5


def test_the_same_bytes_every_time(folder: Path) -> None:
    for name in ("1.ttl", "2.ttl", "1.trig", "2.trig"):
        run(folder, name)
    assert (folder / "1.ttl").read_bytes() == (folder / "2.ttl").read_bytes()
    assert (folder / "1.trig").read_bytes() == (folder / "2.trig").read_bytes()


@pytest.mark.parametrize("default", ["out.nq", "out.ttl", "out.parquet"])
def test_targets_with_and_without_graphs(folder: Path, default: str) -> None:
    targets = "; rml:logicalTarget <#text>, <#plain>, <#quads>"
    (folder / "mapping.ttl").write_text(MAPPING.replace("TARGETS", targets), encoding="utf8")
    run(folder, default)
    quads = statements(folder / "t.nq")
    assert len(quads) == 5 and {each[1] for each in quads} == {"<http://ex/ontology#sum>"}
    triples = Counter(set(statements(folder / "t.nq", False)))
    assert len(triples) == 3
    assert statements(folder / "t.nt", False) == triples == statements(folder / "t.ttl", False)
    if default != "out.parquet":
        assert "<http://ex/ontology#sum>" not in {each[1] for each in statements(folder / default)}


def test_a_mapping_that_makes_nothing(folder: Path) -> None:
    (folder / "a.csv").write_text(ROWS.splitlines()[0] + "\n", encoding="utf8")
    for name in ("out.ttl", "out.trig", "out.nt", "out.parquet", "out.jsonld"):
        run(folder, name)
        assert (folder / name).exists()
    assert (folder / "out.ttl").read_text() == ""


def test_parquet_is_a_cottas_file(folder: Path) -> None:
    run(folder, "out.nq")
    run(folder, "out.parquet")
    table = pq.read_table(folder / "out.parquet")
    assert table.schema.names == ["s", "p", "o", "g"]
    assert table.schema.metadata[b"index"] == b"spog"
    rows = [tuple(row.values()) for row in table.to_pylist()]
    assert rows == sorted(rows, key=lambda row: [each or "" for each in row])
    found = Counter((s, p, o, g or "DEFAULT") for s, p, o, g in rows)
    assert found == statements(folder / "out.nq")


def test_parquet_of_rules_that_never_make_a_triple_twice(folder: Path) -> None:
    text = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://ex/> .
<#a> rml:logicalSource [ rml:source "a.csv" ] ; rml:subjectMap [ rml:template "http://ex/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:y ; rml:objectMap [ rml:reference "year" ] ] .
"""
    (folder / "mapping.ttl").write_text(text, encoding="utf8")
    assert run(folder, "out.parquet").stderr.splitlines()[-1].startswith("3 triples")


def test_parquet_of_many_rules_is_sorted_in_little_memory(tmp_path: Path) -> None:
    rows = "".join(f"{number},{'word ' * 30}\n" for number in range(20_000))
    (tmp_path / "rows.csv").write_text(f"id,name\n{rows}", encoding="utf8")
    rules = [
        f"  m{number}: {{sources: [[rows.csv~csv]], s: ex:t{number}-$(id), po: [[ex:p, $(name)]]}}\n"
        for number in range(60)
    ]
    text = "prefixes: {ex: 'http://ex/'}\nmappings:\n" + "".join(rules)
    (tmp_path / "mapping.yml").write_text(text, encoding="utf8")
    arguments = [
        str(tmp_path / "mapping.yml"),
        "-o",
        str(tmp_path / "out.parquet"),
        "--memory-limit",
        "150MB",
    ]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.stderr
    file = pq.ParquetFile(tmp_path / "out.parquet")
    assert file.metadata.num_rows == 1_200_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mapping.yml", "out.parquet", "rows.csv"]


@pytest.mark.skipif(not COTTAS.exists(), reason="pycottas wants an older DuckDB: see benchmarks/publish")
def test_pycottas_reads_the_file(folder: Path) -> None:
    run(folder, "out.parquet")
    code = """
import sys, pycottas
path = sys.argv[1]
assert pycottas.verify(path)
assert pycottas.info(path)["index"] == "spog" and pycottas.info(path)["triples"] == 22
assert len(pycottas.search(path, "<http://ex/grant/1> ?p ?o")) > 3
"""
    subprocess.run([COTTAS, "-c", code, folder / "out.parquet"], check=True, env={})
