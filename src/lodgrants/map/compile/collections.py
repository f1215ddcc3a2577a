"""Collections and containers: what `rml:gather` makes of the values of a row, or of several.

Implements RML-CC (https://w3id.org/rml/cc/spec). A gather map without an expression makes a node for each
row; with one, the members of all rows that yield the same node, in the same graph, are joined in order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce

from sqlglot import exp

from lodgrants.errors import Problem, UnsupportedError
from lodgrants.map.compile.patterns import Pattern
from lodgrants.map.compile.scope import Scope
from lodgrants.map.compile.terms import Term, compile_term
from lodgrants.map.compile.triples import (
    CHILD,
    PARENT,
    Statement,
    World,
    graphs_of,
    join_sides,
    parent_map_of,
    subject_term,
)
from lodgrants.map.model import Gather, ObjectMap, RefObjectMap, TermMap, TriplesMap
from lodgrants.map.sources.relation import Room
from lodgrants.rdf.namespaces import RDF
from lodgrants.rdf.sql import Expr, call, concat, not_null, value, when

_NIL = f"<{RDF}nil>"


@dataclass(slots=True)
class Collector:
    """Makes the collections of one triples map: a column for each in a table of its rows."""

    triples_map: TriplesMap
    world: World
    room: Room
    table: str
    columns: dict[tuple[TermMap, TermMap | None], str] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)

    def collect(self) -> None:
        """Make all collections; `table`, `columns` and `statements` say where they are."""
        subject = self.triples_map.subject
        if subject.gather is not None:
            for graph in graphs_of(self.triples_map, None):
                self._occurrence(subject, graph)
        for pom in self.triples_map.predicate_objects:
            for term_map in (*pom.predicates, *pom.objects):
                if isinstance(term_map, TermMap) and term_map.gather is not None:
                    for graph in graphs_of(self.triples_map, pom):
                        self._occurrence(term_map, graph)

    def _scope(self) -> Scope:
        return self.world.scope(self.triples_map.source, CHILD, self.triples_map.base_iri)

    def _occurrence(self, term_map: TermMap, graph: TermMap | None) -> str:
        """Make one collection in one graph; return the column with its node."""
        if (term_map, graph) in self.columns:
            return self.columns[term_map, graph]
        gather = term_map.gather
        assert gather is not None
        items = [self._members(item, graph) for item in gather.items]
        number = len(self.columns)
        rows = self._rows(term_map, graph, gather, items, number)
        merged = self._merged(rows, gather, number)
        column = f"node{number}"
        self.columns[term_map, graph] = column
        self._link(rows, merged, gather, column, number)
        self.statements += self._statements(merged, gather)
        return column

    def _rows(
        self, term_map: TermMap, graph: TermMap | None, gather: Gather, items: list[Expr], number: int
    ) -> str:
        """Make a table of the rows with the members, the node and the graph that each has."""
        row = exp.column("row_number", table=CHILD)
        numbered = exp.select("*", exp.column("rowid").as_("row_number")).from_(self.table)
        if "row_number" in self._extra():
            numbered = exp.select("*").from_(self.table)
        graph_term = value("") if graph is None else compile_term(graph, self._scope().fresh("g")).guarded()
        node = self._node(term_map, number, row)
        members = exp.column("members")
        inner = exp.select(
            exp.Column(this=exp.Star(), table=exp.to_identifier(CHILD)),
            graph_term.as_("graph"),
            node.as_("node"),
            (_product(items) if gather.strategy == "cartesianProduct" else _joined(items)).as_("members"),
        ).from_(exp.alias_(numbered.subquery(), CHILD, table=True))
        if gather.strategy == "cartesianProduct":
            place = call("generate_subscripts", members.copy(), 1)
            inner = exp.select(
                exp.Star(except_=[exp.to_identifier("members")]),
                call("unnest", members.copy()).as_("members"),
                place.as_("combination"),
            ).from_(inner.subquery("c"))
            if term_map.expression is None:
                numbered_node = concat(
                    exp.column("node"), "c", exp.cast(exp.column("combination"), "VARCHAR")
                )
                inner = exp.select(
                    exp.Star(except_=[exp.to_identifier("node"), exp.to_identifier("combination")]),
                    numbered_node.as_("node"),
                ).from_(inner.subquery("d"))
        name = self.room.name("gathered")
        self.room.create(name, inner)
        return name

    def _extra(self) -> set[str]:
        return {"row_number"} if self.columns else set()

    def _node(self, term_map: TermMap, number: int, row: Expr) -> Expr:
        plain = replace(term_map, gather=None)
        if term_map.expression is not None:
            scope = self._scope().fresh("n")
            node = compile_term(plain, scope).guarded()
            if scope.lists:
                raise UnsupportedError(
                    Problem(
                        "LG-MAP-007", "a gather map named by several values is not supported", term_map.where
                    )
                )
            return node
        names = [each.name for each in self.world.mapping.triples_maps]
        return concat(f"_:m{names.index(self.triples_map.name)}g{number}r", exp.cast(row, "VARCHAR"))

    def _merged(self, rows: str, gather: Gather, number: int) -> str:
        """Make a table of the collections: a node, its graph, and its members in order."""
        order = exp.Order(
            this=exp.column("members"), expressions=[exp.Ordered(this=exp.column("row_number"))]
        )
        members = call("flatten", exp.Anonymous(this="list", expressions=[order]))
        query = (
            exp.select("graph", "node", members.as_("members"))
            .from_(rows)
            .where(not_null(exp.column("node")), not_null(exp.column("graph")))
            .group_by("graph", "node")
        )
        if not gather.allow_empty:
            filled = exp.GT(this=call("len", exp.column("members")), expression=value(0))
            query = exp.select("*").from_(query.subquery("m")).where(filled)
        scoped = exp.select("graph", "node", _scoped().as_("head"), "members").from_(query.subquery("s"))
        name = self.room.name("collections")
        self.room.create(name, scoped)
        return name

    def _link(self, rows: str, merged: str, gather: Gather, column: str, number: int) -> None:
        """Make the table of rows anew, with the term that stands for each row's collection."""
        head: Expr = exp.column("head", table="m")
        if gather.gather_as == "List":
            empty = exp.EQ(this=call("len", exp.column("members", table="m")), expression=value(0))
            head = when(empty, value(_NIL), head)
        dropped = [exp.to_identifier(each) for each in ("graph", "node", "members")]
        same = exp.and_(
            exp.EQ(this=exp.column("node", table="r"), expression=exp.column("node", table="m")),
            exp.EQ(this=exp.column("graph", table="r"), expression=exp.column("graph", table="m")),
        )
        starred = exp.Column(this=exp.Star(except_=dropped), table=exp.to_identifier("r"))
        query = (
            exp.select(starred, head.as_(column))
            .from_(exp.alias_(exp.to_table(rows), "r", table=True))
            .join(exp.alias_(exp.to_table(merged), "m", table=True), on=same, join_type="left")
        )
        self.table = self.room.name("linked")
        self.room.create(self.table, query)

    def _members(self, item: ObjectMap, graph: TermMap | None) -> Expr:
        """Return the list of terms that an item yields for a row."""
        if isinstance(item, RefObjectMap):
            return self._parent_members(item)
        if item.gather is not None:
            node = exp.column(self._occurrence(item, graph), table=CHILD)
            return when(not_null(node), exp.Array(expressions=[node.copy()]), _nothing())
        scope = self._scope().fresh("i")
        return _listed(compile_term(item, scope), scope)

    def _parent_members(self, item: RefObjectMap) -> Expr:
        parent = parent_map_of(item, self.world)
        if not item.joins:
            scope = self._scope().based(parent.base_iri or self.world.base).fresh("i")
            return _listed(subject_term(parent.subject, scope, parent, self.world), scope)
        scope = self.world.scope(parent.source, PARENT, parent.base_iri).fresh("i")
        term = subject_term(parent.subject, scope, parent, self.world)
        conditions = []
        for number, condition in enumerate(item.joins):
            (left, right), lists = join_sides(
                condition, self._scope().fresh(f"c{number}"), scope.fresh(f"p{number}")
            )
            if lists or scope.lists:
                raise UnsupportedError(
                    Problem(
                        "LG-MAP-007", "gathering over a join of several values is not supported", item.where
                    )
                )
            conditions.append(exp.EQ(this=left, expression=right))
        ordered = exp.Order(
            this=term.guarded(), expressions=[exp.Ordered(this=exp.column("rowid", table=PARENT))]
        )
        subquery = (
            exp.select(exp.Anonymous(this="list", expressions=[ordered]))
            .from_(exp.alias_(exp.to_table(self.world.relations[parent.source].table), PARENT, table=True))
            .where(*conditions)
        )
        return call("coalesce", exp.Subquery(this=subquery), _nothing())

    def _statements(self, merged: str, gather: Gather) -> list[Statement]:
        """Return the statements for the members of the collections in a table."""
        if gather.gather_as == "List":
            parts = _list_triples(merged)
        else:
            parts = _container_triples(merged, gather.gather_as)
        found = []
        for query, predicate in parts:
            table = self.room.name("members")
            self.room.create(table, query)
            found.append(self._statement(table, predicate))
        return found

    def _statement(self, table: str, predicate: Pattern) -> Statement:
        terms = [Term(exp.column(name, table=CHILD, quoted=True)) for name in ("s", "p", "o")]
        graph = exp.column("g", table=CHILD)
        has_graphs = self.room.engine.rows(
            exp.select(call("count", exp.Star()))
            .from_(table)
            .where(exp.NEQ(this=exp.column("g"), expression=value("")))
        )[0][0]
        return Statement(
            triples_map=self.triples_map.name,
            table=table,
            subject=terms[0],
            predicate=terms[1],
            object=terms[2],
            graph=Term(graph) if has_graphs else None,
            patterns=(Pattern(), predicate, Pattern(), Pattern()),
            targets=self.triples_map.subject.targets,
        )


