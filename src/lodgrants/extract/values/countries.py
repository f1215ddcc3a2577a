"""Countries by name in many languages (CLDR) and by code."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from lodgrants.extract.data import table
from lodgrants.extract.values.months import LOCALES

_CODE = re.compile(r"[A-Z]{2}")


@cache
def country_names() -> dict[str, str]:
    """Return names, casefolded, to ISO 3166-1 alpha-2 codes; English wins where languages differ."""
    names: dict[str, str] = {}
    for locale in reversed(LOCALES):
        for code, name in Locale.parse(locale).territories.items():
            if _CODE.fullmatch(code) and code not in ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"):
                names[name.casefold()] = code
    names.update(table("countries")["names"])
    return names


def country_code(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code that a country's name or code stands for, or None."""
    text = text.strip(" .,;:()")
    if _CODE.fullmatch(text):
        code = table("countries")["codes"].get(text, text)
        return code if code in country_names().values() else None
    return country_names().get(text.casefold()) if text[:1].isupper() else None


def home_countries(language: str) -> tuple[str, ...]:
    """Return the codes of the countries in which a language's pages are likeliest to be at home."""
    return tuple(table("countries")["home"].get(language, ()))


def nationality_code(text: str) -> str | None:
    """Return the code of the country that a name or an adjective ("Latvian") stands for, or None."""
    code = table("countries")["adjectives"].get(text.strip().casefold())
    return code if isinstance(code, str) else country_code(text)
