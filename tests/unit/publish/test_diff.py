"""What `lodgrants diff` says of two graphs of grants, in every form, and of what it is asked to compare."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from xml.etree import ElementTree as xml

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from lodgrants.cli.diff import command
from lodgrants.errors import InputError, PublishError
from lodgrants.publish.checksums import write_checksums
from lodgrants.publish.releases import commit_release
from support import ROOT

GOLDEN = ROOT / "tests" / "golden" / "diff"
OLD, NEW = GOLDEN / "old.trig", GOLDEN / "new.trig"
ATOM = "{http://www.w3.org/2005/Atom}"
ID = "https://w3id.org/lodgrants/id"


def diff(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result


def account(*arguments: str | Path) -> dict[str, list[dict[str, object]]]:
    found = json.loads(diff(*arguments, "--format", "json").stdout)
    return {f"{each['fate']} {each['kind']}": each["things"] for each in found["sections"]}


def code(error: pytest.ExceptionInfo[PublishError] | pytest.ExceptionInfo[InputError]) -> str:
    return error.value.problems[0].code


def test_the_account_in_words() -> None:
    lines = diff(OLD, NEW).stdout.splitlines()
    lines[0] = "From old.trig to new.trig"
    assert lines == (GOLDEN / "account.txt").read_text(encoding="utf8").splitlines()


def test_there_and_back_again_every_fate_is_its_opposite() -> None:
    there, back = (account(*pair) for pair in ((OLD, NEW), (NEW, OLD)))
    assert [thing["id"] for thing in there["new project"]] == [f"<{ID}/project/a/5>"]
    # A phase goes without saying where its project is new.
    assert {thing["id"] for thing in back["new project"]} == {f"<{ID}/project/a/3>", f"<{ID}/project/a/4>"}
    assert [thing["id"] for thing in back["gone record"]] == ["<https://w3id.org/lodgrants/record/a/5>"]


def test_equal_graphs_differ_in_nothing(tmp_path: Path) -> None:
    ox.serialize(ox.parse(path=OLD), str(tmp_path / "same.nq"), ox.RdfFormat.N_QUADS)
    with gzip.open(tmp_path / "same.nq.gz", "wb") as packed:
        packed.write((tmp_path / "same.nq").read_bytes() * 2)
    for same in (OLD, tmp_path / "same.nq", tmp_path / "same.nq.gz"):
        result = diff(OLD, same)
        assert result.return_value == 0
        assert "say the same: 95 statements" in result.stdout


def test_what_is_withheld_is_not_spread_again() -> None:
    for form in ("text", "json", "atom"):
        assert "Stars above the bog" not in diff(OLD, NEW, "--format", form).stdout


def test_a_limit_shortens_the_lists_and_not_the_counts() -> None:
    result = diff(OLD, NEW, "--limit", "1")
    assert "3 MERGED ORGANISATIONS" in result.stdout
    assert "… and 2 more (--limit 3 lists them)" in result.stdout
    assert "1 sum corrected" in diff(OLD, NEW, "--limit", "0").stdout


def test_json_has_the_terms_themselves() -> None:
    (first, *_) = account(OLD, NEW)["changed project"]
    assert first["changes"][0] == {  # type: ignore[index]
        "about": f"<{ID}/grant/a/1>",
        "type": "sum corrected",
        "property": "<https://w3id.org/lodgrants/ontology#granted>",
        "old": ['"25600.0"^^<http://www.w3.org/2001/XMLSchema#decimal>'],
        "new": ['"25623.18"^^<http://www.w3.org/2001/XMLSchema#decimal>'],
        "currency": '"EUR"',
    }


def test_the_feed_has_an_entry_for_every_thing() -> None:
    feed = xml.fromstring(diff(OLD, NEW, "--format", "atom").stdout)
    entries = {entry.findtext(f"{ATOM}title"): entry for entry in feed.iter(f"{ATOM}entry")}
    assert "New project: A bridge for everybody" in entries
    changed = entries["Changed project: Warm homes for all"]
    assert "granted: 25,600 -> 25,623.18 EUR" in (changed.findtext(f"{ATOM}summary") or "")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries.values()]
    assert len(set(ids)) == len(ids)


def test_the_patch_names_both_sides_and_is_one_transaction(tmp_path: Path) -> None:
    patch = diff(OLD, NEW, "--format", "patch").stdout.splitlines()
    assert patch[0].startswith("H id <uuid:") and patch[1].startswith("H prev <uuid:")
    assert (patch[2], patch[-1]) == ("TX .", "TC .")
    assert [line[0] for line in patch[3:-1]] == ["D"] * 61 + ["A"] * 58
    diff(OLD, NEW, "--format", "patch", "-o", tmp_path / "a.rdfp")
    assert (tmp_path / "a.rdfp").read_text().splitlines() == patch


def test_a_side_without_graphs_is_compared_without_them(tmp_path: Path) -> None:
    triples = [quad.triple for quad in ox.parse(path=OLD)]
    ox.serialize(triples, str(tmp_path / "old.nt"), ox.RdfFormat.N_TRIPLES)
    assert diff(OLD, tmp_path / "old.nt").return_value == 0
    assert "compared without named graphs" in diff(tmp_path / "old.nt", NEW).stdout
    (tmp_path / "empty.nt").write_text("")
    assert "D <https" in diff(OLD, tmp_path / "empty.nt", "--format", "patch").stdout


def test_a_statement_that_moves_to_another_record_is_no_change_of_facts(tmp_path: Path) -> None:
    (tmp_path / "a.nq").write_text("<urn:s> <urn:p> <urn:o> <urn:g1> .\n")
    (tmp_path / "b.nq").write_text("<urn:s> <urn:p> <urn:o> <urn:g2> .\n")
    result = diff(tmp_path / "a.nq", tmp_path / "b.nq")
    assert result.return_value == 1
    assert "no fact changed, only which record states it" in result.stdout


def test_graphs_about_other_things_are_told_as_well(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(
        "<urn:x:a> a <urn:x:Boat> ; <urn:x:hullLength> 3 . <urn:x:b> a <urn:x:Boat> ."
    )
    (tmp_path / "b.ttl").write_text(
        '<urn:x:a> a <urn:x:Boat> ; <urn:x:hullLength> 4 . <urn:x:c> <urn:x:d> "e" .'
    )
    said = diff(tmp_path / "a.ttl", tmp_path / "b.ttl").stdout
    assert "hull length: 3 -> 4" in said and "thing of class urn:x:Boat no longer there" in said
    assert "1 NEW THING" in said


def test_blank_nodes_are_compared_by_what_is_said_of_them(tmp_path: Path) -> None:
    body = '[] <urn:p> {} , [ <urn:q> "1" ] . [] <urn:p> [ <urn:q> "1" ] . _:{} <urn:p> [ <urn:q> "1" ] .'
    for name, word, label in (("a", '"x"', "k"), ("b", '"x"', "zz"), ("c", '"y"', "k")):
        (tmp_path / f"{name}.ttl").write_text(body.format(word, label))
    assert diff(tmp_path / "a.ttl", tmp_path / "b.ttl").return_value == 0
    patch = diff(tmp_path / "a.ttl", tmp_path / "c.ttl", "--format", "patch").stdout
    # Nodes of another part of the graph keep their names: only what changed is in the patch.
    assert [line[0] for line in patch.splitlines()[3:-1]] == ["D"] * 3 + ["A"] * 3


def release(target: Path, version: str, source: Path) -> None:
    staging = target / ".staging"
    staging.mkdir(parents=True)
    ox.serialize(ox.parse(path=source), str(staging / "lodgrants.nq"), ox.RdfFormat.N_QUADS)
    write_checksums(staging)
    commit_release(staging, target, version)


def test_releases_are_found_by_version_folder_and_place_in_history(tmp_path: Path) -> None:
    target = tmp_path / "out"
    release(target, "2020-01-01", OLD)
    release(target, "2020-02-01", NEW)
    for old, new in (
        ("2020-01-01", "2020-02-01"),
        ("previous", "latest"),
        (target / "releases" / "2020-01-01", target),
        (target / "releases" / "2020-01-01" / "lodgrants.nq", target / "lodgrants.nq"),
    ):
        result = diff(old, new, "--target", target)
        assert result.return_value == 1 and "95 -> 92 statements" in result.stdout
    feed = diff("previous", "latest", "--target", target, "--format", "atom").stdout
    assert "<updated>2020-02-01T00:00:00Z</updated>" in feed


def test_a_name_of_nothing_is_said_with_what_there_is(tmp_path: Path) -> None:
    release(tmp_path, "2020-01-01", OLD)
    with pytest.raises(PublishError) as error:
        diff("2020-01-02", "latest", "--target", tmp_path)
    assert code(error) == "LG-REL-007" and "2020-01-01" in str(error.value)
    (tmp_path / "none").mkdir()
    with pytest.raises(PublishError) as error:
        diff(tmp_path / "none", OLD)
    assert code(error) == "LG-REL-008"
    with pytest.raises(PublishError) as error:
        diff(tmp_path, tmp_path, "--part", "evidence")
    assert code(error) == "LG-REL-008"
    (tmp_path / "x.doc").write_text("")
    with pytest.raises(InputError) as wrong:
        diff(tmp_path / "x.doc", OLD)
    assert code(wrong) == "LG-RDF-002"


def test_a_sum_corrected_in_place_is_told_of_its_project(tmp_path: Path) -> None:
    said = (
        "@prefix schema: <http://schema.org/> . <urn:x:p> a schema:Project ; schema:name 'Mill' ."
        " <urn:x:g> schema:fundedItem <urn:x:p> ; schema:amount [ schema:currency 'EUR' ; schema:value {} ] ."
    )
    (tmp_path / "a.ttl").write_text(said.format("25600"))
    (tmp_path / "b.ttl").write_text(said.format("25623.18"))
    result = diff(tmp_path / "a.ttl", tmp_path / "b.ttl").stdout
    assert "1 CHANGED PROJECT\n  Mill\n" in result
    assert "sum: 25,600 -> 25,623.18 EUR" in result
    assert "THING" not in result
