"""XPath 1.0 as far as it is a path of names: what can be streamed, and what is read off without an engine."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree

from lodgrants.errors import MappingError, Problem, Where
from lodgrants.map.sources.marks import XML_MARK

_NAME = re.compile(r"(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*")
_UP = re.compile(r"^(?:\.\./)+")
_UPWARD = re.compile(r"\.\.|ancestor|parent::|preceding|following|(?:^|[^\w\])*.])/")

_XML = "http://www.w3.org/XML/1998/namespace"
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_BRACKET = re.compile(r"'[^']*'|\"[^\"]*\"|[\[\]]")
_PREFIX = re.compile(r"([A-Za-z_][\w.-]*):(?=[A-Za-z_*])")

Element = etree._Element
Extract = Callable[[Element], Any]


@dataclass(frozen=True, slots=True)
class Names:
    """How names in paths are read: the declared namespaces, or the prefixes of the document itself."""

    namespaces: Mapping[str, str]

    def tag(self, name: str) -> str:
        """Return a name as lxml writes tags; a prefix that nobody declares stays as it is."""
        prefix, _, local = name.rpartition(":")
        if not prefix:
            return local
        if prefix == "xml":
            return f"{{{_XML}}}{local}"
        return f"{{{self.namespaces[prefix]}}}{local}" if prefix in self.namespaces else name


def prefixes_in(path: str) -> set[str]:
    """Return the namespace prefixes that an XPath uses."""
    return set(_PREFIX.findall(_QUOTED.sub("", path.replace("::", " ")))) - {"xml"}


def absolute(path: str | None) -> str:
    """Return an iterator as a path from the document: one that starts with a name is meant so."""
    given = (path or "/*").strip()
    return f"/{given}" if re.match(r"[\w*.@]", given) and not re.match(r"[\w.-]+\(", given) else given


@dataclass(frozen=True, slots=True)
class Steps:
    """A path of plain names from the root or, `anywhere`, from any element; `tests` are of the last one."""

    names: tuple[str, ...]
    anywhere: bool = False
    tests: tuple[str, ...] = ()


def plain_steps(path: str) -> Steps | None:
    """Return the steps of a path such as `/a/b:c`, `//b` or `/a/b[@id='1']`; None for any other.

    A test has to be of the element itself and what is in it, and not of its place among others.
    """
    head, bracket, rest = path.strip().partition("[")
    anywhere = head.startswith("//")
    names = head.removeprefix("//" if anywhere else "/").split("/")
    if not head.startswith("/") or not all(_NAME.fullmatch(each) for each in names):
        return None
    tests = _tests(bracket + rest)
    return None if tests is None else Steps(tuple(names), anywhere, tests)


def _tests(text: str) -> tuple[str, ...] | None:
    """Return the texts of predicates one after the other; None where one asks for more than its element."""
    found = []
    start = depth = 0
    for match in _BRACKET.finditer(text):
        depth += {"[": 1, "]": -1}.get(match[0], 0)
        if depth == 0 and match[0] == "]":
            found.append(text[start + 1 : match.start()])
            start = match.end()
    alone = start == len(text) and all(_is_own(each) for each in found)
    return tuple(found) if alone else None


def _is_own(test: str) -> bool:
    if _UPWARD.search(_QUOTED.sub("''", test)) or test.lstrip().startswith("/"):
        return False
    try:
        # Types are fixed in XPath 1.0: a number is compared with the place, whatever the document.
        sample = etree.XPath(_PREFIX.sub("", test))(etree.Element("sample"))
    except etree.XPathError:
        return False
    return not isinstance(sample, float) and not re.search(r"\b(?:position|last)\s*\(", test)


def levels_up(reference: str) -> int | None:
    """Return how far above its record a reference looks; None when that cannot be told.

    An attribute of an ancestor is there when the record ends, so it counts as no level at all.
    """
    climb = _UP.match(reference)
    rest = reference[climb.end() :] if climb else reference
    if _UPWARD.search(rest):
        return None
    if climb is None:
        return 0
    return 0 if re.fullmatch(r"@[\w.:-]+", rest) else len(climb.group()) // 3


def compile_xpath(path: str, names: Names, where: Where | None) -> etree.XPath:
    """Return a compiled XPath; raise MappingError, naming it, when it is not XPath 1.0."""
    try:
        return etree.XPath(path, namespaces=dict(names.namespaces) or None, smart_strings=False)
    except etree.XPathError as error:
        raise MappingError(Problem("LG-MAP-002", f"not an XPath 1.0: {error}", where, path)) from error


def extractor(reference: str, names: Names, where: Where | None) -> Extract:
    """Return a function from a record's element to a text, a list of texts, or None."""
    if reference.startswith(XML_MARK):
        return _as_json(reference.removeprefix(XML_MARK), names, where)
    if reference.startswith("@") and _NAME.fullmatch(reference[1:]):
        attribute = names.tag(reference[1:])
        return lambda element: element.get(attribute)
    if (chain := _chain(reference, names)) is not None:
        return chain
    compiled = compile_xpath(reference, names, where)

    def evaluate(element: Element) -> Any:
        try:
            return _texts(compiled(element))
        except etree.XPathError as error:
            raise MappingError(
                Problem("LG-MAP-002", f"not an XPath 1.0: {error}", where, reference)
            ) from error

    return evaluate


