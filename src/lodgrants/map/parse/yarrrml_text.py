"""The text of YARRRML: `$(reference)` in templates, and prefixes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from lodgrants.map.model import Constant, Expression, Reference, Template
from lodgrants.map.parse.build import iri_constant, string_constant
from lodgrants.rdf.namespaces import PREFIXES

_BUILT_IN = {
    **PREFIXES,
    "grel": "http://users.ugent.be/~bjdmeest/function/grel.ttl#",
    "idlab-fn": "https://w3id.org/imec/idlab/function#",
    "lgf": "https://w3id.org/lodgrants/function#",
}
# What may stand before a colon without being declared; others are declared as `scheme: "scheme:"`.
_SCHEMES = frozenset(
    [
        "http",
        "https",
        "urn",
        "mailto",
        "tel",
        "ftp",
        "file",
        "data",
        "geo",
        "doi",
        "info",
        "tag",
        "did",
        "ni",
        "ark",
        "hdl",
        "cid",
        "sip",
        "ws",
        "wss",
        "ssh",
        "git",
        "about",
    ]
)
_PREFIXED = re.compile(r"([A-Za-z][\w.-]*|):(?!//)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Text:
    """Turns text into expressions, with the prefixes and the base of a document."""

    prefixes: Mapping[str, str]
    base: str | None = None
    external: Mapping[str, str] = field(default_factory=dict)

    @property
    def declared(self) -> tuple[tuple[str, str], ...]:
        """Return the prefixes of the document, for those who write RDF."""
        return tuple(self.prefixes.items())

    def expression(self, text: str) -> Expression:
        """Return a plain text, reference or template; raise ValueError when a reference is not closed."""
        parts = self._parts(text)
        if len(parts) == 1 and isinstance(parts[0], Reference):
            return parts[0]
        if all(isinstance(part, str) for part in parts):
            return string_constant("".join(str(part) for part in parts))
        return Template(tuple(parts))

    def iri_expression(self, text: str) -> Expression:
        """Return an IRI, a reference to one, or a template of one, with its prefix written out.

        Raises ValueError for a prefix that is neither declared nor a common scheme of IRIs.
        """
        given = text.removesuffix("~iri")
        full = self.expanded(given)
        prefix = _PREFIXED.fullmatch(given)
        if full == given and prefix and prefix[1].lower() not in _SCHEMES and "$(" not in prefix[1]:
            raise ValueError(f"the prefix {prefix[1]!r} is not declared: {given!r}")
        expression = self.expression(full)
        if not isinstance(expression, Constant):
            return expression
        plain = "".join(str(part) for part in self._parts(full))
        if ":" not in plain and self.base is None:
            raise ValueError(f"not an absolute IRI, and the document has no base: {plain!r}")
        return iri_constant(plain if ":" in plain else f"{self.base}{plain}")

    def value_expression(self, text: str) -> Expression:
        """Return the expression of an object's text: a prefix that the document declares is written out."""
        found = _PREFIXED.fullmatch(text)
        declared = found is not None and found[1] in self.prefixes and not found[2][:1].isspace()
        return self.expression(self.expanded(text) if declared else text)

    def expanded(self, text: str) -> str:
        """Return a text with the prefix that it starts with, if it is one, written out."""
        found = _PREFIXED.fullmatch(text)
        if not found or "$(" in found[1]:
            return text
        namespace = self.prefixes.get(found[1]) or _BUILT_IN.get(found[1])
        return text if namespace is None else namespace + found[2]

    def _parts(self, text: str) -> list[str | Reference]:
        r"""Return plain text and references in turn; ``\(`` and ``\)`` stand for the character itself.

        `$(_name)` is the external value of that name, when the document has one; ``$(\_name)`` never is.
        """
        parts: list[str | Reference] = []
        current, position = "", 0
        while position < len(text):
            if text[position] == "\\" and text[position + 1 : position + 2] in ("(", ")", "$", "\\", ":"):
                current += text[position + 1]
                position += 2
            elif text.startswith("$(", position):
                reference, position = _reference(text, position + 2)
                if reference.startswith("_") and reference[1:] in self.external:
                    current += self.external[reference[1:]]
                    continue
                if current:
                    parts.append(current)
                parts.append(Reference(re.sub(r"^\\_", "_", reference)))
                current = ""
            else:
                current += text[position]
                position += 1
        if current or not parts:
            parts.append(current)
        return parts


def _reference(text: str, position: int) -> tuple[str, int]:
    depth, found = 0, ""
    while position < len(text):
        char = text[position]
        if char == "\\" and text[position + 1 : position + 2] in ("(", ")"):
            found += text[position + 1]
            depth -= text[position + 1] == ")" and depth > 0
            position += 2
            continue
        if char == ")" and depth == 0:
            return found, position + 1
        depth += (char == "(") - (char == ")")
        found += char
        position += 1
    raise ValueError(f"a reference is not closed: {text!r}")


# The short keys of the reference parser that are nowhere a key of another meaning.
_SHORT = {
    "v": "value", "f": "function", "fn": "function", "pm": "parameter", "pms": "parameters",
    "ps": "parameters", "c": "conditions", "predicateobject": "predicateobjects", "iv": "inversepredicates",
    "inversepredicate": "inversepredicates",
}  # fmt: skip


def spell_out(given: object) -> None:
    """Write short keys within a mapping in full, with their places in the document."""
    if isinstance(given, CommentedMap):
        for short, full in _SHORT.items():
            if short in given and full not in given:
                given.lc.add_kv_line_col(full, given.lc.data[short])
                given[full] = given.pop(short)
        for key, each in given.items():
            # The keys of parameters in one map are names of the function's.
            named = key == "parameters" and isinstance(each, CommentedMap)
            for inner in each.values() if named else (each,):
                spell_out(inner)
    elif isinstance(given, CommentedSeq):
        for each in given:
            spell_out(each)
