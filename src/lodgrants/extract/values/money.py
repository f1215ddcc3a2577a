"""Sums of money as pages write them: number, thousands and decimal marks, multiplier, currency.

A number is a sum only when a currency stands beside it, or when the caller names the currency that
the page implies; head-counts, years and percentages are never money.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from lodgrants.extract.data import table
from lodgrants.extract.words import BLANK, Words, whole

_SPACE = f"[{re.escape(BLANK)}]"
_GAP = r"[ \t\u00a0\u2007\u2009\u202f]"
# Thousands grouped by spaces, or any run of digits and marks; then decimals, of which "84 404, 37" has a
# space before, and "100,-" has none.
_GROUPED = rf"\d{{1,3}}(?:{_GAP}\d{{3}})+"
_DECIMALS = rf"[.,]\d{{1,2}}(?!\d)|,{_GAP}\d\d(?!\d)|[.,][-–—]"
_NUMBER = rf"(?:{_GROUPED}|\d+(?:[.,'’]\d+)*|(?=[.,]\d\d(?!\d)))(?:{_DECIMALS})?"
# "EUR 10 000-20 000" and "1 000 – 2 000 EUR" are no sums; "2016 – 2 000 EUR" holds one.
_RANGE_GOES_ON = re.compile(
    rf"[–-]\d|{_GAP}?[–-]{_GAP}?(?!(?:19|20)\d\d\b)\d[\d.,]{{0,9}}(?:{_GAP}\d{{3}})*(?<=\d\d\d)(?![./-]?\d)"
)
_RANGE_BEGINS = re.compile(
    rf"(?<![\w/.-])(?!(?:19|20)\d\d{_GAP}?[–-])\d[\d.,]{{0,9}}(?:{_GAP}\d{{3}})*(?<=\d\d\d){_GAP}?[–-]{_GAP}?\Z"
)
# A bare number in front of a word counts something else: "12 persons", "1.2 of what nobody knows".
_WORD_BEHIND = re.compile(rf"{_GAP}{{0,2}}[^\W\d_]{{2,}}")
_BEFORE = 24
UNSTATED = "XXX"  # ISO 4217 for "no currency": a caller that names it takes bare numbers as they are


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
def _shared() -> dict[str, dict[str, str]]:
    shared: dict[str, dict[str, str]] = table("currencies")["shared"]
    return shared


@cache
def _powers() -> dict[str, int]:
    return {word: int(power) for power, words in table("currencies")["powers"].items() for word in words}


@cache
def _powers_by_language() -> dict[str, dict[str, int]]:
    powers: dict[str, dict[str, int]] = table("currencies")["powers-by-language"]
    return powers


def _power(multiplier: str | None, language: str) -> int | None:
    """Return the power of ten that a multiplier stands for; None when the language leaves it open."""
    if multiplier is None:
        return 0
    word = multiplier.rstrip(".")
    return _powers()[word] if word in _powers() else _powers_by_language()[word].get(language)


@cache
def _pattern() -> re.Pattern[str]:
    powers = "|".join(
        re.escape(word) for word in sorted((*_powers(), *_powers_by_language()), key=len, reverse=True)
    )
    multiplier = rf"(?:{_GAP}?(?P<multiplier>(?:{powers})(?![^\W_])\.?))?"
    codes = "|".join(sorted(_codes()))
    named = _signs() | _shared()
    names = "|".join(re.escape(sign) for sign in sorted(named, key=len, reverse=True) if sign[0].isalpha())
    signs = "|".join(re.escape(sign) for sign in _signs() if not sign[0].isalpha())
    currency = rf"(?:{signs}|(?<![^\W\d_])(?:{codes}|(?i:{names}))(?![^\W\d_]))"
    twice = rf"{currency}(?:{_GAP}?{currency})?"
    number = rf"(?<![\d.,])(?<!\d[\-–/])(?P<number>{_NUMBER}){multiplier}"
    not_more = rf"(?![\d]|{_GAP}?%|[.,/]\d)"
    return re.compile(
        rf"(?:(?P<before>{twice}){_SPACE}{{0,3}})?{number}{not_more}(?:{_GAP}{{0,3}}(?P<after>{twice}))?"
    )


def find_money(words: Words, currency: str | None = None, language: str = "") -> Iterator[Money]:
    """Yield the sums in the words, in order.

    :param currency: the currency to take for a number that has none beside it; without it such
        numbers are passed over.
    :param language: the page's language, which tells what "kr" is; else its currency is left open.
    """
    position = words.start
    if position > 0 and words.page[position - 1].isalpha():  # a sum that touches its label: "AmountCHF 5"
        yield from (_moved(money, words) for money in find_money(whole(str(words)), currency, language))
        return
    while match := _pattern().search(words.page, position, words.end):
        before, after = _code(match["before"], language), _code(match["after"], language)
        own = before or after or _code(match["multiplier"], language)
        # "DKK 10 EUR 20": the mark after the first number belongs to the second.
        end = match.end() if after and after == own else match.end("multiplier")
        end = end if end > 0 else match.end("number")
        position = max(end, match.start() + 1)
        value = parse_number(match["number"])
        power = _power(match["multiplier"], language)
        if value is None or (own or currency) is None or _is_of_a_range(words, *match.span("number")):
            continue
        if power is None or (
            own is None and currency == UNSTATED and _WORD_BEHIND.match(words.page, end, words.end)
        ):
            continue
        start = match.start() if before else match.start("number")
        code = own or currency
        code = None if code == UNSTATED else code
        yield Money(_times(value, power), code, Words(words.page, start, end))


def _moved(money: Money, words: Words) -> Money:
    """Return a sum that was found in a copy of the words, with its place in the page."""
    return replace(money, words=words.cut(money.words.start, money.words.end))


def _is_of_a_range(words: Words, start: int, end: int) -> bool:
    before = words.page[max(words.start, start - _BEFORE) : start]
    return bool(_RANGE_GOES_ON.match(words.page, end, words.end) or _RANGE_BEGINS.search(before))


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


def currency_code(text: str) -> str:
    """Return the ISO 4217 code of a currency named alone ("EUR", "in euros"); empty when it is none."""
    codes = (_code(part, "") for part in (text.strip(), *re.findall(r"[^\W\d_]+|[€£$]", text)))
    return next((code for code in codes if code and code != UNSTATED), "")


def _code(mark: str | None, language: str) -> str | None:
    """Return the ISO 4217 code of a mark such as "€", "EUR €" or "kn"; `UNSTATED` for an undecided one."""
    if mark is None:
        return None
    for part in (mark, *re.split(_SPACE, mark), mark[:1], mark[-1:]):
        if part.upper() in _codes():
            return part.upper()
        if part.casefold() in _signs():
            return _signs()[part.casefold()]
        if part.casefold() in _shared():
            return _shared()[part.casefold()].get(language, UNSTATED)
    return None


def _times(value: Decimal, power: int) -> Decimal:
    """Return 1800000 for 1.8 and "million": no digit behind the point that nobody wrote."""
    return Decimal(format(value.scaleb(power), "f")) if power else value
