"""Statements as queries: which go together in one pass, and where duplicates have to be taken out.

A statement whose subject differs in every row makes no triple twice; several of them over one table are
written by one pass that joins their lines. Where rows share subjects, distinct rows of the columns that
are needed are made first, and text is built from those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from sqlglot import exp

from lodgrants.map.compile.scope import rows_of
from lodgrants.map.compile.sharing import share
from lodgrants.map.compile.terms import Term
from lodgrants.map.compile.triples import CHILD, PARENT, Statement
from lodgrants.map.model import LogicalTarget
from lodgrants.rdf.sql import Expr, call, concat, not_null, null, present

QUAD = ("s", "p", "o", "g")
Unique = Callable[[str, tuple[str, ...]], bool]


@dataclass(frozen=True, slots=True)
class Job:
    """Statements that are written together; `distinct` when they may make a triple twice."""

    statements: tuple[Statement, ...]
    distinct: bool
    targets: tuple[LogicalTarget, ...]

    def lines(self) -> exp.Query:
        """Return a query for N-Quads text: each value is zero or more whole lines."""
        if not self.distinct:
            return _fused_lines(self.statements)
        each = [_lines(one) for one in self.statements]
        query = exp.select("line").distinct().from_(union(each).subquery("u"))
        return query.where(not_null(exp.column("line")))

    def quads(self) -> exp.Query:
        """Return a query for terms in the columns s, p, o, g."""
        query = union([_quads(group) for group in _by_row(self.statements)])
        return exp.select(*QUAD).distinct().from_(query.subquery("u")) if self.distinct else query

    @property
    def triples_maps(self) -> tuple[str, ...]:
        """Return the names of the triples maps whose statements these are."""
        return tuple(dict.fromkeys(each.triples_map for each in self.statements))

    def counts(self) -> exp.Select:
        """Return a query for how many triples each triples map makes, in the order of `triples_maps`.

        Only for statements that make no triple twice: it asks where they make one, and makes no text.
        """
        sums: dict[str, list[Expr]] = defaultdict(list)
        for one in self.statements:
            rows = call("count", exp.Star())
            if nullable := _nullable(one):
                present_there = exp.Where(this=exp.and_(*(not_null(each) for each in nullable)))
                rows = exp.Filter(this=rows, expression=present_there)
            sums[one.triples_map].append(rows)
        added = [reduce(lambda a, b: exp.Add(this=a, expression=b), each) for each in sums.values()]
        return exp.select(*added).from_(_rows(self.statements[0]))


def plan(
    statements: Iterable[Statement], unique: Unique, shrink: Callable[[str, tuple[str, ...]], str]
) -> list[Job]:
    """Return the jobs for statements.

    `unique` tells whether the given columns of a table differ in every row; `shrink` makes a table of
    the distinct rows of the given columns and returns its name.
    """
    prepared = _prepared(list(statements), unique, shrink)
    fused: dict[tuple[str, Term, tuple[LogicalTarget, ...]], list[Statement]] = defaultdict(list)
    jobs = []
    for group in _overlapping([one for one, _ in prepared]):
        together = tuple(prepared[i][0] for i in group)
        if len(group) > 1 or not prepared[group[0]][1]:
            jobs.append(Job(together, True, together[0].targets))
        else:
            one = together[0]
            fused[one.table, one.subject, one.targets].append(one)
    return jobs + [Job(tuple(group), False, group[0].targets) for group in fused.values()]


def columns_of(statement: Statement) -> tuple[str, ...]:
    """Return the columns of the child's table that a statement needs."""
    expressions: list[Expr] = [*statement.where, *statement.lists.values()]
    for term in (statement.subject, statement.predicate, statement.object, statement.graph):
        if term is not None:
            expressions += [term.text, *term.nullable]
    names = {
        column.name for each in expressions for column in each.find_all(exp.Column) if column.table == CHILD
    }
    return tuple(sorted(names))


