"""A small RDF graph in memory, for configuration-sized input such as shapes; not for data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from lodgrants.rdf.namespaces import RDF, RDFS

Triple = tuple[str, str, str]
TYPE = f"<{RDF}type>"
SUBCLASS_OF = f"<{RDFS}subClassOf>"
FIRST, REST, NIL = f"<{RDF}first>", f"<{RDF}rest>", f"<{RDF}nil>"


class ListError(ValueError):
    """A node that should be an RDF list is not one."""


class Graph:
    """Triples of N-Triples terms, indexed by subject and by object; iteration keeps the order of reading.

    ``prefixes`` are those that the files declare; a name that two of them use differently is left out.
    """

    def __init__(self, triples: Iterable[Triple] = ()) -> None:
        self.prefixes: dict[str, str] = {}
        self._triples: dict[Triple, None] = {}
        self._forward: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
        self._backward: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
        for triple in triples:
            self.add(triple)

    def add(self, triple: Triple) -> None:
        """Add a triple."""
        subject, predicate, object_ = triple
        self._triples[triple] = None
        self._forward[subject][predicate][object_] = None
        self._backward[predicate][object_][subject] = None

    def __iter__(self) -> Iterator[Triple]:
        return iter(self._triples)

    def __contains__(self, triple: Triple) -> bool:
        return triple in self._triples

    def __len__(self) -> int:
        return len(self._triples)

    def predicates(self, subject: str) -> list[str]:
        """Return the predicates used with a subject."""
        return list(self._forward[subject]) if subject in self._forward else []

    def objects(self, subject: str, predicate: str) -> list[str]:
        """Return the objects of a subject and predicate, in order of reading."""
        return list(self._forward[subject].get(predicate, ())) if subject in self._forward else []

    def subjects(self, predicate: str, object_: str | None = None) -> list[str]:
        """Return the subjects that have a predicate (with an object), in order of reading."""
        by_object = self._backward.get(predicate, {})
        if object_ is not None:
            return list(by_object.get(object_, ()))
        return list(dict.fromkeys(s for subjects in by_object.values() for s in subjects))

    def subclasses(self, class_: str) -> set[str]:
        """Return a class and all its transitive subclasses."""
        found, todo = {class_}, [class_]
        while todo:
            for sub in self.subjects(SUBCLASS_OF, todo.pop()):
                if sub not in found:
                    found.add(sub)
                    todo.append(sub)
        return found

    def instances(self, class_: str) -> list[str]:
        """Return the SHACL instances of a class (https://www.w3.org/TR/shacl/#dfn-shacl-instance)."""
        found = (s for c in self.subclasses(class_) for s in self.subjects(TYPE, c))
        return list(dict.fromkeys(found))

    def members(self, head: str) -> tuple[str, ...]:
        """Return the members of an RDF list.

        :raises ListError: when the node is not a well-formed list (https://www.w3.org/TR/shacl/#syntax-rule-SHACL-list).
        """
        found: list[str] = []
        seen: set[str] = set()
        while head != NIL:
            first, rest = self.objects(head, FIRST), self.objects(head, REST)
            if len(first) != 1 or len(rest) != 1 or head in seen:
                raise ListError(f"not a well-formed RDF list: {head}")
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return tuple(found)
