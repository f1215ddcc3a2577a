"""A label with nothing behind it is counted under the class and property that a value would have been for."""

from __future__ import annotations

import pytest

from lodgrants.extract.profile import FIELDS, Field
from lodgrants.extract.unfilled import as_rows, meant
from lodgrants.rdf.namespaces import DCTERMS, LG


@pytest.mark.parametrize(
    ("field", "place"),
    [
        (Field("identifier", "x/number"), (f"{LG}Project", f"{DCTERMS}identifier")),
        (Field("amount", "x/cost", kind="totalCost"), (f"{LG}Project", f"{LG}amount")),
        (Field("amount", "x/grant", kind="granted"), (f"{LG}Grant", f"{LG}amount")),
        (Field("legal-form", "x/form"), (f"{LG}Organization", f"{LG}legalForm")),
        (Field("phone", "x/phone"), None),
        (Field("ignore", "x/ignore"), None),
    ],
)
def test_a_field_is_meant_for_a_class_and_property(field: Field, place: tuple[str, str] | None) -> None:
    assert meant(field) == place


def test_every_field_can_be_asked() -> None:
    for name in FIELDS:
        meant(Field(name, "x/y"))


def test_rows_stand_in_order() -> None:
    rows = as_rows({("urn:b", "urn:p"): 2, ("urn:a", "urn:p"): 1})
    assert [(row["class"], row["count"]) for row in rows] == [("urn:a", 1), ("urn:b", 2)]
