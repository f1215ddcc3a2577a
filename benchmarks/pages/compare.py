"""Measure extraction: pages a second and peak memory, for few and for many pages, with one process and with all.

    python benchmarks/pages/compare.py --work FOLDER [--pages 1000 100000]

Each run is a process of its own; the records of all runs over the same pages are compared byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results" / "pages.json"


def main() -> None:
    """Run all measurements and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--pages", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--processes", type=int, nargs="+", default=sorted({1, os.cpu_count() or 1}))
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    rows = []
    for count in options.pages:
        archive = options.work / f"{count}.warc"
        if not archive.exists():
            subprocess.run([sys.executable, HERE / "generate.py", str(count), archive], check=True)
        runs = [measured(archive, count, processes) for processes in options.processes]
        assert len({run.pop("digest") for run in runs}) == 1, "the number of processes changed the records"
        rows += runs
    RESULTS.parent.mkdir(exist_ok=True)
    known = json.loads(RESULTS.read_text(encoding="utf8")) if RESULTS.exists() else []
    done = {(row["pages"], row["processes"]) for row in rows}
    rows = [row for row in known if (row["pages"], row["processes"]) not in done] + rows
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf8")
    for row in rows:
        print(row)


def measured(archive: Path, count: int, processes: int) -> dict[str, object]:
    """Extract in a process of its own; memory is that of the largest process, in MB."""
    records = archive.with_suffix(f".{processes}.jsonl")
    command = ["lodgrants", "extract", str(archive), "--processes", str(processes), "-o", str(records)]
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, status
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    seconds = time.perf_counter() - start
    return {
        "pages": count,
        "processes": processes,
        "seconds": round(seconds, 1),
        "pages_per_second": round(count / seconds),
        "pages_per_processor_second": round(count / processor),
        "peak_mb": round(usage.ru_maxrss / 1024),
        "digest": hashlib.file_digest(records.open("rb"), "sha256").hexdigest(),
    }


if __name__ == "__main__":
    main()