def child_tag(reference: str, names: Names) -> str | None:
    """Return the tag of a reference that is the name of a child, with or without `/text()`."""
    name = reference.removesuffix("/text()")
    return names.tag(name) if _NAME.fullmatch(name) else None


def text_of(element: Element) -> str:
    """Return the string value of an element."""
    return (element.text or "") if len(element) == 0 else "".join(str(each) for each in element.itertext())


def texts_of(element: Element) -> list[str]:
    """Return the texts that stand directly in an element (`text()`)."""
    if len(element) == 0:
        return [element.text] if element.text else []
    return [text for text in (element.text, *(each.tail for each in element)) if text]


def _as_json(path: str, names: Names, where: Where | None) -> Extract:
    """Return an extractor for the elements that an XPath finds, as JSON texts."""
    compiled = compile_xpath(path, names, where)
    prefixes = {uri: prefix for prefix, uri in names.namespaces.items()}

    def name(tag: str) -> str:
        uri, _, local = tag.rpartition("}")
        prefix = prefixes.get(uri[1:]) if uri else None
        return f"{prefix}:{local}" if prefix else local

    def tree(element: Element) -> dict[str, Any]:
        found: dict[str, Any] = {"#text": text_of(element)}
        found |= {f"@{name(str(key))}": str(given) for key, given in element.attrib.items()}
        for child in element.iterchildren(etree.Element):
            found.setdefault(name(child.tag), []).append(tree(child))
        return found

    def extract(element: Element) -> Any:
        nodes = compiled(element)
        elements = nodes if isinstance(nodes, list) else []
        return [json.dumps(tree(each), ensure_ascii=False) for each in elements if isinstance(each, Element)]

    return extract


def _chain(reference: str, names: Names) -> Extract | None:
    """Return an extractor for a path of child names that may end in an attribute or `text()`."""
    if reference == ".":
        return text_of
    if reference == "text()":
        return lambda element: _texts(texts_of(element))
    steps = reference.split("/")
    last = steps[-1]
    attribute = names.tag(last[1:]) if last.startswith("@") and _NAME.fullmatch(last[1:]) else None
    plain = steps[:-1] if attribute or last == "text()" else steps
    if not plain or not all(_NAME.fullmatch(each) for each in plain):
        return None
    tags = [names.tag(each) for each in plain]

    def walk(element: Element) -> Any:
        found = [element]
        for tag in tags:
            found = [child for each in found for child in each.iterchildren(tag)]
        if attribute:
            texts = [each.get(attribute) for each in found]
        elif last == "text()":
            texts = [text for each in found for text in texts_of(each)]
        else:
            texts = [text_of(each) for each in found]
        present = [each for each in texts if each is not None]
        return present if len(present) > 1 else (present[0] if present else None)

    return walk


def _texts(found: Any) -> Any:
    """Return what an XPath yields as a text, a list of texts, or None."""
    if isinstance(found, list):
        texts = [text_of(each) if isinstance(each, Element) else str(each) for each in found]
        return texts if len(texts) > 1 else (texts[0] if texts else None)
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, float):
        return _number(found)
    return str(found)


def _number(found: float) -> str:
    """Return a number as XPath 1.0's function string() writes it."""
    if not math.isfinite(found):
        return "NaN" if math.isnan(found) else "Infinity" if found > 0 else "-Infinity"
    return str(int(found)) if found == int(found) else format(Decimal(repr(found)), "f")
