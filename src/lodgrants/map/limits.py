"""How much memory a run may take, and what to say when that was not enough."""

from __future__ import annotations

from lodgrants.db.engine import Limits
from lodgrants.errors import LodgrantsError, Problem

# Enough for most sources to stay in memory; what is larger goes to disk, whatever the machine has.
DEFAULT_MEMORY = "1200MB"
# Values of megabytes cannot go to disk: two thousand rows are worked on at once.
ROOMY = Limits(threads=1, memory="60%")


class MemoryLimitError(LodgrantsError):
    """The memory that a run may take is not enough for what cannot go to disk."""


def memory_error(error: Exception) -> MemoryLimitError | None:
    """Return the error for people when the database ran out of the memory that it may take, else None."""
    if "Out of Memory Error" not in str(error.__cause__ or error):
        return None
    message = "the memory that may be used is not enough for values as long as these"
    return MemoryLimitError(Problem("LG-MAP-014", message, hint="allow more, such as --memory-limit 8GB"))
