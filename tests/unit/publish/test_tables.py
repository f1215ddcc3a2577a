"""The CSV tables hold what the graph says, one row a thing, the same bytes every time."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from frictionless import Package
from sqlglot import exp

from lodgrants.db.engine import open_engine
from lodgrants.publish.catalogue.statistics import Coverage
from lodgrants.publish.tables import write_tables
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.namespaces import LG
from lodgrants.rdf.read import load_quads
from support import ROOT

DATA = ROOT / "tests" / "golden" / "competency" / "data.ttl"


COVERAGE = (Coverage("urn:d", f"{LG}Project", f"{LG}status", 6, 4, 1),)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    with open_engine() as engine:
        load_quads(engine, [rdf_file(DATA)])
        write_tables(engine, exp.select("s", "p", "o", "g").from_("quad"), folder, COVERAGE)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_thing_has_one_row(tables: Path) -> None:
    counts = {path.stem: len(rows(path)) for path in sorted(tables.glob("*.csv"))}
    assert counts == {
        **{"amounts": 11, "coverage": 1, "grants": 5, "organizations": 9},
        **{"places": 4, "projects": 6, "roles": 16},
    }


def test_a_sum_has_its_kind_and_currency_beside_it(tables: Path) -> None:
    by_id = {row["id"].rpartition("/")[2]: row for row in rows(tables / "amounts.csv")}
    row = by_id["grantedA-lvl"]
    assert (row["value"], row["currency"], row["stated_as"]) == ("702.80", "LVL", "702.80 LVL")
    assert row["kind"] == "https://w3id.org/lodgrants/ontology#granted"
    assert row["about"] == "https://example.org/grantA"
    assert row["same_as"] == "https://example.org/grantedA"


def test_several_values_stand_in_one_cell_in_order(tables: Path) -> None:
    by_id = {row["id"].rpartition("/")[2]: row for row in rows(tables / "projects.csv")}
    assert by_id["projectA"]["name"] == "Lampas | Lamps"
    assert by_id["projectB"]["other_names"] == ""
    assert list(by_id) == sorted(by_id)


def test_awkward_text_is_quoted(tmp_path: Path) -> None:
    name = 'A "quoted", long\nname'
    table = {
        "s": ["<urn:p>", "<urn:p>"],
        "p": ["<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://schema.org/name>"],
        "o": ["<https://w3id.org/lodgrants/ontology#Project>", json.dumps(name)],
        "g": ["", ""],
    }
    with open_engine() as engine:
        engine.register("quad", pa.table(table))
        write_tables(engine, exp.select("*").from_("quad"), tmp_path)
    (row,) = rows(tmp_path / "projects.csv")
    assert row["name"] == name


def test_the_data_package_describes_every_column(tables: Path) -> None:
    package = json.loads((tables / "datapackage.json").read_text(encoding="utf8"))
    for resource in package["resources"]:
        header = (tables / resource["path"]).read_text(encoding="utf8").partition("\n")[0]
        assert header.split(",") == [field["name"] for field in resource["schema"]["fields"]]


def test_the_data_package_is_valid_and_so_are_the_tables(tables: Path) -> None:
    report = Package(str(tables / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])


def test_a_value_of_the_wrong_type_is_found(tables: Path, tmp_path: Path) -> None:
    shutil.copytree(tables, tmp_path / "tables")
    path = tmp_path / "tables" / "amounts.csv"
    path.write_text(path.read_text().replace(",702.80,LVL,", ",702;80,LVL,"))
    report = Package(str(tmp_path / "tables" / "datapackage.json")).validate()
    assert report.flatten(["fieldName", "type"]) == [["value", "type-error"]]


def test_columns_have_types(tables: Path) -> None:
    package = json.loads((tables / "datapackage.json").read_text(encoding="utf8"))
    types = {
        (resource["name"], field["name"]): field.get("format", field["type"])
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
    }
    assert types["amounts", "value"] == "number"
    assert types["amounts", "currency"] == types["projects", "start"] == "string"
    assert types["projects", "start_date"] == "date"
    assert types["projects", "id"] == types["roles", "agent"] == types["amounts", "kind"] == "uri"


def test_a_month_is_no_date(tables: Path) -> None:
    found = {(row["start"], row["start_date"]) for row in rows(tables / "projects.csv") if row["start"]}
    assert all(date == (start if len(start) == 10 else "") for start, date in found)
    assert any(len(start) < 10 for start, _ in found)


def test_coverage_is_a_table(tables: Path) -> None:
    (row,) = rows(tables / "coverage.csv")
    assert (row["class"], row["things"], row["having"], row["unfilled"]) == (f"{LG}Project", "6", "4", "1")


def test_bytes_do_not_change(tables: Path, tmp_path: Path) -> None:
    with open_engine() as engine:
        load_quads(engine, [rdf_file(DATA)])
        shuffled = exp.select("s", "p", "o", "g").from_("quad").order_by("hash(o)")
        written = write_tables(engine, shuffled, tmp_path, COVERAGE)
    assert all(path.read_bytes() == (tables / path.name).read_bytes() for path in written)
