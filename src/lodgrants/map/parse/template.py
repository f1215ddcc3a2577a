"""Templates: text with references in braces, in RML's and in YARRRML's notation."""

from __future__ import annotations

from lodgrants.map.model import Reference, Template


def parse_template(text: str) -> Template:
    r"""Return the parts of an RML template; ``\{``, ``\}`` and ``\\`` stand for the character itself.

    Implements RML-Core, "Template-valued Expression Map". Raises ValueError, saying what is wrong, when
    a brace is not closed, is nested, or a backslash stands before any other character.
    """
    parts: list[str | Reference] = []
    current, inside, position = "", False, 0
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 1
            following = text[position : position + 1]
            if following not in ("{", "}", "\\") or not following:
                raise ValueError(f"a backslash may only stand before a brace or a backslash: {text!r}")
            current += following
        elif char in "{}":
            _check_brace(char, inside, current, text)
            if current:
                parts.append(Reference(current) if inside else current)
            current, inside = "", char == "{"
        else:
            current += char
        position += 1
    if inside:
        raise ValueError(f"a brace is not closed: {text!r}")
    if current:
        parts.append(current)
    return Template(tuple(parts))


def _check_brace(char: str, inside: bool, current: str, text: str) -> None:
    if inside == (char == "{"):
        fault = "opened inside a reference" if inside else "closed that was never opened"
        raise ValueError(f"a brace is {fault}; write \\{char} for the character: {text!r}")
    if inside and not current:
        raise ValueError(f"a reference is empty: {text!r}")
