"""Odd but legal data, and data that is not what it says: the right triples or a clear error, never less."""

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
@prefix ex: <http://ex.org/> .
@base <http://b/> .
"""


def values(
    folder: Path, data: bytes, formulation: str, reference: str, iterator: str = "", name: str = "d.dat"
) -> list[str]:
    """Map one reference of each record to a literal; return the literals."""
    (folder / name).write_bytes(data)
    given = f'; rml:iterator "{iterator}"' if iterator else ""
    (folder / "m.ttl").write_text(
        f"""{PREFIXES}<#M> rml:logicalSource [ rml:source "{name}" ; rml:referenceFormulation ql:{formulation}
        {given} ] ; rr:subject ex:s ; rr:predicateObjectMap [ rr:predicate ex:p ;
        rr:objectMap [ rml:reference "{reference}" ] ] .""",
        encoding="utf8",
    )
    run_mapping(folder / "m.ttl", folder / "out.nq")
    lines = (folder / "out.nq").read_text(encoding="utf8").splitlines()
    return sorted(
        line.removeprefix("<http://ex.org/s> <http://ex.org/p> ").removesuffix(" .") for line in lines
    )


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"id,a\r\n1,x\n2,y\r\n", ['"x"', '"y"']),
        (b"id,a\n1,x\r\n2,y", ['"x"', '"y"']),
        (b'"i\nd",a\n1,x\n2,y\n', ['"x"', '"y"']),
        (b"\xef\xbb\xbfid,a\r\n1,x\r\n", ['"x"']),
        (b'id,a\n1,"x\n""y"""\n', ['"x\\n\\"y\\""']),
    ],
)
def test_csv_of_all_sorts(tmp_path: Path, data: bytes, found: list[str]) -> None:
    assert values(tmp_path, data, "CSV", "a") == found


@pytest.mark.parametrize("after", [b"", b"\n", b"\n2,y\n"])
def test_no_long_record_of_csv_is_lost(tmp_path: Path, after: bytes) -> None:
    long = b"x" * (17 << 20)
    found = values(tmp_path, b"id,a\n0,w\n1," + long + after, "CSV", "a")
    assert [len(each) for each in found] == [3, len(long) + 2] + [3] * (len(after) > 1)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"id,a\n1\n", "1 cells where the header has 2"),
        (b'id,a\n1,"x\n', "unexpected end"),
        (b"id,a\n1,\xe9\n", "can't decode"),
        (b"", "the source is empty"),
        (b"\xef\xbb\xbf", "the source is empty"),
        (b"a,b,a\n1,2,3\n", "several columns"),
    ],
)
def test_what_is_no_csv_is_said(tmp_path: Path, data: bytes, word: str) -> None:
    with pytest.raises(LodgrantsError, match=word):
        values(tmp_path, data, "CSV", "a")
    assert not (tmp_path / "out.nq").exists()


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("a", ['"on <e>e"']),
        ("a/text()", ['"e"', '"on <"']),
        ("b", ['""']),
        ("b/text()", []),
        ("c/@xml:lang", ['"en"', '"lv"']),
        ("o:d", ['"deep"']),
        ("x div 2", ['"0.5"']),
        ("x div 0", ['"Infinity"']),
        ("number(a)", ['"NaN"']),
        ("f/g", ['"plain"']),
    ],
)
def test_xml_of_all_sorts(tmp_path: Path, reference: str, found: list[str]) -> None:
    data = b"""<r><e><a>on &lt;<i>e></i>e</a><b/><c xml:lang="en">x</c><c xml:lang="lv">y</c>
    <o:d xmlns:o="http://o/">deep</o:d><x>1</x><f xmlns="http://f/"><g>plain</g></f></e></r>"""
    for iterator in ("/r/e", "r/e", "//e"):
        assert values(tmp_path, data, "XPath", reference, iterator) == found


