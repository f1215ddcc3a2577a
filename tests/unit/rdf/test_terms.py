"""N-Triples text of terms: what we write is read back as the same term by an independent parser."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lodgrants.rdf.namespaces import XSD
from lodgrants.rdf.terms import iri, literal

texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts)
def test_a_literal_reads_back_as_the_same_text(text: str) -> None:
    line = f"<a:s> <a:p> {literal(text)} ."
    (quad,) = ox.parse(line.encode(), ox.RdfFormat.N_TRIPLES)
    assert quad.object == ox.Literal(text)
    assert str(quad.object) == literal(text)


def test_language_and_datatype() -> None:
    assert literal("x", language="lv") == '"x"@lv'
    assert literal("1", f"{XSD}integer") == f'"1"^^<{XSD}integer>'
    assert literal("x", f"{XSD}string") == '"x"'


@pytest.mark.parametrize("bad", ["a b", "a>b", 'a"b', "a\nb", "{x}"])
def test_a_bad_character_in_an_iri_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="may not stand in an IRI"):
        iri(f"http://example.org/{bad}")
