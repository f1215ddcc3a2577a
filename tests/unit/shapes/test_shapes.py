"""The shapes, each constraint on a graph that keeps it and one that breaks it, run by pySHACL."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import RDF, Graph, Namespace, URIRef

from lodgrants.rdf.namespaces import PREFIXES
from lodgrants.resources import shipped
from support import ROOT

CASES = ROOT / "tests" / "golden" / "shapes"
SH = Namespace(PREFIXES["sh"])
LGS = "https://w3id.org/lodgrants/shapes#"
HEADER = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()) + "@prefix x: <urn:x:> .\n"
CLASSES = (
    "amount",
    "capture",
    "evidence",
    "grant",
    "organization",
    "person",
    "place",
    "programme",
    "project",
)
CLASSES = (*CLASSES, "record")
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
    _, report, _ = validate(graph, shacl_graph=against, advanced=False)
    found: dict[int, dict[Finding, str]] = defaultdict(dict)
    for result in report.subjects(RDF.type, SH.ValidationResult):
        severity, shape, focus = (
            str(report.value(result, each)) for each in (SH.resultSeverity, SH.sourceShape, SH.focusNode)
        )
        case, _, node = focus.removeprefix("urn:x:").partition(":")
        key = severity.removeprefix(str(SH)), shape.removeprefix(LGS), node
        found[int(case)][key] = str(report.value(result, SH.resultMessage))
    return found


@cache
def class_findings() -> dict[int, dict[Finding, str]]:
    """Validate all cases at once: pySHACL is slow to start, and none of these looks at other cases."""
    graph = Graph()
    for at, (_, text) in enumerate([("", ""), *cases("classes")]):
        graph += case_graph(at, text)
    return findings(graph, shapes(*CLASSES))


@pytest.mark.parametrize("at", range(len(cases("classes"))), ids=[title for title, _ in cases("classes")])
def test_class_shapes(at: int) -> None:
    assert set(class_findings().get(at + 1, {})) == expected(cases("classes")[at][1])


@pytest.mark.parametrize(("title", "text"), cases("money"), ids=[title for title, _ in cases("money")])
def test_money_audit(title: str, text: str) -> None:
    assert set(findings(case_graph(0, text), shapes("money")).get(0, {})) == expected(text)


def test_good_data_has_no_finding() -> None:
    assert 0 not in class_findings()
    assert findings(case_graph(0, ""), shapes("money")) == {}


def test_every_constraint_has_a_case_that_breaks_it() -> None:
    broken = {
        shape for name in ("classes", "money") for _, text in cases(name) for _, shape, _ in expected(text)
    }
    graph = shapes(*CLASSES, "money")
    shaped = {*graph.subjects(SH.message, None), *graph.subjects(SH.sparql, None)}
    named = {str(shape).removeprefix(LGS) for shape in shaped if isinstance(shape, URIRef)}
    assert named - broken == set()


def test_every_message_is_in_english_and_without_a_loose_end() -> None:
    for message in shapes(*CLASSES, "money").objects(None, SH.message):
        assert getattr(message, "language", None) == "en"
        assert str(message).endswith(".")


def test_messages_are_filled_in() -> None:
    text = dict(cases("money"))["parts that do not add up"]
    (message,) = findings(case_graph(0, text), shapes("money"))[0].values()
    assert message == "The parts add up to 90.00 EUR, the total says 100.00."


def test_each_file_stands_alone() -> None:
    for file in sorted(Path(shipped("shapes")).glob("*.ttl")):
        validate(Graph(), shacl_graph=Graph().parse(file), meta_shacl=True)
