"""What sites put around a page: it is cut off behind the last label, and nowhere else."""

from __future__ import annotations

import pytest

from lodgrants.extract.furniture import before_footer, common_rules
from lodgrants.extract.words import whole


@pytest.mark.parametrize(
    "line",
    ["© 2021 A Fund", "All rights reserved", "Privacy policy", "Follow us on Facebook", "Related projects"],
)
def test_a_footer_begins_behind_the_last_label(line: str) -> None:
    text = f"{line}\nStatus: Completed\nMore.\n{line}\nSomewhere 1, Brussels"
    assert str(before_footer(whole(text), text.index("Status"))).endswith("More.\n")


@pytest.mark.parametrize(
    ("where", "line", "says_nothing"),
    [
        ("anywhere", "This website uses cookies to improve it.", True),
        ("anywhere", "Children bake cookies and share them.", False),
        ("anywhere", "Share on Facebook", True),
        ("top", "Home / News / Contact us", True),
        ("top", "News from the river", False),
    ],
)
def test_furniture(where: str, line: str, says_nothing: bool) -> None:
    assert any(rule.search(line) for rule in common_rules(where).values()) == says_nothing
