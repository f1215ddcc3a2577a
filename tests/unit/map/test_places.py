"""`lodgrants map --check` and run errors say where in the mapping something is wrong, all of it at once."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from lodgrants.cli.main import cli
from lodgrants.errors import LodgrantsError
from lodgrants.map.parse.places import Lines, spots_of
from lodgrants.rdf.namespaces import RDF

HEAD = """@prefix rml: <http://w3id.org/rml/> . # not a [ bracket ; here
@prefix ex: <http://ex/> .
@prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
"""
GRANT = """<#Grant> rml:logicalSource [ rml:source "a.csv" ] ;
  rml:subjectMap [ rml:template "http://ex/{id}" ] ;
  rml:predicateObjectMap
    [ rml:predicate ex:note ; rml:object '''a "#" ; [ ( in a
long text''' ],
    [ rml:predicate ex:title ; rml:objectMap [ RULE ] ] .
"""


def check(folder: Path, text: str, name: str = "mapping.ttl") -> tuple[int, list[tuple[str, str, str]]]:
    """Return the exit code of a check and code, place and value of each problem."""
    (folder / "a.csv").write_text("id,title,place\n1,x,y\n2,,y\n", encoding="utf8")
    (folder / name).write_text(text, encoding="utf8")
    result = CliRunner().invoke(cli, ["map", str(folder / name), "--check"])
    found = []
    for block in result.stderr.replace("note[", "error[").split("error[")[1:]:
        lines = dict(line.strip().split(": ", 1) for line in block.splitlines()[1:])
        found.append((block[:10], lines.get("at", "").rpartition("/")[2], lines.get("value", "")))
        if "help" in lines:
            found[-1] = (*found[-1][:2], f"{found[-1][2]} -> {lines['help']}")
    return result.exit_code, found


def place(text: str, word: str, nth: int = 1, name: str = "mapping.ttl") -> str:
    """Return where a word is in a text for the nth time."""
    offset = -1
    for _ in range(nth):
        offset = text.index(word, offset + 1)
    before = text[:offset]
    return f"{name}:{before.count(chr(10)) + 1}:{offset - before.rfind(chr(10))}"


def lacking(problems: list[tuple[str, str, str]], code: str) -> list[tuple[str, str]]:
    return [(place, value) for each, place, value in problems if each == code]


@pytest.mark.parametrize(
    ("rule", "code", "word", "value"),
    [
        ('rml:reference "titel"', "LG-MAP-003", '"titel"', "titel -> did you mean 'title'?"),
        ('rml:template "{id} {titel}"', "LG-MAP-003", '"{id}', "titel -> did you mean 'title'?"),
        ('rml:refrence "title"', "LG-MAP-002", "rml:refrence", "rml:refrence -> did you mean rml:reference?"),
        (
            "rml:functionExecution [ rml:function grel:toUperCase ]",
            "LG-MAP-006",
            "grel:toUperCase",
            f"{'http://users.ugent.be/~bjdmeest/function/grel.ttl#'}toUperCase"
            " -> did you mean http://users.ugent.be/~bjdmeest/function/grel.ttl#toUpperCase?",
        ),
        ('rml:template "{title"', "LG-MAP-002", '"{title', "{title"),
        (
            'rml:reference "title" ; rml:termType rml:Blanknode',
            "LG-MAP-002",
            "rml:Blanknode",
            "http://w3id.org/rml/Blanknode -> did you mean",
        ),
    ],
)
def test_a_fault_has_its_line_and_column(tmp_path: Path, rule: str, code: str, word: str, value: str) -> None:
    text = HEAD + GRANT.replace("RULE", rule)
    exit_code, problems = check(tmp_path, text)
    assert exit_code == 2
    found = [each for each in problems if each[0] == code]
    assert [each[1] for each in found] == [place(text, word)]
    assert found[0][2].startswith(value)


def test_a_misspelt_property_is_not_said_to_be_lacking_as_well(tmp_path: Path) -> None:
    code, problems = check(tmp_path, HEAD + GRANT.replace("RULE", 'rml:refrence "title"'))
    assert code == 2
    assert [each[0] for each in problems] == ["LG-MAP-002", "LG-MAP-008"]
    assert problems[1][2] == "place"


def test_faults_of_the_document_and_of_the_source_come_together(tmp_path: Path) -> None:
    more = """<#Other> rml:logicalSource [ rml:source "a.csv" ] ;
  rml:subjectMap [ rml:template "http://ex/{ID}" ] .
