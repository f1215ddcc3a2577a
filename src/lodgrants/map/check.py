"""Looking a mapping over before it is run: what is wrong, and what is odd, with its place."""

from __future__ import annotations

from lodgrants.errors import LodgrantsError, Problem
from lodgrants.map.model import Mapping
from lodgrants.map.run import prepared
from lodgrants.map.settings import Settings


def check_mapping(mapping: Mapping, settings: Settings) -> list[Problem]:
    """Return all problems of a mapping and its sources; no triples are made."""
    try:
        with prepared(mapping, settings):
            return []
    except LodgrantsError as error:
        return list(error.problems)
