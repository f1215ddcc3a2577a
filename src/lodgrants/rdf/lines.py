"""N-Triples and N-Quads taken apart by the database, and the columns of a Parquet file of quads.

N-Triples is split at ``> `` by the database's own reader of separated values, which is the fastest way;
N-Quads at spaces. A line that is not plainly canonical comes back whole, for a real parser.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

from lodgrants.db.fragment import Sql, all_of, column, sql
from lodgrants.errors import InputError, Problem
from lodgrants.rdf.formats import RdfFile
from lodgrants.rdf.namespaces import XSD

if TYPE_CHECKING:
    from lodgrants.db.engine import Engine

# Canonical N-Triples: https://www.w3.org/TR/rdf12-n-triples/#canonical-ntriples
_LITERAL = r'"([^"\\]|\\["\\bfnrt])*"(@[a-z]+(-[a-z0-9]+)*|\^\^<[^<>"{}|^`\\ ]*>)?'
_LANGUAGE = "@[a-z]+(-[a-z0-9]+)*"
# A line in more pieces than this (an object with many a ``> ``) is rejected by the reader.
_PIECES = "abcdefgh"
_IRI_SUBJECT: LiteralString = "SELECT a AS s, b AS p, c AS o, d AS x, e AS y, * FROM _pieces"
_BLANK_SUBJECT: LiteralString = (
    "SELECT split_part(a, ' ', 1) AS s, split_part(a, ' ', 2) AS p, split_part(a, ' ', 3) AS rest,"
    " b AS o, c AS x, d AS y, * FROM _pieces WHERE starts_with(a, '_:')"
)
# No byte below space stands raw in N-Triples.
_NEVER = "\x01"
# The longest line that is read, in bytes; the reader keeps some buffers of the other size for each thread.
LONGEST, _BUFFER = 8_000_000, 10_000_000
_NAMELESS = "_:nameless"
_TOO_MANY = "TOO MANY COLUMNS"


def split_triples(file: RdfFile, predicates: Collection[str] | None, blank: bool = False) -> Sql:
    """Return a query for ``s, p, o, g`` of the canonical lines of an N-Triples file with some predicates.

    They are those whose subject is an IRI, or with ``blank`` those whose subject is a blank node: of each
    of these the first query returns a row of NULL. Any other line comes back whole in ``o``. Lines in too
    many pieces are rejected: see `rejected`.
    """
    line = sql("concat_ws('> ', _pieces)", _pieces=[column(name) for name in _PIECES])
    cut = _BLANK_SUBJECT if blank else _IRI_SUBJECT
    subject = _is_blank() if blank else _is_iri("s")
    place, name = _place_and_name(predicates)
    terms = sql(
        "SELECT *, :place AS place, CASE WHEN x = '.' AND y IS NULL THEN o || '>'"
        " WHEN x IS NULL AND ends_with(o, ' .') THEN substr(o, 1, length(o) - 2) END AS term FROM _cut"
        " WHERE :place IS NOT NULL OR NOT :subject OR NOT :predicate",
        _cut=sql(cut, _pieces=_split_at_brackets(file)),
        place=place,
        subject=subject,
        predicate=_is_iri("p"),
    )
    return sql(
        "SELECT IF(plain, :whole, NULL) AS s, IF(plain, :name, NULL) AS p,"
        " CASE WHEN plain THEN term WHEN :odd THEN :line END AS o, CAST(NULL AS VARCHAR) AS g FROM"
        " (SELECT *, coalesce(:object, FALSE) AND :subject AND place IS NOT NULL AS plain FROM _terms) AS t",
        _terms=terms,
        whole=sql("s") if blank else sql("s || '>'"),
        name=name,
        line=line,
        odd=sql("TRUE") if blank else sql("NOT starts_with(s, '_:')"),
        object=_is_plain_object("term"),
        subject=subject,
    )


def _place_and_name(predicates: Collection[str] | None) -> tuple[Sql, Sql]:
    """Return what is not NULL for ``p`` with a wanted predicate, as ``place``, and from that its whole name.

    The database looks a text up in a list of constants faster than it joins, and each only once.
    """
    if predicates is None:
        return sql("IF(:iri, 1, NULL)", iri=_is_iri("p")), sql("p || '>'")
    names = sorted(predicates)
    place = sql("list_position(:kept, p)", kept=[name[:-1] for name in names])
    return place, sql("CAST(:names AS ENUM(:names)[])[place]", names=names)


def _split_at_brackets(file: RdfFile) -> Sql:
    return sql(
        "SELECT * FROM read_csv(:path, columns = :columns, delim = '> ', quote = '', escape = '', nullstr ="
        " :never, header = FALSE, auto_detect = FALSE, null_padding = TRUE, ignore_errors = TRUE,"
        " store_rejects = TRUE, rejects_limit = 0, compression = :compression, max_line_size = :longest,"
        " buffer_size = :buffer)",
        path=str(file.path),
        columns=dict.fromkeys(_PIECES, "VARCHAR"),
        never=_NEVER,
        compression=file.compression or "none",
        longest=LONGEST,
        buffer=_BUFFER,
    )


def refused(file: RdfFile) -> Sql:
    """Return a query for ``line, column, why`` of the first line that `split_triples` refused for good."""
    return sql(
        "SELECT line, column_idx, error_message FROM _r AS r WHERE error_type <> :pieces"
        " ORDER BY line LIMIT 1",
        _r=_rejects(file),
        pieces=_TOO_MANY,
    )


def rejected(file: RdfFile) -> Sql:
    """Return a query for the lines that `split_triples` refused for nothing but their many pieces."""
    return sql(
        "SELECT DISTINCT csv_line AS line FROM _r AS r WHERE error_type = :pieces",
        _r=_rejects(file),
        pieces=_TOO_MANY,
    )


def _rejects(file: RdfFile) -> Sql:
    return sql(
        "SELECT e.* FROM reject_errors AS e JOIN reject_scans AS s ON s.scan_id = e.scan_id"
        " AND s.file_id = e.file_id WHERE s.file_path = :path",
        path=str(file.path),
    )


def _is_iri(piece: str) -> Sql:
    """Whether a piece is an IRI but for its last bracket, and no more."""
    return sql(
        "starts_with(:c, '<') AND NOT contains(:c, ' ') AND NOT contains(:c, '>') AND NOT contains(:c, '\\')",
        c=column(piece),
    )


def _is_blank() -> Sql:
    return sql("rest = '' AND NOT contains(s, '\t')")


def split_quads(file: RdfFile, keep: Sql, strict: bool = False) -> Sql:
    """Return a query for ``s, p, o, g`` of the lines of an N-Triples or N-Quads file that ``keep`` keeps.

    With ``strict`` a line that is not plainly canonical comes back whole in ``o``, with ``s`` and ``p`` NULL.
    """
    words = sql(
        "SELECT line, string_split(line, ' ') AS w, len(w) AS n, w[n - 1] AS last FROM _lines"
        " WHERE line IS NOT NULL",
        _lines=raw_lines(file),
    )
    named = sql(
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
    # A WHERE would make the database split every line twice; a list of one row or none does not.
    return sql(
        "SELECT q.s, q.p, q.o, q.g FROM (SELECT unnest(IF(:keep OR NOT plain, [struct_pack(s := IF(plain,"
        " s, NULL),"
        " p := IF(plain, p, NULL), o := IF(plain, o, line), g := g)], [])) AS q"
        " FROM (SELECT *, coalesce(:plain, FALSE) AS plain FROM _terms) AS t) AS u",
        _terms=terms,
        plain=_is_plain() if strict else sql("TRUE"),
        keep=keep,
    )


def raw_lines(file: RdfFile) -> Sql:
    """Return a query for the lines of a file, as they are."""
    # Such a delimiter makes every line one column.
    return sql(
        "SELECT line FROM read_csv(:path, columns = {'line': 'VARCHAR'}, delim = :delim, quote = '',"
        " escape = '', header = FALSE, auto_detect = FALSE, compression = :compression,"
        " max_line_size = :longest, buffer_size = :buffer)",
        path=str(file.path),
        delim=_NEVER,
        compression=file.compression or "none",
        longest=LONGEST,
        buffer=_BUFFER,
    )


def _is_plain() -> Sql:
    terms = sql(
        "stop = '.' AND n > 3 AND starts_with(p, '<') AND ends_with(p, '>') AND NOT contains(p, '\\')"
        " AND (starts_with(s, '<') AND ends_with(s, '>') AND NOT contains(s, '\\') OR starts_with(s, '_:'))"
        " AND (g IS NULL OR NOT contains(g, '\\'))"
    )
    return all_of([terms, _is_plain_object()])


def _is_plain_object(name: str = "o") -> Sql:
    """Whether a column is a term in canonical form; the usual kinds need no regular expression."""
    return sql(
        "NOT contains(:o, chr(127)) AND CASE"
        " WHEN contains(:o, '\\') THEN regexp_full_match(:o, :literal) AND NOT ends_with(:o, :string)"
        " WHEN starts_with(:o, '<') THEN ends_with(:o, '>') AND NOT contains(:o, ' ')"
        " WHEN starts_with(:o, '\"') THEN :o NOT LIKE '\"%\"%\"%' AND CASE"
        "  WHEN ends_with(:o, '\"') THEN strlen(:o) > 1"
        "  WHEN ends_with(:o, '>') THEN contains(:o, '\"^^<') AND NOT ends_with(:o, :string)"
        "  ELSE regexp_full_match(split_part(:o, '\"', 3), :language) END"
        " ELSE starts_with(:o, '_:') AND NOT contains(:o, ' ') END",
        o=column(name),
        literal=_LITERAL,
        language=_LANGUAGE,
        string=f'"^^<{XSD}string>',
    )


def parquet_quads(engine: Engine, path: Path) -> Sql:
    """Return a query for ``s, p, o, g`` of a Parquet file of N-Triples terms.

    :raises InputError: as `quads_of`.
    """
    return quads_of(engine, sql("SELECT * FROM read_parquet(:path)", path=str(path)), str(path))


def quads_of(engine: Engine, source: Sql, name: str) -> Sql:
    """Return a query for ``s, p, o, g`` of a relation of N-Triples terms (``g`` may be missing).

    :raises InputError: when it has no such columns.
    """
    columns = {name for name, _ in engine.columns(source)}
    if not {"s", "p", "o"} <= columns:
        raise InputError(
            Problem(
                "LG-RDF-004",
                f"{name} does not hold quads",
                value=", ".join(sorted(columns)),
                expected="columns s, p, o and perhaps g, each an N-Triples term",
            )
        )
    graph = column("g") if "g" in columns else None
    return sql("SELECT s, p, o, CAST(:g AS VARCHAR) AS g FROM _rows", _rows=source, g=graph)


def numbered_lines(file: RdfFile) -> Sql:
    """Return a query for ``n, line`` of a file's lines, counted from 1; wants insertion order preserved."""
    return sql("SELECT row_number() OVER () AS n, line FROM _lines", _lines=raw_lines(file))


def nameless(file: RdfFile) -> Sql:
    """Return a query for ``label, name`` of the blank nodes of canonical lines without names of their own.

    A node's name is its number in order of first use. Names of that form in the file take part, so that no
    two nodes get one name. Wants insertion order preserved.
    """
    return sql(
        "SELECT label, concat(:prefix, row_number() OVER (ORDER BY first)) AS name FROM"
        " (SELECT label, min(place) AS first FROM (SELECT unnest([split_part(line, ' ', 1),"
        " split_part(line, ' ', 3)]) AS label, unnest([2 * n, 2 * n + 1]) AS place FROM _l AS l) AS w"
        " WHERE regexp_full_match(label, :random) GROUP BY label) AS f",
        _l=numbered_lines(file),
        prefix=_NAMELESS,
        random=f"_:[0-9a-f]{{26,32}}|{_NAMELESS}[0-9]+",
    )
