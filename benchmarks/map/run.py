"""Run the mapping benchmark: lodgrants and its peers side by side, results proved equal before times count.

    python benchmarks/map/run.py ROWS [csv json xml join graphs]

Peers live in virtual environments of their own under benchmarks/peers (see README.md). Wall time on a shared
machine says little: the ratios of one run are what counts. CPU time and peak memory are given beside it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "benchmarks" / "data"
PEERS = ROOT / "benchmarks" / "peers"
RESULTS = ROOT / "benchmarks" / "map" / "results"


@dataclass
class Measure:
    """One run of one engine on one job."""

    engine: str
    job: str
    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: int
    triples: int
    digest: str


def commands(job: str, rows: int, output: Path) -> dict[str, list[str]]:
    """Return the command of each engine that is installed."""
    mapping = DATA / f"map-{rows}-{job}.ttl"
    found = {
        "lodgrants": [
            sys.executable,
            "-c",
            "from lodgrants.cli.main import main; main()",
            "map",
            str(mapping),
            "-o",
            str(output),
        ],
    }
    morph = PEERS / "morph" / "bin" / "python"
    if morph.exists():
        config = DATA / "morph.ini"
        form = "N-QUADS" if job == "graphs" else "N-TRIPLES"
        config.write_text(
            f"[CONFIGURATION]\noutput_file={output}\noutput_format={form}\nnumber_of_processes=2\nlogging_level=ERROR\n"
            f"[job]\nmappings={mapping}\n"
        )
        found["morph-kgc"] = [str(morph), "-m", "morph_kgc", str(config)]
    return found


def measure(engine: str, command: list[str], job: str, rows: int, output: Path) -> Measure:
    """Run an engine and return what it took; memory is the peak of the process tree's largest process."""
    output.unlink(missing_ok=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.run(
        ["/usr/bin/time", "-f", "%M", *command], cwd=DATA, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src") if engine == "lodgrants" else ""},
    )  # fmt: skip
    seconds = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        raise SystemExit(f"{engine} failed on {job}: {process.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = int(process.stderr.split()[-1]) // 1024
    triples, digest = distinct(output)
    return Measure(engine, job, rows, round(seconds, 2), round(cpu, 2), peak, triples, digest)


def distinct(path: Path) -> tuple[int, str]:
    """Return how many distinct lines a file has, and a digest of them in order."""
    env = {**os.environ, "LC_ALL": "C"}
    command = f"sed 's/ *[.]$/ ./' '{path}' | sort -u -S 1G | tee >(wc -l >&2) | md5sum"
    run = subprocess.run(["bash", "-c", command], env=env, capture_output=True, text=True, check=True)
    return int(run.stderr.split()[0]), run.stdout.split()[0]


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
    rows = int(sys.argv[1])
    jobs = sys.argv[2:] or ["csv", "json", "xml", "join", "graphs"]
    RESULTS.mkdir(exist_ok=True)
    measures: list[Measure] = []
    for job in jobs:
        for engine in commands(job, rows, Path()):
            output = DATA / f"out-{engine}-{job}-{rows}.nt"
            command = commands(job, rows, output)[engine]
            measures.append(measure(engine, command, job, rows, output))
            print(measures[-1], flush=True)
            if engine == "lodgrants":
                print(f"copying its output: {copy_seconds(output)} s")
            output.unlink()
    (RESULTS / f"map-{rows}-{'-'.join(jobs)}.json").write_text(
        json.dumps([asdict(each) for each in measures], indent=1) + "\n"
    )
    print(table(measures))


def table(measures: list[Measure]) -> str:
    """Return the results as a Markdown table with ratios to lodgrants."""
    lines = [
        "| job | engine | s | CPU s | MB | times slower | memory | equal |",
        "|---|---|---|---|---|---|---|---|",
    ]
    ours = {(each.job, each.rows): each for each in measures if each.engine == "lodgrants"}
    for each in measures:
        own = ours[each.job, each.rows]
        equal = "yes" if each.digest == own.digest else f"NO ({each.triples} against {own.triples} triples)"
        lines.append(
            f"| {each.job} {each.rows:,} | {each.engine} | {each.seconds} | {each.cpu_seconds} "
            f"| {each.peak_mb} "
            f"| {each.seconds / own.seconds:.1f} | {each.peak_mb / own.peak_mb:.1f} | {equal} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
