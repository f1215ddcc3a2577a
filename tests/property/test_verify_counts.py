"""What VoID counts, by data set, class and property, against plain sets in Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodgrants.db.engine import Engine, open_engine
from lodgrants.db.fragment import sql
from lodgrants.publish.verify.counts import check_counts
from lodgrants.rdf.graph import Graph, Triple
from lodgrants.rdf.namespaces import RDF, VOID

Quad = tuple[str, str, str, str]
TYPE, IN = f"<{RDF}type>", f"<{VOID}inDataset>"
WHOLE, FILE = "<urn:set:whole>", "lodgrants.nq"
SETS, CLASSES = ["<urn:set:1>", "<urn:set:2>"], ["<urn:class:A>", "<urn:class:B>"]
RECORDS, NODES, PROPERTIES = ([f"<urn:{kind}:{at}>" for at in range(4)] for kind in ("record", "node", "p"))
# A graph may be that of a record, of a data set itself, or of nothing that is known.
NAMES = st.sampled_from([*RECORDS, *SETS, "<urn:graph:other>"])
FACTS = st.one_of(
    st.tuples(st.sampled_from(NODES), st.just(TYPE), st.sampled_from(CLASSES), NAMES),
    st.tuples(
        st.sampled_from(NODES), st.sampled_from(PROPERTIES), st.sampled_from([*NODES, '"a"', '"b"']), NAMES
    ),
    st.tuples(st.sampled_from(RECORDS), st.just(IN), st.sampled_from(SETS), NAMES),
)
DATA = st.lists(FACTS, min_size=1, max_size=25, unique=True)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine() as opened:
        opened.register("given", pa.table({name: pa.array([], pa.string()) for name in "spog"}))
        yield opened


def counts(quads: Iterable[Quad]) -> dict[str, int]:
    rows = list(quads)
    return {
        "triples": len({row[:3] for row in rows}),
        "distinctSubjects": len({row[0] for row in rows}),
        "distinctObjects": len({row[2] for row in rows}),
        "properties": len({row[1] for row in rows}),
        "classes": len({row[2] for row in rows if row[1] == TYPE}),
    }


def claims(quads: list[Quad]) -> list[tuple[str, str, int]]:
    """Return all that can be claimed: of the whole and each data set, by class, by property, and by both."""
    found = []
    for name, members in ((WHOLE, quads), *((name, of_set(quads, name)) for name in SETS)):
        found += [(name, count, number) for count, number in counts(members).items()]
        for part, rows in partitions(members):
            said = counts(rows)
            found += [(f"{name} {part}", each, said[each]) for each in list(said)[:3]]
    return found


def of_set(quads: list[Quad], name: str) -> list[Quad]:
    records = {s for s, p, o, _ in quads if (p, o) == (IN, name)}
    known = any((p, o) == (IN, name) for _, p, o, _ in quads)
    return [row for row in quads if row[3] in records or (known and row[3] == name)]


def partitions(quads: list[Quad]) -> Iterator[tuple[str, list[Quad]]]:
    for class_ in CLASSES:
        members = {s for s, p, o, _ in quads if (p, o) == (TYPE, class_)}
        inside = [row for row in quads if row[0] in members]
        yield class_, inside
        yield from ((f"{class_} {name}", [row for row in inside if row[1] == name]) for name in PROPERTIES)
    yield from ((name, [row for row in quads if row[1] == name]) for name in PROPERTIES)


def catalogue(said: Iterable[tuple[str, str, int]]) -> Graph:
    """Return a catalogue that claims the counts; the nodes of parts are their names without spaces."""
    triples: list[Triple] = [(WHOLE, f"<{VOID}subset>", name) for name in SETS]
    for place, count, number in said:
        words = place.split()
        for at in range(1, len(words)):
            kind = "class" if words[at] in CLASSES else "property"
            whole, part = ("_".join(words[: at + less]) for less in (0, 1))
            triples += [
                (whole, f"<{VOID}{kind}Partition>", part),
                (part, f"<{VOID}{kind}>", words[at]),
            ]
        triples.append(("_".join(words), f"<{VOID}{count}>", f'"{number}"'))
    return Graph(triples)


@given(DATA, st.data())
@settings(max_examples=30, deadline=None)
def test_true_counts_are_found_true_and_one_that_is_off_is_found(
    engine: Engine, quads: list[Quad], data: st.DataObject
) -> None:
    rows = {name: pa.array([row[at] for row in quads], pa.string()) for at, name in enumerate("spog")}
    engine.register("given", pa.table(rows))
    engine.run(sql("CREATE OR REPLACE VIEW lodgrants AS SELECT s, p, o, g FROM given"))
    said = claims(quads)
    found = check_counts(engine, catalogue(said), [(WHOLE, FILE)])
    assert not found.lies and found.checked > 30
    # Of a data set without records nothing can be checked.
    known = {WHOLE, *(o for _, p, o, _ in quads if p == IN)}
    at = data.draw(st.sampled_from([at for at, claim in enumerate(said) if claim[0].split()[0] in known]))
    place, count, number = said[at]
    # Far more than the statements are with their named graphs, which VoID leaves open.
    said[at] = (place, count, number + 100)
    (lie,) = check_counts(engine, catalogue(said), [(WHOLE, FILE)]).lies
    assert f"void:{count} {number + 100}" in lie.claim
