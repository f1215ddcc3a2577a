"""The account as plain text: what changed in one paragraph, then thing by thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from lodgrants.publish.diff.compare import Comparison
from lodgrants.publish.diff.model import Account, Section
from lodgrants.publish.diff.words import heading, sentence, summary, title

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A line, and what it is: `head`, `name`, `iri`, `change` or nothing special."""

    text: str = ""
    role: str = ""


def text_lines(comparison: Comparison, account: Account) -> Iterator[Line]:
    """Yield the lines of the account."""
    old, new = comparison.old.title, comparison.new.title
    if comparison.equal:
        yield Line(f"{old} and {new} say the same: {comparison.statements[0]:,} statements")
        return
    yield Line(f"From {old} to {new}", "head")
    yield Line(
        f"{comparison.statements[0]:,} -> {comparison.statements[1]:,} statements:"
        f" {comparison.added:,} added, {comparison.removed:,} removed"
    )
    if not comparison.graphs:
        yield Line("(compared without named graphs, as one side has none)")
    phrases = summary(account) or ["no fact changed, only which record states it"]
    yield Line()
    yield from (Line(text) for text in wrap(f"{', '.join(phrases)}.", _WIDTH, break_on_hyphens=False))
    for section in account.sections:
        if section.things:
            yield Line()
            yield from _section(account, section)


def _section(account: Account, section: Section) -> Iterator[Line]:
    yield Line(heading(section).upper(), "head")
    for thing in section.things:
        yield Line(f"  {title(account, section, thing)}", "name")
        # The name tells people which thing it is, the IRI anybody who wants to be sure.
        yield Line(f"    {_address(thing.node)}{f' -> {_address(thing.to)}' if thing.to else ''}", "iri")
        for change in thing.changes:
            yield Line(f"      {sentence(account, change, thing)}", "change")
    if section.count > len(section.things):
        rest = section.count - len(section.things)
        yield Line(f"  … and {rest:,} more (--limit {section.count} lists them)")


def _address(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term
