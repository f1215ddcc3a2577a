"""What a run made, for people and as JSON: triples by triples map, what sources lack, what it took."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from lodgrants.map.functions import local_name
from lodgrants.map.model import Mapping as MappingModel
from lodgrants.map.report import InvalidReport, SourceReport

_SHOWN = 20
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class MapReport:
    """The triples of a triples map; of several, where the same triples may come from any of them."""

    names: tuple[str, ...]
    triples: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run made and how long it took; `peak_memory` is that of the whole process, in bytes."""

    triples: int
    seconds: float
    maps: tuple[MapReport, ...] = ()
    sources: tuple[SourceReport, ...] = ()
    invalid: tuple[InvalidReport, ...] = ()
    remarks: tuple[str, ...] = ()
    peak_memory: int | None = field(default=None, compare=False)

    @property
    def rate(self) -> int:
        """Return the triples made in a second."""
        return round(self.triples / max(self.seconds, 0.001))

    def lines(self) -> Iterator[str]:
        """Yield the summary for people."""
        for source in self.sources:
            yield from _source_lines(source)
        for each in self.invalid:
            record = f" in record {each.record}" if each.record else ""
            yield (
                f"left out: {each.count:,} values of {each.column!r} in {each.source} are no {each.kind}, "
                f"such as {each.value!r}{record}"
            )
        if len(self.maps) > 1:
            yield from _capped(
                [f"{' and '.join(each.names)}: {each.triples:,} triples" for each in self.maps]
            )
        yield from self.remarks
        memory = f", {self.peak_memory // _MIB:,} MB of memory" if self.peak_memory else ""
        yield f"{self.triples:,} triples in {self.seconds:.1f} s ({self.rate:,} a second){memory}"

    def as_json(self) -> str:
        """Return the summary as a JSON object, its keys as the fields are called."""
        found: dict[str, Any] = asdict(self)
        for each, report in zip(found["invalid"], self.invalid, strict=True):
            each["where"] = str(report.where) if report.where else None
        found["rate"] = self.rate
        return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _source_lines(source: SourceReport) -> Iterator[str]:
    yield f"{source.name}: {source.records:,} records"
    yield from _capped(
        [
            f"  without a value: {each.name} {each.missing:,}"
            + (f", such as record {each.example}" if each.example else "")
            for each in source.columns
        ]
    )


def _capped(lines: list[str]) -> Iterator[str]:
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"  … and {len(lines) - _SHOWN} more"


class Tally:
    """Counts triples by triples map while they are written, under the names that people know maps by."""

    def __init__(self, mapping: MappingModel) -> None:
        self._labels = map_labels(mapping)
        self._counts: Counter[tuple[str, ...]] = Counter(dict.fromkeys(((each,) for each in self._labels), 0))

    def add(self, names: Iterable[str], triples: int) -> None:
        """Count triples of a triples map, or of several that may have made any of them."""
        if maps := tuple(names):
            self._counts[maps] += triples

    def reports(self) -> tuple[MapReport, ...]:
        """Return what was counted, the maps in the order of the document."""
        return tuple(
            MapReport(tuple(self._labels[each] for each in names), count)
            for names, count in self._counts.items()
            if count or not self._is_part(names)
        )

    def _is_part(self, names: tuple[str, ...]) -> bool:
        """Tell whether a map's triples are counted together with those of others."""
        return any(names[0] in other for other in self._counts if other != names)


def map_labels(mapping: MappingModel) -> Mapping[str, str]:
    """Return a short name for each triples map: the local part of its IRI, or its place where it has none."""
    short = {each.name: local_name(each.name) for each in mapping.triples_maps}
    often = Counter(short.values())
    labels = {}
    for each in mapping.triples_maps:
        unnamed = ":" not in each.name and "/" not in each.name and each.where and each.where.line
        unique = often[short[each.name]] == 1 and short[each.name]
        label = short[each.name] if unique else each.name
        labels[each.name] = f"the map at {each.where}" if unnamed and _is_label(each.name) else label
    return labels


def _is_label(name: str) -> bool:
    """Tell whether a name is one that the parser gave a blank node."""
    return len(name) >= 30 and all(char in "0123456789abcdef" for char in name)


def peak_memory() -> int | None:
    """Return the most memory that this process has had, in bytes; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
