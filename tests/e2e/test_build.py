"""`lodgrants build` as a user runs it: pages in, a graph out, and clear words when something is wrong."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from lodgrants.rdf.namespaces import PREFIXES
from support import ROOT, shared

HEADER = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


def lodgrants(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    command = [sys.executable, "-c", "from lodgrants.cli.main import main; main()", *map(str, arguments)]
    env = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT / "src"), **environment}
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


def ask(output: Path, query: str) -> list[tuple[str, ...]]:
    """Query what was published; terms come as their plain values."""
    store = ox.Store()
    for name in ("lodgrants.nq.gz", "evidence.nq.gz"):
        store.bulk_load(gzip.decompress((output / name).read_bytes()), ox.RdfFormat.N_QUADS)
    found = store.query(HEADER + query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(getattr(term, "value", "") for term in row) for row in found]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the five real pages."""
    output = tmp_path_factory.mktemp("real")
    result = lodgrants("build", "--pages", shared("seeds"), "--output", output)
    assert result.returncode == 0, result.stderr
    return output


def test_every_project_has_its_record(real: Path) -> None:
    rows = ask(
        real, "SELECT ?r ?p { ?r a lg:Record ; foaf:primaryTopic ?p . ?p a lg:Project, schema:Project }"
    )
    by_source = [record.split("/record/")[1].split("/")[0] for record, _ in rows]
    assert sorted(by_source) == ["acf"] * 8 + ["eea-grants", "interakcia", "sif", "sscw"]


def test_two_phases_with_their_costs_and_grants(real: Path) -> None:
    rows = ask(
        real,
        """SELECT ?cost ?grant ?funder {
            ?phase lg:phaseOf ?project ; schema:funding ?g ;
                lg:amount [ lg:kind lg:totalCost ; schema:currency "DKK" ; schema:value ?cost ] .
            ?g lg:amount [ lg:kind lg:granted ; schema:currency "DKK" ; schema:value ?grant ] ;
                lg:funder/schema:name ?funder
        } ORDER BY ?cost""",
    )
    council = "Nordic Council of Ministers"
    assert rows == [("444550", "310000", council), ("597654", "411000", council)]


def test_sums_in_two_currencies_with_their_parts(real: Path) -> None:
    rows = ask(
        real,
        """SELECT ?eur ?lvl ?nature ?total {
            ?a lg:kind lg:granted ; schema:currency "EUR" ; schema:value ?eur ;
                lg:sameAmountAs [ schema:currency "LVL" ; schema:value ?lvl ] .
            OPTIONAL { ?a lg:fundingNature ?nature } OPTIONAL { ?a lg:partOfAmount/schema:value ?total }
        } ORDER BY ?eur""",
    )
    private = "https://w3id.org/lodgrants/ontology#private"
    assert rows == [
        ("2031.94", "1428.06", private, "25623.18"),
        ("23591.24", "16580.02", "", "25623.18"),
        ("25623.18", "18008.07", "", ""),
    ]


def test_an_empty_label_has_no_value(real: Path) -> None:
    of_page = "FILTER(contains(str(?x), 'eea-grants'))"
    amounts = ask(real, f"SELECT ?k ?v {{ ?x lg:amount ?a . ?a lg:kind ?k ; schema:value ?v {of_page} }}")
    assert amounts == [("https://w3id.org/lodgrants/ontology#granted", "65376")]
    projects = "?p a lg:Project FILTER(contains(str(?p), 'eea-grants'))"
    assert ask(real, f"SELECT ?i {{ ?p dcterms:identifier ?i . {projects} }}") == []
    assert ask(real, f"SELECT ?t {{ ?p lg:targetGroup ?t . {projects} }}") == []
    assert len(ask(real, f"SELECT ?r {{ ?p lg:result ?r . {projects} }}")) == 11


def test_eight_periods_are_whole_dates(real: Path) -> None:
    rows = ask(
        real,
        """SELECT ?s ?e { ?p schema:startDate ?s ; schema:endDate ?e
            FILTER(contains(str(?p), '/acf/') && datatype(?s) = xsd:date && datatype(?e) = xsd:date)
        } ORDER BY ?s ?e""",
    )
    assert rows == [
        ("2020-02-05", "2020-03-05"),
        ("2020-02-07", "2020-03-07"),
        ("2020-02-21", "2020-03-03"),
        ("2020-02-27", "2020-03-03"),
        ("2021-10-11", "2021-12-17"),
        ("2022-01-07", "2022-04-07"),
        ("2022-08-31", "2023-02-28"),
        ("2022-12-01", "2023-05-31"),
    ]


