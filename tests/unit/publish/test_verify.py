"""`lodgrants verify` finds what is not true of a release and names it, and trusts nothing that it reads."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from pyarrow.parquet import read_table, write_table

from lodgrants.cli.verify import command
from lodgrants.errors import PublishError
from lodgrants.publish.checksums import write_checksums
from lodgrants.publish.packing import Cut, open_packer
from lodgrants.publish.releases import commit_release
from lodgrants.publish.verify.sums import is_safe, read_manifest, read_sums
from support import ROOT
from support.releases import edit, make_release


def verify(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_release(tmp_path_factory.mktemp("made") / "v1")


@pytest.fixture
def release(made: Path, tmp_path: Path) -> Path:
    """A release without the report of validating, which takes longer than all the rest."""
    copy = Path(shutil.copytree(made, tmp_path / "v1"))
    (copy / "validation.ttl").unlink()
    write_checksums(copy)
    return copy


def test_a_true_release_gets_a_certificate(made: Path) -> None:
    result = verify(made)
    assert result.return_value == 0
    assert "Release v1 is what it says it is" in result.stdout
    assert "95 statements in 4 named graphs" in result.stdout
    assert (
        "the same in 5 files: lodgrants.parquet, lodgrants.nq, lodgrants.trig, lodgrants.nt" in result.stdout
    )
    # Without blank nodes the canonical form is the sorted file itself.
    assert hashlib.sha256((made / "lodgrants.nq").read_bytes()).hexdigest() in result.stdout
    assert "5 files named and there; 4 sizes and checksums and 11 counts" in result.stdout
    assert "not checked: 2 claims about what is not in this release" in result.stdout


@pytest.mark.parametrize("line", ["{}", "# the same in other words\n{}{}"])
def test_a_dump_that_is_only_there_packed_is_compared(release: Path, line: str) -> None:
    said = '<urn:e:1> <urn:p:exact> "words" .\n'
    pack_alone(release, line.format(said, said).encode())
    result = verify(release)
    assert result.return_value == 0
    assert "the same in 2 files: evidence.nq, evidence.nt.gz" in result.stdout


def test_packed_files_of_many_members_are_read_to_their_end(release: Path) -> None:
    for name in ("lodgrants.nt", "evidence.nq"):
        text = (release / name).read_bytes() * (1 if name == "lodgrants.nt" else 50)
        with (
            (release / f"{name}.gz").open("wb") as sink,
            open_packer(sink, Cut(least=50, most=200, one_in=2)) as packer,
        ):
            packer.write(text)
    (release / "evidence.nq").rename(release / "evidence.nt")
    write_checksums(release)
    edit(release, "catalogue.ttl", "evidence.nq", "evidence.nq.gz")
    edit(release, "evidence.nt", " <urn:record:1> .", " .")
    result = verify(release)
    assert result.return_value == 0, result.stdout
    assert "1 packed file unpacks to the plain one" in result.stdout
    assert "the same in 2 files: evidence.nt, evidence.nq.gz" in result.stdout


def test_the_certificate_as_json(release: Path) -> None:
    said = json.loads(verify(release, "--json").stdout)
    assert said["true"] is True and said["lies"] == []
    assert [check["name"] for check in said["checks"]] == [
        "files", "lodgrants", "evidence", "tables", "catalogue",
    ]  # fmt: skip
    assert said["checks"][1]["facts"]["statements"] == 95


def test_the_report_of_validating_is_made_again(made: Path, tmp_path: Path) -> None:
    assert "validation.ttl is what the shapes of lodgrants" in verify(made).stdout
    copy = Path(shutil.copytree(made, tmp_path / "v1"))
    # The same results in another order and by other names are the same report.
    ox.serialize(
        sorted(ox.parse(path=copy / "validation.ttl"), key=str), copy / "validation.ttl", ox.RdfFormat.TURTLE
    )
    write_checksums(copy)
    assert verify(copy).return_value == 0
    edit(copy, "validation.ttl", "Violation", "Info")
    result = verify(copy)
    assert result.return_value == 1
    assert "validation.ttl" in result.stdout and "validating finds" in result.stdout


def change_byte(release: Path) -> None:
    with (release / "lodgrants.trig").open("r+b") as file:
        file.seek(100)
        byte = file.read(1)
        file.seek(100)
        file.write(bytes([byte[0] ^ 1]))


def pack_other(release: Path) -> None:
    (release / "lodgrants.nt.gz").write_bytes(gzip.compress((release / "lodgrants.nq").read_bytes(), mtime=0))
    write_checksums(release)


def pack_bomb(release: Path) -> None:
    (release / "lodgrants.nt.gz").write_bytes(gzip.compress(bytes(1 << 26), mtime=0))
    write_checksums(release)


def pack_nothing(release: Path) -> None:
    (release / "lodgrants.nt.gz").write_bytes(b"no gzip at all")
    write_checksums(release)


def pack_alone(release: Path, text: bytes) -> None:
    """Put packed evidence beside the plain one, in a syntax that is not there in plain."""
    (release / "evidence.nt.gz").write_bytes(gzip.compress(text, mtime=0))
    write_checksums(release)


def add_catalogue(release: Path) -> None:
    (release / "catalogue.nt").write_text("<urn:x:a> <urn:x:b> <urn:x:c> .\n")
    write_checksums(release)


def lead_out(release: Path) -> None:
    (release / "tables" / "roles.csv").unlink()
    (release / "tables" / "roles.csv").symlink_to("/etc/hostname")


def cut_elsewhere(release: Path) -> None:
    """Make a row of the Parquet two statements, or other terms, whose lines are those of the other dumps."""
    path = release / "lodgrants.parquet"
    rows = read_table(path).to_pylist()
    plain = next(row for row in rows if row["o"].startswith("<"))
    plain["p"], plain["o"] = f"{plain['p']} {plain['o']}", ""
    write_table(pa.Table.from_pylist(rows), path)
    write_checksums(release)


def join_rows(release: Path) -> None:
    path = release / "lodgrants.parquet"
    first, second, *rows = sorted(read_table(path).to_pylist(), key=lambda row: [*row.values()])
    first["s"] = f"{first['s']} {first['p']} {first['o']} {first['g']} .\n{second['s']}"
    write_table(pa.Table.from_pylist([{**second, "s": first["s"]}, *rows]), path)
    write_checksums(release)


def pack_parquet(release: Path) -> None:
    (release / "evidence.parquet.gz").write_bytes(gzip.compress(b"PAR1 PAR1", mtime=0))
    write_checksums(release)


def merge_graphs(release: Path) -> None:
    """Put the statements without their graphs into TriG, of which Turtle is a part."""
    shutil.copy(release / "lodgrants.ttl", release / "lodgrants.trig")
    write_checksums(release)


def spoil_first(release: Path) -> None:
    (release / "lodgrants.parquet").write_bytes(b"PAR1 no more PAR1")
    write_checksums(release)


Edit = Callable[[Path], object]
LIES: dict[str, tuple[Edit, tuple[str, ...]]] = {
    "one changed byte": (change_byte, ("lodgrants.trig", "it was changed")),
    "a missing file": (lambda r: (r / "tables/places.csv").unlink(), ("tables/places.csv", "it is missing")),
    "an extra file": (lambda r: (r / "more.txt").write_text("!"), ("more.txt", "not named there")),
    "no checksums": (lambda r: (r / "SHA256SUMS").unlink(), ("SHA256SUMS", "there are none here")),
    "a link that leads out": (lead_out, ("tables/roles.csv", "leads out of the release")),
    "a path that leads out": (
        partial(edit, name="SHA256SUMS", old="  lodgrants.nq\n", new="  ../../etc/passwd\n", again=False),
        ("../../etc/passwd", "not opened"),
    ),
    "a wrong size in the manifest": (
        partial(edit, name="manifest.json", old='"bytes": ', new='"bytes": 1', again=False),
        ("manifest.json", "it was changed"),
    ),
    "a statement more in one syntax": (
        partial(edit, name="lodgrants.ttl", old='"Sun"', new='"Sun" , "Moon"'),
        ("lodgrants.ttl", "only lodgrants.ttl says <https://w3id.org/lodgrants/id/organization/sun", "Moon"),
    ),
    "a statement in another graph": (
        partial(edit, name="lodgrants.trig", old="record/a/4> {", new="record/a/9> {"),
        ("lodgrants.trig", "only lodgrants.parquet says", "record/a/4"),
    ),
    "a row that is cut elsewhere": (cut_elsewhere, ("lodgrants.parquet", "that is no term")),
    "a row that is two statements": (join_rows, ("lodgrants.parquet", "that is no term")),
    "named graphs left out": (merge_graphs, ("lodgrants.trig", "only lodgrants.parquet says")),
    "Parquet that is packed": (pack_parquet, ("evidence.parquet.gz", "not readable")),
    "a first dump that cannot be read": (spoil_first, ("lodgrants.parquet", "not readable")),
    "a syntax that cannot be read": (
        partial(edit, name="lodgrants.trig", old="@prefix lg:", new="prefix@ lg:"),
        ("lodgrants.trig", "not readable"),
    ),
    "other evidence of the same size": (
        partial(edit, name="evidence.nq", old='words"', new='wordz" <urn:g:2> .\n<urn:x:a> <urn:x:b> "c"'),
        ("catalogue.ttl", "void:triples 1", "there are 2"),
    ),
    "something else packed": (pack_other, ("lodgrants.nt.gz", "unpacks to")),
    "a file that unpacks without end": (pack_bomb, ("lodgrants.nt.gz", "unpacks to more than")),
    "a file that is not packed": (pack_nothing, ("lodgrants.nt.gz", "cannot be unpacked")),
    "something else that is only there packed": (
        partial(pack_alone, text=b'<urn:e:1> <urn:p:exact> "wordz" .\n'),
        ("evidence.nt.gz", "the same graph as evidence.nq", 'only evidence.nq says <urn:e:1>'),
    ),
    "a file only there packed that unpacks without end": (
        partial(pack_alone, text=b'<urn:e:1> <urn:p:exact> "words" .\n' * (1 << 16)),
        ("evidence.nt.gz", "unpacks to more than"),
    ),
    "a table that says more": (
        partial(edit, name="tables/amounts.csv", old="25600.0", new="26600.0"),
        ("tables/amounts.csv", "26600.0", "the graph gives"),
    ),
    "a wrong triple count": (
        partial(edit, name="catalogue.ttl", old="void:triples ", new="void:triples 1"),
        ("catalogue.ttl", "void:triples 1"),
    ),
    "a wrong count of a class": (
        partial(edit, name="catalogue.ttl", old="void:entities 5", new="void:entities 6"),
        ("ontology#Project", "void:entities 6", "there are 5"),
    ),
    "a wrong count of a property of a class": (
        partial(edit, name="catalogue.ttl", old="void:triples 5", new="void:triples 6"),
        ("schema.org/name", "void:triples 6", "there are 5"),
    ),
    "a wrong count of links": (
        partial(edit, name="catalogue.ttl", old="<#funds> ; void:triples 1", new="<#funds> ; void:triples 3"),
        ("ontology#funder", "organization/f", "void:triples 3", "there are 1"),
    ),
    "a catalogue that says another thing in another syntax": (
        add_catalogue,
        ("catalogue.ttl", "the same graph as catalogue.nt"),
    ),
    "a wrong count of subjects": (
        partial(edit, name="catalogue.ttl", old="void:distinctObjects 2", new="void:distinctObjects 3"),
        ("ontology#funder", "void:distinctObjects 3", "there are 2"),
    ),
    "a file that is not there": (
        partial(edit, name="catalogue.ttl", old="v1/lodgrants.nq>", new="v1/lodgrants.hdt>"),
        ("catalogue.ttl", "lodgrants.hdt", "there is no such file"),
    ),
    "a wrong size": (
        partial(edit, name="catalogue.ttl", old='byteSize "', new='byteSize "1'),
        ("catalogue.ttl", "lodgrants.ttl has 1", "bytes"),
    ),
    "a wrong checksum": (
        partial(edit, name="catalogue.ttl", old='checksumValue "', new='checksumValue "0'),
        ("catalogue.ttl", "lodgrants.ttl has the SHA-256 0"),
    ),
    "a catalogue that is no RDF": (
        partial(edit, name="catalogue.ttl", old="@base", new="base!"),
        ("catalogue.ttl", "not readable"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_found_and_named(release: Path, lie: str) -> None:
    make, words = LIES[lie]
    make(release)
    result = verify(release)
    assert result.return_value == 1
    assert "Release v1 is not what it says it is" in result.stdout
    for word in words:
        assert word in result.stdout


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let even small releases be verified by several processes, and say where their temporary files are."""
    monkeypatch.setattr("lodgrants.verification._LARGE", 0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_other_processes_come_to_the_same_and_leave_nothing(made: Path, release: Path, beside: Path) -> None:
    alone = verify(made, "--threads", "1").stdout
    assert verify(made).stdout == alone and "validation.ttl is what" in alone
    edit(release, "lodgrants.ttl", '"Sun"', '"Sun" , "Moon"')
    shutil.copy(made / "validation.ttl", release)
    write_checksums(release)
    assert "only lodgrants.ttl says" in verify(release).stdout
    edit(release, "lodgrants.trig", "@prefix lg:", "prefix@ lg:")
    found = verify(release, "--all").stdout
    assert "only lodgrants.ttl says" in found and "lodgrants.trig is not well-formed" in found
    assert not active_children() and not list(beside.glob("lodgrants-*"))


def test_no_graph_that_can_be_read_is_a_lie_and_no_crash(made: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(made, tmp_path / "v1"))
    for path in copy.glob("lodgrants.*"):
        path.write_bytes(b"\xff")
    write_checksums(copy)
    found = verify(copy, "--all")
    assert found.return_value == 1 and "not readable" in found.stdout


def test_all_lies_are_listed_when_asked(release: Path) -> None:
    change_byte(release)
    (release / "tables" / "places.csv").unlink()
    edit(release, "catalogue.ttl", "void:entities 5", "void:entities 6", again=False)
    first, every = verify(release).stdout, verify(release, "--all").stdout
    assert first.count("in truth") == 1 and "2 more here" in first
    assert every.count("in truth") > 3 and "ontology#Project" in every
    assert len(json.loads(verify(release, "--json", "--all").stdout)["lies"]) == every.count("in truth")


def test_a_folder_without_a_graph_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    write_checksums(tmp_path)
    assert verify(tmp_path).return_value == 0


def test_versions_are_found_in_a_target(release: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    commit_release(release, target, "v1")
    for place in (("latest", "--target", target), ("v1", "--target", target), (target,)):
        result = verify(*place)
        assert result.return_value == 0 and "Release v1" in result.stdout
    with pytest.raises(PublishError) as error:
        verify("v2", "--target", target)
    assert error.value.problems[0].code == "LG-REL-007"


def test_the_committed_release_is_what_it_says_it_is() -> None:
    result = verify(ROOT / "output")
    assert result.return_value == 0, result.stdout


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../a", "a/../../b", "/etc/passwd", "a//b", "./a", "a\\b", "c:d", "a\x00", "a\nb", "a/"],
)
def test_names_that_lead_elsewhere_are_not_safe(name: str) -> None:
    assert not is_safe(name)


def test_lists_that_are_none_are_lies_and_no_crash() -> None:
    for text in ("no sums", f"{'a' * 63}  x", "\x00\x01", f"{'A' * 64}  x"):
        assert not read_sums(text).files and read_sums(text).lies
    twice = read_sums(f"{'a' * 64}  x\n{'b' * 64}  x\n")
    assert twice.files == {"x": "a" * 64} and len(twice.lies) == 1
    for text in ("", "[]", '{"files": 3}', '{"files": [1]}', '{"files": [{}]}', "[" * 100_000):
        assert not read_manifest(text).files and read_manifest(text).lies


class Server(SimpleHTTPRequestHandler):
    """Serves a folder and, at some addresses, what an unkind server might."""

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self.path.endswith("/broken/SHA256SUMS"):
            self.send_error(500)
        elif self.path.endswith("lodgrants.trig") and "/endless/" in self.path:
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(bytes(1 << 16))
            except OSError:
                pass
        else:
            super().do_GET()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Server, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_release_on_the_web_is_fetched_and_checked(release: Path, web: str) -> None:
    for address in (f"{web}/v1", f"{web}/v1/", f"{web}/v1/SHA256SUMS"):
        assert verify(address).return_value == 0
    # A packed file is wanted as it is, and a file that is not named is not seen.
    (release / "more.txt").write_text("!")
    assert verify(f"{web}/v1/").return_value == 0


def test_lies_on_the_web_are_found(release: Path, web: str) -> None:
    (release / "lodgrants.nq").unlink()
    result = verify(f"{web}/v1/")
    assert result.return_value == 1
    assert "lodgrants.nq" in result.stdout and "it is missing" in result.stdout


def test_a_file_without_end_is_cut_off_and_found_changed(release: Path, web: str, tmp_path: Path) -> None:
    release.rename(tmp_path / "endless")
    result = verify(f"{web}/endless/")
    assert result.return_value == 1
    assert "lodgrants.trig" in result.stdout and "it was changed" in result.stdout


def test_a_path_that_leads_out_is_not_fetched_to_there(release: Path, web: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    with (release / "SHA256SUMS").open("a") as sums:
        sums.write(f"{hashlib.sha256(b's').hexdigest()}  ../secret\n")
    result = verify(f"{web}/v1/")
    assert result.return_value == 1 and "not opened" in result.stdout


def test_too_large_a_release_is_not_fetched(release: Path, web: str) -> None:
    with pytest.raises(PublishError) as error:
        verify(f"{web}/v1/", "--max-size", "10KB")
    assert error.value.problems[0].code == "LG-REL-010"


@pytest.mark.parametrize("path", ["nothing/", "broken/"])
def test_what_cannot_be_fetched_is_said(release: Path, web: str, path: str) -> None:
    with pytest.raises(PublishError) as error:
        verify(f"{web}/{path}")
    assert error.value.problems[0].code == "LG-REL-009"


def test_a_server_that_is_not_there_is_said() -> None:
    with pytest.raises(PublishError) as error:
        verify("http://127.0.0.1:9/")
    assert error.value.problems[0].code == "LG-REL-009"


def test_quiet_says_nothing(release: Path) -> None:
    assert verify(release, "--quiet").stdout == ""
    os.remove(release / "evidence.nq")
    assert verify(release, "--quiet").return_value == 1
