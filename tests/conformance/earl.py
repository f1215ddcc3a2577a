"""Write an EARL report of the RML suites: `python tests/conformance/earl.py FOLDER_OF_SUITES`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox

sys.path.insert(0, str(Path(__file__).parents[1]))

from lodgrants import __version__
from support.rml_suites import FAULTY, SUITES, Case, cases, run_case

EARL = "http://www.w3.org/ns/earl#"
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
DOAP = "http://usefulinc.com/ns/doap#"
SUBJECT = ox.NamedNode("https://w3id.org/lodgrants/id/software/lodgrants")


def outcome(case: Case) -> tuple[str, str]:
    """Return the EARL outcome of a case and, where it did not pass, why."""
    if case.identifier in FAULTY:
        return "inapplicable", f"faulty case: {FAULTY[case.identifier]}"
    before = Path.cwd()
    with TemporaryDirectory() as folder:
        work = Path(folder) / "case"
        shutil.copytree(case.folder, work)
        work.chmod(0o755)
        os.chdir(work)
        try:
            faults = run_case(case, work).faults
        finally:
            os.chdir(before)
    return ("failed", "\n".join(faults)) if faults else ("passed", "")


def earl(name: str) -> ox.NamedNode:
    """Return a term of EARL."""
    return ox.NamedNode(EARL + name)


def report(folder: Path) -> list[ox.Triple]:
    """Return the report as triples."""
    triples = [
        ox.Triple(SUBJECT, RDF_TYPE, earl("Software")),
        ox.Triple(SUBJECT, RDF_TYPE, ox.NamedNode(f"{DOAP}Project")),
        ox.Triple(SUBJECT, ox.NamedNode(f"{DOAP}name"), ox.Literal("lodgrants")),
        ox.Triple(SUBJECT, ox.NamedNode(f"{DOAP}revision"), ox.Literal(__version__)),
    ]
    for suite in SUITES:
        for case in cases(suite, folder / suite):
            result, why = outcome(case)
            assertion, node = ox.BlankNode(f"a{len(triples)}"), ox.BlankNode(f"r{len(triples)}")
            triples += [
                ox.Triple(assertion, RDF_TYPE, earl("Assertion")),
                ox.Triple(assertion, earl("assertedBy"), SUBJECT),
                ox.Triple(assertion, earl("subject"), SUBJECT),
                ox.Triple(assertion, earl("test"), ox.NamedNode(case.iri)),
                ox.Triple(assertion, earl("mode"), earl("automatic")),
                ox.Triple(assertion, earl("result"), node),
                ox.Triple(node, RDF_TYPE, earl("TestResult")),
                ox.Triple(node, earl("outcome"), earl(result)),
            ]
            if why:
                triples.append(
                    ox.Triple(node, ox.NamedNode("http://purl.org/dc/terms/description"), ox.Literal(why))
                )
    return triples


if __name__ == "__main__":
    suites = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(os.environ["LODGRANTS_SHARED"]) / "suites"
    ox.serialize(
        report(suites), sys.stdout.buffer, format=ox.RdfFormat.TURTLE, prefixes={"earl": EARL, "doap": DOAP}
    )
