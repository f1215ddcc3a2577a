"""Releases in their place: a finished folder gets its name by one rename, and `latest` follows by another.

A release exists when its name exists in `releases/`, and is whole from then on. A process that dies between
two steps leaves the release before it in force; the next run does the steps that are missing.
"""

from __future__ import annotations

import os
from pathlib import Path

from lodgrants.db.files import alone, give_rights
from lodgrants.errors import Problem, PublishError, Where
from lodgrants.publish.checksums import SUMS
from lodgrants.publish.history import write_history
from lodgrants.publish.places import ATOM, HISTORY, LATEST, PREVIOUS, RELEASES, VERSION, find_release, latest

__all__ = ["commit_release", "find_release", "latest"]
_OWN = frozenset((RELEASES, LATEST, PREVIOUS, HISTORY, ATOM))
_FRESH = ".link-"


def commit_release(staging: Path, target: Path, version: str) -> list[Path]:
    """Make a finished folder the release of a version and the latest one; return the links to its files.

    The folder must be on the file system of the target, and is gone afterwards, unless the very same release
    was there before: then it is left to the caller. Links and history that an earlier run did not come to are
    made good.

    :raises PublishError: for a name that is none (LG-REL-001), a version that exists with other content
        (LG-REL-002), something else where a link must go (LG-REL-003), or a disk that refuses (LG-REL-004).
    """
    _check_name(version)
    try:
        releases = target / RELEASES
        releases.mkdir(parents=True, exist_ok=True)
        with alone(releases):
            names = _names(staging)
            _check_free(target, names)
            _place(staging, releases / version)
            _point(target / LATEST, f"{RELEASES}/{version}")
            links = _link_files(target, names)
            write_history(target, version)
            return links
    except OSError as error:
        message = f"release {version} could not be put in place: {error.strerror or error}"
        hint = "what was published before is as it was; make room or set the rights, and run it again"
        raise PublishError(Problem("LG-REL-004", message, Where(str(target)), hint=hint)) from error


def _check_name(version: str) -> None:
    if version in _OWN or not VERSION.fullmatch(version):
        expected = (
            "up to 100 letters, digits, dots, hyphens, plus signs and underscores; a letter or digit first"
        )
        raise PublishError(
            Problem("LG-REL-001", "not a name for a release", value=version, expected=expected)
        )


def _check_free(target: Path, names: list[str]) -> None:
    """See, before anything changes, that no folder of somebody stands where a link must go."""
    places = [target / name for name in (LATEST, *names)]
    problems = [
        Problem(
            "LG-REL-003",
            "a folder is where a link to the latest release must go",
            Where(str(place)),
            hint="move it elsewhere, or publish into another folder",
        )
        for place in places
        if place.is_dir() and not place.is_symlink()
    ]
    if problems:
        raise PublishError(*problems)


def _place(staging: Path, folder: Path) -> None:
    if not (staging / SUMS).is_file():
        raise PublishError(
            Problem("LG-REL-005", f"a release without {SUMS} is not finished", Where(str(staging)))
        )
    if not folder.exists():
        _settle(staging)
        staging.rename(folder)
        _sync(folder.parent)
    elif (staging / SUMS).read_bytes() != _sums(folder):
        raise PublishError(
            Problem(
                "LG-REL-002",
                f"release {folder.name} exists with other content, and a release is never changed",
                Where(str(folder)),
                hint="publish under another --version, or without one: the content then gives the name",
            )
        )


def _sums(folder: Path) -> bytes | None:
    sums = folder / SUMS
    return sums.read_bytes() if sums.is_file() else None


def _settle(staging: Path) -> None:
    """Bring all of a folder to the disk before its name says that it is whole; let everybody read it."""
    for path in sorted(staging.rglob("*"), reverse=True):
        _sync(path)
    give_rights(staging)
    _sync(staging)


def _point(link: Path, to: str) -> None:
    """Let a link point somewhere, by one rename of a fresh one."""
    if link.is_symlink() and os.readlink(link) == to:
        return
    fresh = link.with_name(f"{_FRESH}{link.name}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(to)
    fresh.replace(link)
    _sync(link.parent)


def _link_files(target: Path, names: list[str]) -> list[Path]:
    """Keep a link beside `latest` to each file of the release; links to what it no longer has go."""
    for name in names:
        _point(target / name, f"{LATEST}/{name}")
    for path in sorted(target.iterdir()):
        stale = path.name not in names and path.is_symlink() and os.readlink(path).startswith(f"{LATEST}/")
        if stale or path.name.startswith(_FRESH):
            path.unlink()
    return [target / name for name in names]


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
