"""How terms are shown to people."""

from __future__ import annotations

import pytest

from lodgrants.rdf.namespaces import XSD
from lodgrants.validate.messages import short


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        (f'"12"^^<{XSD}integer>', "12"),
        (f'"-1.50"^^<{XSD}decimal>', "-1.50"),
        (f'"1.5"^^<{XSD}integer>', '"1.5"^^xsd:integer'),
        (f'"much"^^<{XSD}decimal>', '"much"^^xsd:decimal'),
        (f'"300"^^<{XSD}byte>', '"300"^^xsd:byte'),
        ('"a text"@en', '"a text"@en'),
        ("<http://schema.org/name>", "schema:name"),
        ("_:b0", "_:b0"),
    ],
)
def test_terms_are_short_and_what_is_wrong_with_them_is_seen(term: str, shown: str) -> None:
    assert short(term) == shown
