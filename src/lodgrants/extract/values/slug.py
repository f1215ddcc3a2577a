"""Keys: ASCII, readable, the same for every spelling of quotes, accents and case."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from text_unidecode import unidecode

_NOT_KEY = re.compile(r"[^a-z0-9]+")
_NOT_NUMBER = re.compile(r"[^A-Za-z0-9._]+")
_LONGEST = 80


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Return the text in lower-case ASCII letters and digits, words separated by one hyphen."""
    return _NOT_KEY.sub("-", unidecode(text).replace("'", "").lower()).strip("-")


def slug(text: str) -> str:
    """Return a key made of the text's words; long texts, and those with no word in them, end in a hash."""
    key = fold(text)
    if 0 < len(key) <= _LONGEST:
        return key
    return f"{key[:_LONGEST].rsplit('-', 1)[0]}-{short_hash(text)}".lstrip("-")


def number_key(text: str) -> str:
    """Return a publisher's own number as a key: its separators become hyphens, nothing else changes."""
    key = _NOT_NUMBER.sub("-", unidecode(text)).strip("-.")
    return key or short_hash(text)


def short_hash(*parts: str) -> str:
    """Return ten hexadecimal digits that identify the parts."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:10]
