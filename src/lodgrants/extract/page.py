"""One page: whose it is, how it is laid out, and what each of its records says."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache

from lodgrants.extract.capture import Capture
from lodgrants.extract.coverage import measure, merged, touches
from lodgrants.extract.facts import Claim, Fact, Note, Reading
from lodgrants.extract.fields import fits, leave_out_contact, opens_with, read_field
from lodgrants.extract.furniture import before_footer
from lodgrants.extract.layout import LabelReader, Mark
from lodgrants.extract.partners import lists_partners, marks_around, read_partners
from lodgrants.extract.phases import phase_key
from lodgrants.extract.profile import Field, Layout, Prose, Source
from lodgrants.extract.readers.split import segments
from lodgrants.extract.readers.tables import find_table
from lodgrants.extract.readers.titles import find_title
from lodgrants.extract.unfilled import meant
from lodgrants.extract.values.countries import home_countries, nationality_code
from lodgrants.extract.values.dates import PartialDate, parse_date
from lodgrants.extract.values.language import detect_language, is_sure
from lodgrants.extract.values.money import Money
from lodgrants.extract.values.organizations import Organization
from lodgrants.extract.values.places import Place
from lodgrants.extract.words import BLANK, Words, whole

_PARAGRAPH_LENGTH = 40
_MONTH_FIRST = re.compile(r"(?<![\d/])(?:0?[1-9]|1[0-2])/(?:1[3-9]|2\d|3[01])/(?:19|20)\d\d\b")
_ENDED = re.compile(
    r"\b(?:finished|completed|ended|concluded|closed) (?:the |our |this )?(?:project )?(?:in|on|by) "
    r"|\bproject (?:was |has been |is )?(?:finished|completed|ends?|ended|concluded|closed) (?:in|on|by) "
)
_BETWEEN_SENTENCES = re.compile(r"(?<=[^\W\d_]{3}[.!?])\s+(?=[^\W\d_a-z])")
_SENTENCE = re.compile(r"[^\W\d_a-z]\S*(?:\s\S+){2,}[.!?]")


@dataclass(frozen=True, slots=True)
class Page:
    """What a capture turned out to be: its source and layout, its records, and why there are none."""

    capture: Capture
    source: Source | None
    layout: Layout | None
    readings: tuple[Reading, ...]
    claims: tuple[Claim, ...]
    notes: tuple[Note, ...]


def read_page(capture: Capture, sources: tuple[Source, ...]) -> Page:
    """Read a page by the first source and layout that recognise it."""
    candidates = recognise(capture, sources)
    if not candidates:
        return _read_by_fallback(capture, sources)
    pages = [_read_as(source, capture) for source in candidates]
    return pages[0] if len(pages) == 1 else max(pages, key=_lines_read)


def _read_by_fallback(capture: Capture, sources: tuple[Source, ...]) -> Page:
    """Read a page of an unknown publisher by labels that all publishers share, and say so in its records."""
    for source in (source for source in sources if source.fallback):
        language = detect_language(capture.text, source.language) or source.language
        home = home_countries(language) if is_sure(capture.text, language) else ()
        month_first = _MONTH_FIRST.search(capture.text) is not None
        elsewhere = tuple(code for code in source.countries if code not in home)
        own = replace(source, language=language, countries=home, elsewhere=elsewhere, month_first=month_first)
        page = _read_as(own, capture)
        for reading in page.readings:
            reading.notes.append(Note("LG-EXT-026", "no profile knows this publisher; read by common labels"))
        if page.readings:
            return page
    return Page(capture, None, None, (), (), (Note("LG-EXT-010", "no known publisher's page"),))


def recognise(capture: Capture, sources: tuple[Source, ...]) -> list[Source]:
    """Return the source whose address the page has, else those whose words it has."""
    if capture.url:
        for source in sources:
            if any(pattern.search(capture.url) for pattern in source.urls):
                return [source]
    return [
        source
        for source in sources
        if any(all(pattern.search(capture.text) for pattern in group) for group in source.words)
    ]


def _lines_read(page: Page) -> int:
    """Count the lines that a reading accounts for: the source that understands more of a page has it."""
    claims = [*page.claims, *(claim for reading in page.readings for claim in reading.claims)]
    lines = len(measure(page.capture.text, claims).unclaimed)
    return -lines if page.readings else -len(page.capture.text)


def _read_as(source: Source, capture: Capture) -> Page:
    text = whole(capture.text)
    for reject in source.reject:
        if match := reject.pattern.search(capture.text):
            note = Note("LG-EXT-011", f"no project page of {source.title}: {reject.why}", text.at(match))
            return Page(capture, source, None, (), (), (note,))
    for layout in source.layouts:
        if _has_layout(layout, capture):
            readings, claims = _read(text, source, layout, capture.heading)
            if readings:
                return Page(capture, source, layout, tuple(readings), tuple(claims), ())
    note = Note("LG-EXT-012", f"a page of {source.title} in no layout that holds a project")
    return Page(capture, source, None, (), (), (note,))


def _has_layout(layout: Layout, capture: Capture) -> bool:
    if layout.url and not (capture.url and any(pattern.search(capture.url) for pattern in layout.url)):
        return False
    found = all(pattern.search(capture.text) for pattern in layout.when)
    return found and not any(pattern.search(capture.text) for pattern in layout.unless)


@lru_cache(maxsize=256)
def _label_reader(layout: Layout) -> LabelReader:
    return LabelReader(layout, fits, opens_with)


def _read(text: Words, source: Source, layout: Layout, heading: str) -> tuple[list[Reading], list[Claim]]:
    """Read all records of a page, and what belongs to none of them."""
    marks = _label_reader(layout).marks(text)
    common = Reading()
    content = before_footer(text, marks[-1].words.start if marks else text.end // 2)
    if footer := Words(text.page, content.end, text.end).strip():
        common.claim(footer, "ignore/footer", ignored=True)
    text = content
    table = find_table(text, _label_reader(layout).column) if layout.labels else None
    partners = table if table and lists_partners(table, marks) else None
    if partners:
        table, marks = None, marks_around(partners, marks)
    parts = list(table.rows if table else segments(text, layout, marks))
    if table:
        common.claim(table.heading, "table/heading", ignored=True)
        marks = []
    starts = [mark.words.start for mark in marks[:1]] + [part.start for part, given in parts if given]
    _ignore_lines(text, source, min(starts, default=text.end), common)
    readings = []
    for segment, given in parts:
        reading = _read_record(segment, source, layout, marks, given, heading)
        if partners:
            read_partners(partners, source, reading)
        if layout.rest is not None:
            _read_rest(segment, source, layout.rest, reading, common.claims)
        if all(any(reading.first(name) for name in names.split("|")) for names in layout.needs):
            readings.append(reading)
    _ignore_repeated_titles(text, readings, heading, common)
    return readings, common.claims


def _ignore_repeated_titles(text: Words, readings: list[Reading], heading: str, common: Reading) -> None:
    """Account for lines that only say again what the page or its project is called."""
    names = {str(fact.value) for reading in readings if (fact := reading.first("title"))} | {heading}
    for name in sorted(names - {""}) if readings else ():
        start = text.page.find(name, text.start, text.end)
        while start >= 0:
            if _is_a_line(text.page, start, start + len(name)):
                common.claim(Words(text.page, start, start + len(name)), "ignore/title-again", ignored=True)
            start = text.page.find(name, start + len(name), text.end)


def _is_a_line(page: str, start: int, end: int) -> bool:
    begin, stop = page.rfind("\n", 0, start) + 1, page.find("\n", end)
    return not page[begin:start].strip(BLANK) and not page[end : stop if stop >= 0 else None].strip(BLANK)


def _read_record(
    segment: Words,
    source: Source,
    layout: Layout,
    marks: list[Mark],
    given: list[tuple[Field, Words]],
    heading: str,
) -> Reading:
    reading = Reading()
    first, last = (bisect_left(marks, at, key=_begin) for at in (segment.start, segment.end))
    own = marks[first:last]
    for field, words in given:
        if field.field == "agent-country":
            _give_country(list(reading.facts), words, reading)
        elif not _is_ignored(words, source):
            read_field(field, words, source, reading)
    _read_labels(segment, source, layout, own, reading)
    if layout.title is not None and not given and reading.first("title") is None:
        title = find_title(segment, layout.title, source, own, heading)
        if title is not None:
            read_field(Field("title", "title-line"), title, source, reading)
    source = _near(reading, source)
    for prose in layout.prose:
        _read_prose(segment, source, prose, reading)
    _note_later_end(segment, source, reading)
    for pattern, field in layout.lists:
        for match in segment.find(pattern):
            item = segment.at(match, "item")
            if not _is_claimed(item, reading.claims):
                read_field(field, item, source, reading)
    return reading


def _begin(mark: Mark) -> int:
    return mark.words.start


def _near(reading: Reading, source: Source) -> Source:
    """Return the source with the countries in which the project's places are.

    Its number, places, promoter and partners name them; of the others only big cities are looked for.
    """
    number = reading.first("identifier")
    own = [str(number.value)[:2]] if number is not None else []
    own += [_country(fact) for fact in reading.facts if fact.field.field != "partner"]
    if not set(own) & set(source.countries):
        return source
    named = dict.fromkeys([*own, *(_country(fact) for fact in reading.facts)])
    first = [country for country in named if country in source.countries]
    elsewhere = tuple(country for country in source.countries if country not in first)
    return replace(source, countries=tuple(first), elsewhere=elsewhere)


def _note_later_end(segment: Words, source: Source, reading: Reading) -> None:
    """Say when the text names another end of the project than its period does."""
    stated = next((fact for fact in reading.facts if fact.field.field == "end" and not fact.phase), None)
    if stated is None or not isinstance(stated.value, PartialDate):
        return
    for match in segment.find(_ENDED):
        found = parse_date(Words(segment.page, match.end(), segment.end).lines()[0], source.month_first)
        if found is None or found[1].start > match.end() + 1:
            continue
        shorter = min(len(str(found[0])), len(str(stated.value)))
        if str(found[0])[:shorter] != str(stated.value)[:shorter]:
            words = Words(segment.page, match.start(), found[1].end)
            message = f"the end is {stated.value} by the period, but the text says {words.plain!r}"
            reading.notes.append(Note("LG-EXT-025", message, words))


def _country(fact: Fact) -> str:
    return (fact.value.country or "") if isinstance(fact.value, Place | Organization) else ""


def _read_labels(segment: Words, source: Source, layout: Layout, marks: list[Mark], reading: Reading) -> None:
    facts: list[Fact] = []
    stated: set[tuple[str, str, str | None]] = set()
    for value in _label_reader(layout).values(segment, marks):
        label = value.mark.label
        below = "\n" in segment.page[value.mark.words.end : value.words.start]
        if value.words and below and _is_ignored(value.words.lines()[0].strip(), source):
            value = replace(value, words=value.words.to(value.words.start))
        reading.claim(value.mark.words, f"{label.field.rule}/label", ignored=not value.words)
        if not value.words and (place := meant(label.field)):
            reading.unfilled[place] = reading.unfilled.get(place, 0) + 1
        field = label.field
        if value.mark.bullet and field.field == "amount" and not field.part:
            field = replace(field, part=True)
        if value.mark.currency and label.field.field == "amount":
            field = replace(field, currency=value.mark.currency, stated=True)
        if field.field == "agent-country":
            _give_country(facts, value.words, reading)
            reading.claim(value.words, field.rule, ignored=True)
            continue
        near = _near(reading, source) if field.field == "place" else source
        facts = read_field(field, value.words, near, reading)
        if source.fallback and field.field == "amount":
            _leave_shares(facts, reading, stated)
        if facts and label.field.funder:
            named = value.words if label.field.field == "source-of-funding" else value.mark.words
            _read_funder(named, label.field, source, reading)


def _leave_shares(facts: list[Fact], reading: Reading, stated: set[tuple[str, str, str | None]]) -> None:
    """Take back sums of a kind that the page has stated already: they may be a partner's."""
    said, taken_back = frozenset(stated), set()
    for fact in facts:
        assert isinstance(fact.value, Money)
        key = (fact.field.kind, fact.field.nature, fact.value.currency)
        stated.add(key)
        if key in said:
            taken_back.add(id(fact))
            message = f"a second sum behind {fact.field.rule!r}, which is not read: {fact.words.plain!r}"
            reading.notes.append(Note("LG-EXT-020", message, fact.words))
    if taken_back:
        reading.facts = [fact for fact in reading.facts if id(fact) not in taken_back]


