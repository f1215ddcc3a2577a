"""The account of a comparison: a bounded list of things and of what happened to them, with whole counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Term = str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a thing, or one fact of a thing that came or went; values are N-Triples terms.

    ``type`` is `sum corrected`, `sum added`, `sum removed`, `role added`, `role removed`, `date`, `status`,
    `name` or `other`, or `sum` and `fact` for what is said of a thing that came or went. ``property`` is the
    property or, for sums, their kind (empty where none is stated).
    """

    about: Term
    type: str
    property: Term
    old: tuple[Term, ...] = ()
    new: tuple[Term, ...] = ()
    currency: Term | None = None
    nature: Term | None = None
    part: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing, what is known or changed of it, and to which other thing it moved, where it did."""

    node: Term
    changes: tuple[Change, ...] = ()
    to: Term | None = None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one kind with one fate (`new`, `gone`, `moved`, `changed`): how many, and the first ones."""

    fate: str
    kind: str
    count: int
    things: tuple[Thing, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """What changed, by entity. ``labels`` has a name for every term in it that has one."""

    sections: tuple[Section, ...]
    changes: Mapping[str, int]
    labels: Mapping[Term, str] = field(repr=False)

    def things(self) -> Iterator[tuple[Section, Thing]]:
        """Yield all things that are listed, with the section in which they stand."""
        for section in self.sections:
            for thing in section.things:
                yield section, thing

    def label(self, term: Term) -> str:
        """Return what to call a term: its name, or the last words of its IRI."""
        return self.labels.get(term) or tail(term)


def tail(term: Term) -> str:
    """Return the last, telling part of an IRI; other terms as they are."""
    if not term.startswith("<"):
        return term
    path = term[1:-1].rstrip("/#")
    if "#" in path:
        return path.rpartition("#")[2]
    kept = path.partition("/id/")[2].partition("/")[2] or path.partition("/record/")[2]
    return kept or "/".join(path.split("/")[-2:])
