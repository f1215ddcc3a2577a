"""Where a build works: beside what it publishes, alone, and without what a killed one has left."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from lodgrants.db.files import alone
from lodgrants.errors import InputError, LodgrantsError, Problem, Where

HIDDEN = ".lodgrants"
_STAGING = "staging-"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_WORDS = ("No space left on device", "File too large", "Disk quota exceeded", "No space left")


@contextmanager
def workplace(output: Path) -> Iterator[Path]:
    """Give a folder on the file system of the output that is gone afterwards; one build at a time has one.

    What a killed build has left is removed first. Waits while another build is at work on the same output.

    :raises InputError: when the disk is full (LG-BLD-010) or the output cannot be written (LG-BLD-011).
    """
    home = output / HIDDEN
    try:
        home.mkdir(parents=True, exist_ok=True)
        with alone(home):
            for left in home.glob(f"{_STAGING}*"):
                shutil.rmtree(left, ignore_errors=True)
            folder = Path(mkdtemp(prefix=_STAGING, dir=home))
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except (OSError, LodgrantsError) as error:
        explained = _explained(error, output)
        if explained is None:
            raise
        raise explained from error


def _explained(error: BaseException, output: Path) -> LodgrantsError | None:
    """Say of a disk that is full that it is, whoever met it; None for any other error."""
    where, causes = Where(str(output)), list(_causes(error))
    if full := next((cause for cause in causes if _is_full(cause)), None):
        message = "the disk is full; what was published before is as it was"
        hint = "make room (or raise the quota), then build again; temporary files go where TMPDIR says"
        return InputError(Problem("LG-BLD-010", message, where, str(full).splitlines()[0], hint=hint))
    if isinstance(error, PermissionError | NotADirectoryError | FileExistsError):
        message, hint = f"the output cannot be written: {error.strerror}", "choose another --output"
        return InputError(Problem("LG-BLD-011", message, where, str(error.filename or ""), hint=hint))
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield what was raised first by a library, below what was made of it; our own words tell nothing."""
    seen: set[int] = set()
    # An error that is raised again from itself is its own cause.
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if not isinstance(error, LodgrantsError):
            yield error
        error = error.__cause__


def _is_full(error: BaseException) -> bool:
    return getattr(error, "errno", None) in _FULL or any(words in str(error) for words in _FULL_WORDS)