def _read_funder(words: Words, field: Field, source: Source, reading: Reading) -> None:
    """Read the funders that a label names: "From EEA Grants and Norway Grants"."""
    funder = Field("funder", f"{field.rule}/funder")
    for match in words.find(re.compile(field.funder, re.IGNORECASE)):
        read_field(funder, words.at(match), source, reading)


def _read_prose(segment: Words, source: Source, prose: Prose, reading: Reading) -> None:
    space = whole(segment.page) if prose.page else segment
    for match in space.find(prose.pattern):
        named = {name: space.at(match, name) for name in prose.groups if match[name] is not None}
        phase = phase_key(match.groupdict().get("phase"))
        facts = [
            fact
            for name, words in named.items()
            if not _is_read(prose.groups[name], words, reading)
            for fact in read_field(prose.groups[name], words, source, reading, phase, said=False)
        ]
        country = next((w for name, w in named.items() if prose.groups[name].field == "agent-country"), None)
        if country is not None:
            _give_country(facts, country, reading)
        if prose.once:
            return


def _is_read(field: Field, words: Words, reading: Reading) -> bool:
    """Tell whether a text has been read already, or a place is named only within an organisation's name."""
    if field.field in ("description", "activity", "result"):
        return any(_overlap(fact.words, words) for fact in reading.facts if fact.field.field == field.field)
    if field.field == "place":
        return any(body.start < words.start < body.end for body in reading.bodies)
    return False


