"""Organisations as pages list them: names with a country, an acronym or a translation in brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from lodgrants.extract.data import table
from lodgrants.extract.values.countries import country_code
from lodgrants.extract.values.money import find_money
from lodgrants.extract.values.slug import fold
from lodgrants.extract.words import BLANK, Words

_BRACKET = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_LAST_BRACKET = re.compile(r"[ \t\u00a0]*(\(([^()]*(?:\([^()]*\)[^()]*)*)\))[\s.,;:*]*$")
# A country or role beside a name without brackets: "Norway: A", "A, Norway", "A – lead partner".
_BEFORE_NAME = re.compile(r"([^\W\d_][^\n:()]{2,40}):\s+(?=\S)")
_BEHIND_NAME = re.compile(
    r"(?:\s*(?:[,;]|\s[–—-])\s+|[ \t\u00a0]*\n\s*)([^\W\d_][^\n,;()–—]{2,40})[\s.,;:*]*$"
)
_ABBREVIATED = re.compile(
    r"\b(?:[^\W\d_]|[a-zà-ž]{2,4}|(?i:ltd|inc|corp|co|assoc|org|jr|plc|univ|dept|bros|st))\.$"
)
_TOWN = re.compile(r"[^\W\d_a-z][^\W\d_A-Z][^\d()]*")
_INITIALS = re.compile(r"\b[A-Z]{3,}\b")
_LONGEST_FORM = 16
# A street with its number, a postal code with its town; a web page.
_ADDRESS_LINE = re.compile(r"^\d+\s|^[A-Z]{1,2}-\d{3,6}\b|\b\d{1,4}[a-zA-Z]?$")
_WEB_LINE = re.compile(r"(?:https?://|www\.)\S+")
_LINES_OF_ADDRESS = 4
_BETWEEN = re.compile(r"[,;/]\s*|\s+[–—-]\s+")
_NUMBERING = re.compile(r"(?:\d{1,3}[.)]|[•·▪●○*–-])(?=\s)\s*")
_OF_A_KIND = r"(?:city|town|municipality|county|region|province|ministry|embassy|government|university)\sof\s"
_AND = re.compile(
    r"\s+(?:and|og|och|und|i|и|і|(?P<late>un|ir|ja))\s+(?P<sure>(?:also\s+)?(?:(?:co-?)?(?:financed|funded|supported|sponsored)\s+)?"
    rf"by\s+(?:the\s+)?|the\s+)?(?=[^\W\d_a-z]|{_OF_A_KIND})"
)
_THE = re.compile(rf"the\s+(?=[^\W\d_a-z]|{_OF_A_KIND})")
_BODY = re.compile(
    r"\b(?:Council|Ministr|Institute|Fund|Foundation|Grants|Commission|Union|Agency|Embassy|Government|"
    r"Programme|Association|Universit|Board|Bank|Centre|Center|Office|Network|Society|Municipality|Mechanism)"
    r"|(?i:kommune?|forbund|förbund|forening|förening|fond[se]?|råd|rådet|universitete?t?|institut|ministeri[eu]m?|stiftung|"
    r"verein|biedrība|padome|dome|universitāte|ministrija|aģentūra|taryba|fondas|savivaldybė|asociacija|"
    r"universitetas|nõukogu|ministeerium|sihtasutus|selts|liit|ülikool|fundacja|stowarzyszenie|uniwersytet|gmina|"
    r"linnavalitsus|vallavalitsus|pašvaldība|sihtkapital|kultuurkapital|amet|ühing|keskus|säätiö|liitto|yliopisto)\b"
    r"|(?i:\b(?:совет|савет|институт|інстытут|агентств|агенцтв|министерств|міністэрств|фонд|союз|саюз|комисси|камісі|"
    r"посольств|пасольств|университет|універсітэт|правительств|центр|цэнтр|обществ|таварыств|ассоциаци|асацыяц))"
)
# Brackets and quotations protect the separators inside them; publishers open with any quotation mark.
_PAIRS = {"(": ")", "[": "]", "„": '”“"', "“": "”", "«": "»", '"': '"”“', "”": '”"'}


@dataclass(frozen=True, slots=True)
class Organization:
    """An agent as named: country by ISO 3166-1 code, second names, and the words of the name.

    ``leads`` is true where a list of partners says so beside the name.
    """

    name: str
    words: Words
    country: str | None = None
    country_words: Words | None = None
    alternates: tuple[Words, ...] = ()
    person: bool = False
    leads: bool = False


@dataclass(slots=True)
class _Found:
    """What has been read beside a name so far."""

    country: str | None = None
    country_words: Words | None = None
    alternates: tuple[Words, ...] = ()
    leads: bool = False

    def take(self, words: Words) -> bool:
        """Take words that are a country, a role, or several of them; a town may stand beside its country."""
        parts = words.split(_BETWEEN)
        codes = [country_code(str(part)) for part in parts]
        roles = [_role(part.plain) for part in parts]
        known = [bool(code or role) for code, role in zip(codes, roles, strict=True)]
        if len(parts) > 1 and not all(known):
            known = _with_town(parts, codes, known)
        if not parts or not all(known):
            return False
        self.leads = self.leads or "lead" in roles
        for part, code in zip(parts, codes, strict=True):
            if code is not None:
                self.country, self.country_words = code, part
        return True


def _with_town(parts: list[Words], codes: list[str | None], known: list[bool]) -> list[bool]:
    """Let a town pass that stands before its country, or behind it: "Oslo, Norway", "Norway, Oslo"."""
    if codes[1] is not None and parts[0].plain[:1].isupper():
        return [True, *known[1:]]
    behind = codes[0] is not None and len(parts) == 2 and _TOWN.fullmatch(parts[1].plain)
    return [True, True] if behind else known


def parse_organization(words: Words) -> Organization | None:
    """Read one organisation; None when there is no name."""
    words, found = strip_numbering(words), _Found()
    if (before := _BEFORE_NAME.match(words.page, words.start, words.end)) and found.take(words.at(before, 1)):
        words = Words(words.page, before.end(), words.end).strip()
    while (match := next(words.find(_LAST_BRACKET), None)) or (
        (match := next(words.find(_BEHIND_NAME), None)) and found.take(words.at(match, 1))
    ):
        inside = words.at(match, 2).strip() if match.re is _LAST_BRACKET else None
        if inside and _is_legal_form(inside):
            break
        if inside and not found.take(inside) and not _is_sum(inside):
            found.alternates = (inside, *found.alternates)
        words = words.to(match.start())
    name = _above_address(words).strip(",;:*• ")
    name = name if _ABBREVIATED.search(str(name)) else name.strip(".")
    if not re.search(r"\w", str(name)):
        return None
    return Organization(
        _names().get(name.plain, name.plain),
        name,
        found.country,
        found.country_words,
        found.alternates,
        leads=found.leads,
    )


def beside_name(parts: list[Words]) -> tuple[str | None, Words | None, bool]:
    """Return the country, with its words, and whether the body leads, as the cells beside a name say."""
    found = _Found()
    for part in parts:
        found.take(part)
    return found.country, found.country_words, found.leads


def says_beside_name(words: Words) -> bool:
    """Tell whether words are what stands beside a name: a country, a role, or both."""
    return _Found().take(words)


@cache
def _names() -> dict[str, str]:
    """Return the forms of funders' names in other cases than the first, with the names."""
    return {form: name for name, forms in table("bodies")["names"].items() for form in forms}


