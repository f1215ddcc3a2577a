"""Make other kinds of mappings for the benchmark than grants: wide tables, many maps, joins, deep JSON, XML.

python benchmarks/map/kinds.py ROWS FOLDER; then python benchmarks/map/run.py ROWS wide maps many-to-many …
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

PREFIXES = """@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> . @prefix ex: <http://example.org/> . @base <http://example.org/m> .
"""


def triples_map(
    name: str, source: str, form: str, subject: str, references: Iterable[str], more: str = ""
) -> str:
    """Return a triples map in the older RML; the references are predicates as well."""
    file, _, iterator = source.partition(" ")
    where = f'; rml:iterator "{iterator}"' if iterator else ""
    poms = "".join(
        f'\n  ; rr:predicateObjectMap [ rr:predicate ex:p{i}; rr:objectMap [ rml:reference "{each}" ] ]'
        for i, each in enumerate(references)
    )
    return (
        f'<#{name}> rml:logicalSource [ rml:source "{file}"; rml:referenceFormulation ql:{form} {where} ];\n'
        f'  rr:subjectMap [ rr:template "{subject}" ]{poms}{more} .\n'
    )


def join(parent: str, *conditions: tuple[str, str]) -> str:
    """Return a predicate-object map that joins with another triples map."""
    given = "".join(
        f'; rr:joinCondition [ rr:child "{child}"; rr:parent "{other}" ]' for child, other in conditions
    )
    return f"; rr:predicateObjectMap [ rr:predicate ex:j; rr:objectMap [ rr:parentTriplesMap <#{parent}> {given} ] ]"


def write_table(path: Path, columns: int, rows: int) -> None:
    with path.open("w", encoding="utf8") as file:
        file.write(",".join(f"c{i}" for i in range(columns)) + "\n")
        for row in range(rows):
            cells = (f"v{(row * 31 + i * 17) % 997} {i}" for i in range(1, columns))
            file.write(",".join((f"k{row}", *cells)) + "\n")


def wide(rows: int, folder: Path) -> str:
    """300 columns, all of them used; a thirtieth of the rows."""
    write_table(folder / f"wide-{rows}.csv", 300, rows // 30)
    references = [f"c{i}" for i in range(1, 300)]
    return triples_map("a", f"wide-{rows}.csv", "CSV", "http://example.org/{c0}", references)


def maps(rows: int, folder: Path) -> str:
    """300 triples maps over one file; few rows."""
    write_table(folder / f"maps-{rows}.csv", 20, rows // 150)
    return "".join(
        triples_map(f"t{i}", f"maps-{rows}.csv", "CSV", f"http://example.org/{i}/{{c0}}", [f"c{1 + i % 19}"])
        for i in range(300)
    )


def many_to_many(rows: int, folder: Path) -> str:
    """A join in which each row meets ten others, on two conditions."""
    for name in ("left", "right"):
        lines = (f"{name}{i},g{i % max(1, rows // 10)},{i % 5}\n" for i in range(rows))
        (folder / f"{name}-{rows}.csv").write_text("id,a,b\n" + "".join(lines), encoding="utf8")
    left, right = (f"{name}-{rows}.csv" for name in ("left", "right"))
    joined = join("r", ("a", "a"), ("b", "b"))
    return triples_map("l", left, "CSV", "http://example.org/{id}", [], joined) + triples_map(
        "r", right, "CSV", "http://example.org/{id}", ["id"]
    )


def items(rows: int) -> Iterator[str]:
    for i in range(rows):
        yield json.dumps(
            {"id": f"i{i}", "name": f"näme {i}", "kind": "ab"[i % 2], "tags": [{"t": f"t{i % 7}"}]}
        )


def json_inside(rows: int, folder: Path) -> str:
    """An array that is not the last member of its document."""
    text = '{"meta": {"n": 1}, "items": [' + ",\n".join(items(rows)) + '], "end": [{"id": 1}]}'
    (folder / f"inside-{rows}.json").write_text(text, encoding="utf8")
    source = f"inside-{rows}.json $.items[*]"
    return triples_map("a", source, "JSONPath", "http://example.org/{id}", ["name", "tags[*].t"])


def json_filter(rows: int, folder: Path) -> str:
    """Every other member of an array, by a filter."""
    (folder / f"array-{rows}.json").write_text("[" + ",\n".join(items(rows)) + "]", encoding="utf8")
    source = f"array-{rows}.json $[?(@.kind=='a')]"
    return triples_map("a", source, "JSONPath", "http://example.org/{id}", ["name"])


def json_descent(rows: int, folder: Path) -> str:
    """Objects wherever they are in a document."""
    (folder / f"array-{rows}.json").write_text("[" + ",\n".join(items(rows)) + "]", encoding="utf8")
    source = f"array-{rows}.json $..tags[*]"
    return triples_map("a", source, "JSONPath", "http://example.org/{t}", ["t"])


def xml_anywhere(rows: int, folder: Path) -> str:
    """Elements wherever they are in a document."""
    body = "".join(f"<row><id>{i}</id><name>n{i}</name><city>c{i % 100}</city></row>\n" for i in range(rows))
    (folder / f"anywhere-{rows}.xml").write_text(f"<rows>{body}</rows>", encoding="utf8")
    return triples_map(
        "a", f"anywhere-{rows}.xml //row", "XPath", "http://example.org/{id}", ["name", "city"]
    )


KINDS: dict[str, Callable[[int, Path], str]] = {
    "wide": wide,
    "maps": maps,
    "many-to-many": many_to_many,
    "json-inside": json_inside,
    "json-filter": json_filter,
    "json-descent": json_descent,
    "xml-anywhere": xml_anywhere,
}


def main() -> None:
    rows, folder = int(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for kind, make in KINDS.items():
        (folder / f"map-{rows}-{kind}.ttl").write_text(PREFIXES + make(rows, folder), encoding="utf8")


if __name__ == "__main__":
    main()
