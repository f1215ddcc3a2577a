"""The first answer to a query over a large file, and the next: `run.py DATA.nt [RESULT.json]`.

``DATA.nt`` is a graph of ``benchmarks/validate/generate.py``. Each engine answers each query in a process of its
own and prints the rows, which must be the same; rdflib is only asked about files of less than 100 MB.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

QUERIES = {
    "sums by currency": """PREFIX schema: <http://schema.org/>
        SELECT ?currency (COUNT(DISTINCT ?grant) AS ?grants)
        { ?grant schema:currency ?currency ; schema:value ?value } GROUP BY ?currency ORDER BY ?currency""",
    "one subject": """SELECT ?p ?o { <http://data.example.org/grant/17> ?p ?o } ORDER BY ?p ?o""",
    "without an end": """PREFIX schema: <http://schema.org/>
        SELECT (COUNT(?grant) AS ?grants)
        { ?grant schema:startDate ?start FILTER NOT EXISTS { ?grant schema:endDate ?end } }""",
}
PYOXIGRAPH = """
import sys, pyoxigraph as ox
store = ox.Store()
store.bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_TRIPLES)
store.query(sys.argv[2]).serialize(sys.stdout.buffer, ox.QueryResultsFormat.CSV)
"""
RDFLIB = """
import sys, rdflib
graph = rdflib.Graph().parse(sys.argv[1], format="nt")
sys.stdout.buffer.write(graph.query(sys.argv[2]).serialize(format="csv"))
"""
OURS = """
import sys
from lodgrants.cli.main import main
sys.argv = ["lodgrants", "query", "--data", sys.argv[1], "--format", "csv", sys.argv[2]]
main()
"""
RDFLIB_AT_MOST = 100_000_000


def run(script: str, data: Path, query: str, folder: Path) -> tuple[dict[str, float], list[str]]:
    """Answer a query in a process; return seconds, processor seconds and peak megabytes, and the rows."""
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(data), query],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder, text=True,
    )  # fmt: skip
    rows = process.stdout.read().splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"a process failed: {status}")
    figures = {
        "seconds": round(time.monotonic() - start, 2),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "megabytes": usage.ru_maxrss // 1024,
    }
    return figures, sorted(rows)


def main(data: Path, result: Path | None) -> None:
    """Compare, and print what was measured."""
    engines = [("lodgrants, first", OURS), ("lodgrants, again", OURS), ("pyoxigraph, in memory", PYOXIGRAPH)]
    engines += [("rdflib", RDFLIB)] * (data.stat().st_size < RDFLIB_AT_MOST)
    measured = []
    for name, query in QUERIES.items():
        folder = Path(mkdtemp(prefix="lodgrants-bench-"))
        answers = []
        for engine, script in engines:
            figures, rows = run(script, data.resolve(), query, folder)
            answers.append(rows)
            measured.append({"query": name, "engine": engine, **figures})
            print(json.dumps(measured[-1]), flush=True)
        shutil.rmtree(folder)
        if any(rows != answers[0] for rows in answers):
            raise SystemExit(f"answers to {name!r} differ")
    if result:
        result.write_text(json.dumps({"data": data.name, "runs": measured}, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
