"""A build that is killed, or meets a full disk, changes nothing; the next one succeeds and cleans up."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lodgrants.pipeline import Plan, build
from support import ROOT

SAMPLE = ROOT / "mappings" / "sscw" / "sample"
COMMAND = [sys.executable, "-c", "from lodgrants.cli.main import main; main()", "build"]
STAGES = ("reading", "mapping", "validating", "writing")
MOMENTS = 5


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release that is in force before anything goes wrong."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(SAMPLE, folder / "pages")
    build(Plan((folder / "pages",), folder / "output"), lambda text: None)
    return folder


@pytest.fixture
def target(published: Path, tmp_path: Path) -> Path:
    """A copy of it, with a page that has changed since."""
    shutil.copytree(published, tmp_path / "target", symlinks=True)
    (page,) = (tmp_path / "target" / "pages").iterdir()
    page.write_text(page.read_text(encoding="utf8").replace("Narva", "Tartu"), encoding="utf8")
    return tmp_path / "target"


def environment() -> dict[str, str]:
    return {**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT / "src")}


def arguments(target: Path) -> list[str]:
    return [*COMMAND, "--pages", str(target / "pages"), "--output", str(target / "output")]


def state(target: Path) -> tuple[str, set[str]]:
    """Return the version in force, whose files must be whole, and all finished versions."""
    output = target / "output"
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    for release in (output / "releases").iterdir():
        if not release.name.startswith("."):
            assert subprocess.run(check, cwd=release, check=False).returncode == 0, release
    for link in output.iterdir():
        assert link.name == ".lodgrants" or link.exists(), link
    versions = {path.name for path in (output / "releases").iterdir() if not path.name.startswith(".")}
    return os.readlink(output / "latest"), versions


def leftovers(target: Path) -> list[str]:
    """Return what a build that is gone has left: all that is hidden but the state."""
    hidden = [path for path in (target / "output").rglob(".*") if path.name != ".lodgrants"]
    inside = (path for path in (target / "output" / ".lodgrants").iterdir())
    return [path.name for path in [*hidden, *inside] if path.name != "state"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_build_leaves_the_release_whole_and_the_next_succeeds(target: Path, stage: str) -> None:
    chance = random.Random(stage)
    before = state(target)
    for _ in range(MOMENTS):
        kill_after(stage, chance.uniform(0.0, 2.0), target)
        version, versions = state(target)
        # It may have come to its end before the signal.
        assert version == before[0] or len(versions) == 2
    done = subprocess.run(arguments(target), env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    version, versions = state(target)
    assert version != before[0]
    assert len(versions) == 2
    assert leftovers(target) == []


def kill_after(stage: str, seconds: float, target: Path) -> None:
    """Start a build and end it, without warning, some time after a stage has begun."""
    with subprocess.Popen(arguments(target), env=environment(), stderr=subprocess.PIPE, text=True,
                          stdout=subprocess.DEVNULL, start_new_session=True) as process:  # fmt: skip
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(stage):
                break
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("kilobytes", [4, 40, 100])
def test_a_full_disk_is_said_and_nothing_is_lost(target: Path, kilobytes: int) -> None:
    """No file may grow beyond a limit: what a disk without room does to a build."""
    before = state(target)
    limit = kilobytes * 1024

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(arguments(target), env=environment(), capture_output=True, text=True, check=False,
                          preexec_fn=limited)  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "LG-BLD-010" in done.stderr
    assert "the disk is full" in done.stderr
    assert "make room" in done.stderr
    assert state(target) == before
    assert leftovers(target) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize("kilobytes", [100, 250])
def test_a_disk_without_room_is_said_and_nothing_is_lost(target: Path, kilobytes: int) -> None:
    disk = target / "disk"
    disk.mkdir()
    size = 8 * 1024 * 1024
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        for name in ("pages", "output"):
            shutil.copytree(target / name, disk / name, symlinks=True)
        before = state(disk)
        room = os.statvfs(disk)
        filler = room.f_bavail * room.f_frsize - kilobytes * 1024
        (disk / "filler").write_bytes(b"x" * filler)
        done = subprocess.run(arguments(disk), env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 2, done.stderr
        assert "LG-BLD-010" in done.stderr or "LG-REL-004" in done.stderr
        assert state(disk) == before
        (disk / "filler").unlink()
        done = subprocess.run(arguments(disk), env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    finally:
        subprocess.run(["umount", str(disk)], check=True)
