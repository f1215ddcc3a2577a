"""The official RML suites, read from their manifests: cases, how one is run, and what is skipped and why."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from lodgrants.errors import LodgrantsError
from lodgrants.map.api import run_mapping
from lodgrants.map.settings import Settings

TEST = "http://w3id.org/rml/test/"
IDENTIFIER = ox.NamedNode("http://purl.org/dc/terms/identifier")
SUITES = {"rml-core": 76, "rml-io": 73, "rml-fnml": 20, "rml-cc": 35, "rml-lv": 41}

# Cases that their implementers call faulty (issues 147, 150 and 151 of rml-io, 79 of rml-fnml). Those of
# them whose fault does not show in what is compared here are run all the same.
FAULTY = {
    "RMLSTC0006a": "needs a database whose address the case leaves open ($CONNECTIONDSN)",
    "RMLSTC0009a": "is marked as an error and has an output; quoted column names are legal CSV",
    "RMLTTC0004e": "asks for RDF/JSON, but its expected file is not in that format's registered name",
    "RMLTTC0005b": "expects JSON numbers as plain strings, against the natural mapping of all other cases",
    "RMLFNMLTC0008-CSV": "expects no triple for a substring that begins behind the end of the text",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A test case: its folder, mapping, expected outputs, and whether an error is expected."""

    suite: str
    identifier: str
    iri: str
    folder: Path
    mapping: str
    outputs: tuple[str, ...]
    has_error: bool
    base: str | None


@dataclass(slots=True)
class Outcome:
    """What a run of a case gave: nothing in `faults` means that it passed."""

    faults: list[str] = field(default_factory=list)


def cases(suite: str, folder: Path) -> Iterator[Case]:
    """Yield the cases of a suite's manifest."""
    store = ox.Store()
    store.bulk_load(path=str(folder / "test-cases" / "manifest.ttl"), format=ox.RdfFormat.TURTLE)

    def value(subject: ox.NamedNode, name: str) -> str | None:
        found = next(store.quads_for_pattern(subject, ox.NamedNode(TEST + name), None), None)
        return None if found is None else found.object.value  # type: ignore[union-attr]

    for quad in sorted(store.quads_for_pattern(None, IDENTIFIER, None), key=lambda each: str(each.object)):
        subject = quad.subject
        assert isinstance(subject, ox.NamedNode)
        nodes = [
            each.object for each in store.quads_for_pattern(subject, ox.NamedNode(TEST + "output"), None)
        ]
        names = [value(each, "output") for each in nodes if isinstance(each, ox.NamedNode)]
        identifier = value_of(quad.object)
        place = folder / "test-cases" / identifier
        outputs = tuple(sorted(each for each in names if each))
        # Some manifests name an output that is not there where their text says that an error is expected.
        promised = bool(outputs) and not any((place / each).exists() for each in outputs)
        yield Case(
            suite,
            identifier,
            subject.value,
            place,
            value(subject, "mappingDocument") or "mapping.ttl",
            () if promised else outputs,
            promised or value(subject, "hasError") == "true",
            value(subject, "defaultBaseIRI"),
        )


def run_case(case: Case, work: Path) -> Outcome:
    """Run a case in a copy of its folder; the working directory must be that copy."""
    expected = {name: work / f"expected-{name}" for name in case.outputs}
    for name, kept in expected.items():
        if (work / name).exists():
            shutil.move(work / name, kept)
    default = case.outputs[0] if case.outputs else "output.nq"
    outcome = Outcome()
    try:
        run_mapping(work / case.mapping, work / "result.nq", Settings(base=case.base), "N-Quads")
    except LodgrantsError as error:
        if not case.has_error:
            outcome.faults.append(f"failed: {error}")
        elif error.exit_code != 2:
            outcome.faults.append(f"exit code {error.exit_code} instead of 2: {error}")
        if (work / "result.nq").exists():
            outcome.faults.append("an error, but there is an output file")
        return outcome
    if case.has_error:
        outcome.faults.append("no error where one is expected")
    for name, kept in expected.items():
        produced = work / ("result.nq" if name == default else name)
        outcome.faults += _difference(produced, kept, name)
    return outcome


def value_of(term: object) -> str:
    """Return the text of a term."""
    return getattr(term, "value", "")


def _difference(produced: Path, expected: Path, name: str) -> list[str]:
    if not produced.exists():
        return [f"{name} was not written"]
    if not expected.exists() or ".nq" not in name or name.endswith((".gz", ".zip", ".xz")):
        return []
    mine, theirs = _quads(produced), _quads(expected)
    return (
        []
        if mine == theirs
        else [f"{name} differs:\n{produced.read_text()}\nexpected:\n{expected.read_text()}"]
    )


def _quads(path: Path) -> ox.Dataset:
    text = path.read_bytes()
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = text.decode("utf-16").encode("utf8")
    found = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_QUADS, lenient=True))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0_SHA_256)
    return found
