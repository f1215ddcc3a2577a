"""Of large Parquet only what may break a shape is loaded."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lodgrants.db.fragment import sql
from lodgrants.validate import run

EX = "http://example.org/"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:S a sh:NodeShape ; sh:targetClass ex:Grant ; sh:pattern "/g" ;
  sh:property [ sh:path ex:amount ; sh:minCount 1 ; sh:datatype xsd:decimal ; sh:minInclusive 0 ] ;
  sh:property [ sh:path ex:title ; sh:maxCount 1 ; sh:uniqueLang true ] ;
  sh:property [ sh:path ex:start ; sh:lessThan ex:end ] ;
  sh:property [ sh:path ex:to ; sh:class ex:Person ] .
"""
PATH = (
    """ex:T sh:targetClass ex:Person ; sh:property [ sh:path [ sh:inversePath ex:to ] ; sh:minCount 1 ] ."""
)


def _quads(number: int) -> list[tuple[str, str, str]]:
    """Return a grant: every number under ten has another fault, the others have none."""
    grant, person = f"<{EX}g{number}>", f"<{EX}p{number}>"
    amount = {1: '"much"', 2: '"-1"^^<http://www.w3.org/2001/XMLSchema#decimal>'}.get(
        number, '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    )
    values = [
        ("title", '"one"@en'),
        ("start", _day(2020)),
        ("end", _day(2019 if number == 5 else 2021)),
        ("to", f"<{EX}nobody>" if number == 6 else person),
        ("other", '"never looked at"'),
    ]
    values += [] if number == 3 else [("amount", amount)]
    values += [("title", '"two"@en')] if number == 4 else []
    own = [(grant, f"<{EX}{name}>", value) for name, value in values]
    return [(grant, TYPE, f"<{EX}Grant>"), (person, TYPE, f"<{EX}Person>"), *own]


def _day(year: int) -> str:
    return f'"{year}-01-01"^^<http://www.w3.org/2001/XMLSchema#date>'


@pytest.fixture
def grants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "_LARGE", -1)
    quads = [quad for number in range(100) for quad in _quads(number)]
    columns = {name: pa.array([quad[at] for quad in quads], pa.string()) for at, name in enumerate("spo")}
    path = tmp_path / "grants.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def test_only_suspects_are_loaded(grants: Path, tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(SHAPES, encoding="utf8")
    with run.validate(grants, shapes) as report:
        rows = report.table().to_pylist()
        subjects = {s for (s,) in report.engine.rows(sql("SELECT s FROM quad WHERE s LIKE '%/g%'"))}
    faults = {int(row["focus"].removeprefix(f"<{EX}g").removesuffix(">")) for row in rows}
    assert faults == {1, 2, 3, 4, 5, 6}
    assert subjects == {f"<{EX}g{number}>" for number in faults}


def test_what_a_look_cannot_tell_is_loaded_whole(grants: Path, tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(SHAPES + PATH, encoding="utf8")
    with run.validate(grants, shapes) as report:
        rows = report.table().to_pylist()
        ((links,),) = report.engine.rows(sql("SELECT count(*) FROM quad WHERE p LIKE '%/to>'"))
    assert [row["focus"] for row in rows if row["shape_label"] == f"<{EX}T> / ^<{EX}to>"] == [f"<{EX}p6>"]
    assert links == 100
    assert len({row["focus"] for row in rows}) == 7
