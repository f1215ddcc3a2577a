"""Results with their place as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).

The place is the line of the statement in a data file of one statement a line, or the words in the source
(character offset and length) that a record's evidence names.
"""

from __future__ import annotations

import json
from typing import IO

from lodgrants import __version__
from lodgrants.db.fragment import Sql, sql
from lodgrants.validate.messages import component_name, short_iris
from lodgrants.validate.report.model import Report


def write_sarif(report: Report, out: IO[bytes]) -> None:
    """Write one run with a rule for each constraint; results are streamed."""
    rules = [
        {
            "id": name,
            "shortDescription": {
                "text": f"{short_iris(path or shape)}: {component_name(component)} {expected}".strip()
            },
        }
        for name, shape, component, path, expected in report.rule_rows()
    ]
    driver = {"name": "lodgrants", "version": __version__, "rules": rules}
    head = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": []}],
    }
    start, end = json.dumps(head, ensure_ascii=False).rsplit("[]", 1)
    out.write(f"{start}[".encode())
    report.write_lines(_result(), out)
    out.write(f"\n]{end}\n".encode())


def _result() -> Sql:
    return sql(
        "concat(IF(id = (SELECT min(id) FROM _result), E'\\n', E',\\n'), '{\"ruleIndex\":', rule,"
        " ',\"ruleId\":', to_json(name),"
        " ',\"level\":\"', CASE regexp_extract(severity, '#(.*)>', 1) WHEN 'Warning' THEN 'warning'"
        "  WHEN 'Info' THEN 'note' ELSE 'error' END,"
        " '\",\"message\":{\"text\":', to_json(concat(message, ' (', focus, ' -> ' || value, ')')), '}',"
        ' \',"locations":[{\', \'"physicalLocation":{"artifactLocation":{"uri":\' || to_json(source) || \'}\''
        " || coalesce(',\"region\":{\"startLine\":' || line || '}',"
        ' \',"region":{"charOffset":\' || start || \',"charLength":\' || (stop - start)'
        " || coalesce(',\"snippet\":{\"text\":' || to_json(quote) || '}', '') || '}', '') || '},',"
        ' \'"logicalLocations":[{"fullyQualifiedName":\', to_json(focus), \',"kind":"resource"}]}]\','
        ' \',"partialFingerprints":{"lodgrants/v1":"\', md5(concat_ws(\' \', shape_label,'
        " component, path, focus, value)),"
        ' \'"},"properties":\', CAST(to_json(struct_pack(focus := focus, path := path, value := value,'
        " shape := shape_label, component := component, record := record)) AS VARCHAR), '}')"
    )
