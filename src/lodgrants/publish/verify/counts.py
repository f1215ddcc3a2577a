"""What VoID counts (https://www.w3.org/TR/void/#statistics), counted again in the graph.

A count is claimed of a data set, or of the part of one that has a class or a property. Which statements a
data set has follows from the dump that it names, from the records that say that they are in it, or from the
data set that it is a part of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, all_of, column, sql
from lodgrants.publish.verify.model import Lie
from lodgrants.rdf.graph import Graph
from lodgrants.rdf.literals import text_of
from lodgrants.rdf.namespaces import DCTERMS, RDF, VOID

_CATALOGUE = "catalogue.ttl"
_DISTRIBUTION = "<http://www.w3.org/ns/dcat#distribution>"
_TYPE, _PART_OF, _IN_DATASET = f"<{RDF}type>", f"<{DCTERMS}isPartOf>", f"<{VOID}inDataset>"
_PARTS = [f"<{VOID}{name}>" for name in ("subset", "classPartition", "propertyPartition")]
_LINK, _TARGET, _SPACE = (f"<{VOID}{name}>" for name in ("linkPredicate", "objectsTarget", "uriSpace"))
_CLASS, _PROPERTY = f"<{VOID}class>", f"<{VOID}property>"
_COUNTS = {
    f"<{VOID}{name}>": name
    for name in ("triples", "entities", "distinctSubjects", "distinctObjects", "classes", "properties")
}


@dataclass(slots=True)
class Counts:
    """How many counts were checked, how many are of what is not here, and those that are wrong."""

    checked: int = 0
    unseen: int = 0
    lies: list[Lie] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Scope:
    """The statements that a count is of: a table, in it a data set's records, of them a class or property.

    A set of links (`void:Linkset`) has a property and the beginning of the IRIs that it leads to.
    """

    table: str
    dataset: str | None = None
    class_: str | None = None
    property: str | None = None
    space: str | None = None


def check_counts(engine: Engine, graph: Graph, files: Iterable[tuple[str, str]]) -> Counts:
    """Check the counts in a catalogue; ``files`` are the nodes that name a file, with the file."""
    scopes = _Scopes(engine, graph, dict(files))
    tally, found = _Tally(engine), Counts()
    for node, predicate, value in graph:
        if (name := _COUNTS.get(predicate)) is None:
            continue
        scope = scopes.of(node)
        if scope is None:
            found.unseen += 1
            continue
        found.checked += 1
        so = tally.of(scope, name)
        if text_of(value) not in {str(number) for number in so}:
            claim = f"{_words(node, scope)}: void:{name} {text_of(value)}"
            found.lies.append(Lie(_CATALOGUE, claim, f"there are {' or '.join(str(n) for n in sorted(so))}"))
    return found


@dataclass(slots=True)
class _Scopes:
    """Finds which statements the nodes of a catalogue stand for, and remembers it."""

    engine: Engine
    graph: Graph
    files: dict[str, str]
    known: dict[str, Scope | None] = field(default_factory=dict)

    def of(self, node: str) -> Scope | None:
        if node not in self.known:
            # A data set that is a part of itself has no statements to count.
            self.known[node] = None
            self.known[node] = self._find(node)
        return self.known[node]

    def _find(self, node: str) -> Scope | None:
        whole = next((scope for each in self._wholes(node) if (scope := self.of(each))), None)
        class_ = next(iter(self.graph.objects(node, _CLASS)), None)
        property_ = next(iter(self.graph.objects(node, _PROPERTY)), None)
        if class_ or property_:
            return whole and Scope(whole.table, whole.dataset, class_ or whole.class_, property_)
        if link := next(iter(self.graph.objects(node, _LINK)), None):
            return whole and Scope(whole.table, whole.dataset, None, link, self._space(node))
        if table := self._table(node):
            return Scope(table)
        if self._has_records(node):
            return Scope("lodgrants", node)
        return None

    def _wholes(self, node: str) -> Iterator[str]:
        for predicate in _PARTS:
            yield from self.graph.subjects(predicate, node)
        yield from self.graph.objects(node, _PART_OF)

    def _table(self, node: str) -> str | None:
        """Return the table of the dump that a data set names, itself or by a distribution."""
        names = [self.files.get(each) for each in (node, *self.graph.objects(node, _DISTRIBUTION))]
        tables = {name.partition(".")[0] for name in names if name}
        return next((table for table in ("lodgrants", "evidence") if table in tables), None)

    def _space(self, linkset: str) -> str | None:
        """Return what the IRIs begin with that a set of links leads to (VoID, section 5.1)."""
        targets = self.graph.objects(linkset, _TARGET)
        return next((text_of(space) for each in targets for space in self.graph.objects(each, _SPACE)), None)

    def _has_records(self, node: str) -> bool:
        query = sql("SELECT 1 FROM lodgrants WHERE p = :p AND o = :o LIMIT 1", p=_IN_DATASET, o=node)
        return bool(self.engine.rows(query))


@dataclass(slots=True)
class _Tally:
    """Counts by class, property or both; each number that a catalogue asks for is counted for all at once."""

    engine: Engine
    known: dict[tuple[object, ...], dict[tuple[str, ...], int]] = field(default_factory=dict)

    def of(self, scope: Scope, name: str) -> set[int]:
        """Return the numbers that a count may be: VoID leaves open whether it sees named graphs or types."""
        columns = _READINGS[name] if name != "entities" or scope.class_ else ("s", "typed", "named")
        return {self._number(scope, each) for each in columns}

    def _number(self, scope: Scope, columns: str) -> int:
        keys = (scope.class_ is not None, scope.property is not None)
        query = (scope.table, scope.dataset, *keys, scope.space, columns)
        if query not in self.known:
            rows = self.engine.rows(_compile_counts(scope, columns))
            self.known[query] = {tuple(row[:-1]): int(row[-1]) for row in rows}
        wanted = tuple(key for key in (scope.class_, scope.property) if key is not None)
        return self.known[query].get(wanted, 0)


# What is counted once, by the letters of its columns.
_READINGS = {
    "triples": ("spo", "spog"),
    "entities": ("s",),
    "distinctSubjects": ("s",),
    "distinctObjects": ("o",),
    "properties": ("p",),
    "classes": ("class",),
}


def _compile_counts(scope: Scope, columns: str) -> Sql:
    """Return the query for the counts of all classes and properties of a scope's data set at once."""
    keys = [*(["class"] if scope.class_ else []), *(["p"] if scope.property else [])]
    counted = [column(name) for name in dict.fromkeys([*keys, *_COUNTED.get(columns, columns)])]
    return sql(
        "SELECT _keys FROM (SELECT DISTINCT _counted FROM _given AS given) AS one GROUP BY ALL",
        _keys=[*(column(key) for key in keys), sql("count(*)")], _counted=counted,
        _given=_compile_given(scope, columns),
    )  # fmt: skip


