"""Run the publishing benchmark: sorted, prefixed Turtle of millions of triples, against peers, results proved equal.

    python benchmarks/publish/run.py TRIPLES.parquet [ENGINE …]

TRIPLES.parquet is what `lodgrants map` makes of the mapping benchmark's data (README.md). rdflib reads and writes a
hundredth of it; its figures are said for that, and scaled. Wall time on a shared machine says little: the ratios of
one run, and CPU time, are what counts.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "publish" / "results"
PREFIXES = {"schema": "http://schema.org/", "xsd": "http://www.w3.org/2001/XMLSchema#"}
PART = 100


@dataclass
class Measure:
    """One run of one engine; `scaled` is by how much its job was smaller."""

    engine: str
    seconds: float
    cpu_seconds: float
    peak_mb: int
    triples: int
    scaled: int
    sorted: bool
    prefixed: bool
    equal: bool | None = None


OURS = """
import sys
from pathlib import Path
from lodgrants.db.engine import Limits, open_engine
from lodgrants.publish.dumps import write_dump
with open_engine(Limits(memory=sys.argv[3])) as engine:
    write_dump(engine, Path(sys.argv[1]), Path(sys.argv[2]), "ttl")
"""
# The serialiser writes what the parser reads, in that order: no sorting, and each subject again where it comes again.
PYOXIGRAPH = """
import sys, pyoxigraph as ox
prefixes = {"schema": "http://schema.org/", "xsd": "http://www.w3.org/2001/XMLSchema#"}
quads = ox.parse(path=sys.argv[1], format=ox.RdfFormat.N_TRIPLES)
ox.serialize(quads, sys.argv[2], ox.RdfFormat.TURTLE, prefixes=prefixes)
"""
RDFLIB = """
import sys
from rdflib import Graph
graph = Graph().parse(sys.argv[1], format="nt")
graph.bind("schema", "http://schema.org/", replace=True)
graph.serialize(sys.argv[2], format="turtle", encoding="utf8")
"""


def measured(
    engine: str, command: list[str], triples: int, scaled: int = 1, *, ordered: bool, prefixed: bool
) -> Measure:
    """Run a command in a process of its own and return what it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "LC_ALL": "C"}
    run = subprocess.run(
        ["/usr/bin/time", "-f", "%M", *command], stderr=subprocess.PIPE, text=True, env=env, check=False
    )
    seconds = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode != 0:
        raise SystemExit(f"{engine} failed: {run.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = int(run.stderr.split()[-1]) // 1024
    found = Measure(engine, round(seconds, 2), round(cpu, 2), peak, triples, scaled, ordered, prefixed)
    print(found, flush=True)
    return found


def digest(path: Path, syntax: str) -> str:
    """Return a digest of a file's distinct triples, whatever its syntax and order."""
    code = (
        "import sys, pyoxigraph as ox;"
        "f = ox.RdfFormat.TURTLE if sys.argv[2] == 'ttl' else ox.RdfFormat.N_TRIPLES;"
        "ox.serialize(ox.parse(path=sys.argv[1], format=f), sys.stdout.buffer, ox.RdfFormat.N_TRIPLES)"
    )
    command = f"'{sys.executable}' -c \"{code}\" '{path}' {syntax} | sort -u -S 1G | md5sum"
    env = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(
        ["bash", "-c", command], env=env, capture_output=True, text=True, check=True
    ).stdout.split()[0]


def lines(source: Path, target: Path, count: int | None) -> int:
    """Write the triples as unsorted N-Triples, all or the first; return how many."""
    import duckdb

    database = duckdb.connect()
    database.execute("SET enable_progress_bar = false")
    limit = f"LIMIT {count}" if count else ""
    query = f"SELECT s || ' ' || p || ' ' || o || ' .' FROM read_parquet('{source}') {limit}"
    database.execute(
        f"COPY ({query}) TO '{target}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
    )
    found = database.execute(f"SELECT count(*) FROM ({query})").fetchone()
    assert found is not None
    return int(found[0])


def copied(path: Path) -> Measure:
    """Copy our result, with and without waiting for the disk: the least that writing it could take."""
    copy = path.with_suffix(".copy")
    done = measured("copy", ["cp", str(path), str(copy)], 0, ordered=True, prefixed=True)
    copy.unlink()
    return done


def run(source: Path, chosen: list[str], memory: str) -> list[Measure]:
    """Run the engines and compare what they wrote."""
    folder = source.parent
    whole, part = folder / "publish.nt", folder / "publish-part.nt"
    count = lines(source, whole, None)
    small = lines(source, part, count // PART)
    ours, out = folder / "publish-lodgrants.ttl", folder / "publish-peer"
    python = sys.executable
    found = [
        measured(
            "lodgrants",
            [python, "-c", OURS, str(source), str(ours), memory],
            count,
            ordered=True,
            prefixed=True,
        )
    ]
    expected = digest(ours, "ttl")
    found[0].equal = digest(whole, "nt") == expected
    found.append(copied(ours))
    jobs: dict[str, Callable[[], Measure]] = {
        "pyoxigraph": lambda: measured(
            "pyoxigraph", [python, "-c", PYOXIGRAPH, str(whole), str(out)], count, ordered=False, prefixed=True
        ),
        "sort": lambda: measured(
            "sort -u (second half of Morph-KGC | sort)", ["sort", "-u", "-S", "1G", "-o", str(out), str(whole)], count,
            ordered=True, prefixed=False,
        ),
        "rdflib": lambda: measured(
            "rdflib", [python, "-c", RDFLIB, str(part), str(out)], small, PART, ordered=True, prefixed=True
        ),
    }  # fmt: skip
    for name in chosen or list(jobs):
        done = jobs[name]()
        wanted = expected if done.scaled == 1 else digest(part, "nt")
        done.equal = digest(out, "nt" if name == "sort" else "ttl") == wanted
        found.append(done)
        write(found, count)
    return found


def write(found: list[Measure], count: int) -> None:
    """Keep what is measured so far: a long run that is stopped has not been for nothing."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps([asdict(each) for each in found], indent=1) + "\n"
    (RESULTS / f"turtle-{count}.json").write_text(text)


def table(found: list[Measure]) -> str:
    """Return the results as a Markdown table; scaled figures are multiplied up."""
    own = found[0]
    rows = [
        "| engine | s | CPU s | MB | times slower | CPU | sorted | prefixed | equal |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for each in found:
        seconds, cpu = each.seconds * each.scaled, each.cpu_seconds * each.scaled
        name = each.engine + (f" ({each.triples:,} triples, times {each.scaled})" if each.scaled > 1 else "")
        yes = {True: "yes", False: "no", None: "-"}
        rows.append(
            f"| {name} | {seconds:.1f} | {cpu:.1f} | {each.peak_mb} | {seconds / own.seconds:.1f} "
            f"| {cpu / own.cpu_seconds:.1f} | {yes[each.sorted]} | {yes[each.prefixed]} | {yes[each.equal]} |"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(run(Path(sys.argv[1]), sys.argv[2:], os.environ.get("MEMORY", "2GB"))))
