"""Run the mapping benchmark: lodgrants and its peers side by side, results proved equal before times count.

    python benchmarks/map/run.py ROWS [csv json xml join graphs] [--only ENGINE]…

Peers live in environments of their own under benchmarks/peers (see README.md). Wall time on a shared machine
says little: the ratios of one run are what counts. CPU time and peak memory are given beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import pyoxigraph as ox
from engines import DATA, ENGINES, ROOT
from watch import run

RESULTS = ROOT / "benchmarks" / "map" / "results"
JOBS = ("csv", "json", "xml", "join", "graphs")
_BATCH = 50_000


@dataclass
class Measure:
    """One run of one engine on one job; `differs` counts the lines that only it or only lodgrants has."""

    engine: str
    job: str
    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: int
    triples: int
    differs: int


def measure(engine: str, job: str, rows: int) -> Measure | None:
    """Run an engine and return what it took, or None when it is not installed or cannot do the job."""
    suffix = "nq" if job == "graphs" else "nt"
    output = DATA / f"out-{engine}-{job}-{rows}.{suffix}"
    call = ENGINES[engine](job, DATA / f"map-{rows}-{job}.ttl", output)
    if call is None:
        return None
    call.output.unlink(missing_ok=True)
    try:
        seconds, cpu, peak = run(call.command, DATA, call.environment)
    except RuntimeError as error:
        if engine == "lodgrants":
            raise
        print(f"{engine} failed on {job}: {error}")
        return None
    if engine == "lodgrants":
        print(f"copying its output: {copy_seconds(call.output)} s")
    lines = canonical(call.output)
    call.output.unlink()
    own = DATA / f"lines-lodgrants-{job}-{rows}"
    if engine == "lodgrants":
        lines.rename(own)
        lines = own
    triples, differs = count(lines), differing(own, lines)
    if lines != own:
        lines.unlink()
    return Measure(engine, job, rows, round(seconds, 2), round(cpu, 2), peak, triples, differs)


def canonical(path: Path) -> Path:
    """Return a file with the canonical lines of an RDF file, sorted, each once; it must be well-formed."""
    target = path.with_suffix(".lines")
    env = {**os.environ, "LC_ALL": "C"}
    command = ["sort", "-u", "-S", "1G", "-T", str(DATA), "-o", str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=env, text=True) as sort:
        assert sort.stdin is not None
        batch: list[str] = []
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS):
            graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else f" {quad.graph_name}"
            batch.append(f"{quad.subject} {quad.predicate} {quad.object}{graph} .\n")
            if len(batch) == _BATCH:
                sort.stdin.writelines(batch)
                batch.clear()
        sort.stdin.writelines(batch)
    return target


def count(lines: Path) -> int:
    return int(
        subprocess.run(["wc", "-l", str(lines)], capture_output=True, text=True, check=True).stdout.split()[0]
    )


def differing(one: Path, other: Path) -> int:
    """Return how many lines only one of two sorted files has."""
    if one == other:
        return 0
    command = 'comm -3 "$0" "$1" | wc -l'
    env = {**os.environ, "LC_ALL": "C"}
    arguments = ["bash", "-c", command, str(one), str(other)]
    return int(subprocess.run(arguments, env=env, capture_output=True, text=True, check=True).stdout)


def copy_seconds(path: Path) -> float:
    """Return how long copying the output takes: the least that writing it could."""
    target = path.with_suffix(".copy")
    started = time.monotonic()
    with path.open("rb") as source, target.open("wb") as copy:
        while block := source.read(1 << 22):
            copy.write(block)
    target.unlink()
    return round(time.monotonic() - started, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument(
        "jobs", nargs="*", help="some of " + ", ".join(JOBS) + ", or kinds that kinds.py made"
    )
    parser.add_argument("--only", action="append", choices=list(ENGINES), help="only these engines")
    given = parser.parse_args()
    jobs = given.jobs or list(JOBS)
    RESULTS.mkdir(exist_ok=True)
    measures: list[Measure] = []
    for job in jobs:
        for engine in ENGINES:
            if engine == "lodgrants" or given.only is None or engine in given.only:
                found = measure(engine, job, given.rows)
                measures += [found] if found else []
                print(found or f"{engine} does not do {job} here", flush=True)
                write(measures, given.rows, jobs)
        (DATA / f"lines-lodgrants-{job}-{given.rows}").unlink(missing_ok=True)
    print(table(measures))


def write(measures: list[Measure], rows: int, jobs: list[str]) -> None:
    """Keep what is measured so far: a long run that is stopped has not been for nothing."""
    text = json.dumps([asdict(each) for each in measures], indent=1) + "\n"
    (RESULTS / f"map-{rows}-{'-'.join(jobs)}.json").write_text(text)


def table(measures: list[Measure]) -> str:
    """Return the results as a Markdown table with ratios to lodgrants."""
    lines = [
        "| job | engine | s | CPU s | MB | times slower | memory | equal |",
        "|---|---|---|---|---|---|---|---|",
    ]
    ours = {(each.job, each.rows): each for each in measures if each.engine == "lodgrants"}
    for each in measures:
        own = ours[each.job, each.rows]
        equal = "yes" if not each.differs else f"NO ({each.triples:,} lines, {each.differs:,} differ)"
        lines.append(
            f"| {each.job} {each.rows:,} | {each.engine} | {each.seconds} | {each.cpu_seconds} "
            f"| {each.peak_mb} | {each.seconds / own.seconds:.1f} | {each.peak_mb / own.peak_mb:.1f} | {equal} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