def _prepared(
    statements: list[Statement], unique: Unique, shrink: Callable[[str, tuple[str, ...]], str]
) -> list[tuple[Statement, bool]]:
    """Return each statement, over a smaller table where that pays, and whether it makes no triple twice."""
    by_subject: dict[tuple[str, Term], list[Statement]] = defaultdict(list)
    for each in statements:
        by_subject[each.table, each.subject].append(each)
    done: dict[int, tuple[Statement, bool]] = {}
    for (table, _), group in by_subject.items():
        key = group[0].key
        if key is not None and unique(table, key):
            done |= {id(each): (each, each.simple) for each in group}
            continue
        simple = [each for each in group if each.simple]
        needed = tuple(sorted({name for each in simple for name in columns_of(each)}))
        if "rowid" in needed or not simple:
            done |= {id(each): (each, False) for each in group}
            continue
        smaller = shrink(table, needed)
        differs = key is not None and bool(key) and unique(smaller, key)
        for each in group:
            done[id(each)] = (replace(each, table=smaller), differs) if each.simple else (each, False)
    return [done[id(each)] for each in statements]


def _overlapping(statements: list[Statement]) -> list[list[int]]:
    """Return the positions of statements in groups: only those within a group could make the same triple."""
    parent = list(range(len(statements)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    by_predicate: dict[str | None, list[int]] = defaultdict(list)
    for i, each in enumerate(statements):
        by_predicate[each.patterns[1].start if each.patterns[1].exact else None].append(i)
    dynamic = by_predicate.pop(None, [])
    for group in (*by_predicate.values(), []):
        for i, j in _alike(group + dynamic, [each.patterns[0].start for each in statements]):
            if root(i) != root(j) and _meet(statements[i], statements[j]):
                parent[root(i)] = root(j)
    groups: dict[int, list[int]] = defaultdict(list)
    for i in range(len(statements)):
        groups[root(i)].append(i)
    return list(groups.values())


def _alike(members: Sequence[int], starts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of members of which one's start begins with the other's, without trying all pairs."""
    shorter: list[int] = []
    for i in sorted(members, key=lambda each: starts[each]):
        while shorter and not starts[i].startswith(starts[shorter[-1]]):
            shorter.pop()
        yield from ((i, j) for j in shorter)
        shorter.append(i)


def _meet(one: Statement, other: Statement) -> bool:
    if one.targets != other.targets:
        return False
    return all(mine.meets(theirs) for mine, theirs in zip(one.patterns, other.patterns, strict=True))


def _rows(statement: Statement) -> exp.Table:
    """Return what a statement selects from: the row, the parent's row, and unnested lists beside them."""
    parent = exp.to_table(statement.parent).as_(PARENT) if statement.parent is not None else None
    return rows_of(statement.table, CHILD, statement.lists, parent)


def _quad(statement: Statement) -> exp.Query:
    terms = [statement.subject, statement.predicate, statement.object, statement.graph]
    selected = [
        (null() if term is None else term.guarded()).as_(name) for term, name in zip(terms, QUAD, strict=True)
    ]
    inner = exp.select(*selected).from_(_rows(statement))
    if statement.where:
        inner = inner.where(*(each.copy() for each in statement.where))
    needed = QUAD if statement.graph is not None else QUAD[:3]
    query = exp.select(*QUAD).from_(inner.subquery("q"))
    return query.where(*(not_null(exp.column(name)) for name in needed))


def _by_row(statements: tuple[Statement, ...]) -> list[list[Statement]]:
    """Return statements in groups of those that one pass over a table's rows can make together."""
    groups: dict[object, list[Statement]] = defaultdict(list)
    for each in statements:
        groups[(each.table, each.subject) if each.simple and not each.where else id(each)].append(each)
    return list(groups.values())


def _quads(statements: list[Statement]) -> exp.Query:
    """Return the quads of statements: of several over the same rows as lists that are unnested."""
    if not statements[0].simple or statements[0].where:
        return _quad(statements[0])
    rows, over = _pass(tuple(statements))
    lists = call("unnest", call("list_value", *(_rest(one) for one in over)))
    each = exp.select(exp.column("subject", table=CHILD).as_("s"), lists.as_("rest"))
    each = each.from_(rows, copy=False)
    rest = [call("struct_extract", exp.column("rest"), name).as_(name) for name in QUAD[1:]]
    query = exp.select(QUAD[0], *rest).from_(each.subquery("q", copy=False), copy=False)
    return query.where(not_null(exp.column("rest")), copy=False)


def _rest(statement: Statement) -> Expr:
    """Return predicate, object and graph as one value, NULL where one that must be there is not."""
    terms = (statement.predicate, statement.object, statement.graph)
    fields = [
        exp.PropertyEQ(this=exp.to_identifier(name), expression=null() if term is None else term.text.copy())
        for name, term in zip(QUAD[1:], terms, strict=True)
    ]
    nullable = [each for term in terms if term is not None for each in term.nullable]
    return present(nullable, exp.Struct(expressions=fields))


def _lines(statement: Statement) -> exp.Query:
    query = exp.select(_line(statement).as_("line")).from_(_rows(statement))
    return query.where(*(each.copy() for each in statement.where)) if statement.where else query


def _line(statement: Statement, subject: Term | None = None) -> Expr:
    terms = [subject or statement.subject, statement.predicate, statement.object]
    if statement.graph is not None:
        terms.append(statement.graph)
    parts: list[Expr | str] = []
    for term in terms:
        parts += [term.text, " "]
    return present([each for term in terms for each in term.nullable], concat(*parts, ".\n"))


def _nullable(statement: Statement) -> list[Expr]:
    """Return the expressions that are NULL where a statement makes no triple, each once."""
    terms = (statement.subject, statement.predicate, statement.object, statement.graph)
    found = {each.sql(): each for term in terms if term is not None for each in term.nullable}
    return list(found.values())


def _fused_lines(statements: tuple[Statement, ...]) -> exp.Query:
    """Return one pass over a table that writes the lines of several statements with the same subject."""
    rows, over = _pass(statements)
    subject = Term(exp.column("subject", table=CHILD))
    line = concat(*(_line(one, subject) for one in over)).as_("line")
    return exp.select(line).from_(rows, copy=False)


def _pass(statements: tuple[Statement, ...]) -> tuple[exp.Subquery, tuple[Statement, ...]]:
    """Return the rows that have a subject, with it as a column beside their own, and statements over them."""
    shared = share(statements)
    first = shared.statements[0]
    star = exp.Column(this=exp.Star(), table=exp.to_identifier(CHILD))
    selected = [star]
    if any(column.name == "rowid" for one in statements for column in _columns(one)):
        selected.append(exp.column("rowid", table=CHILD))
    rows: exp.Table | exp.Subquery = _rows(first)
    if shared.columns:
        beside = exp.select(*selected, *shared.columns).from_(rows, copy=False)
        rows, selected = beside.subquery(CHILD, copy=False), [star.copy()]
    query = exp.select(*selected, first.subject.text.as_("subject")).from_(rows, copy=False)
    query = query.where(*(not_null(each) for each in first.subject.nullable), copy=False)
    return query.subquery(CHILD, copy=False), shared.statements


def _columns(statement: Statement) -> Iterable[exp.Column]:
    for term in (statement.object, statement.predicate, statement.graph):
        if term is not None:
            yield from term.text.find_all(exp.Column)


def quads_of(jobs: Sequence[Job]) -> exp.Query:
    """Return a query for what jobs make, in the columns s, p, o, g; one without rows when there are none."""
    if not jobs:
        return exp.select(*(null().as_(name) for name in QUAD)).limit(0)
    return union([job.quads() for job in jobs])


def union(queries: list[exp.Query]) -> exp.Query:
    """Return all rows of several queries, as a balanced tree so that no limit of nesting is met."""
    while len(queries) > 1:
        pairs = [queries[i : i + 2] for i in range(0, len(queries), 2)]
        queries = [
            exp.Union(this=pair[0], expression=pair[1], distinct=False) if len(pair) == 2 else pair[0]
            for pair in pairs
        ]
    return queries[0]
