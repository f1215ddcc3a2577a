"""Every code that the program can say has an entry in the catalogue, and docs/errors.md is current."""

from __future__ import annotations

import re

from lodgrants.codes import as_markdown, catalogue
from support import ROOT


def test_every_code_in_the_source_is_explained() -> None:
    said = {
        code
        for file in (ROOT / "src").rglob("*.py")
        for code in re.findall(r"LG-[A-Z]+-\d{3}", file.read_text(encoding="utf8"))
    }
    assert said <= set(catalogue())


def test_the_page_of_codes_is_current() -> None:
    assert (ROOT / "docs" / "errors.md").read_text(encoding="utf8") == as_markdown()
