"""Month names in the languages that publishers write, from CLDR."""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby

from babel import Locale

from lodgrants.extract.data import table

LOCALES = (
    "en",
    "lv",
    "lt",
    "et",
    "ru",
    "be",
    "uk",
    "nb",
    "nn",
    "da",
    "sv",
    "fi",
    "is",
    "pl",
    "de",
    "cs",
    "sk",
    "hr",
    "sl",
)
_LOCALES_ADDED_BY_USE = {"sept": 9, "juunni": 6}


@cache
def month_numbers() -> dict[str, int]:
    """Return month names (full, short, in every case CLDR knows), casefolded and without points, to 1-12."""
    names = {**_case_forms(), **_LOCALES_ADDED_BY_USE}
    for code in reversed(LOCALES):
        months = Locale.parse(code).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    if not name[0].isdigit():
                        names[name.casefold().rstrip(".")] = number
    return names


def _case_forms() -> dict[str, int]:
    """Return forms that CLDR does not list ("aprīlim", "мае")."""
    return {
        form: number
        for cases in table("months")["forms"].values()
        for forms in cases
        for number, form in enumerate(forms.split(), 1)
    }


@cache
def month_pattern() -> str:
    """Return a pattern (for use with re.IGNORECASE) that matches any month name."""
    return rf"(?:{_either(sorted(month_numbers()))})(?![^\W\d_])\.?"


def _either(words: list[str]) -> str:
    """Return a pattern for any of some sorted words, by their letters in common: no word is tried in vain."""
    branches = []
    for first, group in groupby((word for word in words if word), key=lambda word: word[0]):
        rests = [word[1:] for word in group]
        tail = "" if rests == [""] else f"(?:{_either(rests)})"
        branches.append(re.escape(first) + (f"{tail}?" if "" in rests and tail else tail))
    return "|".join(branches)