@pytest.mark.parametrize(
    ("iterator", "reference", "error", "word"),
    [
        ("/r/z:e", "a", MappingError, "namespace prefix"),
        ("/r/e", "z:a", MappingError, "namespace prefix"),
        ("/r/e/@k", ".", UnsupportedError, "selects attributes"),
    ],
)
def test_xpaths_that_could_never_find_anything_are_refused(
    tmp_path: Path, iterator: str, reference: str, error: type[LodgrantsError], word: str
) -> None:
    with pytest.raises(error, match=word):
        values(tmp_path, b'<r><e k="1"/></r>', "XPath", reference, iterator)


@pytest.mark.parametrize(
    ("data", "word"), [(b"", "empty"), (b'[{"a": NaN}]', "no JSON"), (b'[{"a": 1}', "d.json")]
)
def test_what_is_no_json_is_said(tmp_path: Path, data: bytes, word: str) -> None:
    with pytest.raises((InputError, MappingError), match=word):
        values(tmp_path, data, "JSONPath", "a", "$[*]", "d.json")
    assert not (tmp_path / "out.nq").exists()


def test_json_names_that_are_no_shorthand(tmp_path: Path) -> None:
    data = '[{"Price (EUR)": "5", "a b": "6", "é": "7"}]'.encode()
    for reference, found in (("Price (EUR)", '"5"'), ("a b", '"6"'), ("é", '"7"')):
        assert values(tmp_path, data, "JSONPath", reference, "$[*]") == [found]
        assert values(tmp_path, data, "JSONPath", reference, "$[?(@['a b'])]") == [found]


def test_a_file_without_a_header_has_numbered_columns(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("x;1\ny;2\n", encoding="utf8")
    (tmp_path / "m.ttl").write_text(
        f"""{PREFIXES} @prefix csvw: <http://www.w3.org/ns/csvw#> .
        <#S> a csvw:Table ; csvw:url "d.csv" ; csvw:dialect [ csvw:delimiter ";" ; csvw:header false ] .
        <#M> rml:logicalSource [ rml:source <#S> ; rml:referenceFormulation ql:CSV ] ;
        rr:subjectMap [ rr:template "http://ex.org/{{_col.1}}" ] ;
        rr:predicateObjectMap [ rr:predicate ex:p ; rr:objectMap [ rml:reference "2" ] ] .""",
        encoding="utf8",
    )
    run_mapping(tmp_path / "m.ttl", tmp_path / "out.nq")
    assert sorted((tmp_path / "out.nq").read_text().splitlines()) == [
        '<http://ex.org/x> <http://ex.org/p> "1" .',
        '<http://ex.org/y> <http://ex.org/p> "2" .',
    ]


def test_a_binding_that_the_mapping_has_no_source_for_is_said(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id\n1\n", encoding="utf8")
    (tmp_path / "m.ttl").write_text(
        f"""{PREFIXES} <#M> rml:logicalSource [ rml:source "d.csv" ; rml:referenceFormulation ql:CSV ] ;
        rr:subjectMap [ rr:template "http://ex.org/{{id}}" ; rr:class ex:C ] .""",
        encoding="utf8",
    )
    wrong = Settings(sources={"d.csw": tmp_path / "rows.csv"})
    with pytest.raises(MappingError, match=r"no source of this name(.|\n)*did you mean 'd.csv'"):
        run_mapping(tmp_path / "m.ttl", tmp_path / "out.nq", wrong)
    run_mapping(tmp_path / "m.ttl", tmp_path / "out.nq", Settings(sources={"d.csv": tmp_path / "rows.csv"}))
    assert (tmp_path / "out.nq").read_text().count("\n") == 1


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ('<#M> rr:subjectMap [ rr:template "http://ex.org/{id}" ] .', "has no logical source"),
        (
            "@prefix r: <http://w3id.org/rml#> . <#M> r:logicalSource [ ] .",
            "its namespace is http://w3id.org/rml/",
        ),
    ],
)
def test_what_makes_no_triples_map_is_said(tmp_path: Path, document: str, word: str) -> None:
    (tmp_path / "m.ttl").write_text(PREFIXES + document, encoding="utf8")
    with pytest.raises(MappingError, match=word):
        run_mapping(tmp_path / "m.ttl", tmp_path / "out.nq")