<#Third> rml:logicalSource [ rml:source "none.csv" ] ; rml:subjectMap [ rml:template "http://ex/{x}" ] .
<#Fourth> rml:logicalSource [ rml:source "a.csv" ] ; rml:subjectMap [ rml:template "http://ex/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:note ; rml:object "x" ],
    [ rml:predicate ex:wrong ; rml:objectMap [ rml:reference "Title" ] ],
    [ rml:predicate ex:same ; rml:objectMap [ rml:parentTriplesMap <#Grant> ;
      rml:joinCondition [ rml:child "id" ; rml:parent "place" ] ] ],
    [ rml:predicate ex:again ; rml:objectMap [ rml:reference "id" ] ],
    [ rml:object "x" ; rml:predicate ex:note ],
    [ rml:predicate ex:again ; rml:objectMap [ rml:reference "id" ] ] .
"""
    text = HEAD + GRANT.replace("RULE", 'rml:constnt "title"') + more
    code, problems = check(tmp_path, text)
    assert code == 2
    assert lacking(problems, "LG-MAP-002") == [
        (place(text, "rml:constnt"), "rml:constnt -> did you mean rml:constant?")
    ]
    assert lacking(problems, "LG-MAP-003") == [
        (place(text, '"http://ex/{ID}'), "ID -> did you mean 'id'?"),
        (place(text, '"Title"'), "Title -> did you mean 'title'?"),
    ]
    assert lacking(problems, "LG-MAP-004")[0][0] == place(text, '"none.csv"')
    assert lacking(problems, "LG-MAP-009")[0][0] == place(text, '"id" ; rml:parent')
    assert [where for where, _ in lacking(problems, "LG-MAP-011")] == [
        place(text, '"x" ; rml:predicate ex:note'),
        place(text, '"id" ] ]', 2),
    ]
    assert lacking(problems, "LG-MAP-011")[1][1].endswith(place(text, '"id" ] ]'))


def test_two_maps_that_make_the_same(tmp_path: Path) -> None:
    twice = GRANT.replace("RULE", 'rml:reference "title"')
    text = HEAD + twice + twice.replace("<#Grant>", "<#Copy>")
    code, problems = check(tmp_path, text)
    assert code == 1
    found = [where for where, _ in lacking(problems, "LG-MAP-011")]
    assert found == [place(text, "'''a", 2), place(text, '"title"', 2)]


def test_the_older_words_are_corrected_in_their_own(tmp_path: Path) -> None:
    text = """@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://semweb.mmlab.be/ns/rml#> .
