"""Validate the same graphs with lodgrants and its peers, check equal result counts, and compare time and memory.

    python benchmarks/validate/compare.py --work /tmp/bench --grants 10000 100000 1040000

Each peer runs in a virtual environment of its own, made on first use; every figure is of a whole process with
what it starts (none starts another), one at a time. Processor time tells more than wall time where other work
goes on. A run that wants more than ``--limit`` seconds or ``--memory`` gibibytes is ended and has no count.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).parent
SHAPES = HERE / "shapes.ttl"
SOURCE = HERE.parents[1] / "src"
# Each script gets the data and the shapes, and prints the number of results.
OURS = """
import sys, lodgrants
with lodgrants.validate(sys.argv[1], sys.argv[2]) as report:
    print(sum(report.counts().values()))
"""
PEERS = {
    "pyshacl": """
import sys, rdflib, pyshacl
data = rdflib.Graph().parse(sys.argv[1])
_, graph, _ = pyshacl.validate(data, shacl_graph=sys.argv[2], inference="none")
print(sum(1 for _ in graph.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult)))
""",
    "shacl": """
import sys, shacl
print(len(shacl.Shapes.from_file(sys.argv[2]).validate_file(sys.argv[1]).results))
""",
    "shacl-rust": """
import sys, shacl_rust
report = shacl_rust.validate_file(sys.argv[1], sys.argv[2], data_format="ntriples", experimental_index=True)
print(len(report["results"]))
""",
    "pyshacl-turbo": """
import sys, rdflib, pyshacl_turbo
_, graph, _ = pyshacl_turbo.validate(sys.argv[1], shacl_graph=sys.argv[2], inference="none")
print(sum(1 for _ in graph.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult)))
""",
    "pyshifty": """
import sys, rdflib, shifty
_, graph, _ = shifty.validate(open(sys.argv[1]).read(), open(sys.argv[2]).read(), infer=False, sort_results=False)
print(sum(1 for _ in graph.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult)))
""",
}
# What a peer needs beside itself to give a report.
NEEDS = {"pyshifty": ["rdflib"]}


@dataclass(frozen=True, slots=True)
class Run:
    """One process: its wall and processor time in seconds, its peak memory in MiB, and how many results it counted."""

    tool: str
    input: str
    seconds: float
    processor_seconds: float
    mebibytes: int
    results: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one run may use: processor seconds and gibibytes of address space."""

    seconds: int
    gibibytes: int

    @property
    def prologue(self) -> str:
        """Lines of Python by which a process bounds itself."""
        space = self.gibibytes << 30
        return (
            f"import resource; resource.setrlimit(resource.RLIMIT_CPU, ({self.seconds}, {self.seconds}))\n"
            f"resource.setrlimit(resource.RLIMIT_AS, ({space}, {space}))\n"
        )


def run(tool: str, python: Path | str, script: str, data: Path, bounds: Bounds) -> Run:
    """Run a script on data and measure its process."""
    environment = compiled(data.parent) if tool == "lodgrants" else dict(os.environ)
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(python), "-c", bounds.prologue + script, str(data), str(SHAPES)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True,
    )  # fmt: skip
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    lines = output.split()
    if status or not lines:
        last = (errors.strip().splitlines() or [f"status {status}"])[-1][:160]
        return Run(
            tool,
            data.name,
            round(seconds, 2),
            round(usage.ru_utime + usage.ru_stime, 2),
            usage.ru_maxrss // 1024,
            None,
            last,
        )
    return Run(
        tool,
        data.name,
        round(seconds, 2),
        round(usage.ru_utime + usage.ru_stime, 2),
        usage.ru_maxrss // 1024,
        int(lines[-1]),
    )


def compiled(work: Path) -> dict[str, str]:
    """Return an environment in which lodgrants is compiled to bytecode, as pip compiles what it installs."""
    given = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONPYCACHEPREFIX": str(work / "bytecode")}
    given.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(SOURCE)], env=given, check=True)
    return given


def environment(work: Path, peer: str) -> Path:
    """Return the Python of a peer's virtual environment, making it first where need be."""
    folder = work / "peers" / peer
    if not folder.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run(
            [folder / "bin" / "pip", "install", "-q", "--only-binary", ":all:", peer, *NEEDS.get(peer, ())],
            check=True,
        )
    return folder / "bin" / "python"


def compare(grants: int, work: Path, tools: list[str], repeat: int, bounds: Bounds) -> list[Run]:
    """Return the best of some runs of every tool on one graph, checked for equal counts."""
    data = work / f"grants-{grants}.nt"
    if not data.exists():
        subprocess.run([sys.executable, HERE / "generate.py", str(grants), data], check=True)
    ours = [data, data.with_suffix(".parquet")] if "lodgrants" in tools else []
    jobs = [("lodgrants", sys.executable, OURS, input_) for input_ in ours]
    jobs += [(peer, environment(work, peer), PEERS[peer], data) for peer in tools if peer in PEERS]
    best = []
    for job in jobs:
        runs = [run(*job, bounds) for _ in range(repeat)]
        best.append(min(runs, key=lambda one: one.processor_seconds))
        print(f"{best[-1].tool:15} {best[-1].input:22} {best[-1].seconds:9.2f} s {best[-1].processor_seconds:9.2f} s cpu {best[-1].mebibytes:7} MiB "
              f"{best[-1].results} {best[-1].note}", flush=True)  # fmt: skip
    counts = {one.results for one in best if one.results is not None}
    if len(counts) != 1:
        print(f"DIFFERENT COUNTS: {counts}")
    return best


def main() -> None:
    """Run the comparison from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--grants", type=int, nargs="+", default=[10_000, 100_000, 1_040_000])
    parser.add_argument("--tools", nargs="*", default=["lodgrants", *PEERS])
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--limit", type=int, default=1200, help="processor seconds for one run")
    parser.add_argument("--memory", type=int, default=16, help="gibibytes for one run")
    parser.add_argument("--json", type=Path, help="results; those of tools that do not run now are kept")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    found = {
        grants: compare(
            grants, options.work, options.tools, options.repeat, Bounds(options.limit, options.memory)
        )
        for grants in options.grants
    }
    if options.json:
        kept = json.loads(options.json.read_text()) if options.json.exists() else {}
        for grants, runs in found.items():
            new = {(one.tool, one.input): asdict(one) for one in runs}
            old = {(one["tool"], one["input"]): one for one in kept.get(str(grants), [])}
            kept[str(grants)] = list((old | new).values())
        options.json.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
