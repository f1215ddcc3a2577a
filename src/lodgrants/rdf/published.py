"""What a build has published: the graph, and the evidence that lies beside it."""

from __future__ import annotations

from pathlib import Path

OUTPUT = Path("output")
_GRAPH, _EVIDENCE = "lodgrants", "evidence"
# The forms in which both are published; those whose statements have lines come first.
_ENDINGS = (".nq", ".nq.gz", ".parquet", ".ttl")


def published(folder: Path = OUTPUT, first: str = _ENDINGS[0]) -> list[Path]:
    """Return the files to read of a release or target folder: the graph, then its evidence.

    There may be several forms, of which ``first`` is taken where it is there.
    """
    graph = next((path for end in (first, *_ENDINGS) if (path := folder / f"{_GRAPH}{end}").is_file()), None)
    return [graph, *beside(graph)] if graph else []


def beside(graph: Path) -> list[Path]:
    """Return the evidence of a published graph: in the same folder and, where possible, the same form."""
    name, dot, ending = graph.name.partition(".")
    if name != _GRAPH or not dot:
        return []
    # There is much of it: in the form of the graph where possible, else in that which is read the fastest.
    found = (graph.with_name(f"{_EVIDENCE}{end}") for end in (f".{ending}", ".parquet", *_ENDINGS))
    return [path for path in found if path.is_file()][:1]
