"""Running a command and measuring it with all of its processes: wall time, CPU time and peak memory."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from pathlib import Path
from threading import Event, Thread

EVERY = 0.05


def run(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[float, float, int]:
    """Run a command; return wall seconds, CPU seconds and the peak of the memory of its process tree, in MB.

    Memory is the sum of the processes' proportional set sizes: what they share is counted once. It is sampled, for
    all engines alike, so a peak shorter than the interval may be missed. Raises RuntimeError when the command fails.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    ended, peaks = Event(), [0]
    with subprocess.Popen(
        command, cwd=folder, env={**os.environ, **environment},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        thread = Thread(target=_sample, args=(process.pid, ended, peaks))
        thread.start()
        _, said = process.communicate()
        seconds = time.monotonic() - started
        ended.set()
        thread.join()
    if process.returncode != 0:
        raise RuntimeError(said[-2000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, peaks[0] // 1024


def _sample(pid: int, ended: Event, peaks: list[int]) -> None:
    while not ended.wait(EVERY):
        peaks[0] = max(peaks[0], sum(_memory(each) for each in _tree(pid)))


def _tree(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        each = waiting.pop()
        found.append(each)
        try:
            for task in Path(f"/proc/{each}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def _memory(pid: int) -> int:
    """Return the proportional set size of a process in KB; 0 when it has gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
