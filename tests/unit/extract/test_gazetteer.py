"""What is kept of the gazetteer is what reading it anew gives; a spoilt or forbidden cache does no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from lodgrants.extract.values.gazetteer import gazetteer, stem


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    gazetteer.cache_clear()


def kept() -> list[Path]:
    return list(Path(".lodgrants", "places").rglob("*.json"))


def test_what_is_kept_is_what_was_read() -> None:
    read = gazetteer("LV")
    gazetteer.cache_clear()
    assert [path.name for path in kept()] == ["LV.json"]
    assert gazetteer("LV") == read
    assert read.names["jekabpils"] == "Jēkabpils"
    assert read.names[stem("LV", "jekabpili") + "~"] == "Jēkabpils"
    assert read.cities["riga"] == "Riga"
    assert "jekabpils" not in read.cities


@pytest.mark.parametrize(
    "spoilt", ["", "{", "[]", '{"names": {}}', '{"names": {}, "cities": {}, "more": {}}']
)
def test_a_spoilt_file_is_made_anew(spoilt: str) -> None:
    read = gazetteer("EE")
    (path,) = kept()
    path.write_text(spoilt)
    gazetteer.cache_clear()
    assert gazetteer("EE") == read
    assert path.read_text() != spoilt


def test_without_a_place_to_keep_it_all_works() -> None:
    Path(".lodgrants").write_text("a file where the folder should be")
    assert gazetteer("EE").cities["tallinn"] == "Tallinn"


def test_what_is_no_country_has_no_places_and_no_file() -> None:
    assert not gazetteer("../x").names
    assert not kept()
