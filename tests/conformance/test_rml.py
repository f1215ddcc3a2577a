"""Conformance to RML: the community group's suites for Core, IO, FNML, CC and LV."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from support import ROOT, shared
from support.rml_suites import FAULTY, SUITES, Case, cases, run_case

_SHARED = Path(os.environ.get("LODGRANTS_SHARED", ROOT.parent / "shared")) / "suites"


def _all() -> list[Case]:
    return [case for suite in SUITES if (_SHARED / suite).exists() for case in cases(suite, _SHARED / suite)]


@pytest.mark.parametrize("suite", SUITES)
def test_the_suite_is_whole(suite: str) -> None:
    assert len(list(cases(suite, shared("suites", suite)))) == SUITES[suite]


def test_only_known_faulty_cases_are_skipped() -> None:
    shared("suites", "rml-core")
    assert set(FAULTY) <= {case.identifier for case in _all()}
    assert len(FAULTY) == 5


@pytest.mark.parametrize("case", _all(), ids=lambda case: f"{case.suite}-{case.identifier}")
def test_case(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if case.identifier in FAULTY:
        pytest.skip(f"faulty case: {FAULTY[case.identifier]}")
    work = tmp_path / "case"
    shutil.copytree(case.folder, work)
    work.chmod(0o755)
    monkeypatch.chdir(work)
    outcome = run_case(case, work)
    assert not outcome.faults, "\n".join(outcome.faults)
