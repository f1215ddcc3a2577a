"""Mappings as other tools write them: generated Turtle, JSONPath of older libraries, odd but legal forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from lodgrants.errors import MappingError
from lodgrants.map.api import load_mapping, run_mapping

PREFIXES = """
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix ex: <http://ex.org/> .
"""


def run(folder: Path, mapping: str, **files: str) -> list[str]:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf8")
    turtle = mapping.lstrip().startswith("<#")
    path = folder / ("mapping.ttl" if turtle else "mapping.yarrrml")
    path.write_text(PREFIXES + "@base <http://b/> .\n" + mapping if turtle else mapping, encoding="utf8")
    run_mapping(path, folder / "out.nq")
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