@cache
def _roles() -> dict[str, re.Pattern[str]]:
    return {role: re.compile(pattern, re.IGNORECASE) for role, pattern in table("roles").items()}


@lru_cache(maxsize=65_536)
def _role(text: str) -> str:
    return next((role for role, pattern in _roles().items() if pattern.fullmatch(text)), "")


def parse_organizations(words: Words, separators: str) -> list[Organization]:
    """Read a list of organisations.

    :param separators: the characters that separate them, a line feed among them where each stands
        on a line of its own; none inside brackets or quotation marks counts. "&" stands for the word "and"
        between two bodies ("the Council and the Institute", not "Ministry of Education and Science").
    """
    parts = [
        piece for part in split_list(words, separators.replace("&", "")) for piece in _after_country(part)
    ]
    if "&" in separators:
        parts = [piece for part in parts for piece in _at_and(_without_the(part))]
    parts = _joined(_without_addresses(parts) if "\n" in separators else parts)
    return [organization for organization in map(parse_organization, parts) if organization is not None]


def _without_addresses(parts: list[Words]) -> list[Words]:
    """Leave out the lines of streets, towns and web pages between a name and its country below."""
    kept: list[Words] = []
    countries = [_is_country(part) for part in parts]
    for i, part in enumerate(parts):
        below = any(countries[i + 1 : i + _LINES_OF_ADDRESS])
        if not ((below and kept and _ADDRESS_LINE.search(str(part))) or _WEB_LINE.fullmatch(str(part))):
            kept.append(part)
    return kept


def _above_address(words: Words) -> Words:
    """Return the name where lines of its address stand below it."""
    if "\n" not in str(words):
        return words
    lines = words.lines()
    below = [line for line in lines[1:] if line.strip()]
    return lines[0] if below and all(_ADDRESS_LINE.search(str(line.strip())) for line in below) else words


