"""Whether a release is what it says it is: the one check that needs the publishing and the validating room.

It returns what was checked and every claim that is not true; the command line says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from lodgrants import __version__
from lodgrants.db.engine import Engine, Limits, open_engine
from lodgrants.db.fragment import Sql, sql
from lodgrants.errors import InputError, UnsupportedError
from lodgrants.publish.places import named_release
from lodgrants.publish.verify.beside import beside
from lodgrants.publish.verify.catalogue import check_catalogue
from lodgrants.publish.verify.copies import Copies, make_copies
from lodgrants.publish.verify.fetch import fetch_release, is_url
from lodgrants.publish.verify.files import check_files, digest
from lodgrants.publish.verify.graphs import check_graphs, first_dump, parsed_dumps, read_graphs
from lodgrants.publish.verify.model import Check, Lie, counted
from lodgrants.publish.verify.tables import check_tables
from lodgrants.rdf.canonical import Digest, canonical_digest
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.literals import text_of
from lodgrants.rdf.namespaces import SH
from lodgrants.rdf.read import load_quads
from lodgrants.resources import shipped
from lodgrants.validate.report.formats import writer
from lodgrants.validate.run import Options, validate

GRAPHS = ("lodgrants", "evidence")
REPORT = "validation.ttl"
# Bytes of files from which on other processes save more than they cost.
_LARGE = 50_000_000
_BY = f"the shapes of lodgrants {__version__}"
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
    progress("checking files")
    files = check_files(folder)
    yield files
    if files.lies and not demands.everything:
        return
    with _prepared(folder, demands) as work:
        for name, check in _stages(work):
            progress(f"checking {name}")
            found = check()
            if found is None:
                continue
            yield found
            if found.lies and not demands.everything:
                return


@dataclass(frozen=True, slots=True)
class _Work:
    """What the checks work with; the copies and the counts of results are perhaps made by other processes."""

    folder: Path
    engine: Engine
    copies: Copies
    report: Path
    counts: Iterator[Mapping[str, int]]


@contextmanager
def _prepared(folder: Path, demands: Demands) -> Iterator[_Work]:
    """Open a database and, where that is worth it and allowed, start what can be done beside it."""
    limits = demands.limits or Limits()
    parsed = [path for name in GRAPHS for path in parsed_dumps(folder, name)]
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="lodgrants-")))
        report = place / REPORT
        made, counts = make_copies(parsed, place), _validate_again(folder, report, limits)
        if _is_large(folder) and limits.threads != 1 and limits.memory is None:
            made = stack.enter_context(beside(make_copies, parsed, place, folder=place))
            if (folder / REPORT).is_file():
                counts = stack.enter_context(beside(_validate_again, folder, report, limits, folder=place))
        engine = stack.enter_context(open_engine(limits))
        yield _Work(folder, engine, Copies(parsed, made, place), report, counts)


def _is_large(folder: Path) -> bool:
    """Whether a release is so large that it is worth to start other processes."""
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) > _LARGE


def _stages(work: _Work) -> Iterator[tuple[str, Callable[[], Check | None]]]:
    """Yield the checks by name, in an order in which each can rely on those before it."""
    for name in GRAPHS:
        yield f"the graph {name}", partial(check_graphs, work.engine, work.folder, name, work.copies.of)
    if GRAPHS[0] not in read_graphs(work.engine):
        return
    yield "tables", lambda: check_tables(work.engine, work.folder, _quads(GRAPHS[0]))
    yield "catalogue", lambda: check_catalogue(work.engine, work.folder, work.copies.of)
    yield "shapes", lambda: _check_shapes(work)


def _validate_again(folder: Path, report_file: Path, limits: Limits) -> Iterator[Mapping[str, int]]:
    """Validate a release's data, write the report, and yield the number of results by severity."""
    dumps = [path for name in GRAPHS if (path := first_dump(folder, name))]
    with validate(dumps, shipped("shapes"), Options(limits=limits)) as report, report_file.open("wb") as sink:
        writer("turtle")(report, sink)
        counts = {text_of(severity).rpartition("#")[2].lower(): n for severity, n in report.counts().items()}
    yield counts


def _check_shapes(work: _Work) -> Check | None:
    """Compare the results of validating the release's data again with the report that it holds."""
    published = work.folder / REPORT
    if not published.is_file():
        return None
    try:
        counts = next(work.counts)
        lie = _other_results(work, published) if digest(published) != digest(work.report) else None
    except (InputError, UnsupportedError) as error:
        lie = Lie(REPORT, "the results of validating", f"not readable: {error.problems[0].message}")
    if lie:
        return Check("shapes", (), (lie,))
    return Check("shapes", (f"{REPORT} is what {_BY} find: {_words(counts)}",), (), counts)


def _other_results(work: _Work, published: Path) -> Lie | None:
    """Compare two reports that are not the same text as graphs; they have blank nodes."""
    files = (published, work.report)
    said, so = (_results(work.engine, path, f"report_{at}") for at, path in enumerate(files))
    if said.digest == so.digest:
        return None
    but = ", but about other things" if said.counts == so.counts else ""
    return Lie(REPORT, f"validating finds {_words(said.counts)}", f"{_BY} find {_words(so.counts)}{but}")


@dataclass(frozen=True, slots=True)
class _Results:
    """A results graph: its canonical hash, and how many results of each severity it has."""

    digest: Digest
    counts: dict[str, int]


def _words(counts: Mapping[str, int]) -> str:
    """Return the numbers of results in words, the worst first."""
    order = ("violation", "warning", "info")
    names = sorted(counts, key=lambda name: order.index(name) if name in order else len(order))
    return ", ".join(counted(counts[name], name) for name in names) or "nothing wrong"


def _results(engine: Engine, path: Path, table: str) -> _Results:
    load_quads(engine, [rdf_file(path)], table=table)
    query = sql(
        "SELECT lower(regexp_extract(o, '(\\w+)>$', 1)), count(*) FROM _t WHERE p = :severity GROUP BY 1",
        _t=table, severity=f"<{SH}resultSeverity>",
    )  # fmt: skip
    return _Results(canonical_digest(engine, _quads(table)), dict(engine.rows(query)))


def _quads(table: str) -> Sql:
    return sql("SELECT s, p, o, g FROM _t", _t=table)
