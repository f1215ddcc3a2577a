"""One changed page among many against a full build: `incremental.py [PAGES] [WORK_FOLDER]`; results as JSON.

Both results are compared, checksum by checksum, before times are.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "pages"))

from generate import MAKERS  # noqa: E402

# A file that is younger is opened again by the next build.
SETTLED = 3
RESULTS = HERE.parent / "results" / "incremental.json"
COMMAND = [sys.executable, "-c", "from lodgrants.cli.main import main; main()", "build"]


def write_pages(count: int, folder: Path) -> None:
    """Write the generator's pages as files, which can be changed one by one."""
    folder.mkdir(parents=True)
    r = random.Random(7)
    for number in range(count):
        url, page = MAKERS[number % len(MAKERS)](r, number)
        head = f'<meta charset="utf-8"><link rel="canonical" href="{url}">'
        text = f"<!DOCTYPE html><html><head>{head}</head><body>{page}</body></html>"
        (folder / f"{number:06}.html").write_text(text, encoding="utf8")


def build(pages: Path, output: Path, *options: str) -> tuple[float, list[tuple[float, str]]]:
    """Build in a process of its own; return the seconds it took, and when each stage began."""
    start = time.monotonic()
    stages = []
    command = [*COMMAND, "--pages", str(pages), "--output", str(output), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(("reading", "mapping", "validating", "writing")):
                stages.append((round(time.monotonic() - start, 1), line.strip()))
    if process.returncode not in (0, 1):
        raise SystemExit(f"the build failed: {process.returncode}")
    return round(time.monotonic() - start, 1), stages


def main(count: int, work: Path) -> None:
    """Measure, and keep the result."""
    shutil.rmtree(work, ignore_errors=True)
    write_pages(count, work / "pages")
    time.sleep(SETTLED)
    full, full_stages = build(work / "pages", work / "a")
    previous = (work / "a" / "latest").resolve()
    changed = work / "pages" / f"{count // 2:06}.html"
    text = changed.read_text(encoding="utf8")
    changed.write_text(text.replace("</p>", " One more sentence was added.</p>", 1), encoding="utf8")
    one, one_stages = build(work / "pages", work / "a")
    again, _ = build(work / "pages", work / "b", "--previous", str(previous))
    sums = [(work / name / "SHA256SUMS").read_bytes() for name in "ab"]
    if sums[0] != sums[1]:
        raise SystemExit("the incremental build differs from the full one")
    size = sum(path.stat().st_size for path in previous.rglob("*") if path.is_file())
    result = {
        "pages": count,
        "release_mb": round(size / 1e6),
        "full_seconds": [full, again],
        "one_page_seconds": one,
        "share": round(one / min(full, again), 3),
        "full_stages": full_stages,
        "one_page_stages": one_stages,
        "processors": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
    }
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else []
    RESULTS.write_text(json.dumps([*results, result], indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        int(given[0]) if given else 10_000,
        Path(given[1] if len(given) > 1 else "benchmarks/data/incremental"),
    )
