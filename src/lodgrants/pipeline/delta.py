"""From the release before to this one by what has changed: quads are merged, sorted dumps are spliced.

A graph (a record, a tombstone, what is known of a source) has changed when its fingerprint has; a subject is
touched when a changed graph says something else of it. Only the blocks of touched subjects are made anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

import pyarrow as pa

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, sql
from lodgrants.pipeline.graph import EVIDENCE as WORDS
from lodgrants.pipeline.graph import MAIN
from lodgrants.publish.checksums import Digests
from lodgrants.publish.cottas import read_cottas, update_cottas
from lodgrants.publish.dumps import pack
from lodgrants.publish.release import EVIDENCE, EVIDENCE_DUMPS, MAIN_DUMPS, NAME
from lodgrants.publish.repack import repack, splice_packed
from lodgrants.publish.splice import Piece, blocks_of, prefixes_in, splice, write_pieces
from lodgrants.publish.update.change import Change, find_change
from lodgrants.rdf.namespaces import PREFIXES
from lodgrants.rdf.write import compile_text, find_prefixes, header

CHANGED = "_changed"
# More than this share of changed graphs, and writing everything is quicker.
MOST = 0.2
DUMPS = {MAIN: (NAME, MAIN_DUMPS), WORDS: (EVIDENCE, EVIDENCE_DUMPS)}


@dataclass(frozen=True, slots=True)
class Delta:
    """What to start from: the old quads, those of changed graphs, the old release (all folders)."""

    old: Path
    new: Path
    release: Path
    changed: tuple[str, ...]


def changed_graphs(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of graphs that came, went or say something else."""
    return tuple(sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name)))


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed in the two graphs since a release."""

    release: Path
    main: Change
    evidence: Change


def find_changes(engine: Engine, delta: Delta, folder: Path) -> Changes:
    """See what the graphs say otherwise than those that the delta starts from; they will be in a folder."""
    names = pa.array([f"<{name}>" for name in delta.changed], pa.string())
    engine.register(CHANGED, pa.table([names], names=["g"]))
    return Changes(delta.release, *(
        find_change(engine, Change(name.partition(".")[0], delta.old / name, folder / name),
                    delta.new / name, CHANGED)
        for name in DUMPS
    ))  # fmt: skip


def merge(engine: Engine, changes: Changes) -> None:
    """Write the quads of both graphs: all that is said of touched subjects anew, the others as they are."""
    for change in (changes.main, changes.evidence):
        update_cottas(engine, change.old, change.new, (change.touched, change.after))


def splice_dumps(engine: Engine, changes: Changes, digests: Digests) -> list[str]:
    """Make the text dumps from those of the release before; return the names of the files.

    What is copied is left to the threads that hash the new files.
    """
    written: list[str] = []
    for change, (name, endings) in zip((changes.main, changes.evidence), DUMPS.values(), strict=True):
        if any((changes.release / f"{name}.{ending}").stat().st_size == 0 for ending in endings):
            continue
        update = _Update(engine, change)
        for syntax in dict.fromkeys(ending.removesuffix(".gz") for ending in endings):
            files = [f"{name}.{ending}" for ending in (syntax, f"{syntax}.gz") if ending in endings]
            written += update.write(syntax, files, changes.release, digests)
    return written


def _repack(digests: Digests, old: Path, pieces: Sequence[Piece], new: Path) -> None:
    """Pack a text that is made of pieces; where the older packed file is odd, all of it."""
    if not repack(old, new, pieces):
        plain = new.with_suffix("")
        digests.of([plain.name])  # It was begun with before, so that nobody waits for who waits.
        pack(plain, new)


@dataclass(frozen=True, slots=True)
class _Update:
    """One graph's dumps made anew."""

    engine: Engine
    change: Change

    def write(self, syntax: str, files: Sequence[str], release: Path, digests: Digests) -> Iterator[str]:
        """Splice a dump, plain and packed, from that of a release; yield the files that could be."""
        blocks = dict.fromkeys(self._keys(syntax), b"") | blocks_of(self._text(syntax), syntax)
        pieces: list[Piece] | None = None
        for file in files:
            old = release / file
            if not file.endswith(".gz"):
                pieces = splice(old, syntax, self._header(syntax, old), blocks)
                digests.begin(file, partial(write_pieces, old, pieces=pieces))
            elif pieces is not None:
                digests.begin(file, partial(_repack, digests, old, pieces))
            elif not splice_packed(old, digests.folder / file, syntax, blocks):
                continue
            yield file

    def _rows(self, syntax: str) -> Sql:
        """Return what is written anew: touched subjects or, where files go by graphs, changed graphs."""
        return sql("SELECT * FROM _t AS t", _t=self.change.now if syntax == "trig" else self.change.after)

    def _old_rows(self, syntax: str) -> Sql:
        """Return what that was in the release before."""
        return sql("SELECT * FROM _t AS t", _t=self.change.was if syntax == "trig" else self.change.before)

    def _keys(self, syntax: str) -> list[bytes]:
        name, table = ("g", CHANGED) if syntax == "trig" else ("s", self.change.touched)
        keys = sql("SELECT _name FROM _t AS t", _name=name, _t=table)
        return [str(key).encode() for (key,) in self.engine.rows(keys)]

    def _text(self, syntax: str) -> bytes:
        plan = compile_text(self._rows(syntax), syntax)
        sink = BytesIO()
        count = self.engine.write_text(plan.text, sink)
        return sink.getvalue() + (plan.end.encode() if count else b"")

    def _header(self, syntax: str, old: Path) -> bytes:
        """Declare the prefixes in use; whether one is no longer is only asked where it may have gone."""
        if syntax not in ("ttl", "trig"):
            return b""
        now = self._used(self._rows(syntax), syntax)
        lost = self._used(self._old_rows(syntax), syntax) - now
        used = self._used(read_cottas(self.change.new), syntax) if lost else prefixes_in(old) | now
        return header({name: iri for name, iri in PREFIXES.items() if name in used})

    def _used(self, rows: Sql, syntax: str) -> set[str]:
        return set(find_prefixes(self.engine, rows, syntax))
