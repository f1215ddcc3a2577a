"""What the words between two sums say: the same sum once more, or which other sum comes next."""

from __future__ import annotations

import re
from functools import cache

from lodgrants.extract.data import table

_WORD = re.compile(r"[^\W\d_]{2,}")


def is_same_sum(between: str) -> bool:
    """Tell whether the words join two ways of writing one sum: "EUR 100 / LVL 70", "100 euros or 70 lats"."""
    return all(word.casefold() in _joining() for word in _WORD.findall(between))


def kind_named(between: str) -> str:
    """Return the kind of amount that the words name (", of which own funds"); empty when they name none."""
    return next((kind for kind, pattern in _kinds().items() if pattern.search(between)), "")


def is_limit(before: str) -> bool:
    """Tell whether the words before a sum make it a limit: "up to", "at least"."""
    return any(before.casefold().rstrip().endswith(words) for words in table("sums")["limits"]["words"])


@cache
def _joining() -> frozenset[str]:
    return frozenset(table("sums")["same"]["words"])


@cache
def _kinds() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(pattern) for kind, pattern in table("sums")["kinds"].items()}
