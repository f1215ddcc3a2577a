"""What is read of pages in every layout; `LODGRANTS_REWRITE=1` writes the expected facts anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.pages import said

HERE = Path(__file__).parent / "pages"
PAGES = sorted(path for path in HERE.iterdir() if path.suffix in (".txt", ".html"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_says(page: Path) -> None:
    expected = page.with_name(f"{page.name}.facts")
    found = said(page)
    if os.environ.get("LODGRANTS_REWRITE"):
        expected.write_text(found, encoding="utf8")
    assert found == expected.read_text(encoding="utf8")
