"""Values of megabytes: mapped where the machine has the memory, said where it may not be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lodgrants.db.engine import Limits
from lodgrants.map import run
from lodgrants.map.api import run_mapping
from lodgrants.map.limits import MemoryLimitError
from lodgrants.map.settings import Settings

MAPPING = """
@prefix rml: <http://w3id.org/rml/> .
<http://ex.org/map> rml:logicalSource [ rml:source "FILE"; rml:referenceFormulation rml:FORM ITERATOR ];
  rml:subjectMap [ rml:template "http://ex.org/{id}" ];
  rml:predicateObjectMap [ rml:predicate <http://ex.org/v>; rml:objectMap [ rml:reference "v" ] ] .
"""
LONG = 'a "long" text\\n' * (1 << 16)
TRIPLES = 24


@pytest.fixture(params=["CSV", "JSONPath"])
def mapping(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    text = MAPPING.replace("FORM", request.param)
    if request.param == "CSV":
        quoted = LONG.replace('"', '""')
        rows = "".join(f'{i},"{quoted}"\n' for i in range(TRIPLES))
        (tmp_path / "d.csv").write_text(f"id,v\n{rows}", encoding="utf8")
        text = text.replace("FILE", "d.csv").replace("ITERATOR", "")
    else:
        given = [{"id": i, "v": LONG} for i in range(TRIPLES)]
        (tmp_path / "d.json").write_text(json.dumps(given), encoding="utf8")
        text = text.replace("FILE", "d.json").replace("ITERATOR", '; rml:iterator "$[*]"')
    (tmp_path / "m.ttl").write_text(text, encoding="utf8")
    return tmp_path / "m.ttl"


@pytest.mark.parametrize("name", ["out.nt", "out.parquet"])
def test_a_limit_that_nobody_gave_is_lifted(
    mapping: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "DEFAULT_MEMORY", "100MB")
    assert run_mapping(mapping, mapping.with_name(name)).triples == TRIPLES


def test_a_limit_that_was_given_is_kept_and_nothing_is_written(mapping: Path) -> None:
    output = mapping.with_name("out.nt")
    with pytest.raises(MemoryLimitError, match="--memory-limit"):
        run_mapping(mapping, output, Settings(limits=Limits(memory="100MB")))
    assert not output.exists()
