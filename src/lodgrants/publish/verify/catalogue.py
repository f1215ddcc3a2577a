"""The catalogue: files that it names, with their sizes and checksums, and what VoID counts in the graph.

Terms: DCAT (`dcat:downloadURL`, `dcat:byteSize`), SPDX (`spdx:checksum`), VoID (`void:dataDump`, counts and
partitions), schema.org (`schema:contentUrl`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lodgrants.db.engine import Engine
from lodgrants.errors import LodgrantsError
from lodgrants.publish.checksums import MANIFEST, SUMS
from lodgrants.publish.verify.copies import Copy
from lodgrants.publish.verify.counts import check_counts
from lodgrants.publish.verify.files import digest
from lodgrants.publish.verify.graphs import check_graphs
from lodgrants.publish.verify.model import Check, Lie, counted
from lodgrants.publish.verify.sums import read_list, read_sums
from lodgrants.rdf.formats import rdf_file
from lodgrants.rdf.graph import Graph
from lodgrants.rdf.literals import text_of
from lodgrants.rdf.namespaces import SCHEMA, VOID
from lodgrants.rdf.read import base_iri, read_graph

CATALOGUE = "catalogue.ttl"
_DCAT, _SPDX = "http://www.w3.org/ns/dcat#", "http://spdx.org/rdf/terms#"
_NAMING = {f"<{_DCAT}downloadURL>", f"<{VOID}dataDump>", f"<{SCHEMA}contentUrl>"}
_SIZES = (f"<{_DCAT}byteSize>", f"<{SCHEMA}contentSize>")
_SUMS, _CHECKSUM = (f"<{SCHEMA}sha256>",), f"<{_SPDX}checksum>"
_ALGORITHM, _VALUE = f"<{_SPDX}algorithm>", f"<{_SPDX}checksumValue>"


@dataclass(frozen=True, slots=True)
class Named:
    """A file that the catalogue names: the node that does, its address, and its name in the release."""

    node: str
    address: str
    file: str


def check_catalogue(engine: Engine, folder: Path, copy: Copy) -> Check | None:
    """Compare what the catalogue claims with the release; None when it has no catalogue.

    The graphs are in the engine as views (`check_graphs`); ``copy`` as there.
    """
    path = folder / CATALOGUE
    if not path.is_file():
        return None
    syntaxes = check_graphs(engine, folder, "catalogue", copy)
    try:
        graph = read_graph([rdf_file(path)])
    except LodgrantsError as error:
        return Check("catalogue", (), (Lie(CATALOGUE, "RDF", f"not readable: {error.problems[0].message}"),))
    named, elsewhere = _named_files(graph, folder)
    counts = check_counts(engine, graph, [(each.node, each.file) for each in named])
    lies = [*_absent(folder, named), *_wrong_sizes(graph, folder, named), *counts.lies]
    lies += syntaxes.lies if syntaxes else ()
    nodes = {each.node for each in named}
    sizes = sum(len(graph.objects(node, claim)) for node in nodes for claim in (*_SIZES, *_SUMS, _CHECKSUM))
    files = len({each.file for each in named})
    said = [
        *(syntaxes.said[1:-1] if syntaxes else ()),
        f"{counted(files, 'file')} named and there;"
        f" {counted(sizes, 'size or checksum', 'sizes and checksums')} and {counted(counts.checked, 'count')}"
        " are those of the files and graphs",
    ]
    if unseen := counts.unseen + elsewhere:
        said.append(f"not checked: {counted(unseen, 'claim')} about what is not in this release")
    return Check("catalogue", tuple(said), tuple(lies), {"files": files, "claims": sizes + counts.checked})


def _named_files(graph: Graph, folder: Path) -> tuple[list[Named], int]:
    """Return the files that a catalogue names as parts of the release, and how many elsewhere it names.

    An address is that of a file of the release when it ends in its name; addresses beside such a one are
    meant to be of the release as well, and so are relative ones.
    """
    here = (base_iri(rdf_file(folder / CATALOGUE)) or "").removesuffix(CATALOGUE)
    known = {
        SUMS,
        MANIFEST,
        *(read_sums(read_list(folder / SUMS)).files if (folder / SUMS).is_file() else ()),
    }
    addresses = [(s, o[1:-1]) for s, p, o in graph if p in _NAMING and o.startswith("<")]
    files = {address: _file(address, known) for _, address in addresses}
    homes = {here, *(address.removesuffix(file) for address, file in files.items() if file)}
    named = []
    for node, address in addresses:
        home = next((home for home in sorted(homes, key=len, reverse=True) if address.startswith(home)), None)
        file = files[address] or (unquote(address.removeprefix(home)) if home else None)
        if file is not None:
            named.append(Named(node, address, file))
    return named, len(addresses) - len(named)


def _file(address: str, known: Collection[str]) -> str | None:
    """Return the file of the release whose name an address ends in, the longest such name."""
    parts = unquote(urlsplit(address).path).split("/")
    names = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((name for name in names if name in known), None)


def _absent(folder: Path, named: list[Named]) -> Iterator[Lie]:
    for each in sorted({(each.file, each.address) for each in named}):
        file, address = each
        if not (folder / file).is_file():
            yield Lie(CATALOGUE, f"a file {file} at {address}", "there is no such file in the release")


def _wrong_sizes(graph: Graph, folder: Path, named: list[Named]) -> Iterator[Lie]:
    """Yield each size and checksum that is not the file's (DCAT 3, section 6.8; SPDX 2.3, section 7.10)."""
    for node, file in sorted({(each.node, each.file) for each in named}):
        path = folder / file
        if not path.is_file():
            continue
        length = path.stat().st_size
        for size in (text.removesuffix(" B") for text in _texts(graph, node, _SIZES)):
            if size != str(length):
                yield Lie(CATALOGUE, f"{file} has {size} bytes", f"it has {length}")
        for value in _texts(graph, node, _SUMS):
            if value != digest(path):
                yield Lie(CATALOGUE, f"{file} has the SHA-256 {value}", f"it is {digest(path)}")
        for checksum in graph.objects(node, _CHECKSUM):
            yield from _wrong_checksum(graph, checksum, file, path)


def _texts(graph: Graph, node: str, predicates: Iterable[str]) -> list[str]:
    return [text_of(value) for predicate in predicates for value in graph.objects(node, predicate)]


def _wrong_checksum(graph: Graph, checksum: str, file: str, path: Path) -> Iterator[Lie]:
    algorithms, values = (_texts(graph, checksum, [claim]) for claim in (_ALGORITHM, _VALUE))
    if not all(each.lower().endswith("sha256") for each in algorithms):
        yield Lie(
            CATALOGUE, f"{file} has a checksum by {', '.join(algorithms)}", "only SHA-256 can be checked"
        )
    elif values != [digest(path)]:
        yield Lie(CATALOGUE, f"{file} has the SHA-256 {', '.join(values)}", f"it is {digest(path)}")
