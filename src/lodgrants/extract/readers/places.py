"""Places: after a label, in lists with regions and streets, and in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lodgrants.extract.profile import Field, Source
from lodgrants.extract.values.countries import country_code
from lodgrants.extract.values.organizations import split_list
from lodgrants.extract.values.places import Place, find_city, find_place, parse_place
from lodgrants.extract.values.slug import fold
from lodgrants.extract.words import Words

_WORD = r"[^\W\d_a-z](?:[^\W\d_]|[’'`])+(?:-[^\W\d_]+)*"
_NAME = re.compile(rf"(?:{_WORD})(?:\s(?:{_WORD})|\s(?:region|county|district|voblast|oblast))*")
_AND = re.compile(r"\s+(?:and|un|ir|ja|og|och|i|и|und|vai/un|vai|un/vai|or)\s+|\s*[+&]\s*")
_REGION = re.compile(r"\s*:\s*|\s+[-–—]\s*|[-–—]\s+")  # "Kurzemē- Talsos", not "Cluj-Napoca"
_STREET = re.compile(r"\d")
_IN_BRACKETS = re.compile(r"\s*\(([^()]+)\)")
_TOWN_AND_REGION = re.compile(r"([^()\n]+?)\s*\(([^()\n]+)\)")
_LONGEST_NAME = 4
# A place inside a body's name ("Riga City Council", "University of Tartu") says where nothing happens.
_BODY = re.compile(
    r"(?i:universit|college|council|ministr|museum|institut|foundation|associat|society|union|federation|"
    r"municipality|agency|embassy|centre|center|theatre|library|hospital|school|academy|bank|fund\b|forum|"
    r"network|committee|organi[sz]ation|parliament|government|police|court|church|party|club|choir|festival)"
)
_BODY_OF = re.compile(
    rf"\b(?=[^\W\d_a-z])\w*{_BODY.pattern}\w*(?:\s\w+){{0,2}}\s(?:of|for)\s(?:the\s)?(?:[Rr]epublic\sof\s)?\Z"
)
_BEFORE = 80
_ALPHABETS = (
    (re.compile("[А-Яа-я]"), ("BG", "MK", "RS", "ME", "BA", "BY", "RU", "UA")),
    (re.compile("[Α-Ωα-ω]"), ("GR", "CY")),
)


def places_of(field: Field, words: Words, source: Source) -> Iterator[Place]:
    """Read the places that a label names: a list, "region - town: street", one name in two alphabets."""
    if field.items == "sentences":
        for place in places_in_prose(words, source.countries, source.elsewhere):
            if field.value is None or field.value.fullmatch(place.words.plain):
                yield place
        return
    countries = source.countries
    if " / " in str(words) and len(split_list(words, "/")) == 2:
        yield from _two_names(words, countries)
        return
    region: Place | None = None
    for part in split_list(words, field.separators or ",;\n"):
        for piece in part.split(_AND):
            region, places = _region_and_town(piece, countries, region)
            yield from places


def _two_names(words: Words, countries: tuple[str, ...]) -> Iterator[Place]:
    """Read one place written in two alphabets, "София / Sofia"."""
    first, second = split_list(words, "/")
    at_home = next((home for letters, home in _ALPHABETS if letters.search(str(words))), ())
    countries = tuple(sorted(countries, key=lambda country: country not in at_home))
    shared = tuple(code for code in countries if find_place(first, (code,)) and find_place(second, (code,)))
    countries = shared or countries
    place = find_place(second, countries) or find_place(first, countries) or parse_place(second, countries)
    if place is not None:
        yield replace(place, words=words, stated=first.plain)


def _region_and_town(
    words: Words, countries: tuple[str, ...], region: Place | None
) -> tuple[Place | None, list[Place]]:
    """Read "region - town: street" or a town of the region named before; streets are not places."""
    if (found := _TOWN_AND_REGION.fullmatch(words.page, words.start, words.end)) and (
        town := find_place(words.at(found, 1), countries)
    ):
        return region, [replace(town, part_of=find_place(words.at(found, 2), countries))]
    parts = words.split(_REGION)
    known = [find_place(part, countries) for part in parts]
    if len(parts) == 1 or not any(known):
        if _STREET.search(str(words)) and known[0] is None:
            return region, []
        place = known[0] or parse_place(words, countries)
        return region, [
            replace(place, part_of=region)
        ] if place and place.country and region and not place.is_country else [place] if place else []
    places = [place for place in known if place is not None]
    if len(places) > 1:
        region = places[0]
        return region, [region, *(replace(place, part_of=region) for place in places[1:])]
    return region, places


def places_in_prose(
    words: Words, countries: tuple[str, ...], elsewhere: tuple[str, ...] = ()
) -> Iterator[Place]:
    """Yield the places that running text names: a known name, or a town with its country in brackets.

    :param elsewhere: countries of which only the big cities are looked for.
    """
    seen: set[str] = set()
    bracket_end = words.start
    for match in words.find(_NAME):
        if match.start() < bracket_end:
            continue  # the country in brackets behind a town says where the town is
        name = words.at(match)
        if _is_of_a_body(name):
            continue
        place = _with_country(name, words)
        bracket_end = words.page.index(")", match.end()) if place else bracket_end
        place = place or _longest_known(name, countries, elsewhere)
        if place is not None and place.name not in seen:
            seen.add(place.name)
            yield place


def _is_of_a_body(name: Words) -> bool:
    before = name.page[max(0, name.start - _BEFORE) : name.start].rpartition("\n")[2]
    return _BODY.search(str(name)) is not None or _BODY_OF.search(before) is not None


def _with_country(name: Words, words: Words) -> Place | None:
    """Read "Riga (Latvia)"; a name that the gazetteer lacks is taken as it stands."""
    match = _IN_BRACKETS.match(words.page, name.end, words.end)
    country = country_code(match[1]) if match else None
    if country is None:
        return None
    return find_place(name, (country,)) or Place(name.plain, name, country, name.plain)


def _longest_known(name: Words, countries: tuple[str, ...], elsewhere: tuple[str, ...]) -> Place | None:
    """Return the longest run of the name's words that is a known place."""
    ends = [match.end() for match in re.finditer(r"\S+", str(name))]
    for end in reversed(ends[:_LONGEST_NAME]):
        part = name.cut(0, end)
        place = find_place(part, countries)
        if place is None or fold(place.name) != fold(part.plain):  # Minsk is not Mińsk Mazowiecki
            place = find_city(part, (*countries, *elsewhere)) or place
        if place is not None:
            return place
    return None
