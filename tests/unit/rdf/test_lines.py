"""N-Triples split by the database: plain lines, lines of every other kind, and what is no N-Triples."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import sql
from lodgrants.errors import InputError
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.namespaces import XSD
from lodgrants.rdf.read import Kept, load_quads

ODD = rb"""<http://x/a> <http://x/p> "plain" .
<http://x/a> <http://x/p> "in <b>many</b> <i>small</i> <u>pieces</u> <a> b </a> c" .
# a comment
_:b0 <http://x/p> _:b1 .
_:b0 <http://x/p> "a> b"^^<http://x/type> .
_:b0 <http://x/p> "\u00E9" .

<http://x/a>  <http://x/p>   <http://x/two/spaces> .
<http://x/a>	<http://x/p>	"tabs"	.
<http://x/a> <http://x/p> <http://x/o> . # comment after
<http://x/a> <http://x/p> "x"^^<http://www.w3.org/2001/XMLSchema#string> .
<http://x/a> <http://x/p> "y"@EN-gb .
<http://x/\u00E9> <http://x/\u0070> "escaped names" .
<http://x/a> <http://x/p> "quote \" and \\ slash"@en .
<http://x/a> <http://x/other> "not wanted" .
_:b2 <http://x/other> "not wanted" .
<http://x/a> <http://x/p> "no end of line"@en ."""


def _loaded(path: Path, predicates: list[str] | None = None) -> set[tuple[str, str, str]]:
    with open_engine() as engine:
        load_quads(engine, [rdf_file(path)], Kept(tuple(predicates) if predicates else None))
        return set(engine.rows(sql("SELECT s, CAST(p AS VARCHAR), o FROM quad")))


def _parsed(text: bytes) -> set[tuple[str, str, str]]:
    quads = ox.parse(text, ox.RdfFormat.N_TRIPLES)
    return {(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads}


@pytest.mark.parametrize("ending", ["nt", "nt.gz"])
@pytest.mark.parametrize("predicates", [None, ["<http://x/p>"]])
def test_every_spelling_of_a_line_is_read(tmp_path: Path, ending: str, predicates: list[str] | None) -> None:
    path = tmp_path / f"odd.{ending}"
    path.write_bytes(gzip.compress(ODD) if ending.endswith("gz") else ODD)
    expected = {quad for quad in _parsed(ODD) if predicates is None or quad[1] in predicates}
    assert _loaded(path, predicates) == expected


_NAMES = st.sampled_from(["<http://x/a>", "<http://x/é>", "<http://x/p>", "<urn:x>"])
_IRIS = _NAMES | st.just(r"<http://x/\u0070>")
_NODES = _IRIS | st.sampled_from(["_:a", "_:b1"])
_TEXTS = st.text(st.sampled_from('> <"\\\n.@^_: é\x7f'), max_size=12).map(ox.Literal)
_TAGS = st.sampled_from(["@en", "@EN-gb", "@ar--rtl", "^^<http://x/t>", f"^^<{XSD}string>"])
_TERMS = _NODES | _TEXTS.map(str) | st.builds("{}{}".format, _TEXTS, _TAGS)
_GAPS = st.sampled_from([" "] * 6 + ["  ", "\t", " \t "])
_ENDS = st.sampled_from(
    [" .\n"] * 6 + [".\n", " . \n", " .\r\n", " . # no . > end\n", " .\n\n", " .\n# <a> .\n"]
)
_LINES = st.tuples(_NODES, _GAPS, _IRIS, _GAPS, _TERMS, _ENDS).map("".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(_LINES, min_size=1, max_size=8), st.none() | st.sets(_NAMES, min_size=1), st.booleans())
def test_it_reads_what_the_parser_reads(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], wanted: set[str] | None, ended: bool
) -> None:
    path = tmp_path_factory.mktemp("lines") / "data.nt"
    text = "".join(lines) if ended else "".join(lines).rstrip()
    path.write_bytes(text.encode())
    expected = {quad for quad in _parsed(text.encode()) if wanted is None or quad[1] in wanted}
    assert _loaded(path, sorted(wanted) if wanted else None) == expected


@pytest.mark.parametrize("ending", ["nt", "nq", "nt.gz"])
def test_lines_may_end_in_several_ways(tmp_path: Path, ending: str) -> None:
    text = ODD.replace(b"\n", b"\r\n", 3) + b"\r<http://x/a> <http://x/p> <http://x/o2> .\n"
    path = tmp_path / f"ends.{ending}"
    path.write_bytes(gzip.compress(text) if ending.endswith("gz") else text)
    assert _loaded(path) == _parsed(text)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'<http://x/a> <http://x/p> "a"b" .', 2),
        (b'<http://x/a> <http://x/p> "a"', 2),
        (b"<http://x/a> <http://x/p> .", 2),
        (b'<http://x/a> <http://x/p> "\xff" .', 2),
    ],
)
@pytest.mark.parametrize("ending", ["nt", "nt.gz"])
def test_what_is_no_line_is_refused_with_its_place(
    tmp_path: Path, line: bytes, says: int, ending: str
) -> None:
    path = tmp_path / f"bad.{ending}"
    text = b'<http://x/a> <http://x/p> "good" .\n' + line + b"\n"
    path.write_bytes(gzip.compress(text) if ending.endswith("gz") else text)
    with pytest.raises(InputError) as raised:
        _loaded(path)
    (problem,) = raised.value.problems
    assert problem.code == "LG-RDF-003"
    assert problem.where is not None
    assert problem.where.line == says


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    for name in ("one.nt", "two.nt"):
        (tmp_path / name).write_text(
            f'_:a <http://x/p> "{name} \\u0041 > > > > > > > >" .\n<http://x/a> <http://x/p> _:a .\n'
        )
    with open_engine() as engine:
        load_quads(engine, [rdf_file(tmp_path / "one.nt"), rdf_file(tmp_path / "two.nt")])
        joined = engine.rows(sql("SELECT b.o FROM quad AS a JOIN quad AS b ON b.s = a.o ORDER BY ALL"))
    assert joined == [('"one.nt A > > > > > > > >"',), ('"two.nt A > > > > > > > >"',)]
