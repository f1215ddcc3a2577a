"""Packed dumps are gzip files that everybody reads, and that are made from older ones byte for byte."""

from __future__ import annotations

import gzip
import random
import struct
import subprocess
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import sql
from lodgrants.publish.packing import Cut, open_packer
from lodgrants.publish.repack import repack, splice_packed
from lodgrants.publish.splice import Kept, Piece
from lodgrants.publish.unpacking import OddPackingError, open_packed
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.read import QUADS, load_quads, read_graph
from support.quads import PHASES

# Blocks so small that a few hundred bytes have several.
SMALL = Cut(least=40, most=160, one_in=3, seen=12)


def packed(text: bytes, cut: Cut = SMALL, step: int | None = None, threads: int = 2) -> bytes:
    """Pack a text that is written in pieces of some size."""
    sink = BytesIO()
    step = step or len(text) or 1
    with open_packer(sink, cut, threads) as packer:
        for at in range(0, len(text), step):
            packer.write(text[at : at + step])
    return sink.getvalue()


def lines(numbers: list[int]) -> bytes:
    """Return lines whose lengths differ, some longer than the longest block."""
    sizes = ((n, n * n % 50 + 300 * (n % 97 == 5)) for n in numbers)
    return b"".join(b"<urn:%d> <urn:p> %s .\n" % (n, b"x" * size) for n, size in sizes)


def members(data: bytes) -> list[bytes]:
    """Take a packed file apart by the sizes in its extra fields alone (RFC 1952, section 2.3.1.1)."""
    found = []
    while data:
        extra, name, length, size = struct.unpack("<H2sHI", data[10:20])
        assert (data[:4], extra, name, length) == (b"\x1f\x8b\x08\x04", 8, b"LG", 4)
        found.append(data[:size])
        data = data[size:]
    return found


numbers = st.lists(st.integers(0, 400), max_size=120)


@settings(max_examples=60, phases=PHASES)
@given(numbers, st.integers(1, 500), st.integers(1, 7), st.booleans())
def test_a_text_is_packed_the_same_however_it_is_written(
    given: list[int], step: int, threads: int, ended: bool
) -> None:
    text = lines(given) + (b"" if ended else b"no end")
    whole = packed(text)
    assert packed(text, step=step, threads=threads) == whole
    assert gzip.decompress(whole) == text
    blocks = [gzip.decompress(each) for each in members(whole)]
    assert b"".join(blocks) == text
    for block in blocks[:-1]:
        longest = max(len(line) for line in block.splitlines(keepends=True))
        assert SMALL.least <= len(block) < SMALL.most + longest and block.endswith(b"\n")


def test_blocks_of_usual_size_are_about_a_megabyte() -> None:
    text = b"".join(b"<urn:%07d> <urn:p> <urn:o> .\n" % n for n in range(200_000))
    sizes = [len(gzip.decompress(each)) for each in members(packed(text, Cut()))]
    assert len(sizes) > 4
    assert all(1 << 20 <= size < 1.2 * (1 << 20) for size in sizes[:-1])


def test_nothing_is_packed_as_one_member_of_nothing(tmp_path: Path) -> None:
    assert len(members(packed(b""))) == 1
    assert gzip.decompress(packed(b"")) == b""
    (tmp_path / "none.gz").write_bytes(packed(b""))
    with open_packed(tmp_path / "none.gz") as text:
        assert len(text) == 0 and text.read(0, 0) == b""


@st.composite
def edits(draw: st.DrawFn) -> tuple[bytes, list[Piece]]:
    """Return a text, and a text made of ranges of it and of new lines, in order."""
    text = lines(draw(numbers)) + draw(st.sampled_from([b"", b"no end"]))
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces: list[Piece] = []
    for start, end in pairwise(places):
        if end > start and draw(st.integers(0, 3)):
            pieces.append(Kept(start, end))
        if new := lines(draw(st.lists(st.integers(0, 400), max_size=3))):
            pieces.append(new)
    if places and places[-1] < len(text):
        pieces.append(Kept(places[-1], len(text)))
    return text, pieces


def made_of(text: bytes, pieces: list[Piece]) -> bytes:
    return b"".join(text[p.start : p.end] if isinstance(p, Kept) else p for p in pieces)


@settings(max_examples=150, phases=PHASES)
@given(edits())
def test_what_is_packed_from_an_older_file_is_what_is_packed_in_full(edit: tuple[bytes, list[Piece]]) -> None:
    text, pieces = edit
    with TemporaryDirectory() as folder:
        old, new = Path(folder, "old.gz"), Path(folder, "new.gz")
        old.write_bytes(packed(text))
        assert repack(old, new, pieces, SMALL)
        assert new.read_bytes() == packed(made_of(text, pieces))


objects = st.lists(st.integers(0, 30), min_size=1, max_size=6, unique=True)
subjects = st.dictionaries(st.integers(10, 60), objects)


