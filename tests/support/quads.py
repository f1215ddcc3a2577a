"""Tables of quads with awkward terms, for property tests of what writes and reads them."""

from __future__ import annotations

from hypothesis import Phase
from hypothesis import strategies as st

from lodgrants.rdf.namespaces import LG, RDF, SCHEMA, XSD
from lodgrants.rdf.terms import iri, literal

Row = tuple[str, str, str, str | None]

locals_ = st.one_of(
    st.sampled_from(
        ["name", "a.b", "a.", ".a", "-a", "a-", "1", "", "a/b", "a~b", "é", "a%20", "_", "type", "a:b"]
    ),
    st.text("ab.-_/:é", max_size=4),
)
namespaces = st.sampled_from([SCHEMA, LG, XSD, RDF, "urn:x:", "https://example.org/"])
iris = st.builds(lambda space, name: iri(space + name), namespaces, locals_)
blanks = st.sampled_from(["_:b0", "_:b1", "_:x"])
numbers = st.sampled_from(
    ["1", "-1", "+1.5", ".5", "1.", "1e3", "1.0E-3", "1.e3", "true", "false", "1 ", "x", "NaN", ""]
)
numeric = st.sampled_from(
    [f"{XSD}{name}" for name in ("integer", "decimal", "double", "boolean", "date", "gYear")]
)
datatypes = st.one_of(numeric, st.sampled_from(["urn:x:type", f"{SCHEMA}Text", f"{SCHEMA}a/b"]))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
awkward = st.sampled_from(
    ['x"^^<urn:y>', '"^^xsd:date', "schema:name", "a\nb\t\\", "<urn:x>", 'say "lg:x"', "xsd:date"]
)
literals = st.one_of(
    st.builds(literal, st.one_of(texts, awkward)),
    st.builds(literal, st.one_of(numbers, awkward), datatypes),
    st.builds(
        lambda text, tag: literal(text, language=tag),
        st.one_of(texts, awkward),
        st.sampled_from(["en", "lv", "en-gb"]),
    ),
)
verbs = st.one_of(iris, st.just(f"<{RDF}type>"))
# A failing table is small as it is: shrinking it further takes minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
rows = st.tuples(
    st.one_of(iris, blanks), verbs, st.one_of(iris, blanks, literals), st.one_of(st.none(), iris)
)
tables = st.lists(rows, max_size=14)
