"""A source profile: who publishes, how its pages are recognised, and how each field is read.

A profile is data, ``mappings/<source>/source.yml``; docs/profiles.md describes every key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lodgrants.errors import ConfigError
from lodgrants.extract.furniture import common_rules
from lodgrants.extract.yaml import Node, load_yaml

# What a field may be; the reader of each is in `fields.py`.
ROLES = ("promoter", "partner", "operator", "funder", "supporter")
TEXTS = ("description", "activity", "result", "target-group", "keyword", "legal-form")
DATES = ("start", "end", "period", "modified", "printed")
CONTACTS = ("phone", "fax", "email", "contact")
FIELDS = (
    *("title", "identifier", "status", "amount", "place", "programme", "source-of-funding"),
    *(*ROLES, *TEXTS, *DATES, *CONTACTS),
    *("url", "promoter-url", "promoter-address", "phase", "country", "agent-country", "ignore"),
)
KINDS = ("granted", "totalCost", "plannedCost", "coFunding", "spent", "disbursed", "requested")
EXTENTS = ("line", "lines", "block")


@dataclass(frozen=True, slots=True)
class Field:
    """How one field is read, whatever found its words: a label, a pattern or a position.

    ``stated`` is true where the label itself names the currency.
    """

    field: str
    rule: str
    kind: str = ""
    nature: str = ""
    funder: str = ""
    currency: str = ""
    separators: str = ""
    value: re.Pattern[str] | None = None
    nothing: re.Pattern[str] | None = None
    items: str = ""
    leave: re.Pattern[str] | None = None
    part: bool = False
    persons: bool = False
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A field that stands behind a label; ``extent`` says how far its value goes."""

    names: tuple[str, ...]
    field: Field
    extent: str = "line"
    inline: bool = False
    colon: bool = False
    until: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Prose:
    """A pattern in running text; each named group is a field, in the phase that the group ``phase`` names.

    ``once`` stops at the first match; ``page`` looks in all of the page for each of its records.
    """

    pattern: re.Pattern[str]
    groups: dict[str, Field]
    once: bool = False
    page: bool = False


@dataclass(frozen=True, slots=True)
class Title:
    """Where a name without a label stands: before an anchor, above the first label, or on the first line."""

    before: re.Pattern[str] | None
    first: bool
    not_this: re.Pattern[str] | None
    above_labels: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """How one page becomes many records: at labels that come again, or at anchor lines."""

    at: tuple[str, ...] = ()
    anchor: Field | None = None
    before: tuple[Field, ...] = ()
    after: Field | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """One way in which a source lays out its pages; compared by identity, for readers are kept per layout."""

    name: str
    when: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    url: tuple[re.Pattern[str], ...]
    title: Title | None
    split: Split
    labels: tuple[Label, ...]
    prose: tuple[Prose, ...]
    rest: Field | None
    lists: tuple[tuple[re.Pattern[str], Field], ...]
    needs: tuple[str, ...]
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Ignore:
    """Lines that say nothing about a project, by a rule with a name."""

    name: str
    pattern: re.Pattern[str]
    top: bool