def _scoped() -> Expr:
    """Return the node; a blank node of a graph gets a label of its own there."""
    node, graph = exp.column("node"), exp.column("graph")
    blank = exp.and_(call("starts_with", node, "_:"), exp.NEQ(this=graph, expression=value("")))
    return when(blank, concat(node.copy(), "x", call("md5", graph.copy())), node.copy())


def _nothing() -> Expr:
    return exp.cast(exp.Array(expressions=[]), "VARCHAR[]")


def _listed(term: Term, scope: Scope) -> Expr:
    """Return the terms of a row as a list: none, one, or one for each member of the lists it reads."""
    text = term.guarded()
    if not scope.lists:
        return when(not_null(text), exp.Array(expressions=[text.copy()]), _nothing())
    found: Expr = exp.Array(expressions=[text])
    for number, (alias, values) in enumerate(reversed(scope.lists.items())):
        name = f"x{number}"

        def renamed(node: Expr, alias: str = alias, name: str = name) -> Expr:
            member = isinstance(node, exp.Column) and node.table == alias
            return exp.column(name) if member else node

        body = found.transform(renamed)
        mapped = call(
            "list_transform", values.copy(), exp.Lambda(this=body, expressions=[exp.to_identifier(name)])
        )
        found = call("coalesce", call("flatten", mapped), _nothing())
    present = exp.Lambda(this=not_null(exp.column("y")), expressions=[exp.to_identifier("y")])
    return call("list_filter", found, present)