<#M> rml:logicalSource [ rml:source "a.csv" ] ; rr:subjectMap [ rr:templte "http://ex/{id}" ] .
"""
    _, problems = check(tmp_path, text)
    assert problems[0][1:] == (place(text, "rr:templte"), "rr:templte -> did you mean rr:template?")


def test_paths_that_find_nothing_in_json_and_xml(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps({"r": [{"name": {"full": "x"}, "n": 1}]}), encoding="utf8")
    (tmp_path / "c.xml").write_text("<r><i no='1'><title>x</title></i></r>", encoding="utf8")
    text = (
        HEAD
        + """<#J> rml:logicalSource [ rml:source "b.json" ; rml:referenceFormulation rml:JSONPath ;
    rml:iterator "$.r[*]" ] ; rml:subjectMap [ rml:template "http://ex/{n}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference "name.ful" ] ] .
<#X> rml:logicalSource [ rml:source "c.xml" ; rml:referenceFormulation rml:XPath ; rml:iterator "/r/i" ] ;
  rml:subjectMap [ rml:template "http://ex/{@no}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference "titel" ] ] .
"""
    )
    code, problems = check(tmp_path, text)
    assert code == 1
    assert lacking(problems, "LG-MAP-012") == [
        (place(text, '"name.ful"'), "name.ful -> did you mean 'name.full'?"),
        (place(text, '"titel"'), "titel -> did you mean 'title'?"),
    ]


def test_yarrrml_faults_come_together_too(tmp_path: Path) -> None:
    text = """prefixes: {ex: "http://ex/"}
mappings:
  grant:
    sources: [[a.csv~csv]]
    s: ex:$(id)
    po:
      - [ex:title, $(titel)]
      - p: ex:up
        o: {function: grel:toUperCase, parameters: [[grel:valueParameter, $(place)]]}
      - [ex:place, $(place)]
      - [ex:place, $(place)]
"""
    code, problems = check(tmp_path, text, "mapping.yml")
    assert code == 2
    assert lacking(problems, "LG-MAP-006")[0][0] == place(text, "grel:toUp", name="mapping.yml")
    assert lacking(problems, "LG-MAP-003") == [
        (place(text, "[ex:title", name="mapping.yml"), "titel -> did you mean 'title'?")
    ]
    repeated = place(text, "[ex:place", 2, "mapping.yml")
    assert [where for where, _ in lacking(problems, "LG-MAP-011")] == [repeated]


@pytest.mark.parametrize("suffix", ["nq", "parquet"])
def test_a_run_that_meets_invalid_values_says_all_of_them(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "a.csv").write_text("id,u,v\n1,http://a,b c\n2,x y,z\n3,<,z\n", encoding="utf8")
    text = (
        HEAD
        + """<#A> rml:logicalSource [ rml:source "a.csv" ] ;
  rml:subjectMap [ rml:template "http://ex/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:u ; rml:objectMap [ rml:reference "u" ; rml:termType rml:IRI ] ],
    [ rml:predicate ex:v ; rml:objectMap [ rml:reference "v" ; rml:termType rml:IRI ] ] .
"""
    )
    (tmp_path / "m.ttl").write_text(text, encoding="utf8")
    output = tmp_path / f"out.{suffix}"
    result = CliRunner().invoke(cli, ["map", str(tmp_path / "m.ttl"), "-o", str(output)])
    assert isinstance(result.exception, LodgrantsError) and result.exception.exit_code == 2
    problems = result.exception.problems
    places = [str(each.where).rpartition("/")[2] for each in problems]
    assert places == [place(text, '"u"', name="m.ttl"), place(text, '"v"', name="m.ttl")]
    assert [each.value for each in problems] == ["< in record 3", "b c in record 1"]
    assert not output.exists()


def test_an_array_where_a_value_is_needed(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text('[{"k": 1, "v": [1]}]', encoding="utf8")
    text = (
        HEAD
        + """<#J> rml:logicalSource
   [ rml:source "b.json" ; rml:referenceFormulation rml:JSONPath ; rml:iterator "$[*]" ] ;
  rml:subjectMap [ rml:template "http://ex/{k}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:n ; rml:objectMap [ rml:reference "v" ] ] .
"""
    )
    (tmp_path / "m.ttl").write_text(text, encoding="utf8")
    result = CliRunner().invoke(cli, ["map", str(tmp_path / "m.ttl")])
    assert isinstance(result.exception, LodgrantsError)
    where = str(result.exception.problems[0].where).rpartition("/")[2]
    assert where == place(text, '"v"', name="m.ttl")


def test_every_triple_is_found_again_in_its_text() -> None:
    text = r'''# a comment with [ and "
@prefix : <http://x/> . PREFIX p: <http://y/>
BASE <http://b/>
:s a :C , <D#d> ; :p.q "a\"]" , 'b'@en-GB , """c" ] ;""" , "1"^^p:d , "2"^^<http://t> ,
  1 , -1.5 , 1e3 , true .
[ :a [ :b [ :c "x" ] ] ; :d () ; ] :e ( 1 [ :f "g" ] ( "h" ) ) .
_:l.m :p\,q :o . p: : p:x%20y .
[] :g [] .
'''
    quads = list(ox.parse(text, format=ox.RdfFormat.TURTLE))
    found = spots_of(quads, text)
    assert len(found) == sum(each.predicate.value not in (f"{RDF}first", f"{RDF}rest") for each in quads)
    lines = Lines(text)
    starts = {str(quad.object).split("@")[0]: spot.object for quad, spot in found}
    for given, word in (('"x"', '"x"'), ('"b"', "'b'"), ('"g"', '"g"'), ('"1"^^<http://y/d>', '"1"')):
        assert starts[given] == text.index(word)
    predicates = {quad.predicate.value[-3:]: spot for quad, spot in found}
    assert predicates["p,q"].subject == text.index("_:l.m") and predicates["p,q"].word == r":p\,q"
    assert lines.place(predicates["x/g"].subject) == (8, 1)


def test_turtle_that_is_not_known_has_no_places() -> None:
    text = "@prefix : <http://x/> . :a :b <<( :c :d :e )>> ."
    assert spots_of(list(ox.parse(text, format=ox.RdfFormat.TURTLE)), text) == []
