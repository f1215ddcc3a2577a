"""Which rules are compared with which: only those whose terms may start alike, however many there are."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from lodgrants.map.compile.queries import _alike


@given(st.lists(st.text("ab", max_size=4), max_size=12))
def test_the_pairs_are_those_of_which_one_begins_with_the_other(starts: list[str]) -> None:
    found = {frozenset(pair) for pair in _alike(range(len(starts)), starts)}
    assert found == {
        frozenset((i, j))
        for i, j in combinations(range(len(starts)), 2)
        if starts[i].startswith(starts[j]) or starts[j].startswith(starts[i])
    }


def test_many_rules_that_start_differently_are_not_tried_against_each_other() -> None:
    starts = [f"http://ex.org/{i:04}/" for i in range(5_000)]
    assert not list(_alike(range(len(starts)), starts))
