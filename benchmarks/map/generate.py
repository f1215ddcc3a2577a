"""Make the grants files of the mapping benchmark: 16 columns, as CSV, JSON and XML, and the mappings.

python benchmarks/map/generate.py ROWS FOLDER
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

COLUMNS = (
    "id", "title", "description", "amount", "currency", "award_date", "start_date", "end_date", "programme",
    "status", "url", "recipient_id", "recipient_name", "funder_id", "funder_name", "place",
)  # fmt: skip
LITERALS = {
    "title": "http://schema.org/name", "description": "http://schema.org/description",
    "currency": "http://schema.org/currency", "programme": "http://example.org/programme",
    "status": "http://example.org/status",
}  # fmt: skip
TYPED = {
    "amount": ("http://schema.org/value", "decimal"),
    "award_date": ("http://example.org/awardDate", "date"),
    "start_date": ("http://schema.org/startDate", "date"),
    "end_date": ("http://schema.org/endDate", "date"),
}
_WORDS = (
    "water", "roads", "school", "youth", "culture", "repair", "heritage", "training", "river", "park", "café",
    "žurka", "ēka", "&", "health",
)  # fmt: skip


def rows(count: int) -> Iterator[list[str]]:
    """Yield the records, the same on every machine."""
    chance = random.Random(360)
    for number in range(count):
        recipient, funder = chance.randrange(max(1, count // 20)), chance.randrange(200)
        year, month = 2000 + number % 24, number % 12 + 1
        words = [chance.choice(_WORDS) for _ in range(14)]
        yield [
            f"G-{number:08d}", f"Grant {number} for " + " ".join(words[:4]),
            " ".join(words) + f' no. {number}, "phase"',
            f"{chance.randrange(100, 9_000_000) / 100:.2f}",
            chance.choice(("EUR", "GBP", "NOK", "DKK", "SEK")),
            f"{year}-{month:02d}-05", f"{year}-{month:02d}-15", f"{year + 1}-{month:02d}-28",
            f"Programme {number % 37}", ("planned", "ongoing", "completed")[number % 3],
            f"https://grants.example.org/projects/{number}",
            f"R {recipient}", f"Recipient {recipient} & Sons",
            f"F{funder}", f"Foundation {funder}", f"Place {number % 3000}",
        ]  # fmt: skip


def write_csv(path: Path, count: int) -> None:
    import csv

    with path.open("w", newline="", encoding="utf8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows(count))


def write_json(path: Path, count: int) -> None:
    with path.open("w", encoding="utf8") as file:
        file.write('{"grants": [\n')
        for number, row in enumerate(rows(count)):
            file.write(
                (",\n" if number else "")
                + json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False)
            )
        file.write("\n]}\n")


def write_xml(path: Path, count: int) -> None:
    with path.open("w", encoding="utf8") as file:
        file.write("<grants>\n")
        for row in rows(count):
            cells = "".join(
                f"<{name}>{escape(cell)}</{name}>" for name, cell in zip(COLUMNS, row, strict=True)
            )
            file.write(f"<grant>{cells}</grant>\n")
        file.write("</grants>\n")


def write_parents(path: Path) -> None:
    """The second source of the join: one row for each funder."""
    lines = ["code,country"] + [f"F{number},C{number % 30}" for number in range(0, 200, 2)]
    path.write_text("\n".join(lines) + "\n", encoding="utf8")


def mapping(form: str, source: str, extra: str = "") -> str:
    """Return the four triples maps over one source, in the older RML that all peers read."""
    query = {"csv": "CSV", "json": "JSONPath", "xml": "XPath"}[form]
    iterator = {"csv": "", "json": '; rml:iterator "$.grants[*]"', "xml": '; rml:iterator "/grants/grant"'}[
        form
    ]
    logical = f'rml:logicalSource [ rml:source "{source}"; rml:referenceFormulation ql:{query} {iterator} ]'

    def pom(iri: str, term: str) -> str:
        return f"rr:predicateObjectMap [ rr:predicate <{iri}>; rr:objectMap [ {term} ] ]"

    def literal(name: str, iri: str, datatype: str = "") -> str:
        typed = f"; rr:datatype xsd:{datatype}" if datatype else ""
        return pom(iri, f'rml:reference "{name}"{typed}')

    def link(template: str, iri: str) -> str:
        return pom(iri, f'rr:template "{template}"')

    base = "http://example.org/id"
    grant = [literal(name, iri) for name, iri in LITERALS.items()]
    grant += [literal(name, iri, kind) for name, (iri, kind) in TYPED.items()]
    grant.append(pom("http://schema.org/url", 'rml:reference "url"; rr:termType rr:IRI'))
    grant += [
        link(f"{base}/recipient/{{recipient_id}}", "http://example.org/recipient"),
        link(f"{base}/funder/{{funder_id}}", "http://schema.org/funder"),
        link(f"{base}/place/{{place}}", "http://schema.org/location"),
    ]  # 13 predicates

    def triples_map(name: str, key: str, kind: str, poms: list[str]) -> str:
        subject = f'rr:subjectMap [ rr:template "{base}/{name}/{{{key}}}"; rr:class {kind} {extra} ]'
        return f"<#{name}> {logical};\n  {subject};\n  " + ";\n  ".join(poms) + " .\n"

    parts = [
        "@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://semweb.mmlab.be/ns/rml#> .\n"
        "@prefix ql: <http://semweb.mmlab.be/ns/ql#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "@prefix schema: <http://schema.org/> . @base <http://example.org/mapping> .\n",
        triples_map("grant", "id", "schema:MonetaryGrant", grant),
        triples_map(
            "recipient",
            "recipient_id",
            "schema:Organization",
            [literal("recipient_name", "http://schema.org/name")],
        ),
        triples_map(
            "funder", "funder_id", "schema:Organization", [literal("funder_name", "http://schema.org/name")]
        ),
        triples_map("place", "place", "schema:Place", [literal("place", "http://schema.org/name")]),
    ]
    return "\n".join(parts)


def join_mapping(source: str, parents: str) -> str:
    """Return a mapping that joins each grant with its funder's row in another file."""
    return f"""@prefix rr: <http://www.w3.org/ns/r2rml#> . @prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> . @base <http://example.org/mapping> .
<#grant> rml:logicalSource [ rml:source "{source}"; rml:referenceFormulation ql:CSV ];
  rr:subjectMap [ rr:template "http://example.org/id/grant/{{id}}" ];
  rr:predicateObjectMap [ rr:predicate <http://example.org/country>;
    rr:objectMap [ rr:parentTriplesMap <#funder>;
      rr:joinCondition [ rr:child "funder_id"; rr:parent "code" ] ] ] .
<#funder> rml:logicalSource [ rml:source "{parents}"; rml:referenceFormulation ql:CSV ];
  rr:subjectMap [ rr:template "http://example.org/id/country/{{country}}" ] .
"""


def graphs_mapping(source: str) -> str:
    """Return the four maps with subjects in graphs that the data names."""
    return mapping(
        "csv", source, '; rr:graphMap [ rr:template "http://example.org/graph/{status}/{currency}" ]'
    )


def main() -> None:
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    forms = sys.argv[3:] or ["csv", "json", "xml"]
    for form in forms:
        name = f"grants-{count}.{form}"
        {"csv": write_csv, "json": write_json, "xml": write_xml}[form](folder / name, count)
        (folder / f"map-{count}-{form}.ttl").write_text(mapping(form, name), encoding="utf8")
    if "csv" in forms:
        write_parents(folder / "funders.csv")
        (folder / f"map-{count}-join.ttl").write_text(join_mapping(f"grants-{count}.csv", "funders.csv"))
        (folder / f"map-{count}-graphs.ttl").write_text(graphs_mapping(f"grants-{count}.csv"))


if __name__ == "__main__":
    main()
