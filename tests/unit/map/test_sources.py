"""Sources seen through the command line: large JSON documents, the web without permission, missing values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lodgrants.cli.main import cli
from lodgrants.errors import InputError
from lodgrants.map.sources import json as json_source

HEAD = "@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://ex/> .\n"


def run(tmp_path: Path, text: str, name: str = "m.ttl") -> list[str]:
    (tmp_path / name).write_text(text, encoding="utf8")
    result = CliRunner().invoke(cli, ["map", str(tmp_path / name), "-q"], catch_exceptions=False)
    assert result.exit_code == 0
    return sorted(result.stdout.splitlines())


@pytest.mark.parametrize("after", ["", ', "b": [{"id": 9}]', ', "n": 1'])
def test_the_array_of_a_large_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str) -> None:
    monkeypatch.setattr(json_source, "_LARGE", 10)
    items = json.dumps([{"id": i, "t": ["]", "}"]} for i in range(5)])
    (tmp_path / "a.json").write_text(f'{{"a": {items}{after}}}', encoding="utf8")
    text = (
        HEAD
        + """<#a> rml:logicalSource
    [ rml:source "a.json" ; rml:referenceFormulation rml:JSONPath ; rml:iterator "$.a[*]" ] ;
  rml:subjectMap [ rml:template "http://ex/{id}" ; rml:class ex:A ] .
"""
    )
    found = run(tmp_path, text)
    assert [each.split()[0] for each in found] == [f"<http://ex/{i}>" for i in range(5)]


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.xml", "a.csv.gz", "a.parquet"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_web_is_not_asked_without_permission(tmp_path: Path, name: str, scheme: str) -> None:
    form = {"json": "JSONPath", "xml": "XPath"}.get(name.split(".")[1], "CSV")
    url = f"{scheme}://example.org/data/{name}"
    text = (
        HEAD
        + f"""<#a> rml:logicalSource
  [ rml:source "{url}" ; rml:referenceFormulation rml:{form} ; rml:iterator "/a" ] ;
  rml:subjectMap [ rml:template "http://ex/{{id}}" ; rml:class ex:A ] .
"""
    )
    with pytest.raises(InputError) as caught:
        run(tmp_path, text)
    problem = caught.value.problems[0]
    assert (problem.code, problem.value) == ("LG-MAP-004", url)
    assert problem.where is not None and (problem.where.line, problem.where.column) == (3, 16)
    assert "--allow-http" in str(problem.hint)


def test_joined_texts_of_which_one_is_missing_make_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"id": 1, "a": "x", "b": "y"}, {"id": 2, "a": "x"}]', encoding="utf8")
    text = """prefixes: {ex: "http://ex/"}
mappings:
  a:
    sources: [["a.json~jsonpath", "$[*]"]]
    s: ex:$(id)
    po:
      - p: ex:ab
        o:
          function: grel:string_concat
          parameters: [[grel:valueParameter, $(a)], [grel:valueParameter2, $(b)]]
"""
    assert run(tmp_path, text, "m.yml") == ['<http://ex/1> <http://ex/ab> "xy" .']


def test_a_reference_to_a_mapping_of_several_sources_and_subjects(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,k\n1,p\n", encoding="utf8")
    (tmp_path / "b.csv").write_text("id,k\n2,p\n", encoding="utf8")
    text = """prefixes: {ex: "http://ex/"}
sources: {a: [a.csv~csv], b: [b.csv~csv]}
mappings:
  child:
    sources: [a, b]
    s: ex:c$(id)
    po:
      - p: ex:same
        o: {mapping: parent}
      - p: ex:joined
        o: {mapping: parent, condition: {function: equal, parameters: [[str1, $(k)], [str2, $(k)]]}}
  parent:
    sources: [a, b]
    s: [ex:s$(id), ex:t$(id)]
    po: [[a, ex:P]]
"""
    found = [each.split() for each in run(tmp_path, text, "m.yml")]
    pairs = {(s[11:-1], p[11:-1], o[11:-1]) for s, p, o, _ in found if p.startswith("<http://ex/")}
    same = {("c1", "same", "s1"), ("c1", "same", "t1"), ("c2", "same", "s2"), ("c2", "same", "t2")}
    assert pairs == same | {(c, "joined", f"{p}{n}") for c in ("c1", "c2") for p in "st" for n in "12"}
