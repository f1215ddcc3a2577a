"""Phases of a project: "1st phase", "second phase", "Phase II" are one key each."""

from __future__ import annotations

import re

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "final": 9, "last": 9}
_STEMS = {"перв": 1, "перш": 1, "втор": 2, "друг": 2, "трет": 3, "трэц": 3, "четверт": 4, "чацвёрт": 4}


def phase_key(text: str | None) -> str:
    """Return "phase-2" for any way of writing the second phase; empty when there is none."""
    if not text:
        return ""
    if digits := re.search(r"\d+", text):
        return f"phase-{int(digits.group())}"
    for word in re.findall(r"\w+", text.casefold()):
        number = _WORDS.get(word) or _ROMAN.get(word) or _STEMS.get(next(filter(word.startswith, _STEMS), ""))
        if number:
            return f"phase-{number}"
    return ""
