"""Mappings as other tools write them: generated Turtle, JSONPath of older libraries, odd but legal forms."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from lodgrants.errors import InputError, LodgrantsError, MappingError, UnsupportedError
from lodgrants.map.api import load_mapping, run_mapping
from lodgrants.map.settings import Settings

PREFIXES = """
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix ex: <http://ex.org/> .
"""


def run(
    folder: Path, mapping: str, prefixes: str = "", settings: Settings | None = None, **files: str
) -> list[str]:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf8")
    turtle = mapping.lstrip().startswith("<#")
    path = folder / ("mapping.ttl" if turtle else "mapping.yarrrml")
    path.write_text(
        PREFIXES + prefixes + "@base <http://b/> .\n" + mapping if turtle else mapping, encoding="utf8"
    )
    run_mapping(path, folder / "out.nq", settings)
    return sorted((folder / "out.nq").read_text(encoding="utf8").splitlines())


def test_a_text_constant_that_is_declared_to_be_an_iri_is_one(tmp_path: Path) -> None:
    mapping = """<#M> rml:logicalSource [ rml:source "p.csv" ; rml:referenceFormulation ql:CSV ] ;
      rr:subjectMap [ rr:template "http://s/{n}" ] ;
      rr:predicateObjectMap [ rr:predicate ex:sort ;
        rr:objectMap [ rr:constant "http://ex.org/Farm" ; rr:termType rr:IRI ] ] ."""
    assert run(tmp_path, mapping, p__csv="n\n1\n") == [
        "<http://s/1> <http://ex.org/sort> <http://ex.org/Farm> ."
    ]
    with pytest.raises(MappingError, match="not of term type IRI"):
        run(tmp_path, mapping.replace("http://ex.org/Farm", "a farm"), p__csv="n\n1\n")


def test_a_map_of_constants_only_makes_its_triple_once_and_none_of_an_empty_source(tmp_path: Path) -> None:
    mapping = """<#M> rml:logicalSource [ rml:source "p.csv" ; rml:referenceFormulation ql:CSV ] ;
      rr:subjectMap [ rr:template "http://s/all" ] ;
      rr:predicateObjectMap [ rr:predicate ex:v ; rr:object "x" ], [ rr:predicate ex:n ;
        rr:objectMap [ rr:template "{n}" ; rr:termType rr:Literal ] ] ."""
    assert len(run(tmp_path, mapping, p__csv="n\n1\n2\n")) == 3
    assert run(tmp_path, mapping, p__csv="n\n") == []
    only = mapping.replace('"{n}"', '"n"')
    assert len(run(tmp_path, only, p__csv="n\n1\n2\n")) == 2
    assert run(tmp_path, only, p__csv="\n") == []


@pytest.mark.parametrize("iterator", ["$.farms.[*]", "$.farms[*]", "farms[*]", "$.farms.[?(@.n > 0)]"])
def test_jsonpath_with_a_dot_before_the_bracket(tmp_path: Path, iterator: str) -> None:
    mapping = f"""<#M> rml:logicalSource [ rml:source "p.json" ; rml:referenceFormulation ql:JSONPath ;
        rml:iterator "{iterator}" ] ;
      rr:subjectMap [ rr:template "http://s/{{n}}" ] ;
      rr:predicateObjectMap [ rr:predicate ex:v ; rr:objectMap [ rml:reference "full name" ] ] ."""
    data = '{"farms": [{"n": 1, "full name": "Oak"}, {"n": 2, "full name": "Ash"}]}'
    assert run(tmp_path, mapping, p__json=data) == [
        '<http://s/1> <http://ex.org/v> "Oak" .',
        '<http://s/2> <http://ex.org/v> "Ash" .',
    ]


def test_a_filter_that_finds_nothing_makes_nothing_of_constants(tmp_path: Path) -> None:
    mapping = """<#M> rml:logicalSource [ rml:source "p.json" ; rml:referenceFormulation ql:JSONPath ;
        rml:iterator "$[?(@.n > 5)]" ] ; rr:subject ex:s ;
      rr:predicateObjectMap [ rr:predicate ex:v ; rr:object "x" ] ."""
    assert run(tmp_path, mapping, p__json='[{"n": 1}]') == []
    assert len(run(tmp_path, mapping, p__json='[{"n": 6}, {"n": 7}]')) == 1


def test_yarrrml_by_its_own_suffix(tmp_path: Path) -> None:
    mapping = """
