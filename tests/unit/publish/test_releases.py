"""Releases appear whole, are never changed, and survive a process that is killed at any step."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest
from sqlglot import exp

from lodgrants.db.engine import open_engine
from lodgrants.errors import PublishError
from lodgrants.publish.checksums import SUMS, write_checksums
from lodgrants.publish.releases import commit_release, find_release, latest
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.read import QUADS, load_quads
from support import ROOT

ATOM = "{http://www.w3.org/2005/Atom}"


def staged(target: Path, text: str, *names: str) -> Path:
    """Make a finished folder of a few files that all say the same."""
    folder = target / ".staging"
    (folder / "tables").mkdir(parents=True)
    folder.chmod(0o700)
    for name in names or ("lodgrants.ttl", "tables/projects.csv"):
        (folder / name).write_text(text)
    write_checksums(folder)
    return folder


def content(target: Path) -> dict[str, str]:
    """Return everything that a visitor of the target sees: files, and links with where they point."""
    return {
        path.relative_to(target).as_posix(): os.readlink(path) if path.is_symlink() else path.read_text()
        for path in sorted(target.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def code(error: pytest.ExceptionInfo[PublishError]) -> str:
    return error.value.problems[0].code


def test_the_first_release_is_latest_and_linked(tmp_path: Path) -> None:
    links = commit_release(staged(tmp_path, "one"), tmp_path, "2020-01-01-aa")
    assert os.readlink(tmp_path / "latest") == "releases/2020-01-01-aa"
    assert [link.name for link in links] == ["SHA256SUMS", "lodgrants.ttl", "manifest.json", "tables"]
    assert os.readlink(tmp_path / "lodgrants.ttl") == "latest/lodgrants.ttl"
    assert (tmp_path / "tables" / "projects.csv").read_text() == "one"
    assert latest(tmp_path) == tmp_path / "releases" / "2020-01-01-aa" == find_release(tmp_path, "latest")
    assert not (tmp_path / ".staging").exists()
    # Its temporary folder was for the owner's eyes only.
    assert (tmp_path / "latest").stat().st_mode & 0o777 == tmp_path.joinpath(
        "releases"
    ).stat().st_mode & 0o777


def test_a_second_release_leaves_the_first_as_it_was(tmp_path: Path) -> None:
    commit_release(staged(tmp_path, "one", "a.ttl", "old.nt"), tmp_path, "v1")
    first = content(tmp_path / "releases" / "v1")
    commit_release(staged(tmp_path, "two", "a.ttl", "new.nt"), tmp_path, "v2")
    assert content(tmp_path / "releases" / "v1") == first
    assert (tmp_path / "a.ttl").read_text() == "two"
    assert (tmp_path / "new.nt").is_symlink() and not (tmp_path / "old.nt").is_symlink()


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    commit_release(staged(tmp_path, "one"), tmp_path, "v1")
    before = (
        content(tmp_path),
        [(p, p.lstat().st_mtime_ns) for p in sorted((tmp_path / "releases").rglob("*"))],
    )
    same = staged(tmp_path / "elsewhere", "one")
    commit_release(same, tmp_path, "v1")
    assert same.is_dir()
    subprocess.run(["rm", "-r", str(same.parent)], check=True)
    after = (
        content(tmp_path),
        [(p, p.lstat().st_mtime_ns) for p in sorted((tmp_path / "releases").rglob("*"))],
    )
    assert before == after


def test_a_version_is_never_overwritten(tmp_path: Path) -> None:
    commit_release(staged(tmp_path, "one"), tmp_path, "v1")
    before = content(tmp_path)
    with pytest.raises(PublishError) as error:
        commit_release(staged(tmp_path / "b", "two"), tmp_path, "v1")
    assert code(error) == "LG-REL-002"
    subprocess.run(["rm", "-r", str(tmp_path / "b")], check=True)
    assert content(tmp_path) == before


@pytest.mark.parametrize("version", ["", "..", "../x", "a/b", ".v", "latest", "releases", "v" * 101, "v\n"])
def test_a_version_must_be_a_name(tmp_path: Path, version: str) -> None:
    with pytest.raises(PublishError) as error:
        commit_release(staged(tmp_path, "one"), tmp_path, version)
    assert code(error) == "LG-REL-001"
    assert find_release(tmp_path, version) is None


def test_files_of_an_older_layout_become_links(tmp_path: Path) -> None:
    (tmp_path / "lodgrants.ttl").write_text("as it was")
    commit_release(staged(tmp_path, "one"), tmp_path, "v1")
    assert (tmp_path / "lodgrants.ttl").is_symlink()


def test_a_folder_of_somebody_is_left_alone_and_nothing_is_published(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "mine.csv").write_text("mine")
    with pytest.raises(PublishError) as error:
        commit_release(staged(tmp_path, "one"), tmp_path, "v1")
    assert code(error) == "LG-REL-003"
    assert latest(tmp_path) is None and find_release(tmp_path, "v1") is None


def test_a_folder_without_sums_is_not_finished(tmp_path: Path) -> None:
    folder = staged(tmp_path, "one")
    (folder / SUMS).unlink()
    with pytest.raises(PublishError) as error:
        commit_release(folder, tmp_path, "v1")
    assert code(error) == "LG-REL-005"


def test_a_refusal_of_the_system_is_said_with_a_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(PublishError) as error:
        commit_release(staged(tmp_path, "one"), tmp_path / "file", "v1")
    assert code(error) == "LG-REL-004" and error.value.problems[0].hint


def test_the_history_has_every_version_in_order(tmp_path: Path) -> None:
    for version, text in (("2020-01-01-b", "one"), ("2019-05-05-a", "two")):
        commit_release(staged(tmp_path, text), tmp_path, version)
    history = json.loads((tmp_path / "releases.json").read_text())
    assert history["latest"] == "2019-05-05-a"
    assert [entry["version"] for entry in history["releases"]] == ["2020-01-01-b", "2019-05-05-a"]
    assert history["releases"][1]["previous"] == "2020-01-01-b"
    assert history["releases"][0]["date"] == "2020-01-01"
    feed = xml.parse(tmp_path / "releases.atom").getroot()
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == [
        "Release 2019-05-05-a",
        "Release 2020-01-01-b",
    ]
    assert feed.findtext(f"{ATOM}updated") == "2020-01-01T00:00:00Z"


def test_the_history_says_what_changed(tmp_path: Path) -> None:
    golden = ROOT / "tests" / "golden" / "diff"
    for version, name in (("2020-01-01", "old"), ("2020-02-01", "new")):
        folder = tmp_path / ".staging"
        folder.mkdir()
        with open_engine() as engine:
            load_quads(engine, [rdf_file(golden / f"{name}.trig")])
            engine.copy_to_parquet(exp.select("*").from_(QUADS), folder / "lodgrants.parquet")
        write_checksums(folder)
        commit_release(folder, tmp_path, version)
    first, second = json.loads((tmp_path / "releases.json").read_text())["releases"]
    assert (first["statements"], first["changes"], second["statements"]) == (95, None, 92)
    assert second["changes"]["added"] == 58 and "1 sum corrected" in second["changes"]["summary"]
    assert "92 statements" in (tmp_path / "releases.atom").read_text()
    assert "3 merged organisations" in (tmp_path / "releases.atom").read_text()


def test_a_lost_or_broken_history_is_made_again(tmp_path: Path) -> None:
    for version, text in (("2020-01-01", "one"), ("2020-02-01", "two")):
        commit_release(staged(tmp_path, text), tmp_path, version)
    whole = content(tmp_path)
    for broken in ("{", "[]", '{"releases": [{"version": 1}]}'):
        (tmp_path / "releases.json").write_text(broken)
        (tmp_path / "releases.atom").unlink()
        commit_release(staged(tmp_path / "again", "two"), tmp_path, "2020-02-01")
        subprocess.run(["rm", "-r", str(tmp_path / "again")], check=True)
        assert content(tmp_path) == whole


# The child dies of SIGKILL just before its n-th change of the file system, whatever that is.
KILLED = """
import os, signal, sys
from pathlib import Path
from lodgrants.publish.releases import commit_release