def test_a_supporter_is_no_funder_and_a_title_keeps_its_language(real: Path) -> None:
    rows = ask(real, "SELECT ?n (lang(?t) AS ?l) { ?p lg:supporter/schema:name ?n ; schema:name ?t }")
    assert rows == [("British Council", "et")]
    assert ask(real, "SELECT ?g { ?g a lg:Grant FILTER(contains(str(?g), 'sscw')) }") == []


def test_no_telephone_number_is_published(real: Path) -> None:
    assert "65235635" not in (real / "lodgrants.nq").read_text(encoding="utf8")


def checksums(folder: Path) -> dict[str, str]:
    """Return the checksums of the latest release, and see that they are those of its files."""
    lines = (folder / "SHA256SUMS").read_text(encoding="utf8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    for name, digest in sums.items():
        assert hashlib.sha256((folder / "latest" / name).read_bytes()).hexdigest() == digest
    return sums


def test_the_committed_output_is_built_byte_for_byte(tmp_path: Path) -> None:
    result = lodgrants("build", "--output", tmp_path, TZ="Pacific/Auckland", PYTHONHASHSEED="7")
    assert result.returncode == 0, result.stderr
    assert checksums(tmp_path) == checksums(ROOT / "output")


def test_place_and_time_zone_of_a_build_make_no_difference_and_a_second_one_changes_nothing(
    tmp_path: Path,
) -> None:
    zones = {"a": "America/St_Johns", "b/deeper": "Asia/Tokyo"}
    for name, zone in zones.items():
        pages = tmp_path / name / "pages"
        for source in ("sif", "sscw"):
            shutil.copytree(ROOT / "mappings" / source / "sample", pages / source)
        result = lodgrants("build", "--pages", pages, "--output", tmp_path / name / "out", TZ=zone)
        assert result.returncode == 0, result.stderr
    first, second = (tmp_path / name / "out" for name in zones)
    assert (first / "SHA256SUMS").read_bytes() == (second / "SHA256SUMS").read_bytes()
    before = {path: path.stat().st_mtime_ns for path in (first / "releases").rglob("*")}
    again = lodgrants("build", "--pages", tmp_path / "a" / "pages", "--output", first)
    assert again.returncode == 0, again.stderr
    assert {path: path.stat().st_mtime_ns for path in (first / "releases").rglob("*")} == before


def test_a_build_that_would_change_nothing_writes_nothing(tmp_path: Path) -> None:
    first = lodgrants("build", "--output", tmp_path / "o")
    assert first.returncode == 0, first.stderr
    marks = {path: path.stat().st_mtime_ns for path in tmp_path.glob("o/releases/*/**/*")}
    left = {path.name for path in (tmp_path / "o/.lodgrants/state").iterdir()}
    second = lodgrants("build", "--output", tmp_path / "o")
    assert second.returncode == 0 and "the release is as it would be" in second.stdout
    assert {path.name for path in (tmp_path / "o/.lodgrants/state").iterdir()} == left
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("o/releases/*/**/*")} == marks
    said = [
        [
            line
            for line in run.stderr.splitlines()
            if not line.startswith(("mapping", "validating", "writing", "not "))
        ]
        for run in (first, second)
    ]
    assert said[0] == said[1]
    named = lodgrants("build", "--output", tmp_path / "o", "--release", "named")
    assert named.returncode == 0 and (tmp_path / "o" / "latest").resolve().name == "named"
    # One that is not the latest is not the one that would be left.
    again = lodgrants("build", "--output", tmp_path / "o")
    assert again.returncode == 0 and (tmp_path / "o" / "latest").resolve().name != "named"


