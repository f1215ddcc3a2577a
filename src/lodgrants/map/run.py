"""Running a mapping: load its sources, compile it against them, and stream what it makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlglot import exp

from lodgrants.db.engine import Engine, Limits, open_engine
from lodgrants.errors import InputError, InternalError, LodgrantsError, MappingError, Problem
from lodgrants.map.compile.graphs import for_outputs
from lodgrants.map.compile.queries import Job, plan
from lodgrants.map.compile.references import (
    Abstract,
    iris_of,
    of_term_map,
    places_of,
    references_of,
    source_names,
    term_maps,
)
from lodgrants.map.compile.triples import CHILD, Gathered, Statement, World, statements
from lodgrants.map.compile.values import macros
from lodgrants.map.compile.views import ViewBuilder, view_needs
from lodgrants.map.limits import DEFAULT_MEMORY, memory_error
from lodgrants.map.model import LogicalSource, LogicalView, Mapping, TermMap
from lodgrants.map.parse.build import base_problems
from lodgrants.map.settings import Settings
from lodgrants.map.sources.load import load_sources, missing, noted
from lodgrants.map.sources.relation import Relation, Room
from lodgrants.rdf.sql import call
from lodgrants.rdf.sql import value as sql_value

# What R2RML and RML suites take as base when none is given.
DEFAULT_BASE = "http://example.com/base/"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A mapping whose sources are loaded: its jobs can be run on the engine."""

    engine: Engine
    jobs: tuple[Job, ...]
    world: World

    def weights(self, jobs: Sequence[Job]) -> list[int]:
        """Return for each job the most triples that it can make of the rows that are loaded."""
        tables = sorted({each.table for job in jobs for each in job.statements})
        counts = [exp.select(call("count", exp.Star())).from_(each).subquery() for each in tables]
        rows = dict(zip(tables, self.engine.rows(exp.select(*counts))[0], strict=True)) if tables else {}
        return [sum(rows[each.table] for each in job.statements) for job in jobs]


@contextmanager
def prepared(mapping: Mapping, settings: Settings) -> Iterator[Prepared]:
    """Load the sources of a mapping and compile it; the database lives until the end of the block.

    Raises MappingError, InputError or UnsupportedError, as the mapping or its sources are at fault.
    """
    if problems := [*base_problems(settings.base, None), *unbound(mapping, settings)]:
        raise MappingError(*problems)
    limits = Limits(settings.limits.threads, settings.limits.memory or DEFAULT_MEMORY)
    with TemporaryDirectory(prefix="lodgrants-map-") as folder, open_engine(limits) as engine:
        engine.script(macros())
        if settings.progress is not None:
            settings.progress.watch(engine.progress)
        if needs_order(mapping):
            engine.keep_order()
        room = Room(engine, Path(folder), settings, mapping.file)
        try:
            relations = load_relations(mapping, room)
            world = World(mapping, relations, settings.base or DEFAULT_BASE, settings.skip_invalid)
            if settings.record is not None:
                world = replace(world, tables=only_record(settings.record, world, room))
            world, members = collected(world, room)
            found = for_outputs([*statements(world), *members], settings.serialization)
            jobs = plan(found, _Uniqueness(engine).holds, _Distinct(room).table)
            yield Prepared(engine, tuple(jobs), world)
        except InternalError as error:
            raise data_error(error) from error.__cause__


def unbound(mapping: Mapping, settings: Settings) -> Iterator[Problem]:
    """Yield a problem for each source of the settings that the mapping does not have."""
    known = source_names(mapping)
    for name in settings.sources:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else None
            shown = ", ".join(sorted(known - {"database"}))
            message = "the mapping has no source of this name"
            yield Problem("LG-MAP-004", message, value=name, expected=f"one of {shown}", hint=hint)


def needs_order(mapping: Mapping) -> bool:
    """Tell whether rows are numbered: by views, collections, and blank nodes that rows have of their own."""
    return any(
        isinstance(triples_map.source, LogicalView) or (isinstance(each, TermMap) and each.expression is None)
        for triples_map in mapping.triples_maps
        for each in term_maps(triples_map)
    ) or any(
        isinstance(each, TermMap) and each.gather is not None
        for triples_map in mapping.triples_maps
        for each in term_maps(triples_map)
    )


