"""Another process gives its results as they come, says its errors, and is gone with the block."""

from __future__ import annotations

import os
import time
from multiprocessing import active_children
from pathlib import Path

import pytest

from lodgrants.errors import InputError, PublishError, Where
from lodgrants.publish.verify.beside import beside
from support.working import die, refuse, sleep, squares


def test_results_come_from_another_process_in_order(tmp_path: Path) -> None:
    with beside(squares, 3, folder=tmp_path) as results:
        found = list(results)
    assert [number for _, number in found] == [0, 1, 4]
    assert {process for process, _ in found}.isdisjoint({os.getpid()})


def test_an_error_is_raised_here_as_it_was_there(tmp_path: Path) -> None:
    with beside(refuse, folder=tmp_path) as results:
        assert next(results) == 1
        with pytest.raises(InputError) as error:
            next(results)
    assert error.value.problems[0].where == Where("a.ttl", 3, 4) and error.value.problems[0].hint == "mend it"


def test_a_process_that_died_is_no_end_of_results(tmp_path: Path) -> None:
    with beside(die, folder=tmp_path) as results:
        assert next(results) == 1
        with pytest.raises(PublishError) as error:
            next(results)
    assert error.value.problems[0].code == "LG-REL-011"


def test_who_leaves_does_not_wait(tmp_path: Path) -> None:
    start = time.monotonic()
    with beside(sleep, folder=tmp_path) as results:
        assert next(results) == 1
    assert time.monotonic() - start < 60 and not active_children()
