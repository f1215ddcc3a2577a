"""What is read piece by piece is what the whole document gives, for every iterator that is read so."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodgrants.map.api import run_mapping
from lodgrants.map.sources import xml
from lodgrants.map.sources.xml_default import only_default_namespace, without
from lodgrants.map.sources.xpath import Steps, plain_steps

MAPPING = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://ex.org/> .
<#a> rml:logicalSource [ rml:source "d.xml" ; rml:referenceFormulation rml:XPath ; rml:iterator "ITERATOR" ] ;
  rml:subjectMap [ rml:template "http://ex.org/{@n}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:b ; rml:objectMap [ rml:reference "b" ] ],
    [ rml:predicate ex:x ; rml:objectMap [ rml:reference "concat(@x, '-', count(.//b))" ] ] .
"""
ITERATORS = (
    "//a", "//b", "//a/b", "//a//b", "//a[@x='1']", "/r/a", "/r/a[b]", "/r/a/b[@x]",
    "/r/a[not(@x) and b='t']",
    "/r/a[@x='1'][b]", "/r/a[1]", "/r/a[last()]", "/r/a[count(b)]", "/r/a[count(b) = 1]", "/r/a[../@x]",
    "/r/a[contains(@x, ']')]", "//a[position() < 3]", "/r/a[@x]/b", "//p:a",
)  # fmt: skip

trees = st.recursive(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["", "1", "x]"]), st.sampled_from(["t", ""])),
    lambda inner: st.tuples(
        st.sampled_from(["a", "b", "c", "p:a"]), st.sampled_from(["", "1"]), st.lists(inner, max_size=4)
    ),
    max_leaves=14,
)


def written(tree: object, number: list[int]) -> str:
    """Return an element as XML, each with a number of its own."""
    assert isinstance(tree, tuple)
    name, attribute, inside = tree
    number[0] += 1
    given = f" x={quoteattr(attribute)}" if attribute else ""
    start = f'<{name} n="{number[0]}"{given}>'
    body = inside if isinstance(inside, str) else "".join(written(each, number) for each in inside)
    return f"{start}{body}</{name}>"


@settings(max_examples=150, deadline=None)
@given(st.lists(trees, max_size=5), st.sampled_from(ITERATORS), st.sampled_from(["", ' xmlns="http://d/"']))
def test_pieces_give_what_the_document_gives(given: list[object], iterator: str, default: str) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        number = [0]
        body = "".join(written(each, number) for each in given)
        (folder / "d.xml").write_text(f'<r x="1" xmlns:p="http://p/"{default}>{body}</r>', encoding="utf8")
        (folder / "m.ttl").write_text(MAPPING.replace("ITERATOR", iterator), encoding="utf8")
        run_mapping(folder / "m.ttl", folder / "pieces.nt")
        patch.setattr(xml, "_piece", lambda needs: Steps(()))
        patch.setattr(xml, "only_default_namespace", lambda path: None)
        run_mapping(folder / "m.ttl", folder / "whole.nt")
        assert sorted(lines(folder / "pieces.nt")) == sorted(lines(folder / "whole.nt"))


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf8").splitlines()


@pytest.mark.parametrize(
    "path", ["/r/a[1]", "/r/a[last()]", "/r/a[count(b)]", "/r/a[../@x]", "/r/a[x]/b", "//a//b", "/r/*", "a/b"]
)
def test_what_looks_further_than_its_element_is_not_read_in_pieces(path: str) -> None:
    assert plain_steps(path) is None


@pytest.mark.parametrize(
    ("document", "left"),
    [
        ('<r xmlns="http://d/"><a/></r>', "<r><a/></r>"),
        ("<r a='1'\n xmlns = 'http://d/' b='2'/>", "<r a='1'\n b='2'/>"),
        ('<r xmlns="http://d/"><a xmlns="http://e/"/></r>', None),
        ('<r xmlns="http://d/"><a>like xmlns="http://e/"</a></r>', None),
        ('<!-- xmlns="http://c/" --><r xmlns="http://d/"/>', None),
        ('<!DOCTYPE r><r xmlns="http://d/"/>', None),
        ("<r><a/></r>", None),
    ],
)
def test_the_root_is_read_without_its_default_namespace(
    document: str, left: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "d.xml"
    path.write_text(document, encoding="utf8")
    cut = only_default_namespace(path)
    if cut is None:
        assert left is None
        return
    for size in (1, 3, 7, 100):
        with path.open("rb") as file:
            reader = without(file, *cut)
            assert b"".join(iter(lambda: reader.read(size), b"")).decode() == left  # noqa: B023
