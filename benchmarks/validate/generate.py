"""Make a graph of grants with some thousands of violations, as N-Triples and Parquet: the same bytes every time.

python benchmarks/validate/generate.py 1000000 grants.nt     # about 14.4 triples a grant
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

XSD = "http://www.w3.org/2001/XMLSchema#"
BASE = "http://data.example.org/"
# Every grant's and organisation's triples; some rows lack a value, have two, or a wrong one.
TRIPLES = f"""
WITH g AS (
    SELECT i, '<{BASE}grant/' || i || '>' AS s, (hash(i) % 1000000007)::BIGINT AS h FROM range({{n}}) t(i)
), o AS (
    SELECT i, '<{BASE}organisation/' || i || '>' AS s FROM range({{n}} // 5 + 1) t(i)
)
SELECT s, '<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>' AS p, '<https://w3id.org/lodgrants/ontology#Grant>' AS o FROM g
UNION ALL SELECT s, '<http://schema.org/name>', '"Grant number ' || i || repeat(' on the growth of small towns', h % 7) || '"@en' FROM g WHERE i % 101 <> 0
UNION ALL SELECT s, '<http://purl.org/dc/terms/identifier>', '"' || CASE WHEN i % 97 = 0 THEN 'x-' ELSE 'G-' END || lpad(i::VARCHAR, 9, '0') || '"' FROM g
UNION ALL SELECT s, '<http://purl.org/dc/terms/identifier>', '"G-second-' || i || '"' FROM g WHERE i % 401 = 0
UNION ALL SELECT s, '<http://schema.org/startDate>', '"' || (DATE '2010-01-01' + (h % 4000)::INTEGER)::VARCHAR || '"^^<{XSD}date>' FROM g
UNION ALL SELECT s, '<http://schema.org/endDate>', '"' || (DATE '2010-01-01' + (h % 4000)::INTEGER + CASE WHEN i % 151 = 0 THEN -30 ELSE 365 END)::VARCHAR || '"^^<{XSD}date>' FROM g
UNION ALL SELECT s, '<http://schema.org/value>', CASE WHEN i % 199 = 0 THEN '"much"' ELSE '"' || CASE WHEN i % 193 = 0 THEN '-' ELSE '' END || (h % 900000 + 1000) || '.' || lpad((h % 100)::VARCHAR, 2, '0') || '"^^<{XSD}decimal>' END FROM g
UNION ALL SELECT s, '<http://schema.org/currency>', '"' || CASE WHEN i % 103 = 0 THEN 'XXX' ELSE ['EUR', 'DKK', 'GBP', 'SEK'][1 + h % 4] END || '"' FROM g
UNION ALL SELECT s, '<https://w3id.org/lodgrants/ontology#funder>', CASE WHEN i % 307 = 0 THEN '"a ministry"' ELSE '<{BASE}organisation/' || h % ({{n}} // 50 + 1) || '>' END FROM g
UNION ALL SELECT s, '<https://w3id.org/lodgrants/ontology#recipient>', '<{BASE}' || CASE WHEN i % 251 = 0 THEN 'nobody/' ELSE 'organisation/' END || (h // 7) % ({{n}} // 5 + 1) || '>' FROM g
UNION ALL SELECT s, '<http://schema.org/description>', '"Support for work number ' || h || ' in a programme that pays for places, people and \\"plans\\", reported each year."@en' FROM g
UNION ALL SELECT s, '<https://w3id.org/lodgrants/ontology#status>', '<https://w3id.org/lodgrants/ontology#' || ['planned', 'ongoing', 'completed'][1 + h % 3] || '>' FROM g
UNION ALL SELECT s, '<https://w3id.org/lodgrants/ontology#programme>', '<{BASE}programme/' || h % 200 || '>' FROM g
UNION ALL SELECT s, '<http://schema.org/url>', '"{BASE}page/' || i || '.html"^^<{XSD}anyURI>' FROM g
UNION ALL SELECT s, '<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>', '<https://w3id.org/lodgrants/ontology#Organization>' FROM o
UNION ALL SELECT s, '<http://schema.org/name>', '"Organisation ' || i || '"' FROM o
UNION ALL SELECT s, '<http://schema.org/addressCountry>', CASE WHEN i % 149 = 0 THEN '"Denmark"' ELSE '"' || ['DK', 'LV', 'SE'][1 + i % 3] || '"' END FROM o
"""


def main(grants: int, target: Path) -> None:
    """Write the graph of so many grants beside each other as text and as Parquet."""
    con = duckdb.connect(config={"preserve_insertion_order": "true"})
    con.execute(f"CREATE TABLE t AS {TRIPLES.format(n=grants)} ORDER BY s, p, o")
    lines = con.sql("SELECT concat(s, ' ', p, ' ', o, E' .\\n') AS line FROM t").to_arrow_reader(100_000)
    with target.open("wb") as out:
        for batch in lines:
            out.write("".join(batch.column(0).to_pylist()).encode())
    con.execute(
        f"COPY (SELECT s, p, o, NULL::VARCHAR AS g FROM t) TO '{target.with_suffix('.parquet')}'"
        f" (COMPRESSION zstd)"
    )
    print(con.execute("SELECT count(*) FROM t").fetchone()[0], "triples")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
