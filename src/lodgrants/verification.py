"""Whether a release is what it says it is: the one check that needs the publishing and the validating room.

It returns what was checked and every claim that is not true; the command line says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from lodgrants import __version__
from lodgrants.db.engine import Engine, Limits, open_engine
from lodgrants.db.fragment import Sql, sql
from lodgrants.errors import LodgrantsError
from lodgrants.publish.places import named_release
from lodgrants.publish.verify.catalogue import check_catalogue
from lodgrants.publish.verify.fetch import fetch_release, is_url
from lodgrants.publish.verify.files import check_files
from lodgrants.publish.verify.graphs import check_graphs, first_dump
from lodgrants.publish.verify.model import Check, Lie, counted
from lodgrants.publish.verify.tables import check_tables
from lodgrants.rdf.canonical import Digest, canonical_digest
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.namespaces import SH
from lodgrants.rdf.read import load_quads
from lodgrants.resources import shipped
from lodgrants.validate.report.formats import writer
from lodgrants.validate.run import Options, validate

GRAPHS = ("lodgrants", "evidence")
REPORT = "validation.ttl"
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Demands:
    """How to verify: whether to go on after a lie, how much to fetch, how much of the machine to use."""

    everything: bool = False
    most_bytes: int = 1 << 36
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """What came of verifying a release: its name and place, and the checks in order."""

    name: str
    place: str
    checks: tuple[Check, ...]

    @property
    def lies(self) -> tuple[Lie, ...]:
        """Every claim that is not true, in the order of the checks."""
        return tuple(lie for check in self.checks for lie in check.lies)


def verify(place: str, target: Path, demands: Demands, progress: Progress) -> Certificate:
    """Check a release: in a folder, a version in a target, or on the web.

    Without ``everything`` the checks stop after the first that finds a lie.

    :raises PublishError: when there is no release there, or it cannot be fetched.
    """
    if not is_url(place):
        folder = named_release(place, target)
        return Certificate(folder.name, place, tuple(_checks(folder, demands, progress)))
    with TemporaryDirectory(prefix="lodgrants-") as temporary:
        fetch_release(place, Path(temporary), progress, demands.most_bytes)
        checks = tuple(_checks(Path(temporary), demands, progress))
        return Certificate(place.rstrip("/").rpartition("/")[2], place, checks)


def _checks(folder: Path, demands: Demands, progress: Progress) -> Iterator[Check]:
    """Yield the checks as they are made, from the bytes to the meaning."""
    with open_engine(demands.limits) as engine:
        for name, check in _stages(engine, folder, demands):
            progress(f"checking {name}")
            found = check()
            if found is None:
                continue
            yield found
            if found.lies and not demands.everything:
                return


def _stages(
    engine: Engine, folder: Path, demands: Demands
) -> Iterator[tuple[str, Callable[[], Check | None]]]:
    """Yield the checks by name, in an order in which each can rely on those before it."""
    yield "files", lambda: check_files(folder)
    for name in GRAPHS:
        yield f"the graph {name}", partial(check_graphs, engine, folder, name)
    if first_dump(folder, GRAPHS[0]) is None:
        return
    yield "tables", lambda: check_tables(engine, folder, _quads(GRAPHS[0]))
    yield "catalogue", lambda: check_catalogue(engine, folder)
    yield "shapes", lambda: _check_shapes(engine, folder, demands.limits)


def _check_shapes(engine: Engine, folder: Path, limits: Limits | None) -> Check | None:
    """Validate the release's data again and compare the results with the report that it holds."""
    published = folder / REPORT
    if not published.is_file():
        return None
    dumps = [path for name in GRAPHS if (path := first_dump(folder, name))]
    with TemporaryDirectory(prefix="lodgrants-") as temporary:
        found = Path(temporary, REPORT)
        with validate(dumps, shipped("shapes"), Options(limits=limits)) as report, found.open("wb") as sink:
            writer("turtle")(report, sink)
        try:
            said, so = (_results(engine, path, f"report_{at}") for at, path in enumerate((published, found)))
        except LodgrantsError as error:
            truth = f"not readable: {error.problems[0].message}"
            return Check("shapes", (), (Lie(REPORT, "the results of validating", truth),))
    by = f"the shapes of lodgrants {__version__}"
    if said.digest != so.digest:
        lie = Lie(REPORT, f"validating finds {said.words}", f"{by} find {so.words}{_but(said, so)}")
        return Check("shapes", (), (lie,))
    return Check("shapes", (f"{REPORT} is what {by} find: {so.words}",), (), so.counts)


@dataclass(frozen=True, slots=True)
class _Results:
    """A results graph: its canonical hash, and how many results of each severity it has."""

    digest: Digest
    counts: dict[str, int]

    @property
    def words(self) -> str:
        """The counts in words, the worst first."""
        order = ("violation", "warning", "info")
        names = sorted(self.counts, key=lambda name: order.index(name) if name in order else len(order))
        return ", ".join(counted(self.counts[name], name) for name in names) or "nothing wrong"


def _but(said: _Results, so: _Results) -> str:
    return ", but about other things" if said.counts == so.counts else ""


def _results(engine: Engine, path: Path, table: str) -> _Results:
    load_quads(engine, [rdf_file(path)], table=table)
    query = sql(
        "SELECT lower(regexp_extract(o, '(\\w+)>$', 1)), count(*) FROM _t WHERE p = :severity GROUP BY 1",
        _t=table, severity=f"<{SH}resultSeverity>",
    )  # fmt: skip
    return _Results(canonical_digest(engine, _quads(table)), dict(engine.rows(query)))


def _quads(table: str) -> Sql:
    return sql("SELECT s, p, o, g FROM _t", _t=table)
