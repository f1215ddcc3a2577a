"""Mappings in the older RML namespace and in R2RML's words, over CSV, JSON and XML."""

from __future__ import annotations

from pathlib import Path

import pytest

from lodgrants.errors import InputError, LodgrantsError, MappingError, UnsupportedError
from lodgrants.map.api import run_mapping
from lodgrants.map.settings import Settings

PREFIXES = """
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix csvw: <http://www.w3.org/ns/csvw#> .
@prefix fnml: <http://semweb.mmlab.be/ns/fnml#> .
@prefix fno: <https://w3id.org/function/ontology#> .
@prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://ex.org/> .
@base <http://example.com/base/> .
"""
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
INTEGER = "^^<http://www.w3.org/2001/XMLSchema#integer>"


def run(folder: Path, mapping: str, settings: Settings | None = None, **files: str) -> list[str]:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf8")
    path = folder / "mapping.ttl"
    path.write_text(PREFIXES + mapping, encoding="utf8")
    output = folder / "out.nq"
    run_mapping(path, output, settings)
    return sorted(output.read_text(encoding="utf8").splitlines())


def test_csv_with_class_template_literal_blank_node_and_graph(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
<#M> a rr:TriplesMap ; rml:logicalSource [ rml:source "p.csv" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "{First Name} {n}" ; rr:termType rr:BlankNode ; rr:class ex:P ;
    rr:graphMap [ rr:template "http://g/{n}" ] ] ;
  rr:predicateObjectMap [ rr:predicate ex:name ;
    rr:objectMap [ rr:template "{First Name}, {n}" ; rr:termType rr:Literal ; rr:language "en" ] ] ;
  rr:predicateObjectMap [ rr:predicateMap [ rr:constant ex:n ] ;
    rr:objectMap [ rml:reference "n" ; rr:datatype xsd:integer ] ; rr:graph rr:defaultGraph ] .
""",
        p__csv="First Name,n\nŽane,1\n",
    )
    node = "_:b-C5-BDane-201"
    assert found == [
        f'{node} <http://ex.org/n> "1"{INTEGER} .',
        f'{node} <http://ex.org/n> "1"{INTEGER} <http://g/1> .',
        f'{node} <http://ex.org/name> "Žane, 1"@en <http://g/1> .',
        f"{node} {TYPE} <http://ex.org/P> <http://g/1> .",
    ]


def test_csvw_dialect_and_nulls(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
<#M> rml:logicalSource [ rml:source [ a csvw:Table ; csvw:url "p.txt" ; csvw:null "-" ;
      csvw:dialect [ csvw:delimiter ";" ; csvw:quoteChar "'" ; csvw:commentPrefix "#" ; csvw:skipRows 1 ;
        csvw:trim true ; csvw:skipColumns 1 ] ] ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "http://s/{id}" ] ;
  rr:predicateObjectMap [ rr:predicate ex:v ; rr:objectMap [ rml:reference "v" ] ] .
""",
        p__txt="a title line\n#note\nx;id;v\n1;1;'a;b'\n#gone\n2;2;-\n3;3;  c \n",
    )
    assert found == ['<http://s/1> <http://ex.org/v> "a;b" .', '<http://s/3> <http://ex.org/v> "c" .']


def test_csv_without_header_and_with_odd_line_ends(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
<#M> rml:logicalSource [ rml:source [ csvw:url "p.txt" ;
      csvw:dialect [ csvw:header false ; csvw:lineTerminators "|" ] ] ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "http://s/{1}" ] ;
  rr:predicateObjectMap [ rr:predicate ex:v ; rr:objectMap [ rml:reference "2" ] ] .
