"""What reading and choosing came to, as the summary of a build tells it."""

from __future__ import annotations

from lodgrants.errors import Problem
from lodgrants.extract.conflicts import Conflict
from lodgrants.pipeline.pages import PageEntry
from lodgrants.pipeline.plan import Summary
from lodgrants.pipeline.policy import Policy
from lodgrants.pipeline.select import Selection


def tell(summary: Summary, pages: list[PageEntry], selection: Selection, policy: Policy) -> None:
    """Add to a summary what came of the pages, what is kept back, and which captures are in conflict."""
    for page in pages:
        summary.problems += page.problems
        summary.notes += [f"{note} ({page.where})" for note in page.notes]
        if page.source is not None:
            source = summary.source(page.source)
            source.pages += 1
            source.facts += page.facts
            source.withheld += page.withheld
            source.lines += page.lines
            source.read += page.read
    for line in selection.lines:
        summary.source(line.entry.source).records += 1
    for (name, reason), count in sorted(selection.kept_back.items()):
        summary.source(name).kept_back += count
        if reason == policy.NO_LICENCE:
            summary.problems.append(_unlicensed(name, count))
    summary.notes += [
        f"LG-BLD-002 nothing matches {what!r} of what is to be withheld" for what in policy.unmet
    ]
    _tell_conflicts(selection.conflicts, summary)


def _unlicensed(name: str, count: int) -> Problem:
    records = "its record is" if count == 1 else f"its {count} records are"
    return Problem(
        "LG-BLD-003",
        f"the profile of {name} names no licence: {records} not published",
        hint="state `licence` or `without-licence` in its source.yml, or build with --allow-unlicensed",
    )


def _tell_conflicts(conflicts: list[Conflict], summary: Summary) -> None:
    """Captures that state different sums need somebody to decide; several that agree are worth a note."""
    hint = "both are published; take out the one that is wrong or old"
    summary.problems += [Problem("LG-EXT-022", c.message, hint=hint) for c in conflicts if c.differs]
    summary.notes += [f"LG-EXT-022 {c.message}" for c in conflicts if not c.differs]
