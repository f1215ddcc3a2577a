"""Make pages of all five publishers' layouts, in HTML, as one WARC file: `generate.py COUNT FILE.warc.gz`."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from fastwarc.warc import WarcRecord, WarcRecordType

TOWNS = {"LV": ["Daugavpils", "Liepāja", "Valmiera", "Cēsis"]}
THINGS = [
    "Bridges",
    "Gardens",
    "Schools",
    "Voices",
    "Rivers",
    "Neighbours",
    "Lights",
    "Stories",
    "Skills",
    "Roofs",
    "Clubs",
    "Archives",
]
AIMS = [
    "for villages",
    "for young people",
    "for older people",
    "across borders",
    "without barriers",
    "in every street",
]
BODIES = ["Foundation", "Association", "Institute", "Network", "Forum", "Centre"]
SENTENCES = [
    "People who had never met sit down and plan together.",
    "Teachers try new ways of working in class.",
    "A small team keeps the doors open all week.",
    "Volunteers help where the budget ends.",
    "What works is written down for those who come later.",
]


def prose(r: random.Random, count: int) -> str:
    """Return a paragraph of some sentences."""
    return " ".join(r.choice(SENTENCES) for _ in range(count))


def title(r: random.Random) -> str:
    """Return a project's name."""
    return f"{r.choice(THINGS)} and {r.choice(THINGS).lower()} {r.choice(AIMS)} {r.randrange(10_000)}"


def body(r: random.Random) -> str:
    """Return an organisation's name."""
    return f"{r.choice(THINGS)} {r.choice(BODIES)} {r.randrange(1000)}"


def eea(r: random.Random, number: int) -> tuple[str, str]:
    """Return a page of EEA Grants, period 2009-2014."""
    cost = r.randrange(10_000, 900_000)
    facts = [
        ("Project promoter:", body(r)),
        ("Project Number:", f"LV{r.randrange(10):02}-{number:04}"),
        (
            "Target groups",
            "<br>".join(["Children ,", "Young adults ,", "Local communities"][: r.randrange(1, 4)]),
        ),
        ("Status:", r.choice(["Completed", "In implementation", "Terminated"])),
        ("Initial project cost:", f"€{cost:,}"),
        ("Final project cost:", f"€{cost - 100:,}" if r.random() < 0.8 else ""),
        ("From EEA Grants:", f"€ {cost * 9 // 10:,}"),
        ("The project is carried out in:", "Latvia"),
    ]
    rows = "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in facts)
    town = r.choice(TOWNS["LV"])
    html = (
        f"<nav><ul><li>Home</li><li>Programmes</li></ul></nav><h1>{title(r)}</h1><h2>Project facts</h2><dl>{rows}</dl>"
        f"<h2>Description</h2><p>{prose(r, 8)}</p><h2>Summary of project results</h2>"
        f"<p>1) {prose(r, 3)} 2) A club was opened in {town}. 3) {prose(r, 2)}</p><h2>Summary of bilateral results</h2>"
    )
    return f"https://eeagrants.org/project-portal/project/{number}", html


def sif(r: random.Random, number: int) -> tuple[str, str]:
    """Return a print view of the Latvian fund."""
    eur = r.randrange(1_000_000, 9_000_000) / 100
    lvl = eur * 0.702804
    money = f"{eur:,.2f} EUR / {lvl:,.2f} LVL;".replace(",", " ")
    rows = [
        "Source of Funding: European Social Fund",
        'Program: ESF 1.5.2.2.2. sub-measure "Capacity"',
        f"Project results: {prose(r, 6)}",
        "Region: Latgales region,Zemgales region",
        "Last change: 2013-10-30",
        f"ESF Funding: {money}",
        f"Total ESF spent: {money}",
        f"Project number: 1DP/1.5.2.2.2/12/APIA/SIF/{number}",
        f'Project Promoter: Biedrība "{body(r)}"',
        f"Partner(s): Biedrība „{body(r)}”,Biedrība ”{body(r)}”",
        "Start date of project: 01.09.2012.",
        "Project finish date: 31.08.2013.",
        "Place of implementation: Latgalē - Jēkabpilī: Brīvības 229",
        "Phone: 60000000",
        "Status: Pabeigts",
    ]
    page = f"<p>Print |</p><h1>{title(r)}</h1><p>Extended view</p>" + "".join(
        f"<div>{row}</div>" for row in rows
    )
    return f"http://www.sif.gov.lv/index.php?p={number}", page


def interakcia(r: random.Random, number: int) -> tuple[str, str]:
    """Return a partner's page on a project in two phases."""
    total = r.randrange(100_000, 900_000)
    sums = f"DKK {total:,} (co-funding of the Nordic Council of Ministers – DKK {total * 7 // 10:,})"
    page = (
        f"<ul><li>News</li></ul><h1>{title(r)}</h1><p>August 2018 - October 2021</p>"
        "<p>Interakcia Foundation is the project partner.</p>"
        f"<p>Partners: {body(r)} (Latvia), {body(r)} (Norway),{body(r)} (Denmark).</p>"
        "<p>The project is financed by the Nordic Council of Ministers.</p><p>Project budget:</p>"
        f"<ul><li>1st phase: {sums}.</li><li>2nd phase: {sums}.</li></ul><p>{prose(r, 9)}</p>"
    )
    return f"https://interakcia.org/en/projects/{number}", page


def acf(r: random.Random, number: int) -> tuple[str, str]:
    """Return a list of four bilateral initiatives."""
    entries = "".join(
        f"<p>Partner: {body(r)} (Norway) Summary: {prose(r, 4)} "
        f"Implementation period: 11/10 – 17/12/{2000 + r.randrange(9, 24)}</p>"
        for _ in range(4)
    )
    page = (
        f"<p>The initiatives approved under the Fund for Bilateral Relations are the following:</p>{entries}"
    )
    return f"https://apf.lt/en/initiatives-{number}/", page


def sscw(r: random.Random, number: int) -> tuple[str, str]:
    """Return a prose page with a supporter."""
    page = (
        f"<h1>{title(r)}</h1><p>The main goal of the project is to help. {prose(r, 5)}</p><p>Activities includes:</p>"
        f"<ul><li>Opening day in Narva (60 people)</li><li>{prose(r, 2)}</li></ul>"
        f"<ol><li>{prose(r, 1)}</li><li>{prose(r, 2)}</li></ol><p>Programm is supported by British Council</p>"
    )
    return f"https://foorum.sscw.ee/{number}/", page


MAKERS: list[Callable[[random.Random, int], tuple[str, str]]] = [eea, sif, interakcia, acf, sscw]


def main(count: int, path: Path) -> None:
    """Write the pages; the same count gives the same pages."""
    r = random.Random(7)
    with path.open("wb") as stream:
        for number in range(count):
            url, page = MAKERS[number % len(MAKERS)](r, number)
            html = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title></head><body>{page}</body></html>'
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            record = WarcRecord()
            record.init_headers(record_type=WarcRecordType.response)
            record.headers["WARC-Target-URI"] = url
            record.headers["WARC-Date"] = "2021-06-25T00:00:00Z"
            record.headers["Content-Type"] = "application/http; msgtype=response"
            record.set_bytes_content(head + html.encode())
            packed = BytesIO()
            record.write(packed)
            stream.write(packed.getvalue())


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
