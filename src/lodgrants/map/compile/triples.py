"""Triples maps as statements: one for each combination of subject, predicate, object and graph maps.

Implements RML-Core, "Generating triples" (https://w3id.org/rml/core/spec#triples-generation).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from sqlglot import exp

from lodgrants.errors import Problem, UnsupportedError
from lodgrants.map.compile.patterns import Pattern, is_injective, pattern_of
from lodgrants.map.compile.references import Abstract, of_term_map, term_maps
from lodgrants.map.compile.scope import Scope
from lodgrants.map.compile.terms import Term, compile_term, compile_value
from lodgrants.map.model import (
    BLANK_NODE,
    IRI,
    Constant,
    JoinCondition,
    LogicalTarget,
    ObjectMap,
    PredicateObjectMap,
    RefObjectMap,
    TermMap,
    TriplesMap,
)
from lodgrants.map.model import Mapping as MappingModel
from lodgrants.map.sources.relation import Relation
from lodgrants.map.vocabulary import RML
from lodgrants.rdf.namespaces import RDF
from lodgrants.rdf.sql import Expr, concat

CHILD, PARENT = "r", "p"
_DEFAULT_GRAPH = Constant(f"<{RML}defaultGraph>")
_TYPE = TermMap(Constant(f"<{RDF}type>"), IRI)


@dataclass(frozen=True, slots=True)
class Statement:
    """A rule for triples over one table, or over two that are joined.

    `lists` are unnested beside the row, `where` are join conditions, `key` are the columns that the
    subject is made of when different values of them make different subjects.
    """

    triples_map: str
    table: str
    subject: Term
    predicate: Term
    object: Term
    graph: Term | None
    patterns: tuple[Pattern, ...]
    key: tuple[str, ...] | None = None
    parent: str | None = None
    where: tuple[Expr, ...] = ()
    lists: Mapping[str, Expr] = field(default_factory=dict, compare=False)
    targets: tuple[LogicalTarget, ...] = ()

    @property
    def simple(self) -> bool:
        """Tell whether the statement makes at most one triple of each row."""
        return self.parent is None and not self.lists


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows of a triples map with a column for each collection that they yield (RML-CC)."""

    table: str
    columns: Mapping[tuple[TermMap, TermMap | None], str]


@dataclass(frozen=True, slots=True)
class World:
    """What statements are compiled against: the mapping, its sources as tables, and the base IRI."""

    mapping: MappingModel
    relations: Mapping[Abstract, Relation]
    base: str
    skip_invalid: bool = False
    gathered: Mapping[str, Gathered] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)

    def table(self, triples_map: TriplesMap) -> str:
        """Return the table of a triples map's rows: its source's, or one of its own."""
        if triples_map.name in self.gathered:
            return self.gathered[triples_map.name].table
        return self.tables.get(triples_map.name, self.relations[triples_map.source].table)

    def scope(self, source: Abstract, alias: str, base: str | None = None) -> Scope:
        """Return the scope of a source under an alias."""
        return Scope(alias, self.relations[source].columns, base or self.base, self.skip_invalid)


def compile_triples_map(triples_map: TriplesMap, world: World) -> list[Statement]:
    """Return the statements of a triples map."""
    found = []
    for pom in (*class_maps(triples_map), *triples_map.predicate_objects):
        graphs = graphs_of(triples_map, pom)
        for predicate, object_map, graph in product(pom.predicates, pom.objects, graphs):
            found.append(_statement(triples_map, predicate, object_map, graph, world))
    return found


def class_maps(triples_map: TriplesMap) -> list[PredicateObjectMap]:
    """Return the classes of a triples map as what they stand for: objects of rdf:type."""
    where = triples_map.subject.where
    types = (TermMap(Constant(f"<{each}>"), IRI, where=where) for each in triples_map.classes)
    return [PredicateObjectMap((_TYPE,), (each,)) for each in types]


def graphs_of(triples_map: TriplesMap, pom: PredicateObjectMap | None) -> list[TermMap | None]:
    """Return the graphs that triples go to, None for the default graph."""
    given = (*triples_map.graphs, *(pom.graphs if pom else ()))
    return [None if each.expression == _DEFAULT_GRAPH else each for each in dict.fromkeys(given)] or [None]


def has_graphs(mapping: MappingModel) -> bool:
    """Tell whether a mapping puts anything in a named graph."""
    poms = ((each, pom) for each in mapping.triples_maps for pom in (None, *each.predicate_objects))
    return any(graph is not None for each, pom in poms for graph in graphs_of(each, pom))


