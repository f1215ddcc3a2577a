"""N-Triples and N-Quads taken apart by the database, and the columns of a Parquet file of quads.

Splitting at spaces and joining the object again is several times faster than a regular expression per line.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from lodgrants.db.template import condition, sql
from lodgrants.errors import InputError, Problem
from lodgrants.rdf.formats import RdfFile
from lodgrants.rdf.namespaces import XSD

if TYPE_CHECKING:
    from lodgrants.db.engine import Engine

# Canonical N-Triples: https://www.w3.org/TR/rdf12-n-triples/#canonical-ntriples
_LITERAL = r'"([^"\\]|\\["\\bfnrt])*"(@[a-z]+(-[a-z0-9]+)*|\^\^<[^<>"{}|^`\\ ]*>)?'


def split_lines(file: RdfFile, keep: exp.Expr, strict: bool = False) -> exp.Expr:
    """Return a query for ``s, p, o, g`` of the lines of an N-Triples or N-Quads file that ``keep`` keeps.

    With ``strict`` a line that is not plainly canonical comes back whole in ``o``, with ``s`` and ``p`` NULL.
    """
    words = sql(
        "SELECT line, string_split(line, ' ') AS w, len(w) AS n, w[n - 1] AS last FROM _lines"
        " WHERE line IS NOT NULL",
        _lines=_lines(file),
    )
    named = condition(
        "n > 4 AND (starts_with(last, '<') OR starts_with(last, '_:')) AND NOT contains(last, '\"')"
        if file.syntax == "nq"
        else "FALSE"
    )
    terms = sql(
        "SELECT line, n, w[n] AS stop, w[1] AS s, w[2] AS p, IF(:named, last, NULL) AS g,"
        " CASE WHEN n = 4 THEN w[3] WHEN :named THEN array_to_string(w[3:n - 2], ' ')"
        " ELSE array_to_string(w[3:n - 1], ' ') END AS o FROM _words",
        _words=words,
        named=named,
    )
    plain = _is_plain() if strict else exp.true()
    # A WHERE would make the database split every line twice; a list of one row or none does not.
    return sql(
        "SELECT q.s, q.p, q.o, q.g FROM (SELECT unnest(IF(:keep OR NOT plain, [struct_pack(s := IF(plain,"
        " s, NULL),"
        " p := IF(plain, p, NULL), o := IF(plain, o, line), g := g)], [])) AS q"
        " FROM (SELECT *, coalesce(:plain, FALSE) AS plain FROM _terms) AS t) AS u",
        _terms=terms,
        plain=plain,
        keep=keep,
    )


def _lines(file: RdfFile) -> exp.Expr:
    # No byte below space stands raw in N-Triples, so such a delimiter makes every line one column.
    return sql(
        "SELECT line FROM read_csv(:path, columns = {'line': 'VARCHAR'}, delim = :delim, quote = '',"
        " escape = '',"
        " header = FALSE, auto_detect = FALSE, compression = :compression)",
        path=str(file.path),
        delim="\x01",
        compression=file.compression or "none",
    )


def _is_plain() -> exp.Expr:
    return condition(
        "stop = '.' AND n > 3 AND starts_with(p, '<') AND ends_with(p, '>') AND NOT contains(line, chr(127))"
        " AND (NOT contains(line, '\\') OR NOT contains(concat(s, p, g), '\\'))"
        " AND (starts_with(s, '<') AND ends_with(s, '>') OR starts_with(s, '_:'))"
        " AND CASE WHEN NOT starts_with(o, '\"') THEN"
        "   (starts_with(o, '<') AND ends_with(o, '>') OR starts_with(o, '_:'))"
        "   AND NOT contains(o, ' ') AND NOT contains(o, '\\')"
        " WHEN contains(o, '\\') THEN regexp_full_match(o, :literal) AND NOT ends_with(o, :string)"
        " WHEN ends_with(o, '\"') THEN strpos(o[2:], '\"') = length(o) - 1"
        " WHEN ends_with(o, '>') THEN contains(o, '\"^^<') AND NOT ends_with(o, :string)"
        " ELSE regexp_full_match(o, :literal) END",
        literal=_LITERAL,
        string=f'"^^<{XSD}string>',
    )


def parquet_quads(engine: Engine, path: Path) -> exp.Expr:
    """Return a query for ``s, p, o, g`` of a Parquet file of N-Triples terms (``g`` may be missing).

    :raises InputError: when the file has no such columns.
    """
    source = sql("SELECT * FROM read_parquet(:path)", path=str(path))
    columns = {name for name, *_ in engine.rows(exp.Describe(this=source))}
    if not {"s", "p", "o"} <= columns:
        raise InputError(
            Problem(
                "LG-RDF-004",
                f"{path} is not a Parquet file of quads",
                value=", ".join(sorted(columns)),
                expected="columns s, p, o and perhaps g, each an N-Triples term",
            )
        )
    graph = exp.column("g") if "g" in columns else exp.cast(exp.null(), "VARCHAR")
    return sql("SELECT s, p, o, :g AS g FROM _rows", _rows=source, g=graph)


def numbered_lines(file: RdfFile) -> exp.Expr:
    """Return a query for ``n, line`` of a file's lines, counted from 1; wants insertion order preserved."""
    return sql("SELECT row_number() OVER () AS n, line FROM _lines", _lines=_lines(file))
