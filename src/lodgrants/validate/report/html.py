"""Results as one HTML file that needs nothing else: kinds first, every result in a table that sorts."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files
from string import Template
from typing import IO

from lodgrants.db.fragment import Sql, call, column, sql
from lodgrants.validate.messages import component_name, short_iris
from lodgrants.validate.report.model import Group, Report
from lodgrants.validate.report.table import level_name, subject, summary

_COLUMNS = ("severity", "shape_label", "path", "focus", "value", "message", "expected", "record", "place")
_FILES = ("html", "css", "js")
_RESULTS = "<!-- results -->"
_TITLES = ("Severity", "Shape", "Path", "Focus node", "Value", "Message", "Expected", "Record", "Place")


def write_html(report: Report, out: IO[bytes]) -> None:
    """Write the page; results are streamed, so that it may be large."""
    page, style, script = (
        files(__package__).joinpath(f"report.{ending}").read_text("utf8") for ending in _FILES
    )
    groups = report.groups(0)
    filled = Template(page).substitute(
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}",
        style=style,
        script=script,
        verdict=escape(summary(report) if groups else report.verdict),
        groups="\n".join(_group(group) for group in groups),
        titles="".join(f"<th><button>{title}</button></th>" for title in _TITLES),
        results=_RESULTS,
    )
    before, after = filled.split(_RESULTS)
    out.write(before.encode())
    report.write_lines(_row(), out)
    out.write(after.encode())


def _group(group: Group) -> str:
    level = level_name(group.severity)
    cells = (
        ("Results", f"{group.count:,}", ""),
        ("Severity", level, escape(level)),
        ("Shape", short_iris(group.shape), ""),
        ("What", subject(group) + group.message, ""),
        ("Component", component_name(group.component), ""),
    )
    made = (f'<td data-t="{name}" class="{style}">{escape(text)}</td>' for name, text, style in cells)
    return f"<tr>{''.join(made)}</tr>"


def _row() -> Sql:
    cells = [
        sql(
            "concat('<td data-t=\"', :title, '\">', :text, '</td>')",
            title=title,
            text=_escaped(_text(name)),
        )
        for title, name in zip(_TITLES, _COLUMNS, strict=True)
    ]
    return call("concat", "<tr>", *cells, "</tr>\n")


def _text(name: str) -> Sql:
    if name == "place":
        return sql("concat(source, ':' || line, ' @' || start, ' “' || quote || '”')")
    if name == "severity":
        return sql("regexp_extract(severity, '([^#/]*)>$', 1)")
    return column(name)


def _escaped(text: Sql) -> Sql:
    """Text made fit to stand in HTML, by the database."""
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = sql("replace(:text, :char, :entity)", text=text, char=char, entity=entity)
    return text


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
