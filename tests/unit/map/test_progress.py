"""How far a run is: on a terminal one line that changes, elsewhere a line now and then."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from time import sleep

from lodgrants.cli.ticker import ticking
from lodgrants.map.progress import Progress

MAPPING = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://ex/> .
<#a> rml:logicalSource [ rml:source "a.csv" ] ; rml:subjectMap [ rml:template "http://ex/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:a, ex:b, ex:c, ex:d ;
    rml:objectMap [ rml:reference "x" ], [ rml:reference "y" ] ] .
"""


def test_a_terminal_sees_rate_and_time_left(tmp_path: Path) -> None:
    words = "some words that make a line long enough to take a while"
    lines = [f"{i},{words} {i},{words} again {i}" for i in range(400_000)]
    (tmp_path / "a.csv").write_text("\n".join(["id,x,y", *lines]), encoding="utf8")
    (tmp_path / "m.ttl").write_text(MAPPING, encoding="utf8")
    parent, child = pty.openpty()
    arguments = ["map", str(tmp_path / "m.ttl"), "-o", str(tmp_path / "out.nt"), "--threads", "1"]
    code = "from lodgrants.cli.main import main; main()"
    with subprocess.Popen([sys.executable, "-c", code, *arguments], stderr=child) as process:
        os.close(child)
        shown = b""
        while chunk := _read(parent):
            shown += chunk
    os.close(parent)
    assert process.returncode == 0
    lines = re.split(r"\r\x1b\[K", shown.decode())
    writing = [each for each in lines if each.startswith("writing")]
    assert writing
    assert re.fullmatch(r"writing, [\d,]+ triples, [\d,]+ a second, \d+%, (\d+ min )?\d+ s left", writing[-1])
    assert lines[-1].startswith("a.csv: 400,000 records")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:
        # The other side is closed.
        return b""


def test_plain_lines_elsewhere() -> None:
    sink = io.StringIO()
    with ticking(lambda: "going on", sink, (0.01, 0.01)):
        sleep(0.3)
    assert set(sink.getvalue().splitlines()) == {"going on"}
    assert len(sink.getvalue().splitlines()) > 1


def test_what_is_left_is_known_from_jobs_done() -> None:
    progress = Progress()
    assert progress.line() == "reading"
    progress.write([100, 300])
    progress.job(100)
    progress.wrote(50)
    assert progress.share() == 50 / 400
    progress.wrote(80)
    progress.job(300)
    assert progress.share() == 100 / 400
    progress.wrote(230)
    assert progress.share() == 250 / 400
    assert progress.line().startswith("writing, 230 triples, ") and "62%" in progress.line()


def test_the_database_is_asked_while_it_reads() -> None:
    progress = Progress()
    progress.watch(lambda: (3, 0.25))
    sleep(0.01)
    assert re.fullmatch(r"reading, 25%, \d s left", progress.line())
