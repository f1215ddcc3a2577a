"""Whether a name is a person's: publishers list people among the partners without saying so."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module

_LOCALES = (
    "en_US en_GB no_NO da_DK sv_SE fi_FI is_IS lv_LV lt_LT et_EE pl_PL de_DE ro_RO bg_BG cs_CZ sk_SK "
    "hu_HU hr_HR sl_SI el_GR pt_PT es_ES ru_RU uk_UA it_IT fr_FR nl_NL"
)
_TITLE = re.compile(
    r"(?:Mr|Mrs|Ms|Dr|Prof|Professor|Sir|Dame|Madame|Monsieur|Mme|Herr|Frau)\.?\s+(?=[^\W\d_])"
)
_NAME = re.compile(r"[^\W\d_a-z][^\W\d_]+(?:-[^\W\d_]+)?|[^\W\d_]\.")


def has_title(name: str) -> bool:
    """Tell whether a person's title stands before a name: "Ms. Anna Petrova"."""
    return _TITLE.match(name) is not None


def is_person(name: str) -> bool:
    """Tell whether a name is two to four words of which the first is a known given name."""
    if has_title(name):
        return True
    words = name.split()
    return (
        2 <= len(words) <= 4 and words[0] in _given_names() and all(_NAME.fullmatch(word) for word in words)
    )


@cache
def _given_names() -> frozenset[str]:
    names: set[str] = set()
    for locale in _LOCALES.split():
        try:
            provider = import_module(f"faker.providers.person.{locale}").Provider
        except ImportError:
            continue
        for attribute in dir(provider):
            values = getattr(provider, attribute)
            if attribute.startswith("first_names") and not callable(values):
                names.update(values)
    return frozenset(names)
