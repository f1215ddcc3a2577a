"""Status words in several languages."""

from __future__ import annotations

from functools import cache

from lodgrants.extract.data import table
from lodgrants.extract.words import Words


@cache
def _statuses() -> dict[str, str]:
    return {word: status for status, words in table("status").items() for word in words}


def parse_status(words: Words) -> str | None:
    """Return planned, ongoing, completed or terminated; None when the word is not known."""
    text = words.plain.casefold().strip(" .;:!")
    return _statuses().get(text)
