"""Dates and periods as pages write them; the precision stated (day, month or year) is kept.

A period may name its year, or its month, only once: "21/02-03/03 2020", "1-3 March 2020",
"August - October 2021". The part that is missing is taken from the other end; when that would put
the start after the end, the start lies in the year before (or the end, if it has no year, in the next one).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from lodgrants.extract.values.months import month_numbers, month_pattern
from lodgrants.extract.words import Words

_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)|\d\s?[./-]\s?\d\d(?!\d)|['’]\d\d(?!\d)")
_REACH = 60
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_UNTIL = (
    *("to", "till", "until", "through", "iki", "līdz", "kuni", "по", "до", "па", "да", "og", "а"),
    *("au", "al", "a", "hasta", "až", "do", "t/m"),
    *(r"bis(?:\szum)?", r"tot(?:\sen\smet)?", r"til(?:\sog\smed)?"),
)
_FORMS = ("iso", "sp", "pts", "q", "yq", "num", "rev", "ym", "my", "dm", "dmy", "mdy", "ydm", "y")
_LONGEST = ("sp", "pts", "q", "yq", "mdy", "ydm")
_DASH = rf"(?:-+>?|–|—|→|−|\.\.\.?|/|\b(?:{'|'.join(_UNTIL)})\b)"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day, the month or the year."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        parts = (f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part))
        return "-".join(parts)

    @property
    def precision(self) -> str:
        """One of ``date``, ``month`` and ``year``."""
        return "date" if self.day else "month" if self.month else "year"

    @property
    def first_day(self) -> date:
        """The first day the date may mean."""
        return date(self.year, self.month or 1, self.day or 1)


@dataclass(frozen=True, slots=True)
class Period:
    """A start and an end (either may be open), and the words they were read from."""

    start: PartialDate | None
    end: PartialDate | None
    words: Words


@dataclass(frozen=True, slots=True)
class _Loose:
    """What is written of a date; any part may be missing."""

    year: int | None
    month: int | None
    day: int | None

    def filled(self, other: _Loose) -> _Loose:
        return _Loose(self.year or other.year, self.month or other.month, self.day)


@cache
def _single() -> str:
    """Return the alternatives for one date, each with group names that end in a placeholder for a side."""
    month = month_pattern()
    year = r"(?:19|20)\d\d"
    ends = r"(?:\s?(?:g\.|gada|gads|m\.|a\.|года|г\.|r\.))?"
    return (
        rf"(?P<iso#>(?P<iso_y#>{year})-(?P<iso_m#>\d\d)-(?P<iso_d#>\d\d)(?!\d)(?:T[\d:.]+Z?)?)"
        rf"|(?P<sp#>(?P<sp_y#>{year})[ \u00a0](?P<sp_m#>0[1-9]|1[0-2])[ \u00a0](?P<sp_d#>[0-3]\d)(?![\d,.]))"
        rf"|(?P<q#>Q(?P<q_n#>[1-4])[ /-]?(?P<q_y#>{year})(?!\d))"
        rf"|(?P<yq#>(?P<yq_y#>{year})[ /-]?Q(?P<yq_n#>[1-4])(?!\d))"
        rf"|(?P<num#>(?P<num_d#>\d{{1,2}})\s?(?P<num_s#>[./-])\s?(?P<num_m#>\d{{1,2}})(?:\s?(?P=num_s#)\s?(?P<num_y#>{year}|\d\d)|(?:\.?\s|-)(?P<num_y1#>{year}))(?!\d)\.?)"
        rf"|(?P<pts#>(?P<pts_y#>{year})\.\s(?P<pts_m#>0[1-9]|1[0-2])\.\s(?P<pts_d#>[0-3]\d)\b\.?)"
        rf"|(?P<rev#>(?P<rev_y#>{year})[./](?P<rev_m#>\d{{1,2}})(?:[./](?P<rev_d#>\d{{1,2}}))?(?![\d/]))"
        rf"|(?P<ym#>(?P<ym_y#>{year})-(?P<ym_m#>0[1-9]|1[0-2])(?![\d-]))"
        rf"|(?P<my#>(?P<my_m#>0?[1-9]|1[0-2])\s?[./-]\s?(?P<my_y#>{year})(?!\d)\.?)"
        rf"|(?P<dm#>(?P<dm_d#>\d{{1,2}})[./](?P<dm_m#>\d{{1,2}})(?![\d/])\.?)"
        rf"|(?P<dmy#>(?:(?P<dmy_d#>\d{{1,2}})(?:st|nd|rd|th|er|[°º])?(?:\.?\s*(?:of\s+|de\s+|do\s+)?|-))?(?P<dmy_m#>{month})(?:(?:,?\s*(?:del?\s+)?|-)(?P<dmy_y#>{year}|['’]\d\d)(?!\d){ends})?)"
        rf"|(?P<mdy#>(?P<mdy_m#>{month})\s+(?P<mdy_d#>\d{{1,2}})(?!\d)(?:st|nd|rd|th|\s*d\.)?(?:,?\s+(?P<mdy_y#>{year})(?!\d)|(?![.,]?\d)))"
        rf"|(?P<ydm#>(?P<ydm_y#>{year})\.?{ends},?\s+(?:(?P<ydm_d1#>\d{{1,2}})\.?\s*)?(?P<ydm_m#>{month})(?:\s+(?P<ydm_d#>\d{{1,2}})(?:\s*d\.)?)?)"
        rf"|(?P<y#>{year})(?![\d])(?:\.(?=[\s–-]|$))?{ends}"
    )


def _side(name: str) -> str:
    # Forms whose beginnings are shorter forms must be tried before those.
    parts = re.split(r"\|(?=\(\?P<\w+#>)", _single())
    longest = tuple(f"(?P<{form}#>" for form in _LONGEST)
    order = sorted(parts, key=lambda part: next((i for i, f in enumerate(longest) if part.startswith(f)), 9))
    return "|".join(order).replace("#", name)


@cache
def _pattern() -> re.Pattern[str]:
    spread = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?"
    first = rf"(?:{_side('A')}|{spread}(?=\s*{_DASH}\s*\d{{1,2}}))"
    both = rf"{first}(?:\s*{_DASH}\s*(?:{_side('B')})(?:\s?г\.)?)?"
    return re.compile(rf"(?<![\d.,/€$£-])(?:{_days()}|{both})(?![\d])", re.IGNORECASE)


def _days() -> str:
    """Return a pattern for days of one month, named once: "March 3-9, 2021", "2021 m. gegužės 3–9 d."."""
    month, year = month_pattern(), r"(?:19|20)\d\d"
    days = r"(?P<{0}_a>\d{{1,2}})\.?\s?[–-]\s?(?P<{0}_b>\d{{1,2}})(?!\d)\.?"
    first = rf"(?P<month_m>{month})\s+{days.format('month')}(?:\s*d\.)?,?\s+(?P<month_y>{year})"
    ends = r"\.?\s?(?:gada|m\.)?,?\s+"
    later = rf"(?P<year_y>{year}){ends}(?P<year_m>{month})\s+{days.format('year')}(?:\s*d\.)?"
    last = rf"(?P<last_y>{year}){ends}{days.format('last')}\s+(?P<last_m>{month})"
    return rf"{first}|{later}|{last}"


def find_periods(words: Words, month_first: bool = False) -> Iterator[Period]:
    """Yield dates and periods in the words; a lone date is a period whose start is also its end.

    :param month_first: read 02/03/2020 as the third of February; 02/25/2020 is read so anyway.
    """
    for window in _windows(words):
        for match in window.find(_pattern()):
            period = _period(match, month_first)
            if period is not None:
                yield Period(*period, words.at(match).strip())


def _windows(words: Words) -> Iterator[Words]:
    """Yield the stretches around years: the full pattern is dear, and most text holds no date."""
    window: Words | None = None
    for match in words.find(_YEAR):
        start, end = max(words.start, match.start() - _REACH), min(words.end, match.end() + _REACH)
        if window is not None and start > window.end:
            yield window
            window = None
        window = Words(words.page, start, end) if window is None else window.to(end)
    if window is not None:
        yield window


def parse_date(words: Words, month_first: bool = False) -> tuple[PartialDate, Words] | None:
    """Return the first date that the words hold, two-digit years included."""
    for period in find_periods(words, month_first):
        if period.start is not None:
            return period.start, period.words
    return None


def _days_of(match: re.Match[str]) -> tuple[PartialDate, PartialDate] | None:
    form = next(form for form in ("month", "year", "last") if match[f"{form}_y"])
    year, month = int(match[f"{form}_y"]), month_numbers()[match[f"{form}_m"].casefold().rstrip(".")]
    start, end = (_exact(_Loose(year, month, int(match[f"{form}_{side}"]))) for side in "ab")
    return (start, end) if start and end and start.first_day < end.first_day else None


def _period(match: re.Match[str], month_first: bool) -> tuple[PartialDate, PartialDate] | None:
    if match["month_y"] or match["year_y"] or match["last_y"]:
        return _days_of(match)
    a = _Loose(None, None, int(match["day"])) if match["day"] else _loose(match, "A", month_first)
    has_end = any(match[f"{form}B"] for form in _FORMS)
    b = _loose(match, "B", month_first) if has_end else _quarter_end(match) or a
    if a is None or b is None:
        return None
    next_year = b.year is None and a.year is not None
    b = replace(b, year=a.year) if next_year else b
    a = a if a.year else a.filled(b)
    start, end = _exact(a), _exact(b)
    if start and end and start.first_day > end.first_day and next_year:
        end = _exact(replace(b, year=end.year + 1))
    if start and end and start.first_day > end.first_day and _spans_new_year(match):
        start = replace(start, year=start.year - 1)
    return (start, end) if start and end else None


def _spans_new_year(match: re.Match[str]) -> bool:
    """Tell whether the start was written without a year of its own."""
    return bool(
        match["day"]
        or match["dmA"]
        or any(match[f"{form}A"] and not match[f"{form}_yA"] for form in ("mdy", "dmy"))
    )


def _loose(match: re.Match[str], side: str, month_first: bool) -> _Loose | None:
    def part(name: str) -> str | None:
        return match[f"{name}{side}"]

    for form in ("iso", "sp", "pts", "rev", "ym", "my"):
        if part(form):
            day = match.groupdict().get(f"{form}_d{side}")
            return _Loose(int(part(f"{form}_y") or 0), int(part(f"{form}_m") or 0), int(day) if day else None)
    if part("q") or part("yq"):
        return _quarter(match, side, last=side == "B")
    if part("num"):
        return _numeric(part("num_d"), part("num_m"), part("num_y") or part("num_y1"), month_first)
    if part("dm"):
        return _numeric(part("dm_d"), part("dm_m"), None, month_first)
    for form in ("mdy", "ydm", "dmy"):
        if part(form):
            written = part(f"{form}_d") or (part("ydm_d1") if form == "ydm" else None)
            full = re.sub("['’]", "20", part(f"{form}_y") or "")
            number = month_numbers()[(part(f"{form}_m") or "").casefold().rstrip(".")]
            return _Loose(int(full) if full else None, number, int(written) if written else None)
    year = part("y")
    return _Loose(int(year), None, None) if year else None


def _quarter(match: re.Match[str], side: str, last: bool) -> _Loose:
    """Return the first or the last month of a quarter: its limits, as far as they are stated."""
    form = f"q_{{}}{side}" if match[f"q{side}"] else f"yq_{{}}{side}"
    number = int(match[form.format("n")])
    return _Loose(int(match[form.format("y")]), 3 * number - (0 if last else 2), None)


def _quarter_end(match: re.Match[str]) -> _Loose | None:
    return _quarter(match, "A", last=True) if match["qA"] or match["yqA"] else None


def _numeric(first: str | None, second: str | None, year: str | None, month_first: bool) -> _Loose | None:
    day, month = int(first or 0), int(second or 0)
    if (month_first and day <= 12) or month > 12:
        day, month = month, day
    full = None if year is None else int(year) + (2000 if len(year) == 2 else 0)
    return _Loose(full, month, day)


def _exact(loose: _Loose) -> PartialDate | None:
    """Return the date if there is such a day; a date without a year is none."""
    year, month, day = loose.year, loose.month, loose.day
    if year is None or not _FIRST_YEAR <= year <= _LAST_YEAR or (month is not None and not 1 <= month <= 12):
        return None
    if day is not None and (month is None or not 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return PartialDate(year, month, day)
