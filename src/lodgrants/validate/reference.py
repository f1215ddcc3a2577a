"""pySHACL as the other engine: the reference in tests, and the way to SHACL Advanced Features."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import sql
from lodgrants.errors import Problem, ShapeError
from lodgrants.rdf.graph import Graph
from lodgrants.validate.model import Constraint, Shape, Term, sh
from lodgrants.validate.paths import TRIPLES
from lodgrants.validate.plan import FINDINGS, Rule
from lodgrants.validate.shape_paths import parse_path, path_text

if TYPE_CHECKING:
    import rdflib

_FINDING = pa.schema(
    [("rule", pa.int32())]
    + [(name, pa.string()) for name in ("focus", "value", "path")]
    + [("messages", pa.list_(pa.string()))]
)


def run_pyshacl(engine: Engine, shapes: Graph, advanced: bool = False) -> list[Rule]:
    """Validate the table of quads with pySHACL, fill the table of findings, and return its rules.

    :raises ShapeError: when pySHACL cannot use the shapes graph.
    """
    import pyshacl
    from pyshacl.errors import ReportableRuntimeError, ShapeLoadError

    try:
        _, results, text = pyshacl.validate(
            _data(engine), shacl_graph=_rdflib(shapes), inference="none", advanced=advanced, inplace=True
        )
    except (ReportableRuntimeError, ShapeLoadError) as error:
        raise ShapeError(Problem("LG-VAL-006", f"pySHACL could not validate: {error}")) from error
    if not hasattr(results, "triples"):
        raise ShapeError(Problem("LG-VAL-006", f"pySHACL could not validate: {text}"))
    return _findings(engine, Graph((s.n3(), p.n3(), _n3(o)) for s, p, o in results))


def _n3(term: rdflib.term.Node) -> Term:
    """Return a term's canonical N-Triples text."""
    import rdflib

    from lodgrants.rdf.terms import literal

    if isinstance(term, rdflib.Literal):
        return literal(str(term), str(term.datatype) if term.datatype else None, term.language)
    return str(term.n3())


def _rdflib(graph: Graph) -> rdflib.Graph:
    import rdflib
    from rdflib.util import from_n3

    result = rdflib.Graph()
    for triple in graph:
        result.add(tuple(from_n3(term) for term in triple))  # type: ignore[arg-type]
    return result


def _data(engine: Engine) -> rdflib.Graph:
    import rdflib

    lines = engine.table(sql("SELECT concat(s, ' ', p, ' ', o, ' .') AS line FROM _t", _t=TRIPLES))
    return rdflib.Graph().parse(data="\n".join(lines["line"].to_pylist()), format="nt")


def _findings(engine: Engine, results: Graph) -> list[Rule]:
    rules: dict[tuple[str, ...], Rule] = {}
    table = pa.Table.from_pylist(list(_rows(results, rules)), schema=_FINDING)
    engine.register("_reference", table)
    engine.run(sql("INSERT INTO _t SELECT * FROM _r AS r", _t=FINDINGS, _r="_reference"))
    return list(rules.values())


def _rows(results: Graph, rules: dict[tuple[str, ...], Rule]) -> Iterator[dict[str, object]]:
    """Yield one row for each result; a loop, as pySHACL's own cost is a thousand times that of it."""
    for node in results.instances(sh("ValidationResult")):
        if not results.subjects(sh("result"), node):
            continue  # a detail of another result

        def one(name: str, node: Term = node) -> Term | None:
            return next(iter(results.objects(node, sh(name))), None)

        path = one("resultPath")
        shape = Shape(
            one("sourceShape") or "",
            parse_path(results, path) if path else None,
            severity=one("resultSeverity") or "",
        )
        constraint = Constraint(one("sourceConstraintComponent") or "", one("sourceConstraint") or "")
        key = (shape.node, path_text(shape.path) if shape.path else "", shape.severity, *_key(constraint))
        rule = rules.setdefault(key, Rule(len(rules), shape, constraint))
        messages = results.objects(node, sh("resultMessage"))
        yield {
            "rule": rule.number,
            "focus": one("focusNode"),
            "value": one("value"),
            "path": None,
            "messages": messages or None,
        }


def _key(constraint: Constraint) -> tuple[str, str]:
    return constraint.component, constraint.value