prefixes: {ex: http://ex.org/}
mappings: {m: {sources: [['p.csv~csv']], s: http://s/$(n), po: [[ex:v, $(n)]]}}
"""
    assert run(tmp_path, mapping, p__csv="n\n1\n") == ['<http://s/1> <http://ex.org/v> "1" .']
    assert load_mapping(tmp_path / "mapping.yarrrml").triples_maps[0].name == "m"


def test_a_join_by_the_function_equal(tmp_path: Path) -> None:
    mapping = """<#M> rml:logicalSource <#S> ; rr:subjectMap [ rr:template "http://s/{n}" ] ;
      rr:predicateObjectMap [ rr:predicate ex:next ; rr:objectMap [ rr:parentTriplesMap <#P> ;
        rml:joinCondition [ fnml:functionValue [
          rr:predicateObjectMap [ rr:predicate fno:executes ; rr:object idlab:equal ],
            [ rr:predicate grel:valueParameter ; rr:objectMap [ rml:reference "next" ] ],
            [ rr:predicate grel:valueParameter2 ; rr:objectMap [ fnml:functionValue [
              rr:predicateObjectMap [ rr:predicate fno:executes ; rr:object grel:toUpperCase ],
                [ rr:predicate grel:valueParameter ;
                  rr:objectMap [ rml:parentTermMap [ rml:reference "n" ] ] ] ] ] ] ] ] ] ] .
    <#P> rml:logicalSource <#S> ; rr:subjectMap [ rr:template "http://p/{n}" ] .
    <#S> rml:source "p.csv" ; rml:referenceFormulation ql:CSV .
    """
    prefixes = """@prefix fnml: <http://semweb.mmlab.be/ns/fnml#> .
    @prefix fno: <https://w3id.org/function/ontology#> .
    @prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
    @prefix idlab: <https://w3id.org/imec/idlab/function#> ."""
    found = run(tmp_path, mapping, prefixes, p__csv="n,next\na,B\nb,C\n")
    assert found == ["<http://s/a> <http://ex.org/next> <http://p/b> ."]
    with pytest.raises(UnsupportedError, match="other function than equality"):
        run(tmp_path, mapping.replace("idlab:equal", "idlab:unlike"), prefixes, p__csv="n,next\n")


def test_each_term_map_makes_blank_nodes_of_its_own(tmp_path: Path) -> None:
    mapping = """
mappings:
  m:
    sources: [['p.csv~csv']]
    s: {type: blank}
    po:
      - {p: http://x/a, o: {type: blank}}
      - {p: http://x/b, o: {value: k$(n), type: blank}}
"""
    found = run(tmp_path, mapping, p__csv="n\n1\n2\n")
    subjects, objects = ({line.split()[i] for line in found} for i in (0, 2))
    assert len(found) == 4 and len(subjects) == 2 and len(objects) == 4 and not subjects & objects


def test_yarrrml_with_external_values_escapes_and_prefixes(tmp_path: Path) -> None:
    mapping = r"""
prefixes: {ex: http://ex.org/}
external: {town: Oakham}
mapping:
  m:
    sources: [['p.csv~csv']]
    s: http://s/$(_town)/$(n)
    po:
      - [ex:town, $(_town)]
      - [ex:cell, $(\_town)]
      - [ex:odd, $((odd\))]
      - [ex:name, ex:$(n)/a\:b]
      - [ex:note, 'ex: $(n)']
"""
    start = "<http://s/Oakham/1> <http://ex.org"
    assert run(tmp_path, mapping, p__csv="n,_town,(odd)\n1,Ashby,yes\n") == [
        f'{start}/cell> "Ashby" .',
        f'{start}/name> "http://ex.org/1/a:b" .',
        f'{start}/note> "ex: 1" .',
        f'{start}/odd> "yes" .',
        f'{start}/town> "Oakham" .',
    ]


@pytest.mark.parametrize(
    ("place", "given", "word"),
    [
        ("targets", "{access: https://x/y, type: directhttprequest}", "directhttprequest"),
        ("targets", "{access: out/$(n).nq}", "made of data"),
        ("targets", "{access: http://x/y.nq}", "not a file"),
        ("sources", "{access: http://x/y, type: wot}", "type wot"),
    ],
)
def test_what_yarrrml_can_say_and_is_not_supported_is_refused(
    tmp_path: Path, place: str, given: str, word: str
) -> None:
    used = "{value: ex:p, targets: t}" if place == "targets" else "ex:p"
    mapping = f"""
prefixes: {{ex: http://ex.org/}}
{place}: {{t: {given}}}
mappings:
  m:
    sources: {"t" if place == "sources" else "[['p.csv~csv']]"}
    s: http://s/$(n)
    po: [{{p: {used}, o: x}}]
"""
    with pytest.raises(UnsupportedError, match=word):
        run(tmp_path, mapping, p__csv="n\n1\n")
    assert not (tmp_path / "out.nq").exists()


def test_a_database_that_the_mapping_names_not_or_otherwise(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "farms.sqlite") as connection:
        connection.execute('CREATE TABLE farm ("Nr" INTEGER, name TEXT)')
        connection.execute("INSERT INTO farm VALUES (1, 'Oak')")
    connection.close()
    mapping = """<#M> rml:logicalSource [ SOURCE rr:tableName "farm" ] ;
      rr:subjectMap [ rr:template "http://s/{Nr}" ] ;
      rr:predicateObjectMap [ rr:predicate ex:v ; rr:objectMap [ rr:column "name" ] ] ."""
    named = """rml:source <#D> ; rml:referenceFormulation ql:CSV ;"""
    own = '<#D> d2rq:jdbcDSN "jdbc:sqlite:farms.sqlite" .'
    prefix = "@prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> ."
    expected = ['<http://s/1> <http://ex.org/v> "Oak" .']
    assert run(tmp_path, mapping.replace("SOURCE", named) + own, prefix) == expected
    for binding in (str(tmp_path / "farms.sqlite"), f"sqlite:{tmp_path}/farms.sqlite"):
        settings = Settings(sources={"database": binding}, roots=(tmp_path,))
        assert run(tmp_path, mapping.replace("SOURCE", ""), settings=settings) == expected
    with pytest.raises(InputError, match="--source database"):
        run(tmp_path, mapping.replace("SOURCE", ""))


def test_a_dialect_that_is_not_one_character_or_number_is_said(tmp_path: Path) -> None:
    mapping = """<#M> rml:logicalSource [ rml:source [ csvw:url "p.csv" ; csvw:dialect [ DIALECT ] ] ;
        rml:referenceFormulation ql:CSV ] ; rr:subjectMap [ rr:template "http://s/{n}" ; rr:class ex:C ] ."""
    prefix = "@prefix csvw: <http://www.w3.org/ns/csvw#> ."
    for dialect, error, word in (
        ('csvw:delimiter "||"', UnsupportedError, "delimiter"),
        ('csvw:headerRowCount "one"', MappingError, "headerRowCount"),
    ):
        with pytest.raises(error, match=word):
            run(tmp_path, mapping.replace("DIALECT", dialect), prefix, p__csv="n\n1\n")


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("rr:class ex:C", 'rr:class "C"', "class must be an IRI"),
        ("rr:class ex:C", 'rr:template "http://t/{n}"', "template twice"),
        ("xsd:date", '"xsd:date"', "datatype must be an IRI"),
        ('"p.csv"', '"p.csv", "q.csv"', "source twice"),
        ('"p.csv"', '"p\\u0000.csv"', "U\\+0000"),
        ('rml:reference "n" ;', "fnml:functionValue <#F> ;", "defined by itself"),
    ],
)
def test_faults_that_would_pass_silently_are_said(tmp_path: Path, old: str, new: str, word: str) -> None:
    mapping = """<#M> rml:logicalSource [ rml:source "p.csv" ; rml:referenceFormulation ql:CSV ] ;
      rr:subjectMap [ rr:template "http://s/{n}" ; rr:class ex:C ] ;
      rr:predicateObjectMap [ rr:predicate ex:v ;
        rr:objectMap [ rml:reference "n" ; rr:datatype xsd:date ] ] .
    <#F> rr:predicateObjectMap [ rr:predicate fno:executes ; rr:object grel:toUpperCase ],
      [ rr:predicate grel:valueParameter ; rr:objectMap [ fnml:functionValue <#F> ] ] ."""
    prefixes = """@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    @prefix fnml: <http://semweb.mmlab.be/ns/fnml#> .
    @prefix fno: <https://w3id.org/function/ontology#> .
    @prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> ."""
    with pytest.raises(LodgrantsError, match=word):
        run(tmp_path, mapping.replace(old, new), prefixes, p__csv="n\n1\n")
    assert not (tmp_path / "out.nq").exists()


def test_a_base_must_be_an_iri(tmp_path: Path) -> None:
    mapping = "mappings: {m: {sources: [['p.csv~csv']], s: $(n)x, po: [[a, http://x/C]]}}"
    assert run(tmp_path, "base: 'urn:x:'\n" + mapping, p__csv="n\n1\n")[0].startswith("<urn:x:1x> ")
    with pytest.raises(MappingError, match="base is not an absolute IRI"):
        run(tmp_path, "base: here\n" + mapping)
    with pytest.raises(MappingError, match="base is not an absolute IRI"):
        run(tmp_path, mapping, settings=Settings(base="not an iri"))


@pytest.mark.parametrize(
    ("po", "word"),
    [
        ("[zz:v, x]", "prefix 'zz' is not declared"),
        ("[v, x]", "not an absolute IRI"),
        ("[ex:v, null]", "no value"),
        ("[ex:v, {vlaue: x}]", "no value"),
        ("{p: ex:v, o: x, condition: yes}", "a condition needs"),
    ],
)
def test_yarrrml_that_means_nothing_is_said(tmp_path: Path, po: str, word: str) -> None:
    mapping = f"""
prefixes: {{ex: http://ex.org/}}
mappings: {{m: {{sources: [['p.csv~csv']], s: http://s/$(n), po: [{po}]}}}}"""
    with pytest.raises(MappingError, match=word):
        run(tmp_path, mapping, p__csv="n\n1\n")


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("SELECT nr, nr FROM farm", "two columns of the same name"),
        ('SELECT nr FROM farm" ; rr:sqlVersion rr:SQL1066 ; ex:x "', "no such SQL version"),
        ("SELEC nr", "syntax error"),
    ],
)
def test_what_r2rml_forbids_of_queries(tmp_path: Path, query: str, word: str) -> None:
    with sqlite3.connect(tmp_path / "farms.sqlite") as connection:
        connection.execute("CREATE TABLE farm (nr INTEGER)")
    connection.close()
    mapping = f"""<#M> rr:logicalTable [ rr:sqlQuery "{query}" ] ;
      rr:subjectMap [ rr:template "http://s/{{nr}}" ; rr:class ex:C ] ."""
    settings = Settings(sources={"database": str(tmp_path / "farms.sqlite")})
    with pytest.raises(LodgrantsError, match=word):
        run(tmp_path, mapping, settings=settings)
    assert not (tmp_path / "out.nq").exists()
