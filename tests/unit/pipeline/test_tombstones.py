"""Records that are gone leave a tombstone, which says by what they are replaced where that is plain."""

from __future__ import annotations

from pathlib import Path

import pytest

from lodgrants.pipeline.tombstones import (
    Name,
    Previous,
    Tombstone,
    bury,
    read_tombstones,
    tombstone_quads,
    write_tombstones,
)

OLD = Name("urn:r:old", "s", "http://example.org/1", ("N-1",))
KEPT = Name("urn:r:kept", "s", "http://example.org/2", ())


def buried(*names: Name, previous: tuple[Name, ...] = (OLD, KEPT), read: str = "s") -> list[Tombstone]:
    return bury(Previous("v1", previous, ()), names, (), {read})


def test_nothing_is_buried_without_a_release_before() -> None:
    assert bury(None, [OLD], (), {"s"}) == []


def test_a_record_that_is_gone_is_withdrawn() -> None:
    assert buried(KEPT) == [Tombstone("urn:r:old", last="v1")]


@pytest.mark.parametrize(
    "heir", [Name("urn:r:new", "s", OLD.url, ()), Name("urn:r:new", "s", None, ("N-1",))]
)
def test_the_new_record_of_its_page_or_number_replaces_it(heir: Name) -> None:
    assert buried(KEPT, heir) == [Tombstone("urn:r:old", last="v1", replaced_by="urn:r:new")]


def test_what_replaces_is_not_guessed() -> None:
    page = (OLD, Name("urn:r:other", "s", OLD.url, ()))
    one, two = (Name(f"urn:r:new{n}", "s", OLD.url, ()) for n in (1, 2))
    assert all(stone.replaced_by is None for stone in buried(KEPT, one, two))
    assert all(stone.replaced_by is None for stone in buried(one, previous=page))
    assert buried(KEPT, Name("urn:r:new", "t", OLD.url, ()))[0].replaced_by is None
    assert buried(Name(KEPT.id, "s", OLD.url, ()))[0].replaced_by is None


def test_sources_that_this_build_was_not_to_read_lose_nothing() -> None:
    assert buried(KEPT, read="t") == []


def test_tombstones_last_until_the_record_is_back() -> None:
    stone = Tombstone("urn:r:gone", last="v0", replaced_by="urn:r:kept")
    assert bury(Previous("v1", (KEPT,), (stone,)), [KEPT], (), {"s"}) == [stone]
    back = Name("urn:r:gone", "s", None, ())
    assert bury(Previous("v1", (KEPT,), (stone,)), [KEPT, back], (), {"s"}) == []


def test_of_a_withheld_record_nothing_is_said_but_that_it_is() -> None:
    (stone,) = bury(Previous("v1", (OLD,), ()), [], {OLD.id}, {"s"})
    assert stone == Tombstone(OLD.id, withheld=True)
    assert [quad[2].rpartition("#")[2] for quad in tombstone_quads([stone])] == ["Withheld>"]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    stones = [Tombstone("urn:a", last="v1", replaced_by="urn:b"), Tombstone("urn:c", withheld=True)]
    write_tombstones(stones, tmp_path / "tombstones.jsonl")
    assert list(read_tombstones(tmp_path)) == stones
    assert read_tombstones(tmp_path / "nowhere") == ()
