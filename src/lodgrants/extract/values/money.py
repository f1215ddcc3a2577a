"""Sums of money as pages write them: number, thousands and decimal marks, multiplier, currency.

A number is a sum only when a currency stands beside it, or when the caller names the currency that
the page implies; head-counts, years and percentages are never money.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from lodgrants.extract.data import table
from lodgrants.extract.words import BLANK, Words

_SPACE = f"[{re.escape(BLANK)}]"
_GAP = r"[ \t\u00a0\u2007\u2009\u202f]"
# Thousands grouped by spaces, or any run of digits and marks; then decimals, of which "84 404, 37" has a
# space before, and "100,-" has none.
_GROUPED = rf"\d{{1,3}}(?:{_GAP}\d{{3}})+"
_DECIMALS = rf"[.,]\d{{1,2}}(?!\d)|,{_GAP}\d\d(?!\d)|[.,][-–—]"
_NUMBER = rf"(?:{_GROUPED}|\d+(?:[.,'’]\d+)*|(?=[.,]\d\d(?!\d)))(?:{_DECIMALS})?"
_MULTIPLIER = (
    rf"(?:{_GAP}?(?P<multiplier>(?:thousand|million|billion|thsd|mln|mio|milj|tūkst|tuh|bn|[kKmM])\b\.?))?"
)
UNSTATED = "XXX"  # ISO 4217 for "no currency": a caller that names it takes bare numbers as they are
_FACTORS = {"k": 3, "thousand": 3, "thsd": 3, "tūkst": 3, "tuh": 3, "bn": 9, "billion": 9}


@dataclass(frozen=True, slots=True)
class Money:
    """A sum: exact decimal value, ISO 4217 code (None when none is stated), and its words."""

    value: Decimal
    currency: str | None
    words: Words


@cache
def _signs() -> dict[str, str]:
    signs: dict[str, str] = table("currencies")["signs"]
    return signs


@cache
def _codes() -> frozenset[str]:
    return frozenset(table("currencies")["codes"])


@cache
def _pattern() -> re.Pattern[str]:
    codes = "|".join(sorted(_codes()))
    names = "|".join(re.escape(sign) for sign in sorted(_signs(), key=len, reverse=True) if sign[0].isalpha())
    signs = "|".join(re.escape(sign) for sign in _signs() if not sign[0].isalpha())
    currency = rf"(?:{signs}|(?<![^\W\d_])(?:{codes}|(?i:{names}))(?![^\W\d_]))"
    twice = rf"{currency}(?:{_GAP}?{currency})?"
    number = rf"(?<![\d.,])(?<!\d[\-/])(?P<number>{_NUMBER}){_MULTIPLIER}"
    not_more = rf"(?![\d]|{_GAP}?%|[.,/]\d)"
    return re.compile(
        rf"(?:(?P<before>{twice}){_SPACE}{{0,3}})?{number}{not_more}(?:{_GAP}{{0,3}}(?P<after>{twice}))?"
    )


def find_money(words: Words, currency: str | None = None) -> Iterator[Money]:
    """Yield the sums in the words, in order.

    :param currency: the currency to take for a number that has none beside it; without it such
        numbers are passed over.
    """
    position = words.start
    while match := _pattern().search(words.page, position, words.end):
        before, after = _code(match["before"]), _code(match["after"])
        own = before or after
        # "DKK 10 EUR 20": the mark after the first number belongs to the second.
        end = match.end() if after and after == own else match.end("multiplier")
        end = end if end > 0 else match.end("number")
        position = max(end, match.start() + 1)
        value = parse_number(match["number"])
        if value is None or (own or currency) is None:
            continue
        start = match.start() if before else match.start("number")
        code = None if own is None and currency == UNSTATED else own or currency
        yield Money(value * _factor(match["multiplier"]), code, Words(words.page, start, end))


def parse_number(text: str) -> Decimal | None:
    """Decide which marks group thousands and which one starts the decimals; None when that is undecidable."""
    text = re.sub(rf"{_SPACE}|['’]", "", text).rstrip("-–—")
    marks = re.findall(r"[.,]", text)
    if not marks:
        return Decimal(text)
    last = text.rindex(marks[-1])
    whole, decimals = text[:last], text[last + 1 :]
    if len(set(marks)) == 1 and (
        len(marks) > 1 or (len(decimals) == 3 and re.fullmatch(r"[1-9]\d{0,2}", whole))
    ):
        whole, decimals = text, ""
    groups = re.split(r"[.,]", whole)
    if len(groups) > 1 and not _are_groups(groups):
        return None
    if decimals and len(set(re.findall(r"[.,]", whole))) > 1:
        return None
    return Decimal(("".join(groups) or "0") + (f".{decimals}" if decimals else ""))


def _are_groups(groups: list[str]) -> bool:
    return 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])


def _code(mark: str | None) -> str | None:
    """Return the ISO 4217 code of a mark such as "€", "EUR €" or "kn"."""
    if mark is None:
        return None
    for part in (mark, *re.split(_SPACE, mark), mark[:1], mark[-1:]):
        if part.upper() in _codes():
            return part.upper()
        if part.casefold() in _signs():
            return _signs()[part.casefold()]
    return None


def _factor(multiplier: str | None) -> int:
    if not multiplier:
        return 1
    return int(10 ** _FACTORS.get(multiplier.rstrip(".").casefold(), 6))
