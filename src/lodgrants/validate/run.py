"""Run a plan over data and return the results as a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lodgrants.db.engine import Engine, Limits, open_engine
from lodgrants.db.fragment import sql
from lodgrants.rdf.graph import Graph
from lodgrants.rdf.read import load_quads, read_graph
from lodgrants.validate.components.string import check_patterns
from lodgrants.validate.inputs import data_files
from lodgrants.validate.messages import shape_labels
from lodgrants.validate.model import Shapes, Term
from lodgrants.validate.needs import needed_predicates
from lodgrants.validate.parse import parse_shapes
from lodgrants.validate.plan import FINDINGS, Plan, SparqlStep, compile_plan
from lodgrants.validate.report.model import Report, create_results

if TYPE_CHECKING:
    from lodgrants.validate.inputs import Data
    from lodgrants.validate.sparql import SparqlStore


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

    ``data`` and ``shapes`` are each a path of a file or folder, an Arrow table of quads, an rdflib graph, or
    a list of such.

    :raises InputError: when a file is missing or not well-formed.
    :raises ShapeError: when the shapes graph is not well-formed.
    :raises UnsupportedError: when a shape uses a feature that is not supported.
    """
    options = options or Options()
    with ExitStack() as stack:
        shapes_graph = read_graph(data_files(shapes, stack), blank="_:lgshape")
        files = data_files(data, stack, options.syntax)
        reference = options.engine == "pyshacl"
        parsed = Shapes({}) if reference else parse_shapes(shapes_graph)
        plan = Plan((), (), ()) if reference else compile_plan(parsed, options.shapes, options.focus)
        engine = stack.enter_context(open_engine(options.limits))
        check_patterns(engine, plan.shapes)
        load_quads(engine, files, None if reference else needed_predicates(plan.shapes))
        rules = plan.rules
        run_plan(engine, plan, parsed, shapes_graph)
        if reference:
            from lodgrants.validate.reference import run_pyshacl

            rules = run_pyshacl(engine, shapes_graph, options.advanced)
        create_results(engine, rules, shape_labels(parsed))
        return Report(engine, rules, files, stack.pop_all(), options.limit)
    raise AssertionError("unreachable")


def run_plan(engine: Engine, plan: Plan, shapes: Shapes, graph: Graph) -> None:
    """Run the statements of a plan; results are then in the table of findings."""
    engine.run(
        sql(
            "CREATE TABLE _t (rule INTEGER, focus VARCHAR, value VARCHAR, path VARCHAR, messages VARCHAR[])",
            _t=FINDINGS,
        )
    )
    with ExitStack() as stack:
        store = _lazy_store(engine, graph, stack)
        for step in plan.steps:
            if isinstance(step, SparqlStep):
                store().run(step, shapes)
            else:
                engine.run(step)


def _lazy_store(engine: Engine, graph: Graph, stack: ExitStack) -> Callable[[], SparqlStore]:
    """Return a function that makes the SPARQL store when a constraint first needs it."""

    @cache
    def store() -> SparqlStore:
        from lodgrants.validate.sparql import SparqlStore

        return SparqlStore(engine, graph, Path(stack.enter_context(TemporaryDirectory(prefix="lodgrants-"))))

    return store