def _joined(parts: list[Words]) -> list[Words]:
    """Put a country or role that a comma parts from its name back behind it: "A, Norway, lead partner"."""
    whole: list[Words] = []
    for part in parts:
        if whole and (_role(part.plain) or _is_form(part.plain) or _is_country(part)):
            whole[-1] = whole[-1].to(part.end)
        else:
            whole.append(part)
    return whole


def _is_country(part: Words) -> bool:
    return len(part.plain) > 2 and country_code(str(part)) is not None


def _is_form(text: str) -> bool:
    """Tell whether what a comma parts from a name is only its legal form: "z.s.", "Inc."."""
    text = text.partition("(")[0].strip()  # the country behind it: "z.s. (Czechia)"
    letters = fold(re.sub(r"[\s.]", "", text))
    return len(text) <= _LONGEST_FORM and letters in table("legal_forms")["behind"]


def _is_legal_form(words: Words) -> bool:
    return fold(words.plain) in table("legal_forms")["words"]


def _is_sum(words: Words) -> bool:
    """Tell whether brackets behind a name hold what it gave: a sum is no second name."""
    money = next(find_money(words), None)
    return money is not None and money.words.start == words.start


def is_body(name: str) -> bool:
    """Tell whether a name is an organisation's by a word for its kind or its legal form."""
    forms = table("legal_forms")["words"]
    return _BODY.search(name) is not None or any(word in forms for word in fold(name).split("-"))


def strip_numbering(words: Words) -> Words:
    """Return the words without a leading bullet or number."""
    words = words.strip()
    match = _NUMBERING.match(words.page, words.start, words.end)
    return Words(words.page, match.end(), words.end).strip() if match else words


def split_list(words: Words, separators: str) -> list[Words]:
    """Split at separators that stand outside brackets and quotation marks; empty parts are left out."""
    parts, start, position = [], words.start, words.start
    unclosed: dict[str, int] = {}
    while position < words.end:
        character = words.page[position]
        if character in separators:
            parts.append(Words(words.page, start, position))
            start = position + 1
        elif character in _PAIRS and position >= unclosed.get(character, 0):
            position = _closing(words, position, "\n" in separators, unclosed)
        position += 1
    parts.append(Words(words.page, start, words.end))
    return [part for part in (part.strip() for part in parts) if part]


def _closing(words: Words, opening: int, by_lines: bool, unclosed: dict[str, int]) -> int:
    """Return where the pair opened here closes, or the opening itself when it never does.

    :param unclosed: takes the offset before which no such pair closes, so that nobody looks again.
    """
    closers = _PAIRS[words.page[opening]]
    end = words.page.find("\n", opening, words.end) if by_lines else -1
    end = words.end if end < 0 else end
    found = [at for closer in closers if (at := words.page.find(closer, opening + 1, end)) >= 0]
    if not found:
        unclosed[words.page[opening]] = end
    return min(found, default=opening)


def _at_and(words: Words) -> list[Words]:
    """Split at an "and" that has a body's name on either side."""
    parts, start = [], words.start
    for match in words.find(_AND):
        # In Latvian, Lithuanian and Estonian the word for a body comes last: it ends what is left of "and".
        left = _names_body(words.page, start, match.start())
        if match["sure"] or (left and (match["late"] or _names_body(words.page, match.end(), words.end))):
            parts.append(Words(words.page, start, match.start()))
            start = match.end()
    return [*parts, Words(words.page, start, words.end)]


def _names_body(page: str, start: int, end: int) -> bool:
    return _BODY.search(page, start, end) is not None or _INITIALS.search(page, start, end) is not None


def _without_the(words: Words) -> Words:
    article = _THE.match(words.page, words.start, words.end)
    return Words(words.page, article.end(), words.end) if article else words


def _after_country(words: Words) -> list[Words]:
    """Split after a country in brackets that is followed by another name: "A (Norway) B (Iceland)"."""
    parts, start = [], words.start
    for match in words.find(_BRACKET):
        rest = Words(words.page, match.end(), words.end).strip(BLANK)
        follows = re.match(
            r"[,;&/]\s*(?=\S)|(?:and|un|ir|ja|og|и)\s+(?=\S)|(?=[^\W\d_a-z]|[\"„“«])", str(rest)
        )
        if follows and country_code(match[1].strip()) is not None:
            parts.append(Words(words.page, start, match.end()))
            start = rest.start + follows.end()
    return [*parts, Words(words.page, start, words.end)]
