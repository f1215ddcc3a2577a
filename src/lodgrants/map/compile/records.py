"""Records within values: reading JSON, CSV or XML that is itself a value of a source (RML-LV)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp

from lodgrants.errors import Problem, UnsupportedError
from lodgrants.map.compile.scope import Scope
from lodgrants.map.compile.values import JSON, TEXT, Value
from lodgrants.map.model import CSV, JSON_PATH, XPATH
from lodgrants.map.sources.json_follow import found_values, json_value
from lodgrants.map.sources.jsonpath import WILD, Segment, expressible, is_many, simple_path
from lodgrants.rdf.sql import Expr, call

TEXT_KEY = "#text"
_STEP = re.compile(r"@?(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*")


@dataclass(slots=True)
class RecordScope(Scope):
    """A scope whose references are followed within one record, given as text.

    A record of CSV is a JSON object of its cells, an XML element one of its children and attributes.
    """

    record: Expr | None = None
    formulation: str = JSON_PATH

    def value(self, path: str) -> Value:
        """Return the values of a reference within the record."""
        assert self.record is not None
        record = self.record.copy()
        if self.formulation == CSV:
            found = call("json_extract_string", record, '$."' + path.replace('"', '\\"') + '"')
            return Value(found, TEXT, (found,))
        segments = segments_of(path, self.formulation)
        found = json_value(record, segments)
        if is_many(segments):
            found = self.member(found, f"u{len(self.lists)}")
        return Value(found, JSON, (found,))

    def fresh(self, prefix: str) -> RecordScope:
        """Return the same scope for another term."""
        scope = RecordScope(self.alias, self.columns, self.base, self.skip_invalid, prefix)
        scope.record, scope.formulation = self.record, self.formulation
        return scope


def records_in(record: Expr, iterator: str | None, formulation: str) -> Expr:
    """Return the list of the records that an iterator finds in a text."""
    if formulation == CSV:
        return call("lg_csv_records", record.copy())
    segments = segments_of(iterator or "$", formulation, records=True)
    if is_many(segments):
        return exp.cast(found_values(record, segments), "VARCHAR[]")
    return one_record(json_value(record, segments))


def one_record(item: Expr) -> Expr:
    """Return a list of one record, or of none where it is NULL."""
    none = exp.cast(exp.Array(expressions=[]), "VARCHAR[]")
    return exp.Case(
        ifs=[exp.If(this=item.is_(exp.null()), true=none)], default=exp.Array(expressions=[item.copy()])
    )


def segments_of(path: str, formulation: str, records: bool = False) -> tuple[Segment, ...]:
    """Return the segments of a JSONPath or XPath within a record; refuse what is more than a plain path."""
    segments = simple_path(path) if formulation == JSON_PATH else _of_xpath(path, records)
    if formulation not in (JSON_PATH, XPATH) or segments is None or not expressible(segments):
        feature = f"the {formulation} {path} within a field"
        raise UnsupportedError(Problem("LG-MAP-007", f"{feature} is not supported", value=path))
    return segments


def _of_xpath(path: str, records: bool) -> tuple[Segment, ...] | None:
    found: list[Segment] = []
    steps = [each for each in path.removesuffix("/text()").split("/") if each not in (".", "text()", "$")]
    for step in steps:
        if not _STEP.fullmatch(step):
            return None
        found += [step] if step.startswith("@") else [step, WILD]
    ends_in_attribute = bool(steps) and steps[-1].startswith("@")
    return tuple(found) if records or ends_in_attribute else (*found, TEXT_KEY)
