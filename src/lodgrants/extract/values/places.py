"""Places: towns and regions that the gazetteer knows, countries; inflected names are recognised.

Pages write "Jēkabpilī" (in Jēkabpils) or "Rezekne" without its accents. A name is compared by its
stem: accents and the case endings of the Baltic and Estonian languages taken off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lodgrants.extract.values.countries import country_code
from lodgrants.extract.values.gazetteer import SHORTEST, gazetteer, stem
from lodgrants.extract.values.slug import fold
from lodgrants.extract.words import Words

_KIND = re.compile(
    r"\s+(?:district|region|county|municipality|city|town|parish|novads|pagasts|cities|districts|towns|regions)\Z"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place as named: its canonical name where the gazetteer knows it, and its country where known."""

    name: str
    words: Words
    country: str | None = None
    stated: str | None = None
    part_of: Place | None = None
    is_country: bool = False


def parse_place(words: Words, countries: Iterable[str] = ()) -> Place | None:
    """Read words that are said to be a place (after a label, say): known or not, they name one.

    :param countries: ISO codes of the countries in which to look, the likeliest first.
    """
    words = words.strip(",;:.")
    if not re.search(r"[^\W\d_]", str(words)):
        return None
    known = tuple(countries)
    country = known[0] if len(known) == 1 else None
    return find_place(words, known) or Place(words.plain, words, country, words.plain)


def find_place(words: Words, countries: Iterable[str] = ()) -> Place | None:
    """Return the place that the words name if the gazetteer knows it in one of the countries."""
    stated = words.plain
    if (code := country_code(stated)) is not None and len(stated) > 2:
        return Place(stated, words, code, stated, is_country=True)
    for country in countries:
        name = _lookup(country, stated) or _lookup(country, _KIND.sub("", stated))
        if name is not None:
            return Place(name, words, country, stated)
    return None


def find_city(words: Words, countries: Iterable[str]) -> Place | None:
    """Return the city that the words name by its usual name, so big that its country need not be said."""
    stated = words.plain
    for country in countries:
        if (name := gazetteer(country).cities.get(fold(stated))) is not None:
            return Place(name, words, country, stated)
    return None


@lru_cache(maxsize=65_536)
def _lookup(country: str, stated: str) -> str | None:
    key = fold(stated)
    if len(key) < SHORTEST:
        return None
    names = gazetteer(country).names
    return names.get(key) or names.get(stem(country, key) + "~")