def _overlap(one: Words, other: Words) -> bool:
    return one.start < other.end and one.end > other.start


def _give_country(facts: list[Fact], words: Words, reading: Reading) -> None:
    """Give the agents of a sentence the country that the sentence says they are from."""
    code = nationality_code(str(words))
    for fact in facts:
        if code and isinstance(fact.value, Organization) and fact.value.country is None:
            agent = replace(fact.value, country=code, country_words=words)
            reading.put(fact, replace(fact, value=agent))


def _read_rest(segment: Words, source: Source, field: Field, reading: Reading, ignored: list[Claim]) -> None:
    """Read the paragraphs that nothing has claimed; short lines are left for the coverage report.

    A place found in running text leaves the text around it to be read.
    """
    places = {fact.words for fact in reading.facts if isinstance(fact.value, Place)}
    claims = [claim for claim in (*reading.claims, *ignored) if claim.words and claim.words not in places]
    spans = merged(claims)
    for line in segment.texts():
        if not _is_prose(line.plain):
            continue
        if not touches(spans, line):
            if not leave_out_contact(line, reading):
                read_field(field, line, source, reading)
        elif line.end - line.start > 2 * _PARAGRAPH_LENGTH:
            for sentence in line.split(_BETWEEN_SENTENCES):
                if len(sentence.plain) >= _PARAGRAPH_LENGTH and not touches(spans, sentence):
                    read_field(field, sentence, source, reading)


def _is_prose(text: str) -> bool:
    return len(text) >= _PARAGRAPH_LENGTH or _SENTENCE.fullmatch(text) is not None


def _is_claimed(words: Words, claims: list[Claim]) -> bool:
    return any(_overlap(claim.words, words) for claim in claims)


def _is_ignored(line: Words, source: Source) -> bool:
    return any(not rule.top and rule.pattern.search(str(line)) for rule in source.ignore)


def _ignore_lines(text: Words, source: Source, top: int, reading: Reading) -> None:
    """Account for the lines that say nothing; some rules hold only above the first label or record."""
    for line in text.texts():
        rules = (rule for rule in source.ignore if not rule.top or line.end <= top)
        rule = next((rule for rule in rules if rule.pattern.search(str(line))), None)
        if rule is not None:
            reading.claim(line, f"ignore/{rule.name}", ignored=True)