_COUNTED = {"class": "o", "typed": "s", "named": "s"}


def _compile_given(scope: Scope, columns: str) -> Sql:
    """Return the statements of a scope's data set, by classes once for each of their subject."""
    rows = sql("SELECT s, p, o, g FROM _t", _t=scope.table)
    if scope.dataset:
        records = sql("SELECT s FROM lodgrants WHERE p = :p AND o = :o", p=_IN_DATASET, o=scope.dataset)
        rows = sql("SELECT * FROM _q AS q WHERE g IN (:records) OR g = :it",
                   _q=rows, records=records, it=scope.dataset)  # fmt: skip
    conditions = [sql("starts_with(r.o, :start)", start=f"<{scope.space}")] if scope.space else []
    if columns in ("class", "typed"):
        conditions.append(sql("r.p = :type", type=_TYPE))
    elif columns == "named":
        conditions.append(sql("starts_with(r.s, '<')"))
    given = sql("SELECT r.* FROM _q AS r WHERE :all", _q=rows, all=all_of(conditions))
    if not scope.class_:
        return given
    members = sql("SELECT DISTINCT s, o AS class FROM _q AS q WHERE p = :type", _q=rows, type=_TYPE)
    return sql("SELECT r.*, k.class FROM _q AS r JOIN _k AS k ON k.s = r.s", _q=given, _k=members)


def _words(node: str, scope: Scope) -> str:
    parts = [text_of(part) for part in (scope.class_, scope.property) if part]
    parts += [scope.space] if scope.space else []
    if parts:
        return f"{' with '.join(parts)} in {text_of(scope.dataset) if scope.dataset else scope.table}"
    return text_of(node) if node.startswith("<") else scope.table
