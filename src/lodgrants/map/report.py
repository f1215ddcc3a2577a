"""What a run has to say about its sources: records, missing values, and values that made no term."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from lodgrants.map.compile.references import term_maps
from lodgrants.map.compile.triples import CHILD
from lodgrants.map.model import IRI, URI, LogicalSource, Reference, TermMap
from lodgrants.map.run import Prepared
from lodgrants.rdf.sql import Expr, bad_iri, bad_language, call


def source_lines(ready: Prepared) -> Iterator[str]:
    """Yield a line for each source: its records, and how often each reference had no value."""
    for source, relation in ready.world.relations.items():
        names = list(relation.columns)
        columns = [exp.column(relation.columns[each].name) for each in names]
        missing: list[Expr] = [exp.CountIf(this=each.is_(exp.null())) for each in columns]
        query = exp.select(call("count", exp.Star()), *missing).from_(relation.table)
        rows, *counts = ready.engine.rows(query)[0]
        absent = [f"{name} {count:,}" for name, count in zip(names, counts, strict=True) if count]
        given = source.source if isinstance(source, LogicalSource) else source
        label = getattr(given, "path", None) or getattr(given, "name", None) or "source"
        yield f"{label}: {rows:,} records" + (f"; without a value: {', '.join(absent)}" if absent else "")


def invalid_lines(ready: Prepared) -> Iterator[str]:
    """Yield a line for each reference with values that made no valid term and so were left out."""
    for triples_map in ready.world.mapping.triples_maps:
        scope = ready.world.scope(triples_map.source, CHILD)
        seen = set()
        for each in term_maps(triples_map):
            for reference, kind, test in _tests(each):
                column = scope.columns[reference.path]
                if column.many or (reference, kind) in seen:
                    continue
                seen.add((reference, kind))
                text = scope.value(reference.path).lexical()
                found = exp.alias_(exp.to_table(ready.world.table(triples_map)), CHILD, table=True)
                query = (
                    exp.select(call("count", exp.Star()), call("min", text)).from_(found).where(test(text))
                )
                count, example = ready.engine.rows(query)[0]
                if count:
                    named = f"{count:,} values of {reference.path!r} are no {kind}"
                    yield f"left out: {named}, such as {example!r}"


def _tests(term_map: object) -> Iterator[tuple[Reference, str, Callable[[Expr], Expr]]]:
    if not isinstance(term_map, TermMap):
        return
    if isinstance(term_map.expression, Reference) and term_map.term_type in (IRI, URI):
        yield term_map.expression, "IRI", bad_iri
    if isinstance(term_map.language, Reference):
        yield term_map.language, "language tag", bad_language
