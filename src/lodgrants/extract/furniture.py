"""What sites put around a page whoever publishes it: navigation, cookie banners, footers."""

from __future__ import annotations

import re
from functools import cache

from lodgrants.extract.data import table
from lodgrants.extract.words import Words


@cache
def common_rules(where: str) -> dict[str, re.Pattern[str]]:
    """Return the named rules for lines that say nothing, on any site: ``anywhere``, ``top`` or ``footer``."""
    return {name: re.compile(line, re.IGNORECASE) for name, line in table("furniture")[where].items()}


def before_footer(text: Words, content: int) -> Words:
    """Return the page without its footer: what follows the first footer line behind the last label.

    :param content: the offset up to which there are labels, so that no footer begins before.
    """
    rules = common_rules("footer").values()
    for line in Words(text.page, max(content, text.start), text.end).lines()[1:]:
        inner = line.strip()
        if inner and any(rule.search(str(inner)) for rule in rules):
            return text.to(line.start)
    return text
