"""Named queries: the competency questions of the ontology, each a file that says what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from lodgrants.errors import Problem, QueryError
from lodgrants.resources import shipped


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query with the title and description that its first lines of comment give."""

    name: str
    title: str
    description: str
    text: str


def named_queries(folder: Path | None = None) -> dict[str, NamedQuery]:
    """Return all named queries (of a folder, by default the shipped ones), by name, in order."""
    files = sorted((folder or shipped("ontology", "competency")).glob("*.rq"))
    return {file.stem: _load(file) for file in files}


def named_query(name: str) -> NamedQuery:
    """Return a named query.

    :raises QueryError: when there is none of that name, with the nearest one.
    """
    queries = named_queries()
    if name in queries:
        return queries[name]
    near = get_close_matches(name, queries, n=1)
    hint = f"did you mean {near[0]}?" if near else "`lodgrants query --list` lists all"
    raise QueryError(Problem("LG-QRY-005", f"there is no named query {name!r}", value=name, hint=hint))


def _load(file: Path) -> NamedQuery:
    text = file.read_text(encoding="utf8")
    comments = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        comments.append(line.removeprefix("#").strip())
    title, *rest = comments or [file.stem]
    return NamedQuery(file.stem, title, " ".join(rest), text)
