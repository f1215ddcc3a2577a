"""XML in batches: a column holds lists from the first record that has two values there, in whatever batch."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from lodgrants.cli.map import command
from lodgrants.map.sources import xml

MAPPING = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://ex/> .
<#a> rml:logicalSource [ rml:source "a.xml" ; rml:referenceFormulation rml:XPath ; rml:iterator "/r/i" ] ;
  rml:subjectMap [ rml:template "http://ex/{@n}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:t ; rml:objectMap [ rml:reference "t" ] ],
    [ rml:predicate ex:u ; rml:objectMap [ rml:reference "t/text()" ] ],
    [ rml:predicate ex:o ; rml:objectMap [ rml:reference "o" ] ] .
"""


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_second_values_in_a_later_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(xml, "_BATCH", size)
    items = [
        "<t>a</t>",
        "<o>x</o>",
        "<t>b</t><t>c<b>d</b></t>",
        "",
        "<t/><o>y</o>",
        "<t>e</t><t>f</t><t>g</t>",
    ]
    records = "".join(f'<i n="{n}">{each}</i>' for n, each in enumerate(items))
    (tmp_path / "a.xml").write_text(f"<r>{records}</r>", encoding="utf8")
    (tmp_path / "m.ttl").write_text(MAPPING, encoding="utf8")
    result = CliRunner().invoke(command, [str(tmp_path / "m.ttl"), "-q"], catch_exceptions=False)
    whole = {0: "a", 2: ("b", "cd"), 4: ("",), 5: "efg"}
    # Only the text nodes of the element itself: none of what is inside its children.
    own = {0: "a", 2: "bc", 5: "efg"}
    expected = {
        f'<http://ex/{n}> <http://ex/{p}> "{v}" .'
        for p, values in (("t", whole), ("u", own))
        for n, vs in values.items()
        for v in vs
    }
    expected |= {f'<http://ex/{n}> <http://ex/o> "{v}" .' for n, v in ((1, "x"), (4, "y"))}
    assert set(result.stdout.splitlines()) == expected
