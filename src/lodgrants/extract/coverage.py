"""How much of a page is accounted for: lines claimed by a value, ignored by a named rule, or neither."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

from lodgrants.extract.facts import Claim
from lodgrants.extract.words import Words, whole

_MAYBE_CONTACT = re.compile(r"[\w.+-]+@[\w.-]+|\+?\d[\d ()\u00a0-]{5,}\d")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of the lines of a page that are not blank; ``unclaimed`` lists what nobody read."""

    lines: int
    claimed: int
    ignored: int
    unclaimed: tuple[tuple[int, Words], ...]

    @property
    def share(self) -> float:
        """The share of lines claimed or ignored, 0 to 1."""
        return 1.0 if not self.lines else round((self.claimed + self.ignored) / self.lines, 4)

    def as_dict(self) -> dict[str, Any]:
        """Return the coverage as the record holds it."""
        return {
            "lines": self.lines,
            "claimed": self.claimed,
            "ignored": self.ignored,
            "unclaimed": len(self.unclaimed),
            "share": self.share,
            "unclaimedLines": [
                {"line": number, "start": words.start, "end": words.end, "text": _shown(str(words))}
                for number, words in self.unclaimed
            ],
        }


def _shown(text: str) -> str:
    """Return a line that nobody read, without what may be a telephone number or an e-mail address."""
    return _MAYBE_CONTACT.sub("…", text)


def measure(page: str, claims: list[Claim]) -> Coverage:
    """Count what became of each line; a line that a value touches is claimed."""
    values = merged([claim for claim in claims if not claim.ignored])
    ignored = merged([claim for claim in claims if claim.ignored])
    counts = [0, 0]
    unclaimed = []
    lines = [(number, line.strip()) for number, line in enumerate(whole(page).lines(), 1)]
    lines = [(number, line) for number, line in lines if line]
    for number, line in lines:
        if touches(values, line):
            counts[0] += 1
        elif touches(ignored, line):
            counts[1] += 1
        else:
            unclaimed.append((number, line))
    return Coverage(len(lines), counts[0], counts[1], tuple(unclaimed))


def merged(claims: list[Claim]) -> list[tuple[int, int]]:
    """Return the spans of words that claims cover, in order, none touching another."""
    spans = sorted((claim.words.start, claim.words.end) for claim in claims if claim.words)
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def touches(spans: list[tuple[int, int]], line: Words) -> bool:
    """Tell whether one of the merged spans has a character of the line."""
    index = bisect_left(spans, (line.end, 0))
    return index > 0 and spans[index - 1][1] > line.start