left = int(sys.argv[4])
CHANGES = {"os.rename", "os.symlink", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate"}

def watch(event, arguments):
    global left
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if event in CHANGES or writes:
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

sys.addaudithook(watch)
commit_release(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
"""


def test_killed_at_any_step_the_old_release_stays_and_the_next_run_repairs(tmp_path: Path) -> None:
    wanted = tmp_path / "wanted"
    for version, text in (("2020-01-01", "one"), ("2020-02-01", "two")):
        commit_release(staged(wanted, text), wanted, version)
    steps = 0
    while True:
        target = tmp_path / f"killed-{steps}"
        commit_release(staged(target, "one"), target, "2020-01-01")
        command = [
            sys.executable,
            "-c",
            KILLED,
            str(staged(target, "two")),
            str(target),
            "2020-02-01",
            str(steps),
        ]
        code = subprocess.run(command, check=False).returncode
        check_whole(target)
        commit_again(target)
        assert content(target) == content(wanted)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        steps += 1
    # The rename of the folder and of `latest` and the two files of history, at the very least.
    assert steps > 8


def check_whole(target: Path) -> None:
    """Every release that has a name, and each link, shows one whole release."""
    for folder in (target / "releases").iterdir():
        subprocess.run(["sha256sum", "--check", "--quiet", SUMS], cwd=folder, check=True)
    said = (target / "lodgrants.ttl").read_text()
    assert (
        said
        == (target / "latest" / "lodgrants.ttl").read_text()
        == (target / "tables/projects.csv").read_text()
    )
    json.loads((target / "releases.json").read_text())


def commit_again(target: Path) -> None:
    """Do what the next build does: make the release anew, in a folder of its own, and commit it."""
    subprocess.run(["rm", "-rf", str(target / ".staging")], check=True)
    commit_release(staged(target, "two"), target, "2020-02-01")
    subprocess.run(["rm", "-rf", str(target / ".staging")], check=True)