""",
        p__txt="1,a|2,b|",
    )
    assert found == ['<http://s/1> <http://ex.org/v> "a" .', '<http://s/2> <http://ex.org/v> "b" .']


def test_json_join_with_a_reference_that_is_only_a_name(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
<#A> rml:logicalSource [ rml:source "a.json" ; rml:referenceFormulation ql:JSONPath ;
    rml:iterator "$.a[*]" ] ;
  rr:subjectMap [ rr:template "http://a/{id}" ] ;
  rr:predicateObjectMap [ rr:predicate ex:knows ;
    rr:objectMap [ rr:parentTriplesMap <#B> ; rr:joinCondition [ rr:child "b.ref" ; rr:parent "id" ] ] ] .
<#B> rml:logicalSource [ rml:source "b.json" ; rml:referenceFormulation ql:JSONPath ;
    rml:iterator "$.b[*]" ] ;
  rr:subjectMap [ rr:template "http://b/{id}" ] .
""",
        a__json='{"a": [{"id": 1, "b": {"ref": 7}}, {"id": 2, "b": null}, {"id": 3}]}',
        b__json='{"b": [{"id": 7}, {"id": "8"}]}',
    )
    assert found == ["<http://a/1> <http://ex.org/knows> <http://b/7> ."]


def test_json_filter_and_descent(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
<#A> rml:logicalSource [ rml:source "a.json" ; rml:referenceFormulation ql:JSONPath ;
    rml:iterator "$.a[?(@.n > 1)]" ] ;
  rr:subjectMap [ rr:template "http://a/{n}" ] ;
  rr:predicateObjectMap [ rr:predicate ex:x ; rr:objectMap [ rml:reference "$..x" ] ] .
""",
        a__json='{"a": [{"n": 1, "x": 1}, {"n": 2, "p": {"x": true}, "q": {"x": "y"}}]}',
    )
    true = '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
    assert found == [f"<http://a/2> <http://ex.org/x> {true} .", '<http://a/2> <http://ex.org/x> "y" .']


def test_wildcards_take_members_of_objects_too(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
<#A> rml:logicalSource [ rml:source "a.json" ; rml:referenceFormulation ql:JSONPath ; rml:iterator "$.a.*" ] ;
  rr:subjectMap [ rr:template "http://a/{id}" ] ;
  rr:predicateObjectMap [ rr:predicate ex:x ; rr:objectMap [ rml:reference "tags[*].t" ] ] .
""",
        a__json='{"a": {"one": {"id": 1, "tags": {"p": {"t": "x"}}},'
        ' "two": {"id": 2, "tags": [{"t": "y"}]}}}',
    )
    assert found == ['<http://a/1> <http://ex.org/x> "x" .', '<http://a/2> <http://ex.org/x> "y" .']


NOTICES = """<?xml version="1.0" encoding="ISO-8859-1"?>
<notices xmlns="http://ns/default" xmlns:c="http://ns/c">
  <notice id="n1"><head><c:date>2024-05-01</c:date></head>
    <lots><lot nr="1"><title lang="en">Road</title><title lang="lv">Ce\u00efš</title>
        <winner><org><name>A &amp; B</name></org></winner></lot>
      <lot nr="2"><title lang="en">Bridge <b>big</b></title><winner/></lot></lots></notice>
  <notice id="n2"><lots/></notice>
</notices>"""


def xml_mapping(iterator: str, subject: str, reference: str, declared: str = "ql:XPath") -> str:
    return f"""
<#L> rml:logicalSource [ rml:source "n.xml" ; rml:referenceFormulation {declared} ;
    rml:iterator "{iterator}" ] ;
  rr:subjectMap [ rr:template "http://l/{subject}" ] ;
  rr:predicateObjectMap [ rr:predicate ex:v ; rr:objectMap [ rml:reference "{reference}" ] ] .
"""


@pytest.mark.parametrize(
    ("iterator", "subject", "reference", "expected"),
    [
        ("/notices/notice/lots/lot", "{../../@id}-{@nr}", "winner/org/name", ["n1-1 A & B"]),
        ("/notices/notice/lots/lot", "{@nr}", "title[@lang='en']", ["1 Road", "2 Bridge big"]),
        ("/notices/notice/lots/lot", "{@nr}", "../../head/c:date", ["1 2024-05-01", "2 2024-05-01"]),
        ("/notices/notice/lots/lot", "{@nr}", "ancestor::notice/@id", ["1 n1", "2 n1"]),
        ("//lot[@nr='2']", "{@nr}", "title/b/text()", ["2 big"]),
        ("/notices/notice", "{@id}", "count(lots/lot)", ["n1 2", "n2 0"]),
        ("/notices/notice", "{@id}", "lots/lot/@nr", ["n1 1", "n1 2"]),
    ],
)
def test_xml_with_a_default_namespace(
    tmp_path: Path, iterator: str, subject: str, reference: str, expected: list[str]
) -> None:
    text = NOTICES.replace("\u00efš", "ls")
    found = run(tmp_path, xml_mapping(iterator, subject, reference), n__xml=text)
    pairs = [each.split(" ", 1) for each in expected]
    assert found == [f'<http://l/{key}> <http://ex.org/v> "{value}" .' for key, value in pairs]