def test_bad_pages_are_named_and_the_others_published(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    shutil.copy(ROOT / "mappings/sif/sample/koalicija.txt", pages / "good.txt")
    (pages / "empty.txt").write_bytes(b" \n\t\n")
    (pages / "picture.txt").write_bytes(b"\x89PNG\x00\x01\x02")
    (pages / "latin.txt").write_bytes("Größe und Maß\n".encode("latin-1"))
    (pages / "huge.txt").write_bytes(b"line of text\n" * 4_000_000)
    (pages / "stranger.txt").write_text("A recipe for soup.\n", encoding="utf8")
    result = lodgrants("build", "--pages", pages, "--output", tmp_path / "out")
    assert result.returncode == 4
    for number, name in ((3, "empty"), (4, "picture"), (5, "latin"), (6, "huge")):
        assert f"LG-EXT-00{number}" in result.stderr
        assert f"{name}.txt" in result.stderr
    assert "LG-EXT-010" in result.stderr
    assert ask(tmp_path / "out", "SELECT ?p { ?p a lg:Project }")


def test_two_captures_of_one_project_are_both_published_and_named(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    page = (ROOT / "mappings/sif/sample/koalicija.txt").read_text(encoding="utf8")
    (pages / "a.txt").write_text(page, encoding="utf8")
    (pages / "b.txt").write_text(page.replace("25 623.18", "25 999.50"), encoding="utf8")
    (pages / "c.txt").write_text(page, encoding="utf8")
    result = lodgrants("build", "--pages", pages, "--output", tmp_path / "out")
    assert result.returncode == 4
    assert "LG-EXT-022" in result.stderr
    assert "25 999.50 EUR" in result.stderr
    rows = ask(
        tmp_path / "out",
        """SELECT ?r ?v { GRAPH ?r { ?a lg:kind lg:granted ; schema:currency "EUR" ; schema:value ?v } }""",
    )
    totals = {value: record for record, value in rows if value in ("25623.18", "25999.5")}
    assert len(set(totals.values())) == 2


def test_a_broken_profile_is_named_by_line_and_column(tmp_path: Path) -> None:
    folder = tmp_path / "profiles" / "mine"
    folder.mkdir(parents=True)
    text = (ROOT / "mappings/sscw/source.yml").read_text(encoding="utf8")
    text = text.replace("source: sscw", "source: mine\nlicense: x")
    (folder / "source.yml").write_text(text, encoding="utf8")
    result = lodgrants("build", "--profiles", tmp_path / "profiles", "--output", tmp_path / "out")
    assert result.returncode == 4
    assert "source.yml:3:1" in result.stderr
    assert "did you mean 'licence'?" in result.stderr
    assert (tmp_path / "out" / "lodgrants.ttl").exists()


def test_no_pages_leave_the_old_output_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "lodgrants.ttl").write_text("old", encoding="utf8")
    result = lodgrants("build", "--pages", tmp_path / "nothing", "--output", tmp_path / "out")
    assert result.returncode == 2
    assert "LG-EXT-001" in result.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["lodgrants.ttl"]


def test_a_page_of_no_known_publisher_fails_and_a_look_alike_does_not(tmp_path: Path) -> None:
    known, unknown = tmp_path / "known", tmp_path / "unknown"
    for folder, name, text in (
        (
            known,
            "programme.txt",
            "Local Development\n\nKey facts\n\nProject promoter:\nX\nFrom EEA Grants:\n€ 5\n",
        ),
        (unknown, "recipe.txt", "A recipe for soup.\n"),
    ):
        folder.mkdir()
        shutil.copy(ROOT / "mappings/sif/sample/koalicija.txt", folder)
        (folder / name).write_text(text, encoding="utf8")
    look_alike = lodgrants("build", "--pages", known, "--output", tmp_path / "a")
    assert (look_alike.returncode, "LG-EXT-011" in look_alike.stderr) == (0, True)
    stranger = lodgrants("build", "--pages", unknown, "--output", tmp_path / "b")
    assert (stranger.returncode, "LG-EXT-010" in stranger.stderr) == (4, True)
    assert checksums(tmp_path / "a") == checksums(tmp_path / "b")


def test_nothing_that_has_evidence_is_lost_on_the_way_to_the_graph(tmp_path: Path) -> None:
    lodgrants("build", "--pages", ROOT / "tests" / "golden" / "pages", "--output", tmp_path)
    proven = "?e lg:supports ?s ; lg:supportsProperty ?p"
    (count,) = ask(tmp_path, f"SELECT (COUNT(*) AS ?n) {{ {proven} }}")
    assert int(count[0]) > 1000
    assert ask(tmp_path, f"SELECT DISTINCT ?p {{ {proven} FILTER NOT EXISTS {{ ?s ?p ?o }} }}") == []
