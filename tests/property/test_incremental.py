"""What is made from the release before is, byte for byte, what is made from nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow.parquet
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from lodgrants.db.engine import open_engine
from lodgrants.pipeline import Plan, build
from lodgrants.pipeline.delta import Delta, changed_graphs, find_changes, merge, splice_dumps
from lodgrants.pipeline.provenance import as_table
from lodgrants.publish.checksums import Digests
from lodgrants.publish.cottas import write_cottas
from lodgrants.publish.dumps import write_dump
from lodgrants.rdf.namespaces import LG, RDF, SCHEMA
from support import ROOT

# A failing example is long enough to see what is wrong; making it smaller would take many builds.
QUICK = (Phase.explicit, Phase.generate)

# Subjects that several graphs share, names that come in Turtle in another order than in N-Triples, prefixes
# that come and go, literals with all that could be taken for the end of a block.
SUBJECTS = [f"<urn:s{n}>" for n in range(6)] + [f"<{LG}a>", f"<{SCHEMA}a>", "<http://a.example/é>"]
PREDICATES = [f"<{RDF}type>", f"<{SCHEMA}name>", "<urn:p>"]
OBJECTS = [
    *SUBJECTS[:3],
    f"<{LG}Project>",
    '"x"',
    '" .\\n\\n<urn:s1>\\n"@en',
    f'"7"^^<{SCHEMA}kind>',
    '"{ }"',
]
GRAPHS = [f"urn:g{n}" for n in range(5)]
statements = st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(PREDICATES), st.sampled_from(OBJECTS))
graph = st.frozensets(statements, min_size=1, max_size=8)
datasets = st.dictionaries(st.sampled_from(GRAPHS), graph, min_size=1)
Dataset = dict[str, frozenset[tuple[str, str, str]]]
FILES = ("lodgrants.nt", "lodgrants.nt.gz", "lodgrants.nq", "lodgrants.nq.gz", "lodgrants.ttl",
         "lodgrants.ttl.gz", "lodgrants.trig", "evidence.nq.gz", "evidence.ttl")  # fmt: skip


@settings(max_examples=12, phases=QUICK)
@given(old=datasets, new=datasets)
def test_spliced_dumps_are_those_that_are_written(old: Dataset, new: Dataset) -> None:
    with tempfile.TemporaryDirectory() as name:
        folders = {part: Path(name, part) for part in ("old", "new", "changed", "merged", "spliced")}
        for folder in folders.values():
            folder.mkdir()
        before = {key: repr(sorted(value)) for key, value in old.items()}
        after = {key: repr(sorted(value)) for key, value in new.items()}
        changed = changed_graphs(before, after)
        store(old, folders["old"])
        store(new, folders["new"])
        store({key: new[key] for key in changed if key in new}, folders["changed"])
        publish(folders["old"])
        publish(folders["new"])
        with open_engine() as engine:
            delta = Delta(folders["old"], folders["changed"], folders["old"], changed)
            changes = find_changes(engine, delta, folders["merged"])
            merge(engine, changes)
            with Digests(folders["spliced"]) as digests:
                splice_dumps(engine, changes, digests)
                digests.wait()
        for kind in ("main", "evidence"):
            merged, whole = (folders[part] / f"{kind}.parquet" for part in ("merged", "new"))
            assert merged.read_bytes() == whole.read_bytes()
        for file in FILES:
            assert (folders["spliced"] / file).read_bytes() == (folders["new"] / file).read_bytes(), file


def store(data: Dataset, folder: Path) -> None:
    quads = [(*triple, f"<{name}>") for name, triples in data.items() for triple in triples]
    with open_engine() as engine:
        engine.register("given", as_table(quads))
        for kind in ("main", "evidence"):
            query = exp.select("s", "p", "o", "g").from_("given")
            write_cottas(engine, query, folder / f"{kind}.parquet")


def publish(folder: Path) -> None:
    with open_engine() as engine:
        for file in FILES:
            name, _, ending = file.partition(".")
            quads = folder / ("main.parquet" if name == "lodgrants" else "evidence.parquet")
            engine.register("published", pyarrow.parquet.read_table(quads))
            query = exp.select("s", "p", "o", "g").from_("published")
            write_dump(engine, query, folder / file, ending.removesuffix(".gz"))


SAMPLES = {
    "sif": (ROOT / "mappings/sif/sample/koalicija.txt").read_text(encoding="utf8"),
    "eea": (ROOT / "mappings/eea-grants/sample/balta-maja.txt").read_text(encoding="utf8"),
}


def page(number: int, source: str, sum_: int) -> str:
    """Return a page of a project of its own, with a sum of its own."""
    text = SAMPLES[source].replace("APIA/SIF/176", f"APIA/SIF/{number}").replace("EE11", f"EE{number}")
    return text.replace("25 623.18", f"25 {sum_}.18").replace("65,376", f"65,{sum_}")


page_sets = st.dictionaries(
    st.integers(1, 8), st.tuples(st.sampled_from(sorted(SAMPLES)), st.sampled_from([376, 623])), min_size=5
)


@settings(max_examples=2, phases=QUICK)
@given(sets=st.lists(page_sets, min_size=2, max_size=3))
def test_a_build_after_others_is_the_same_as_one_from_nothing(
    sets: list[dict[int, tuple[str, int]]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        output, previous = Path(name, "output"), None
        for number, pages in enumerate(sets):
            folder = Path(name, f"pages{number}")
            folder.mkdir()
            for at, (source, sum_) in pages.items():
                (folder / f"{at}.txt").write_text(page(at, source, sum_), encoding="utf8")
            build(Plan((folder,), output), lambda text: None)
            whole = Path(name, f"whole{number}")
            build(Plan((folder,), whole, previous=previous), lambda text: None)
            assert (output / "SHA256SUMS").read_text() == (whole / "SHA256SUMS").read_text()
            previous = (output / "latest").resolve()


edits = st.lists(
    st.tuples(st.integers(1, 18), st.sampled_from(sorted(SAMPLES)), st.sampled_from([376, 623, 7376, None])),
    min_size=2,
    max_size=2,
)


@settings(max_examples=2, phases=QUICK)
@given(changes=edits)
def test_after_one_changed_page_only_what_it_touches_is_validated(
    changes: list[tuple[int, str, int | None]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        output, folder = Path(name, "output"), Path(name, "pages")
        folder.mkdir()
        for at in range(1, 19):
            (folder / f"{at}.txt").write_text(page(at, "sif" if at % 3 else "eea", 623), encoding="utf8")
        build(Plan((folder,), output), lambda text: None)
        for number, (at, source, sum_) in enumerate(changes):
            file, previous = folder / f"{at}.txt", (output / "latest").resolve()
            if sum_ is None:
                file.unlink(missing_ok=True)
            else:
                file.write_text(page(at, source, sum_), encoding="utf8")
            summary = build(Plan((folder,), output), lambda text: None)
            assert any("touch" in what or "anything" in what for what in summary.skipped)
            whole = Path(name, f"whole{number}")
            build(Plan((folder,), whole, previous=previous), lambda text: None)
            assert (output / "SHA256SUMS").read_text() == (whole / "SHA256SUMS").read_text()