def load_relations(mapping: Mapping, room: Room) -> dict[Abstract, Relation]:
    """Return a table for each logical source and view of a mapping."""
    room.places = places_of(mapping)
    room.iris = iris_of(mapping)
    needs = {each: dict.fromkeys(references) for each, references in references_of(mapping).items()}
    views = [each for each in needs if isinstance(each, LogicalView)]
    for view in views:
        for source, references in view_needs(view):
            needs.setdefault(source, {}).update(dict.fromkeys(references))
            if isinstance(source, LogicalView) and source not in views:
                views.append(source)
    sources = {each: tuple(refs) for each, refs in needs.items() if isinstance(each, LogicalSource)}
    relations: dict[Abstract, Relation] = {}
    relations.update(load_sources(sources, room).items())
    base = room.settings.base or DEFAULT_BASE
    problems = []
    for view in views:
        relation = _view(view, relations, room, base)
        problems += missing(view, tuple(needs[view]), relation, room)
    if problems:
        raise MappingError(*problems)
    return relations


def _view(view: LogicalView, relations: dict[Abstract, Relation], room: Room, base: str) -> Relation:
    """Return the table of a view, after those of the views that it needs."""
    if view not in relations:
        for source, _ in view_needs(view):
            if isinstance(source, LogicalView):
                _view(source, relations, room, base)
        parents = {join.parent: relations[join.parent] for join in view.joins}
        built = ViewBuilder(view, relations[view.on], room, base).build(parents)
        relations[view] = noted(view, built, room)
    return relations[view]


def collected(world: World, room: Room) -> tuple[World, list[Statement]]:
    """Return the world with all collections made, and the statements for their members."""
    gathered: dict[str, Gathered] = {}
    members: list[Statement] = []
    for triples_map in world.mapping.triples_maps:
        if any(each.gather for each in term_maps(triples_map) if isinstance(each, TermMap)):
            from lodgrants.map.compile.collections import Collector

            collector = Collector(triples_map, world, room, world.table(triples_map))
            collector.collect()
            gathered[triples_map.name] = Gathered(collector.table, collector.columns)
            members += collector.statements
    return replace(world, gathered=gathered), members


def only_record(key: str, world: World, room: Room) -> dict[str, str]:
    """Return for each triples map a table of the records that have a key among the values of its subject."""
    tables = {}
    for triples_map in world.mapping.triples_maps:
        scope = world.scope(triples_map.source, CHILD).fresh("k")
        values = [scope.value(each) for each in dict.fromkeys(of_term_map(triples_map.subject))]
        same = [each.lexical().eq(sql_value(key)) for each in values if not scope.lists]
        table = world.relations[triples_map.source].table
        query = exp.select("*").from_(exp.alias_(exp.to_table(table), CHILD, table=True))
        tables[triples_map.name] = room.name("record")
        room.create(tables[triples_map.name], query.where(exp.or_(*same)) if same else query.where("FALSE"))
    return tables


class _Uniqueness:
    """Whether columns of a table differ in every row, asked once each."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[tuple[str, tuple[str, ...]], bool] = {}

    def holds(self, table: str, columns: tuple[str, ...]) -> bool:
        if columns == ("rowid",):
            return True
        columns = columns or ("TRUE",)
        if (table, columns) not in self._known:
            self._known[table, columns] = self._ask(table, columns)
        return self._known[table, columns]

    def _ask(self, table: str, columns: tuple[str, ...]) -> bool:
        distinct = exp.select(*columns).distinct().from_(table).subquery("d")
        count = exp.select(call("count", exp.Star())).from_(distinct).subquery()
        total = exp.select(call("count", exp.Star())).from_(table).subquery()
        return bool(self._engine.rows(exp.select(exp.EQ(this=count, expression=total)))[0][0])


class _Distinct:
    """Tables of the distinct rows of some columns, made once each."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._made: dict[tuple[str, tuple[str, ...]], str] = {}

    def table(self, table: str, columns: tuple[str, ...]) -> str:
        if (table, columns) not in self._made:
            name = self._room.name("distinct")
            query = exp.select(*(columns or ("1 AS c",))).distinct().from_(table)
            self._room.create(name, query)
            self._made[table, columns] = name
        return self._made[table, columns]


def data_error(error: Exception) -> LodgrantsError:
    """Return what the database said while it made terms as an error of the data, where it is one."""
    text = str(error.__cause__ or error)
    if (short := memory_error(error)) is not None:
        return short
    if "LG-MAP-005|" not in text:
        return error if isinstance(error, LodgrantsError) else InputError(Problem("LG-MAP-004", text))
    message, value = text.split("LG-MAP-005|", 1)[1].split("|", 1)
    hint = "correct the source, or leave such terms out with --skip-invalid"
    return MappingError(Problem("LG-MAP-005", message, value=value.split("\n")[0], hint=hint))