def quads(data: dict[int, list[int]]) -> dict[bytes, bytes]:
    """Return sorted lines by subject."""
    return {
        b"<urn:%d>" % subject: b"".join(
            b"<urn:%d> <urn:p> <urn:%02d> <urn:g> .\n" % (subject, object_) for object_ in sorted(objects)
        )
        for subject, objects in sorted(data.items())
    }


@settings(max_examples=150, phases=PHASES)
@given(subjects, subjects, st.sets(st.integers(10, 60), max_size=5))
def test_packed_lines_are_spliced_as_if_they_were_packed_in_full(
    old: dict[int, list[int]], changed: dict[int, list[int]], gone: set[int]
) -> None:
    blocks = dict.fromkeys((b"<urn:%d>" % subject for subject in gone), b"") | quads(changed)
    now = {key: text for key, text in (quads(old) | blocks).items() if text}
    with TemporaryDirectory() as folder:
        before, after = Path(folder, "old.gz"), Path(folder, "new.gz")
        before.write_bytes(packed(b"".join(quads(old).values())))
        assert splice_packed(before, after, "nq", blocks, SMALL)
        assert after.read_bytes() == packed(b"".join(now[key] for key in sorted(now)))


def test_one_changed_line_moves_the_members_around_it(tmp_path: Path) -> None:
    """Of many members, all but a few are copied: they are not even looked into."""
    cut = Cut(least=2_000, most=8_000, one_in=16, seen=32)
    data = {number: [number % 31] for number in range(100_000, 120_000)}
    before = members(packed(b"".join(quads(data).values()), cut))
    far = before[-3]
    # Damaged, but nobody needs to know what is in it.
    before[-3] = far[:30] + bytes(len(far) - 38) + far[-8:]
    (tmp_path / "old.gz").write_bytes(b"".join(before))
    assert splice_packed(tmp_path / "old.gz", tmp_path / "new.gz", "nq", quads({100_500: [1, 2]}), cut)
    after = members((tmp_path / "new.gz").read_bytes())
    assert len(before) > 200 and before[-3] in after
    assert 0 < len(set(after) - set(before)) < 10


@pytest.mark.parametrize(
    "odd",
    [
        gzip.compress(lines([*range(50)]), mtime=0),
        b"",
        b"no gzip at all",
        packed(lines([*range(50)]))[:-1],
        packed(lines([*range(50)])) + b"\0",
        packed(lines([*range(50)])) + gzip.compress(b"more\n"),
    ],
)
def test_what_was_not_packed_here_is_packed_in_full(odd: bytes, tmp_path: Path) -> None:
    old, new = tmp_path / "old.gz", tmp_path / "new.gz"
    assert not repack(old, new, [Kept(0, 10)])
    old.write_bytes(odd)
    assert not repack(old, new, [Kept(0, 10)])
    assert not splice_packed(old, new, "nq", {b"<urn:7>": b""})
    assert not new.exists()


def test_damage_that_matters_is_seen(tmp_path: Path) -> None:
    whole = packed(lines([*range(50)]))
    first, *rest = members(whole)
    damaged = first[:-8] + bytes(4) + first[-4:]
    (tmp_path / "old.gz").write_bytes(b"".join([damaged, *rest]))
    assert not repack(tmp_path / "old.gz", tmp_path / "new.gz", [b"new\n", Kept(0, 700)], SMALL)
    with open_packed(tmp_path / "old.gz") as text, pytest.raises(OddPackingError):
        text.read(0, 5)


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many members of very different sizes, so that they end anywhere in a reader's buffer."""
    rng = random.Random(5)
    text = "".join(
        f'<urn:{n:06}> <urn:p> "{"".join(rng.choices("abcdefghij", k=rng.choice([2, 40, 400])))}" .\n'
        for n in range(20_000)
    )
    path = tmp_path_factory.mktemp("packed") / "dump.nt"
    path.write_text(text)
    path.with_name("dump.nt.gz").write_bytes(packed(text.encode(), Cut(300, 5_000, 8, 64)))
    return path.with_name("dump.nt.gz")


def test_our_readers_read_all_members(dump: Path) -> None:
    with open_engine() as engine:
        load_quads(engine, [rdf_file(dump)])
        load_quads(engine, [rdf_file(dump.with_suffix(""))], table="plain")
        ((both,),) = engine.rows(sql("SELECT count(*) FROM (FROM _q INTERSECT FROM plain) AS b", _q=QUADS))
    assert both == 20_000
    assert len(list(read_graph([rdf_file(dump)]))) == 20_000


def test_other_readers_read_all_members(dump: Path) -> None:
    plain = dump.with_suffix("").read_bytes()
    assert gzip.decompress(dump.read_bytes()) == plain
    assert subprocess.run(["zcat", dump], capture_output=True, check=True).stdout == plain
    subprocess.run(["gzip", "--test", dump], check=True)
    with gzip.open(dump) as source:
        assert len(Graph().parse(cast("IO[bytes]", source), format="nt")) == 20_000
