"""The shapes, each constraint on a graph that keeps it and one that breaks it, run by pySHACL."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import RDF, Graph, Namespace, URIRef

import lodgrants.validate
from lodgrants.rdf.namespaces import PREFIXES
from lodgrants.resources import shipped
from support import ROOT

CASES = ROOT / "tests" / "golden" / "shapes"
SH = Namespace(PREFIXES["sh"])
LGS = "https://w3id.org/lodgrants/shapes#"
HEADER = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()) + "@prefix x: <urn:x:> .\n"
AGENTS = ("organization", "person")
CLASSES = ("amount", "capture", "evidence", "grant", "place", "programme", "project", "record", *AGENTS)
GROUPS = {"classes": CLASSES, "money": ("money", "words")}
Finding = tuple[str, str, str]


def shapes(*names: str) -> Graph:
    graph = Graph()
    for name in names:
        graph.parse(shipped("shapes", f"{name}.ttl"))
    return graph


def cases(name: str) -> list[tuple[str, str]]:
    """Return the cases of a file: a title, then expected findings (`severity shape focus`) and data."""
    parts = (CASES / f"{name}.ttl").read_text(encoding="utf8").split("\n#### ")[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


def expected(text: str) -> set[tuple[str, ...]]:
    return {tuple(line.removeprefix("#! ").split()) for line in text.splitlines() if line.startswith("#! ")}


def case_graph(at: int, text: str) -> Graph:
    """Return a copy of the good data with names of its own, and the case's data."""
    good = (CASES / "good.ttl").read_text(encoding="utf8").replace("<urn:x:>", f"<urn:x:{at}:>")
    header = HEADER.replace("<urn:x:>", f"<urn:x:{at}:>")
    return Graph().parse(data=good, format="turtle").parse(data=header + text, format="turtle")


def findings(graph: Graph, against: Graph) -> dict[int, dict[Finding, str]]:
    """Return severity, shape and focus node of each result, with the message, by case."""
    with lodgrants.validate(graph, against) as report:
        rows = report.table().to_pylist()
    found: dict[int, dict[Finding, str]] = defaultdict(dict)
    for row in rows:
        case, node = row["focus"].removeprefix("<urn:x:").removesuffix(">").split(":")
        severity, shape = (row[name].strip("<>").rpartition("#")[2] for name in ("severity", "shape"))
        found[int(case)][severity, shape, node] = row["message"]
    return found


def pyshacl_findings(graph: Graph, against: Graph) -> set[Finding]:
    _, report, _ = validate(graph, shacl_graph=against, advanced=False)
    names = (SH.resultSeverity, SH.sourceShape, SH.focusNode)
    results = report.subjects(RDF.type, SH.ValidationResult)
    found = {tuple(str(report.value(result, name)) for name in names) for result in results}
    return {
        (severity.rpartition("#")[2], shape.rpartition("#")[2], focus.rpartition(":")[2])
        for severity, shape, focus in found
    }


@cache
def all_findings(name: str) -> dict[int, dict[Finding, str]]:
    """Validate all cases of a file at once: none of them looks at another."""
    graph = case_graph(0, "")
    for at, (_, text) in enumerate(cases(name), 1):
        graph += case_graph(at, text)
    return findings(graph, shapes(*GROUPS[name]))


@pytest.mark.parametrize(
    ("name", "at"),
    [
        pytest.param(name, at, id=title)
        for name in ("classes", "money")
        for at, (title, _) in enumerate(cases(name), 1)
    ],
)
def test_case(name: str, at: int) -> None:
    assert set(all_findings(name).get(at, {})) == expected(cases(name)[at - 1][1])


def test_good_data_has_no_finding() -> None:
    assert 0 not in all_findings("classes")
    assert 0 not in all_findings("money")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("classes", "a project of which nothing is known"),
        ("classes", "evidence of which nothing is known"),
        ("classes", "a grant with links to things of the wrong class"),
        ("money", "parts that do not add up"),
        ("money", "pairs in litas and kroons, the second false and said the other way round"),
        ("money", "granted as private, spent as public"),
        ("money", "currencies before and after their time"),
        ("money", "an end before the start"),
    ],
)
def test_another_validator_finds_the_same(name: str, title: str) -> None:
    text = dict(cases(name))[title]
    assert pyshacl_findings(case_graph(0, text), shapes(*GROUPS[name])) == expected(text)


def test_every_constraint_has_a_case_that_breaks_it() -> None:
    broken = {
        shape for name in ("classes", "money") for _, text in cases(name) for _, shape, _ in expected(text)
    }
    graph = shapes(*CLASSES, *GROUPS["money"])
    shaped = {*graph.subjects(SH.message, None), *graph.subjects(SH.sparql, None)}
    named = {str(shape).removeprefix(LGS) for shape in shaped if isinstance(shape, URIRef)}
    assert named - broken == set()


def test_every_message_is_in_english_and_without_a_loose_end() -> None:
    for message in shapes(*CLASSES, *GROUPS["money"]).objects(None, SH.message):
        assert getattr(message, "language", None) == "en"
        assert str(message).endswith(".")


def test_messages_are_filled_in() -> None:
    at = [title for title, _ in cases("money")].index("parts that do not add up") + 1
    assert list(all_findings("money")[at].values()) == ["The parts add up to 90 EUR, the total says 100."]


@pytest.mark.parametrize("file", sorted(shipped("shapes").glob("*.ttl")), ids=lambda file: file.stem)
def test_each_file_stands_alone(file: Path) -> None:
    conforms, _, _ = validate(Graph(), shacl_graph=Graph().parse(file), meta_shacl=True)
    assert conforms
