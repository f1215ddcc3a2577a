"""RDF terms as SQL expressions: the same N-Triples text that `rdf.terms` makes, for whole columns.

Every function takes and returns sqlglot expressions; SQL NULL stands for "no value" and stays NULL.
"""

from __future__ import annotations

from sqlglot import exp

from lodgrants.rdf.namespaces import XSD

Expr = exp.Expr

# ucschar of RFC 3987: the characters beyond ASCII that an IRI keeps as they are.
_UCSCHAR = (
    r"\x{A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}\x{10000}-\x{1FFFD}\x{20000}-\x{2FFFD}\x{30000}-\x{3FFFD}"
    r"\x{40000}-\x{4FFFD}\x{50000}-\x{5FFFD}\x{60000}-\x{6FFFD}\x{70000}-\x{7FFFD}\x{80000}-\x{8FFFD}"
    r"\x{90000}-\x{9FFFD}\x{A0000}-\x{AFFFD}\x{B0000}-\x{BFFFD}\x{C0000}-\x{CFFFD}\x{D0000}-\x{DFFFD}"
    r"\x{E1000}-\x{EFFFD}"
)
_NOT_IN_IRI = r'[\x00-\x20<>"{}|^`\\]'
_SCHEME = "^[A-Za-z][A-Za-z0-9+.-]*:"
LANGUAGE_TAG = "(?:[A-Za-z]{2,8}|[xXiI]-[A-Za-z0-9]{1,8})(?:-[A-Za-z0-9]{1,8})*"


def call(name: str, *args: Expr | str | int) -> Expr:
    """Return a call of an SQL function, by its own name; plain arguments are values."""
    return exp.Anonymous(
        this=name, expressions=[each if isinstance(each, Expr) else value(each) for each in args]
    )


def value(given: str | int | bool) -> Expr:
    """Return a value as a literal, quoted by sqlglot."""
    if isinstance(given, bool):
        return exp.Boolean(this=given)
    return exp.Literal.number(given) if isinstance(given, int) else exp.Literal.string(given)


def concat(*parts: Expr | str) -> Expr:
    """Return the texts joined; constants side by side become one, nested concatenations one flat call.

    A part that is NULL counts as empty, so ask `present` first where that matters.
    """
    flat: list[Expr] = []
    for part in parts:
        inner = part.expressions if isinstance(part, exp.Anonymous) and part.this == "concat" else [part]
        for each in inner:
            each = value(each) if isinstance(each, str) else each
            if flat and _is_text(flat[-1]) and _is_text(each):
                flat[-1] = value(str(flat[-1].this) + str(each.this))
            elif not (_is_text(each) and each.this == ""):
                flat.append(each)
    if len(flat) == 1:
        return flat[0]
    # What stands in no tree yet needs no copy.
    own = [each if each.parent is None else each.copy() for each in flat]
    return exp.Anonymous(this="concat", expressions=own) if flat else value("")


def present(nullable: list[Expr], then: Expr) -> Expr:
    """Return `then` where none of the expressions is NULL, and NULL elsewhere."""
    unique = dict.fromkeys(nullable)
    return when(exp.and_(*(not_null(each) for each in unique)), then) if unique else then


def when(condition: Expr, then: Expr, otherwise: Expr | None = None) -> Expr:
    """Return a CASE with one condition."""
    return exp.Case(ifs=[exp.If(this=condition, true=then)], default=otherwise)


def not_null(given: Expr) -> Expr:
    """Return the condition that a value is there."""
    return exp.Is(this=given.copy(), expression=exp.Null()).not_()


def null() -> Expr:
    """Return NULL as text."""
    return exp.cast(exp.Null(), "VARCHAR")


def literal_body(given: Expr) -> Expr:
    r"""Return a text quoted and escaped as canonical N-Triples has it.

    DuckDB's JSON quoting is the same, except that it leaves U+007F as it is.
    """
    return escape_delete(exp.cast(call("to_json", given), "VARCHAR"))


def escape_delete(quoted: Expr) -> Expr:
    r"""Return a JSON string as an N-Triples one: U+007F is written ``\u007F``."""
    return call("replace", quoted, call("chr", 127), "\\u007F")


def typed(body: Expr, datatype: str) -> Expr:
    """Return a quoted body with a datatype (a full IRI); `xsd:string` is left out."""
    return body if datatype == f"{XSD}string" else concat(body, f"^^<{datatype}>")


def iri_safe(given: Expr) -> Expr:
    """Return a text with everything percent-encoded but unreserved characters of RFC 3987.

    Implements "IRI-safe" of RML-Core, section "Template-valued Expression Map".
    """
    ascii_only = exp.EQ(this=call("strlen", given.copy()), expression=call("length", given.copy()))
    pieces = call("regexp_extract_all", given.copy(), f"[{_UCSCHAR}]+|[^{_UCSCHAR}]+")
    piece = exp.column("piece")
    encoded = when(
        call("regexp_matches", piece, f"^[{_UCSCHAR}]"), piece.copy(), call("url_encode", piece.copy())
    )
    transform = exp.Lambda(this=encoded, expressions=[exp.to_identifier("piece")])
    mixed = call("array_to_string", call("list_transform", pieces, transform), "")
    return when(ascii_only, call("url_encode", given.copy()), mixed)


def uri_safe(given: Expr) -> Expr:
    """Return a text with everything percent-encoded but unreserved characters of RFC 3986."""
    return call("url_encode", given)


def blank_label(given: Expr) -> Expr:
    """Return a blank node with a label made of a text: injective, readable, and valid in N-Triples."""
    label = call("url_encode", given)
    for char, code in (("-", "-2D"), (".", "-2E"), ("~", "-7E"), ("%", "-")):
        label = call("replace", label, char, code)
    return concat("_:b", label)


def bad_iri(given: Expr) -> Expr:
    """Return the condition that a text holds a character that no IRI may hold."""
    return call("regexp_matches", given.copy(), _NOT_IN_IRI)


def bad_language(given: Expr) -> Expr:
    """Return the condition that a text is not a language tag (BCP 47)."""
    return call("regexp_full_match", given.copy(), LANGUAGE_TAG).not_()


def has_scheme(given: Expr) -> Expr:
    """Return the condition that a text is an absolute IRI."""
    return call("regexp_matches", given.copy(), _SCHEME)


def _is_text(given: Expr) -> bool:
    return isinstance(given, exp.Literal) and bool(given.is_string)