def _statement(
    triples_map: TriplesMap, predicate: TermMap, object_map: ObjectMap, graph: TermMap | None, world: World
) -> Statement:
    scope = world.scope(triples_map.source, CHILD, triples_map.base_iri)
    lists: dict[str, Expr] = {}

    def term(term_map: TermMap, prefix: str) -> Term:
        mine = scope.fresh(prefix)
        if term_map.gather is not None:
            return _collection(term_map, graph, triples_map, world)
        compiled = subject_term(term_map, mine, triples_map, world)
        lists.update(mine.lists)
        return compiled

    subject = term(triples_map.subject, "s")
    parent: str | None = None
    where: tuple[Expr, ...] = ()
    if isinstance(object_map, RefObjectMap):
        parent_map = parent_map_of(object_map, world)
        made, parent, where, more = _parent_subject(object_map, parent_map, scope, world)
        lists.update(more)
        object_pattern = pattern_of(parent_map.subject, parent_map.base_iri or world.base)
    else:
        made = term(object_map, "o")
        object_pattern = pattern_of(object_map, scope.base)
    return Statement(
        triples_map=triples_map.name,
        table=world.table(triples_map),
        subject=subject,
        predicate=term(predicate, "p"),
        object=made,
        graph=term(graph, "g") if graph else None,
        patterns=(
            pattern_of(triples_map.subject, scope.base),
            pattern_of(predicate, scope.base),
            object_pattern,
            pattern_of(graph, scope.base) if graph else Pattern("none", exact=True),
        ),
        key=_key(triples_map, scope),
        parent=parent,
        where=where,
        lists=lists,
        targets=_targets(triples_map.subject, predicate, object_map, graph),
    )


def _collection(term_map: TermMap, graph: TermMap | None, triples_map: TriplesMap, world: World) -> Term:
    """Return the node of a collection, from the column that it was put in."""
    columns = world.gathered[triples_map.name].columns
    name = columns.get((term_map, graph)) or next(
        name for (each, _), name in columns.items() if each == term_map
    )
    node = exp.column(name, table=CHILD)
    return Term(node, (node,))


def subject_term(term_map: TermMap, scope: Scope, triples_map: TriplesMap, world: World) -> Term:
    """Return the term of a term map; one without an expression is a blank node of the row's own."""
    if term_map.gather is not None:
        raise UnsupportedError(Problem("LG-MAP-007", "rml:gather here is not supported", term_map.where))
    if term_map.expression is None and term_map.term_type == BLANK_NODE:
        return row_node(term_map, triples_map, scope, world)
    return compile_term(term_map, scope)


def row_node(term_map: TermMap, triples_map: TriplesMap, scope: Scope, world: World) -> Term:
    """Return the blank node that a term map without an expression makes of each row."""
    number = [each.name for each in world.mapping.triples_maps].index(triples_map.name)
    own = [each for each in term_maps(triples_map) if isinstance(each, TermMap) and each.expression is None]
    place = next((i for i, each in enumerate(own) if each is term_map), 0)
    row = exp.column("rowid", table=scope.alias)
    return Term(concat(f"_:m{number}{f't{place}' if place else ''}r", exp.cast(row, "VARCHAR")))


def parent_map_of(object_map: RefObjectMap, world: World) -> TriplesMap:
    """Return the parent triples map of a referencing object map."""
    parent = world.mapping.triples_map(object_map.parent)
    assert parent is not None
    return parent


def _parent_subject(
    object_map: RefObjectMap, parent_map: TriplesMap, child: Scope, world: World
) -> tuple[Term, str | None, tuple[Expr, ...], dict[str, Expr]]:
    """Return the parent's subject: of its own rows when there is a condition, else of the child's."""
    if not object_map.joins:
        scope = child.based(parent_map.base_iri or world.base).fresh("o")
        return subject_term(parent_map.subject, scope, parent_map, world), None, (), dict(scope.lists)
    scope = world.scope(parent_map.source, PARENT, parent_map.base_iri).fresh("o")
    made = subject_term(parent_map.subject, scope, parent_map, world)
    lists = dict(scope.lists)
    where = []
    for number, condition in enumerate(object_map.joins):
        sides, more = join_sides(condition, child.fresh(f"jc{number}"), scope.fresh(f"jp{number}"))
        where.append(exp.EQ(this=sides[0], expression=sides[1]))
        lists.update(more)
    return made, world.relations[parent_map.source].table, tuple(where), lists


def join_sides(
    condition: JoinCondition, child: Scope, parent: Scope
) -> tuple[tuple[Expr, Expr], dict[str, Expr]]:
    """Return both sides of a join condition as text, and the lists that they unnest."""
    left = compile_value(condition.child, child).lexical()
    right = compile_value(condition.parent, parent).lexical()
    return (left, right), {**child.lists, **parent.lists}


def _key(triples_map: TriplesMap, scope: Scope) -> tuple[str, ...] | None:
    expression = triples_map.subject.expression
    if triples_map.subject.gather is not None:
        return None
    if expression is None:
        return ("rowid",)
    if not is_injective(expression):
        return None
    columns = [scope.columns[each] for each in of_term_map(triples_map.subject)]
    return None if any(each.many for each in columns) else tuple(each.name for each in columns)


def _targets(*term_maps: ObjectMap | None) -> tuple[LogicalTarget, ...]:
    return tuple(dict.fromkeys(target for each in term_maps if each for target in each.targets))


def statements(world: World) -> Iterator[Statement]:
    """Yield the statements of all triples maps."""
    for triples_map in world.mapping.triples_maps:
        yield from compile_triples_map(triples_map, world)
