"""Run a plan over data and return the results as a report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lodgrants.db.engine import Engine, Limits, open_engine
from lodgrants.db.fragment import sql
from lodgrants.rdf.formats import RdfFile, size_as_lines
from lodgrants.rdf.graph import Graph
from lodgrants.rdf.read import Kept, load_quads
from lodgrants.validate.backtracking import MatchStep
from lodgrants.validate.components.string import check_patterns
from lodgrants.validate.imports import read_shapes
from lodgrants.validate.inputs import data_files
from lodgrants.validate.messages import shape_labels
from lodgrants.validate.model import Shapes, Term
from lodgrants.validate.needs import needed_predicates
from lodgrants.validate.parse import parse_shapes
from lodgrants.validate.plan import FINDINGS, Plan, SparqlStep, compile_plan
from lodgrants.validate.query_predicates import Asked, asked_by
from lodgrants.validate.report.model import Report, create_results

if TYPE_CHECKING:
    from lodgrants.validate.inputs import Data
    from lodgrants.validate.sparql import SparqlStore

# Bytes of plain text.
_LARGE = 20_000_000


@dataclass(frozen=True, slots=True)
class Options:
    """How to validate: of which shapes and focus nodes, with how much of the machine, by which engine.

    ``engine`` is ``sql`` (or ``auto``) or ``pyshacl``; ``advanced`` is for pySHACL's Advanced Features;
    ``syntax`` is that of data whose name does not tell; ``limit`` is how many results a report lists.
    """

    shapes: Sequence[Term] = ()
    focus: Sequence[Term] = ()
    limits: Limits | None = None
    engine: str = "auto"
    syntax: str | None = None
    advanced: bool = False
    limit: int | None = None


def validate(data: Data, shapes: Data, options: Options | None = None) -> Report:
    """Validate data against shapes and return the report, which holds a database until it is closed.

    ``data`` and ``shapes`` are each a path of a file or folder, quads with Arrow's C stream interface, an
    rdflib graph, or a list of such.

    :raises InputError: when a file is missing or not well-formed.
    :raises ShapeError: when the shapes graph is not well-formed.
    :raises UnsupportedError: when a shape uses a feature that is not supported.
    """
    options = options or Options()
    with ExitStack() as stack:
        shapes_graph = read_shapes(data_files(shapes, stack))
        files = data_files(data, stack, options.syntax)
        reference = options.engine == "pyshacl"
        parsed = Shapes({}) if reference else parse_shapes(shapes_graph)
        plan = Plan((), (), ()) if reference else compile_plan(parsed, options.shapes, options.focus)
        engine = stack.enter_context(open_engine(_limits(options.limits or Limits(), files)))
        check_patterns(engine, plan.shapes)
        asked = asked_by(parsed, plan.shapes)
        if reference:
            load_quads(engine, files)
        else:
            limited = asked and not asked.of_focus and are_large(files)
            queried = asked.predicates if asked and limited else None
            plan = _load(engine, files, plan, _Wanted(parsed, options, queried))
        rules = plan.rules
        run_plan(engine, plan, parsed, lambda folder: sparql_store(engine, shapes_graph, folder, asked))
        if reference:
            from lodgrants.validate.reference import run_pyshacl

            rules = run_pyshacl(engine, shapes_graph, options.advanced)
        create_results(engine, rules, shape_labels(parsed))
        return Report(engine, rules, files, stack.pop_all(), options.limit, reference or bool(plan.rules))
    raise AssertionError("unreachable")


def _limits(given: Limits, files: Sequence[RdfFile]) -> Limits:
    """Take one thread for small data, which the database does not divide: others would only wait."""
    if given.threads or are_large(files) or not all(file.path.is_file() for file in files):
        return given
    return replace(given, threads=1)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be validated, and which predicates its SPARQL constraints ask for, where that is known."""

    shapes: Shapes
    options: Options
    queried: Collection[Term] | None


def _load(engine: Engine, files: Sequence[RdfFile], plan: Plan, wanted: _Wanted) -> Plan:
    """Load what a plan needs of the data; return the plan, limited to suspects where the data was sifted."""
    shapes, options = wanted.shapes, wanted.options
    needed = needed_predicates(plan.shapes, wanted.queried)
    if needed and are_large(files) and all(file.syntax == "parquet" for file in files):
        from lodgrants.validate.sieve import compile_sieve, load_sifted

        if sieve := compile_sieve(shapes, options.shapes, wanted.queried):
            load_sifted(engine, files, sieve, needed)
            return compile_plan(shapes, options.shapes, options.focus, sieve.nodes)
    load_quads(engine, files, Kept(None if needed is None else tuple(sorted(needed))))
    return plan


def are_large(files: Sequence[RdfFile]) -> bool:
    """Whether reading only some predicates of the files may save more than finding out which."""
    return size_as_lines(files) > _LARGE


def run_plan(engine: Engine, plan: Plan, shapes: Shapes, open_store: Callable[[Path], SparqlStore]) -> None:
    """Run the statements of a plan; results are then in the table of findings.

    ``open_store`` makes the SPARQL store, with a folder for its files, when a constraint first needs it.
    """
    engine.run(
        sql(
            "CREATE TABLE _t (rule INTEGER, focus VARCHAR, value VARCHAR, path VARCHAR, messages VARCHAR[])",
            _t=FINDINGS,
        )
    )
    with ExitStack() as stack:
        store: SparqlStore | None = None
        for step in plan.steps:
            if isinstance(step, SparqlStep):
                if store is None:
                    store = open_store(Path(stack.enter_context(TemporaryDirectory(prefix="lodgrants-"))))
                store.run(step, shapes)
            elif isinstance(step, MatchStep):
                step.run(engine)
            else:
                engine.run(step)


def sparql_store(engine: Engine, graph: Graph, folder: Path, asked: Asked | None) -> SparqlStore:
    from lodgrants.validate.sparql import SparqlStore

    return SparqlStore(engine, graph, folder, asked)
