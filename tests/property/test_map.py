"""Random mappings over random rows: the compiled result equals that of a plain interpreter."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lodgrants.map.api import run_mapping
from lodgrants.map.model import (
    BLANK_NODE,
    CSV,
    IRI,
    JSON_PATH,
    LITERAL,
    Constant,
    FileSource,
    FunctionCall,
    JoinCondition,
    LogicalSource,
    Mapping,
    PredicateObjectMap,
    Reference,
    RefObjectMap,
    Template,
    TermMap,
    TriplesMap,
)
from lodgrants.map.settings import Settings
from support.map_oracle import interpret

BASE = "http://base/"
TEXT = st.text(alphabet='ab1 ž/#%&"\\\n\té日\x7f😀{}<>|^`.-~_:,', max_size=5)
IRIS = st.sampled_from(["http://x/a", "rel", "urn:b", "http://x/ž"])
COLUMNS = ("a", "b", "c")
EQUAL = "https://w3id.org/imec/idlab/function#equal"

csv_rows = st.lists(st.fixed_dictionaries({each: TEXT | IRIS for each in COLUMNS}), max_size=6)
json_values: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | TEXT | IRIS
json_rows = st.lists(
    st.fixed_dictionaries(
        {each: json_values for each in COLUMNS}, optional={"l": st.lists(json_values, max_size=3)}
    ),
    max_size=6,
)


def references(json_source: bool) -> st.SearchStrategy[str]:
    """Return the references of a source: columns, and in JSON a path to several values."""
    return st.sampled_from([f"$.{each}" for each in COLUMNS] + ["$.l[*]"] if json_source else COLUMNS)


def templates(json_source: bool) -> st.SearchStrategy[Template]:
    def built(start: str, first: str, between: str, second: str | None) -> Template:
        parts: list[str | Reference] = [start, Reference(first)]
        # The same list of values twice in one template is left open by the specification.
        if second is not None and second != first:
            parts += [between, Reference(second)]
        return Template(tuple(each for each in parts if each != ""))

    starts = st.sampled_from(["http://t/", "u/", ""])
    refs = references(json_source)
    return st.builds(built, starts, refs, st.sampled_from(["/", "", "-"]), st.none() | refs)


def conditions(json_source: bool) -> st.SearchStrategy[tuple[FunctionCall, ...]]:
    refs = st.sampled_from(["$.a", "$.b"] if json_source else ["a", "b"])
    call = st.builds(
        lambda left, text: FunctionCall(
            EQUAL,
            (
                ("valueParam", TermMap(Reference(left), LITERAL)),
                ("valueParam2", TermMap(Constant(f'"{text}"'), LITERAL)),
            ),
        ),
        refs,
        st.sampled_from(["a", "rel", ""]),
    )
    return st.just(()) | st.tuples(call)


def objects(json_source: bool) -> st.SearchStrategy[TermMap]:
    refs = references(json_source).map(Reference)
    some = conditions(json_source)
    return st.one_of(
        st.builds(lambda e, c: TermMap(e, LITERAL, conditions=c), refs, some),
        st.builds(lambda e: TermMap(e, LITERAL, language=Constant('"lv"')), refs),
        st.builds(lambda e: TermMap(e, LITERAL, datatype=Constant("<http://dt>")), refs),
        st.builds(lambda e: TermMap(e, LITERAL), templates(json_source)),
        st.builds(lambda e, c: TermMap(e, IRI, conditions=c), templates(json_source) | refs, some),
        st.builds(lambda e: TermMap(e, BLANK_NODE), refs),
        st.just(TermMap(Constant("<http://o>"), IRI)),
    )


def triples_maps(name: str, source: LogicalSource, json_source: bool) -> st.SearchStrategy[TriplesMap]:
    subject = st.builds(
        lambda e, kind, c: TermMap(e, kind, conditions=c),
        templates(json_source) | references(json_source).map(Reference),
        st.sampled_from([IRI, BLANK_NODE]),
        conditions(json_source),
    )
    graph = st.builds(lambda e: TermMap(e, IRI), templates(json_source)) | st.just(
        TermMap(Constant("<http://g>"), IRI)
    )
    predicate = st.sampled_from([TermMap(Constant("<http://p>"), IRI), TermMap(Constant("<http://q>"), IRI)])
    join = st.sampled_from(["one", "two"]).map(
        lambda parent: RefObjectMap(
            parent, (JoinCondition(Reference("$.a" if json_source else "a"), Reference(_key(parent))),)
        )
    )
    pom = st.builds(
        lambda p, o, g: PredicateObjectMap((p,), (o,), tuple(g)),
        predicate,
        objects(json_source) | join,
        st.lists(graph, max_size=1),
    )
    return st.builds(
        lambda s, classes, graphs, poms: TriplesMap(
            name, source, s, tuple(classes), tuple(graphs), tuple(poms)
        ),
        subject,
        st.lists(st.just("http://C"), max_size=1),
        st.lists(graph, max_size=1),
        st.lists(pom, max_size=4),
    )


def _key(parent: str) -> str:
    return "b" if parent == "one" else "$.b"


ONE = LogicalSource(FileSource("one.csv"), CSV)
TWO = LogicalSource(FileSource("two.jsonl"), JSON_PATH, "$")


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    triples_maps("one", ONE, json_source=False),
    triples_maps("two", TWO, json_source=True),
    csv_rows,
    json_rows,
)
def test_the_compiled_mapping_does_what_the_interpreter_does(
    one: TriplesMap, two: TriplesMap, first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "one.csv").open("w", newline="", encoding="utf8") as file:
            writer = csv.DictWriter(file, COLUMNS, quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(first)
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in second)
        (folder / "two.jsonl").write_text(lines, encoding="utf8")
        mapping = Mapping((one, two), str(folder / "mapping.ttl"))
        output = folder / "out.nq"
        run_mapping(mapping, output, Settings(base=BASE, skip_invalid=True))
        found = output.read_text(encoding="utf8").split("\n")[:-1]
        expected = interpret(mapping, {ONE: first, TWO: second}, BASE)
        assert len(found) == len(set(found)), "a triple was written twice"
        assert set(found) == expected