def test_xml_declares_its_encoding_itself(tmp_path: Path) -> None:
    (tmp_path / "n.xml").write_bytes(
        '<?xml version="1.0" encoding="ISO-8859-1"?><r><x>é</x></r>'.encode("latin-1")
    )
    assert run(tmp_path, xml_mapping("/r", "{x}", "x")) == ['<http://l/é> <http://ex.org/v> "é" .']


def test_xml_entities_of_files_are_not_read(tmp_path: Path) -> None:
    text = '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]><r><x>a&e;</x></r>'
    try:
        found = run(tmp_path, xml_mapping("/r", "1", "x"), n__xml=text)
    except InputError:
        return
    assert found == ['<http://l/1> <http://ex.org/v> "a" .']


def test_old_function_values(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
<#M> rml:logicalSource [ rml:source "p.csv" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "http://s/{n}" ] ;
  rr:predicateObjectMap [ rr:predicate ex:v ; rr:objectMap [ fnml:functionValue [
    rr:predicateObjectMap [ rr:predicate fno:executes ; rr:objectMap [ rr:constant grel:toUpperCase ] ] ;
    rr:predicateObjectMap [ rr:predicate grel:valueParameter ; rr:objectMap [ rml:reference "v" ] ] ] ] ] .
""",
        p__csv="n,v\n1,abc\n",
    )
    assert found == ['<http://s/1> <http://ex.org/v> "ABC" .']


def test_a_language_map(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
<#M> rml:logicalSource [ rml:source "p.csv" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "http://s/{n}" ] ;
  rr:predicateObjectMap [ rr:predicate ex:v ;
    rr:objectMap [ rml:reference "v" ; rml:languageMap [ rml:reference "l" ] ] ] .
""",
        p__csv="n,v,l\n1,abc,en\n2,abd,\n",
        settings=Settings(skip_invalid=True),
    )
    assert found == ['<http://s/1> <http://ex.org/v> "abc"@en .']


@pytest.mark.parametrize(
    ("part", "error", "word"),
    [
        ('rr:template "http://s/{N}"', MappingError, "did you mean 'n'"),
        ('rml:reference "v"', MappingError, "no valid IRI"),
        ('rr:template "http://s/{n}" ; rr:termtype rr:IRI', MappingError, "termType"),
        ('rml:template "http://s/{n" ; rr:termType rr:IRI', MappingError, "not closed"),
        ('rr:constant "x"', MappingError, "term type"),
        ("rml:quotedTriplesMap <#M>", UnsupportedError, "RML-star"),
    ],
)
def test_faults_are_named(tmp_path: Path, part: str, error: type[LodgrantsError], word: str) -> None:
    mapping = f"""
<#M> rml:logicalSource [ rml:source "p.csv" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ {part} ] ;
  rr:predicateObjectMap [ rr:predicate ex:v ; rr:objectMap [ rml:reference "v" ] ] .
"""
    with pytest.raises(error, match=word):
        run(tmp_path, mapping, p__csv="n,v\n1,a b\n")
    assert not (tmp_path / "out.nq").exists()


def test_sources_elsewhere_need_permission(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "p.csv").write_text("n,v\n1,a\n", encoding="utf8")
    inner = tmp_path / "inner"
    inner.mkdir()
    mapping = """
<#M> rml:logicalSource [ rml:source "../other/p.csv" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "http://s/{n}" ; rr:class ex:C ] .
"""
    with pytest.raises(InputError, match="--allow"):
        run(inner, mapping)
    assert len(run(inner, mapping, Settings(roots=(other,)))) == 1
