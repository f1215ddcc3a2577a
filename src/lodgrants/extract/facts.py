"""What is read from a page: facts, each a typed value with its words, before they become rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from lodgrants.extract.profile import Field
from lodgrants.extract.values.dates import PartialDate, Period
from lodgrants.extract.values.money import Money
from lodgrants.extract.values.organizations import Organization
from lodgrants.extract.values.places import Place
from lodgrants.extract.words import Words

TypedValue = str | PartialDate | Period | Money | Organization | Place


@dataclass(frozen=True, slots=True)
class Fact:
    """A value of a field; ``phase`` is empty for the project itself, ``part`` marks part of a total."""

    field: Field
    value: TypedValue
    words: Words
    phase: str = ""
    part: bool = False
    group: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """Words that a rule accounts for: as a value, as a label, or as something to ignore."""

    words: Words
    rule: str
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader of the result should know."""

    code: str
    message: str
    words: Words | None = None


@dataclass(slots=True)
class Reading:
    """What has been read of one record so far, with the words of its ``places`` and ``bodies``."""

    facts: list[Fact] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    withheld: dict[str, int] = field(default_factory=dict)
    unfilled: dict[tuple[str, str], int] = field(default_factory=dict)
    places: set[Words] = field(default_factory=set)
    bodies: list[Words] = field(default_factory=list)

    def add(self, *facts: Fact) -> None:
        """Keep facts and claim their words."""
        self.facts += facts
        self.places |= {fact.words for fact in facts if isinstance(fact.value, Place)}
        self.bodies += [fact.words for fact in facts if isinstance(fact.value, Organization)]
        self.claims += [Claim(fact.words, fact.field.rule) for fact in facts]

    def put(self, old: Fact, new: Fact) -> None:
        """Put a fact in the place of one that was read lately."""
        place = next(i for i in range(len(self.facts) - 1, -1, -1) if self.facts[i] is old)
        self.facts[place] = new

    def claim(self, words: Words, rule: str, ignored: bool = False) -> None:
        """Account for words."""
        self.claims.append(Claim(words, rule, ignored))

    def first(self, name: str, phase: str = "") -> Fact | None:
        """Return the first fact of a field."""
        return next((fact for fact in self.facts if fact.field.field == name and fact.phase == phase), None)