@dataclass(frozen=True, slots=True)
class Reject:
    """What marks a page of this source that is no project, and what it is instead."""

    pattern: re.Pattern[str]
    why: str


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher and how its pages are read.

    ``licence`` is the IRI of the terms, empty where the publisher states none; ``unlicensed_because`` says
    why its records are published all the same. A ``fallback`` reads pages that no other source recognises.
    ``version`` is the SHA-256 of the profile.
    """

    name: str
    title: str
    publisher: str
    publisher_url: str
    licence: str
    unlicensed_because: str
    language: str
    countries: tuple[str, ...]
    month_first: bool
    urls: tuple[re.Pattern[str], ...]
    words: tuple[tuple[re.Pattern[str], ...], ...]
    ignore: tuple[Ignore, ...]
    reject: tuple[Reject, ...]
    layouts: tuple[Layout, ...]
    publish: tuple[str, ...]
    promoter_receives: bool
    elsewhere: tuple[str, ...] = ()
    fallback: bool = False
    version: str = ""


def load_source(path: Path) -> Source:
    """Read a profile; raise ConfigError naming every problem by line and column."""
    node = load_yaml(path)
    source = _source(node)
    if node.problems:
        raise ConfigError(*node.problems)
    return replace(source, version=hashlib.sha256(path.read_bytes()).hexdigest())


def _source(node: Node) -> Source:
    publisher, recognise = node.child("publisher"), node.child("recognise")
    terms = node.child("without-licence")
    source = Source(
        name=node.text("source"),
        title=node.text("title"),
        publisher=publisher.text("name"),
        publisher_url=publisher.text("url", ""),
        licence=node.text("licence", ""),
        unlicensed_because=_reason(terms),
        language=node.text("language", "en"),
        countries=node.texts("countries"),
        month_first=node.choice("dates", ("day-first", "month-first"), "day-first") == "month-first",
        urls=recognise.patterns("url", re.IGNORECASE),
        words=tuple(group.patterns("all", re.MULTILINE) for group in recognise.children("words")),
        ignore=(*(_ignore(child) for child in node.children("ignore")), *_common_ignores()),
        reject=tuple(_reject(child) for child in node.children("reject")),
        layouts=tuple(_layout(child) for child in node.children("layouts")),
        publish=node.texts("publish"),
        promoter_receives=node.flag("promoter-receives"),
        fallback=node.flag("fallback"),
    )
    publisher.done()
    recognise.done()
    terms.done()
    node.done()
    return source


def _reason(terms: Node) -> str:
    """Return why records are published although no licence is known; empty where they must not be."""
    if not terms:
        return ""
    always = terms.choice("publish", ("always", "never")) == "always"
    reason = terms.text("because")
    return reason if always else ""


def _common_ignores() -> Iterator[Ignore]:
    for where in ("anywhere", "top", "footer"):
        for name, pattern in common_rules(where).items():
            yield Ignore(name, pattern, top=where == "top")


def _ignore(node: Node) -> Ignore:
    pattern = node.pattern("line", re.IGNORECASE) or re.compile(r"(?!)")
    top = node.choice("where", ("anywhere", "top"), "anywhere") == "top"
    ignore = Ignore(node.text("name"), pattern, top)
    node.done()
    return ignore


def _reject(node: Node) -> Reject:
    reject = Reject(node.pattern("pattern", re.MULTILINE) or re.compile(r"(?!)"), node.text("why"))
    node.done()
    return reject


def _layout(node: Node) -> Layout:
    layout = Layout(
        name=node.text("name"),
        when=node.patterns("when", re.MULTILINE),
        unless=node.patterns("unless", re.MULTILINE),
        url=node.patterns("url", re.IGNORECASE),
        title=_title(node.child("title-line")),
        split=_split(node.child("split")),
        labels=tuple(_label(child) for child in node.children("labels")),
        prose=tuple(_prose(child) for child in node.children("prose")),
        rest=_optional_field(node.child("rest")),
        lists=tuple(_list(child) for child in node.children("lists")),
        needs=node.texts("needs"),
        strict=node.flag("strict"),
    )
    node.done()
    return layout


def _title(node: Node) -> Title | None:
    title = Title(
        node.pattern("before", re.MULTILINE),
        node.flag("first"),
        node.pattern("not"),
        node.flag("above-labels"),
    )
    node.done()
    return title if title.before or title.first else None


def _split(node: Node) -> Split:
    before = tuple(_field(child) for child in node.children("before"))
    split = Split(
        node.texts("at"), _optional_field(node.child("anchor")), before, _optional_field(node.child("after"))
    )
    node.done()
    return split


def _list(node: Node) -> tuple[re.Pattern[str], Field]:
    return node.pattern("item", re.MULTILINE) or re.compile(r"(?!)"), _field(node)


def _label(node: Node) -> Label:
    names = node.texts("label", required=True)
    for name in names:
        try:
            re.compile(name)
        except re.error as error:
            node.fail("label", f"not a regular expression: {error}")
    extent, inline = node.choice("extent", EXTENTS, "line"), node.flag("inline")
    colon, until = node.flag("colon"), node.pattern("until", re.MULTILINE)
    return Label(names, _field(node), extent, inline, colon, until)


def _prose(node: Node) -> Prose:
    pattern = node.pattern("find", re.MULTILINE) or re.compile(r"(?!)")
    named = node.child("groups")
    groups = {name: _field(child) for name, child in named.items()}
    for name in groups.keys() - pattern.groupindex.keys():
        named.fail(name, f"the pattern has no group {name!r}", "one of " + ", ".join(pattern.groupindex))
    prose = Prose(pattern, groups, node.flag("once"), node.flag("page"))
    node.done()
    return prose


def _optional_field(node: Node) -> Field | None:
    return _field(node) if node else None


def _field(node: Node) -> Field:
    field = node.choice("field", FIELDS)
    made = Field(
        field=field,
        rule=node.text("rule", field),
        kind=node.choice("kind", KINDS, ""),
        nature=node.choice("nature", ("public", "private"), ""),
        funder=node.text("funder", ""),
        currency=node.text("currency", ""),
        separators=node.text("separators", ""),
        value=node.pattern("value"),
        nothing=node.pattern("nothing", re.IGNORECASE),
        items=node.choice("items", ("", "numbered", "bullets", "paragraphs", "sentences"), ""),
        leave=node.pattern("leave", re.MULTILINE),
        part=node.flag("part"),
        persons=node.flag("persons"),
    )
    if field == "amount" and not made.kind:
        node.fail("field", "an amount needs a kind", "one of " + ", ".join(KINDS))
    node.done()
    return made
