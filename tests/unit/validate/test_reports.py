"""Every report form holds every result, safely escaped, and says where it stands in the source."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path

import pytest
import rdflib
from rdflib.namespace import RDF, SH

from lodgrants.validate.report.formats import writer
from lodgrants.validate.run import Options, validate

Written = Callable[[str, Path], str]


@pytest.fixture
def written(shapes: Path) -> Written:
    def write(name: str, data: Path) -> str:
        out = BytesIO()
        with validate(data, shapes, Options()) as report:
            report.find_lines()
            writer(name)(report, out)
        return out.getvalue().decode()

    return write


def test_json_lines_say_the_line_of_the_statement(written: Written, data: Path) -> None:
    rows = [json.loads(line) for line in written("json", data).splitlines()]
    assert [(row["focus"], row["path"], row["line"]) for row in rows] == [
        ("<http://example.org/a>", "<http://example.org/amount>", 5),
        ("<http://example.org/b>", "<http://example.org/title>", 6),
        ("<http://example.org/b>", "<http://example.org/note>", 8),
    ]
    assert rows[0]["value"] == '"<b>&\\"much\\"</b>"'
    assert rows[1]["message"] == "no title"
    assert rows[0]["shape_label"] == "<http://example.org/S> / <http://example.org/amount>"


def test_evidence_gives_source_offsets_and_words(written: Written, evidence: Path) -> None:
    (row,) = [json.loads(line) for line in written("json", evidence).splitlines()]
    assert (row["source"], row["start"], row["stop"], row["quote"]) == (
        "http://example.org/page.html",
        20,
        24,
        "much",
    )
    assert row["record"] == "<http://example.org/record>"


def test_csv_reads_back_and_runs_no_formula(written: Written, data: Path) -> None:
    rows = list(csv.DictReader(StringIO(written("csv", data))))
    assert [row["value"] for row in rows] == ['"<b>&\\"much\\"</b>"', "", '"=1+1, long"']
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_turtle_is_the_results_graph(written: Written, data: Path) -> None:
    graph = rdflib.Graph().parse(data=written("turtle", data), format="turtle")
    assert len(list(graph.subjects(RDF.type, SH.ValidationResult))) == 3
    assert (None, SH.conforms, rdflib.Literal(False)) in graph
    assert (None, SH.resultMessage, rdflib.Literal("no title", lang="en")) in graph


def test_sarif_has_levels_and_places(written: Written, data: Path, evidence: Path) -> None:
    run = json.loads(written("sarif", data))["runs"][0]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    names = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(names[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    place = run["results"][2]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 8}
    (result,) = json.loads(written("sarif", evidence))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "http://example.org/page.html"},
        "region": {"charOffset": 20, "charLength": 4, "snippet": {"text": "much"}},
    }


def test_junit_counts_what_holds_too(written: Written, data: Path) -> None:
    root = ET.fromstring(written("junit", data))
    assert (root.get("tests"), root.get("failures")) == ("4", "3")
    assert len(root.findall("testsuite")) == 3


def test_html_is_whole_and_escaped(written: Written, data: Path) -> None:
    seen: list[str] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append(tag)

    page = written("html", data)
    Parser().feed(page)
    assert seen.count("script") == 1 and "b" not in seen and "&lt;b&gt;&amp;" in page
    assert "http" not in page.split("<tbody>")[0].replace("http-equiv", "")


def test_markdown_and_table_group(written: Written, data: Path) -> None:
    assert "| Warning |" in written("markdown", data)
    assert "&lt;b&gt;" in written("markdown", data)
    table = written("table", data)
    assert "3 results: 1 Info, 1 Violation, 1 Warning" in table
    assert "http://example.org/b" in table


def test_a_limit_shortens_the_list(shapes: Path, data: Path) -> None:
    out = BytesIO()
    with validate(data, shapes, Options(limit=1)) as report:
        writer("json")(report, out)
        assert sum(report.counts().values()) == 3
    assert len(out.getvalue().splitlines()) == 1