def _joined(items: list[Expr]) -> Expr:
    return reduce(lambda left, right: call("list_concat", left, right), items)


def _product(items: list[Expr]) -> Expr:
    """Return the list of all combinations of one member of each list."""
    start = call("list_transform", items[0].copy(), _lambda(exp.Array(expressions=[exp.column("a0")]), "a0"))
    found: Expr = start
    for number, item in enumerate(items[1:], start=1):
        one, other = f"a{number}", f"b{number}"
        longer = call("list_append", exp.column(other), exp.column(one))
        inner = call("list_transform", item.copy(), _lambda(longer, one))
        found = call("flatten", call("list_transform", found, _lambda(inner, other)))
    return found


def _lambda(body: Expr, name: str) -> Expr:
    return exp.Lambda(this=body, expressions=[exp.to_identifier(name)])


def _numbered(merged: str) -> exp.Query:
    """Return a row for each member: its collection, its place from 1, and how many there are."""
    members = exp.column("members")
    return exp.select(
        "graph",
        "head",
        call("unnest", members).as_("member"),
        call("generate_subscripts", members.copy(), 1).as_("place"),
        call("len", members.copy()).as_("size"),
    ).from_(merged)


def _list_triples(merged: str) -> list[tuple[exp.Query, Pattern]]:
    place, size = exp.column("place"), exp.column("size")
    cell = when(exp.EQ(this=place, expression=value(1)), exp.column("head"), _cell(place.copy()))
    following = when(
        exp.EQ(this=place.copy(), expression=size),
        value(_NIL),
        _cell(exp.Add(this=place.copy(), expression=value(1))),
    )
    parts: list[tuple[exp.Query, Pattern]] = []
    for name, given in (("first", exp.column("member")), ("rest", following)):
        predicate = f"<{RDF}{name}>"
        query = exp.select(
            cell.copy().as_("s"), value(predicate).as_("p"), given.as_("o"), exp.column("graph").as_("g")
        )
        pattern = Pattern("iri", f"{RDF}{name}", f"{RDF}{name}", exact=True)
        parts.append((query.from_(_numbered(merged).subquery("n")), pattern))
    return parts


def _cell(place: Expr) -> Expr:
    key = call("md5", concat(exp.column("head"), " ", exp.column("graph")))
    return concat("_:c", key, "n", exp.cast(exp.Paren(this=place), "VARCHAR"))


def _container_triples(merged: str, kind: str) -> list[tuple[exp.Query, Pattern]]:
    types = exp.select(
        exp.column("head").as_("s"),
        value(f"<{RDF}type>").as_("p"),
        value(f"<{RDF}{kind}>").as_("o"),
        exp.column("graph").as_("g"),
    ).from_(merged)
    predicate = concat(f"<{RDF}_", exp.cast(exp.column("place"), "VARCHAR"), ">")
    members = exp.select(
        exp.column("head").as_("s"),
        predicate.as_("p"),
        exp.column("member").as_("o"),
        exp.column("graph").as_("g"),
    ).from_(_numbered(merged).subquery("n"))
    return [
        (types, Pattern("iri", f"{RDF}type", f"{RDF}type", exact=True)),
        (members, Pattern("iri", f"{RDF}_", "")),
    ]
