"""From the words of a field to facts: one reader per kind of field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from lodgrants.extract.facts import Fact, Note, Reading
from lodgrants.extract.profile import CONTACTS, ROLES, Field, Source
from lodgrants.extract.readers.lists import items_of
from lodgrants.extract.readers.places import places_of
from lodgrants.extract.values.dates import PartialDate, Period, find_periods, parse_date
from lodgrants.extract.values.money import UNSTATED, Money, find_money
from lodgrants.extract.values.organizations import is_body, parse_organizations, split_list
from lodgrants.extract.values.persons import has_title, is_person
from lodgrants.extract.values.places import find_place, parse_place
from lodgrants.extract.values.status import parse_status
from lodgrants.extract.values.sums import is_limit, is_same_sum, kind_named
from lodgrants.extract.words import Words

_NOTHING = re.compile(
    r"(?:none|nav|n/?a|not applicable|no partners?|nil|nėra|nera|puudub|puuduvad|nē|нет|[-–—./]+|tbc|tbd)\.?",
    re.I,
)
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"”'()]+[^\s<>\"”'().,;:]|(?<![@\w])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:lv|lt|ee|eu|org|com|net|no|by|info)(?:/\S*)?\b"
)
_AND_BEHIND_BRACKET = re.compile(r"(?<=\))\s+and\s+")
_AND_FIRST = re.compile(r"and\s+")
_AND_LAST = re.compile(r"\s+and\s+(?!\S+\s+and\s)")

# An e-mail address or a telephone number with the words and brackets that only introduce it.
_CONTACT = re.compile(
    r"(?:[(,;]?\s*\b(?:and|or|by)?\s*[Ee]-?(?:mail|pasts|paštas|post)(?:\s+address)?\s*:?\s*)?"
    r"(?P<email>[\w.+-]{1,80}@[\w-]{1,80}(?:\.[\w-]{1,40}){1,5})\)?"
    r"|[(,;]?\s*(?:\b(?:[Tt]el(?:ephone)?|[Pp]hone|[Mm]ob(?:ile)?|[Ff]ax|[Tt]ālr(?:unis)?)\b\.?\s*:?\s*\+?|\+)"
    r"(?P<phone>\d[\d \u00a0()-]{5,24}\d)\)?"
)
_NUMBERED = re.compile(r"(?i:nummer|number|numurs|numeris|numer|n[or]\.?)\s*:?\s+(\S*\d\S*)\Z")
_SLASHES = re.compile(r"(?<![\d/])0?([1-9]|1[0-2])/0?([1-9]|1[0-2])/(?:19|20)\d\d\b")
_DAY_FIRST = re.compile(r"(?<![\d/])(?:1[3-9]|2\d|3[01])/(?:0?[1-9]|1[0-2])/(?:19|20)\d\d\b")
_UNTIL = re.compile(r"(?:until|till|to|līdz|iki|kuni|до|по|[-–—→])(?:\s(?:the )?(?:end|middle) of)?\Z")
_REACH_BACK = 8
_BEFORE = 40
_PROLONGED = re.compile(r"[\s,;(]*\b(?:prolonged|extended)\s+(?:until|till|to)\s+(?=\w)")
_TELLING = 25
_SOME_LABEL = re.compile(r"[^\W\d_][^\n:.]{1,40}:")
_LONGEST_CONTACT = 160
_LETTERS = re.compile(r"[^\W\d_]{2}")
_CURRENCY_MARK = re.compile(r"[^\W\d_]|[€$£₽]")

Reader = Callable[[Field, Words, Source, Reading], Iterator[Fact]]


def read_field(
    field: Field,
    words: Words,
    source: Source,
    reading: Reading,
    phase: str = "",
    said: bool = True,
) -> list[Fact]:
    """Read a field's words into the record; words that say "none" are accounted for and give nothing.

    Words that do not parse are left unclaimed, and noted when a label says that they are a value (``said``).
    """
    words = words.strip()
    if not words:
        return []
    if _NOTHING.fullmatch(words.plain) or (field.nothing and field.nothing.fullmatch(words.plain)):
        reading.claim(words, f"{field.rule}/nothing", ignored=True)
        return []
    if field.field in CONTACTS or field.field == "ignore":
        _leave_out(field, words, reading)
        return []
    facts = list(_READERS[field.field](field, words, source, reading))
    if phase:
        facts = [replace(fact, phase=phase) for fact in facts]
    if not facts and said and not _says_nothing(words, source):
        reading.notes.append(
            Note(
                "LG-EXT-020",
                f"the words behind {field.rule!r} are no {field.field}: {words.plain[:80]!r}",
                words,
            )
        )
    reading.add(*facts)
    return facts


def fits(field: Field, words: Words) -> bool:
    """Tell whether words can be a value of the field; used before a label claims what is far from it."""
    if _NOTHING.fullmatch(words.plain):
        return True
    if field.value is not None:
        return field.value.fullmatch(words.plain) is not None
    if field.field == "amount":
        return next(find_money(words, field.currency or "EUR"), None) is not None and len(words.plain) < 120
    if field.field == "status":
        return parse_status(words) is not None
    if field.field in ("start", "end", "period", "modified", "printed"):
        return next(find_periods(words), None) is not None
    if field.field == "identifier":
        return re.search(r"\d", str(words)) is not None and len(words.plain) < 60
    if field.field in ("url", "promoter-url"):
        return _URL.search(str(words)) is not None
    return True


def opens_with(field: Field, words: Words) -> bool:
    """Tell whether words begin with a value of the field, as they do behind a label without a colon."""
    found: Money | Period | None
    if field.field == "amount":
        found = next(find_money(words, field.currency or "EUR"), None)
    elif field.field in ("start", "end", "period", "modified", "printed"):
        found = next(find_periods(words), None)
    else:
        return fits(field, words)
    return found is not None and not re.search(r"\w{5}", words.page[words.start : found.words.start])


def _leave_out(field: Field, words: Words, reading: Reading) -> None:
    if field.field in CONTACTS:
        reading.withheld[field.field] = reading.withheld.get(field.field, 0) + 1
    reading.claim(words, field.rule, ignored=True)


def _text(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    yield Fact(field, words.plain, words)


def _texts(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    """One fact per item of a list; prose around the items describes the project."""
    if field.leave is not None:
        words = _without(words, field.leave)
    items, around = items_of(words, field.items)
    about = replace(field, field="description") if items else field
    for kind, parts in ((field, items), (about, around)):
        for part in parts:
            if part and not _says_nothing(part, source):
                yield from (
                    Fact(kind, piece.plain, piece)
                    for piece in _without_contacts(part, reading)
                    if _LETTERS.search(str(piece))
                )


def leave_out_contact(line: Words, reading: Reading) -> bool:
    """Leave out a short line of a label, a name and an address: it names a contact person."""
    match = next(line.find(_CONTACT), None) if len(line.plain) < _LONGEST_CONTACT else None
    if match is None or not _SOME_LABEL.match(line.page, line.start, match.start()):
        return False
    _leave_out(Field("contact", "contact-line"), line, reading)
    return True


def _without_contacts(words: Words, reading: Reading) -> Iterator[Words]:
    """Yield the text around e-mail addresses and telephone numbers, which are counted and left out."""
    start = words.start
    for match in words.find(_CONTACT):
        kind = match.lastgroup or "phone"
        reading.withheld[kind] = reading.withheld.get(kind, 0) + 1
        reading.claim(words.at(match), f"{kind}-in-text", ignored=True)
        yield from _told(Words(words.page, start, match.start()).strip(), reading)
        start = match.end()
    rest = Words(words.page, start, words.end).strip()
    yield from _told(rest, reading) if start > words.start else (rest,)


def _told(piece: Words, reading: Reading) -> Iterator[Words]:
    """Yield a piece of text beside contact data unless it only leads to them ("Info:", "for details.")."""
    if len(piece.plain) >= _TELLING:
        yield piece
    elif piece:
        reading.claim(piece, "contact-in-text", ignored=True)


def _labels(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    """Target groups and subjects: one a line, or one behind each separator."""
    if field.leave is not None:
        words = _without(words, field.leave)
    parts = split_list(words, field.separators.replace("&", "") or "\n;")
    last_and = _AND_LAST if "&" in field.separators and len(parts) > 1 else _AND_BEHIND_BRACKET
    for part in parts:
        for piece in part.split(last_and if part is parts[-1] else _AND_BEHIND_BRACKET):
            if last_and is _AND_LAST and (joined := _AND_FIRST.match(piece.page, piece.start, piece.end)):
                piece = Words(piece.page, joined.end(), piece.end)
            if name := piece.strip(",;.•*"):
                yield Fact(field, name.plain, name)


def _says_nothing(words: Words, source: Source) -> bool:
    return any(not rule.top and rule.pattern.search(str(words)) for rule in source.ignore)


def _without(words: Words, pattern: re.Pattern[str]) -> Words:
    match = next(words.find(pattern), None)
    return words.to(match.start()).strip() if match else words


def _title(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    name = words.strip()
    if re.search(r"\w", str(name)):
        yield Fact(field, _unquoted(name).plain, name)


def _unquoted(words: Words) -> Words:
    """Return a name without quotation marks that enclose all of it."""
    inner = words.strip('"„“”«»')
    return (
        inner
        if inner.start > words.start and inner.end < words.end and not re.search('["„“”«»]', str(inner))
        else words
    )


def _identifier(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    words = words.strip(".;,")
    if not fits(field, words) and (number := next(words.find(_NUMBERED), None)):
        words = words.at(number, 1)  # "German Research Foundation - project number 312345"
    if fits(field, words):
        yield Fact(field, words.plain, words)


def _status(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    status = parse_status(words)
    if status is not None:
        yield Fact(field, status, words)


def _date(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    found = parse_date(words, source.month_first)
    if found is not None and not _is_undecided(words, source):
        yield Fact(field, *found)


def _period(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    for period in find_periods(words, source.month_first):
        if _is_undecided(words, source):
            return
        lone = period.start == period.end
        until = lone and _opens_with_end(words, period.words)
        whole_period = not lone or words.plain.rstrip(".") == period.words.plain.rstrip(".")
        if period.start is not None and not until:
            yield Fact(replace(field, field="start"), period.start, period.words)
        if period.end is not None and (until or whole_period):
            end, said = _prolonged(words, period.words, source) or (period.end, period.words)
            yield Fact(replace(field, field="end"), end, said)
        return


def _is_undecided(words: Words, source: Source) -> bool:
    """Tell whether a date may be meant either way: 10/01/2021 where an unknown publisher pays in dollars."""
    if not source.fallback or source.month_first or "$" not in words.page or _DAY_FIRST.search(words.page):
        return False
    return any(match[1] != match[2] for match in words.find(_SLASHES))


def _prolonged(words: Words, period: Words, source: Source) -> tuple[PartialDate, Words] | None:
    """Return the later end that stands behind a period: "2017 - 2018, prolonged until 06.2019"."""
    match = _PROLONGED.match(words.page, period.end, words.end)
    return parse_date(Words(words.page, match.end(), words.end), source.month_first) if match else None


def _opens_with_end(words: Words, date: Words) -> bool:
    """Tell whether a lone date is an end: "until June 2020", "– 2020"."""
    before = words.page[words.start : date.start].strip().casefold()
    if re.search(r":\s*[-–—→]\s*\Z", words.page[max(0, date.start - _REACH_BACK) : date.start]):
        return True
    return _UNTIL.search(before) is not None


def _amount(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    """Sums side by side are one sum in several currencies; they share a group."""
    group, end = words.start, 0
    for money in find_money(words, field.currency or None, source.language):
        if is_limit(words.page[max(words.start, money.words.start - _BEFORE) : money.words.start]):
            message = f"{money.words.plain!r} is a limit, no sum, behind the label {field.rule!r}"
            reading.notes.append(Note("LG-EXT-020", message, money.words))
            continue
        between = Words(words.page, end, money.words.start) if end else None
        end = money.words.end
        if between is not None and not is_same_sum(str(between)):
            kind = kind_named(str(between))
            if not kind:
                message = f"the label {field.rule!r} is not said of {money.words.plain!r}, which is not read"
                reading.notes.append(Note("LG-EXT-020", message, money.words))
                continue
            field, group = replace(field, kind=kind, nature="", part=False), money.words.start
        assumed = field.currency not in ("", UNSTATED) and not field.stated
        if assumed and not _CURRENCY_MARK.search(str(money.words)):
            message = f"{money.words.plain!r} has no currency; the source pays in {field.currency}"
            reading.notes.append(Note("LG-EXT-021", message, money.words))
        yield Fact(field, money, money.words, part=field.part, group=group)


def _organizations(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    for organization in parse_organizations(words, field.separators):
        if not _NOTHING.fullmatch(organization.name):
            name = organization.name
            if source.fallback and name.islower():
                continue  # "Partners: choose them early"
            person = is_person(name) if field.persons else has_title(name) and not is_body(name)
            leads = organization.leads and field.field == "partner"
            role = replace(field, field="promoter", rule=f"{field.rule}/lead") if leads else field
            if person:  # brackets behind a person name a body
                organization = replace(organization, person=True, alternates=())
            yield Fact(role, organization, organization.words)


def _programme(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    words = words.strip(".;,")
    yield Fact(field, words.plain, words)


def _place(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    for place in places_of(field, words, source):
        if place.words in reading.places:
            continue
        if source.fallback and place.country and find_place(place.words, (place.country,)) is None:
            place = replace(place, country=None)  # where a page is at home is only known from its language
        yield Fact(field, place, place.words)


def _country(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    place = parse_place(words, source.countries)
    if place is not None and place.is_country:
        yield Fact(field, place, place.words)


def _nothing(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    return iter(())


def _url(field: Field, words: Words, source: Source, reading: Reading) -> Iterator[Fact]:
    if match := _URL.search(words.page, words.start, words.end):
        address = match.group()
        yield Fact(field, address if "://" in address else f"http://{address}", words.at(match))


_READERS: dict[str, Reader] = {
    "title": _title,
    "identifier": _identifier,
    "status": _status,
    "amount": _amount,
    "place": _place,
    "programme": _programme,
    "source-of-funding": _programme,
    "start": _date,
    "end": _date,
    "modified": _date,
    "printed": _date,
    "period": _period,
    "url": _url,
    "promoter-url": _url,
    "promoter-address": _text,
    "legal-form": _text,
    "phase": _text,
    "country": _country,
    **{role: _organizations for role in ROLES},
    "agent-country": _nothing,
    **{text: _texts for text in ("description", "activity", "result")},
    **{text: _labels for text in ("target-group", "keyword")},
}
