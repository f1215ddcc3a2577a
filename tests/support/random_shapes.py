"""Random graphs and shapes, as Turtle."""

from __future__ import annotations

from hypothesis import strategies as st

PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
NODES = ["ex:a", "ex:b", "ex:c", "_:x", "_:y"]
LITERALS = [
    '"one"', '"two"@en', '"zwei"@de', '"TWO"@EN-gb', "1", "2", "10", "1.5", '"2020-01-02"^^xsd:date',
    '"2021-01-02"^^xsd:date', '"bad"^^xsd:integer', '"a \\"quoted\\" word"', '""', "true", '"12"',
]  # fmt: skip
PREDICATES = ["ex:p", "ex:q", "ex:r"]
CLASSES = ["ex:C", "ex:D", "ex:E"]

terms = st.sampled_from(NODES + LITERALS)
predicates = st.sampled_from(PREDICATES)
triples = st.one_of(
    st.tuples(st.sampled_from(NODES), predicates, terms),
    st.tuples(st.sampled_from(NODES), st.just("a"), st.sampled_from(CLASSES)),
    st.tuples(st.sampled_from(CLASSES), st.just("rdfs:subClassOf"), st.sampled_from(CLASSES)),
)
graphs = st.lists(triples, min_size=1, max_size=14)


@st.composite
def paths(draw: st.DrawFn, depth: int = 2) -> str:
    kind = draw(
        st.sampled_from(
            ["predicate"] * 4 + (["inverse", "sequence", "alternative", "*", "+", "?"] if depth else [])
        )
    )
    if kind == "predicate":
        return draw(predicates)
    inner = draw(paths(depth - 1))
    if kind in ("sequence", "alternative"):
        members = f"( {inner} {draw(paths(depth - 1))} )"
        return members if kind == "sequence" else f"[ sh:alternativePath {members} ]"
    names = {"inverse": "inversePath", "*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}
    return f"[ sh:{names[kind]} {inner} ]"


VALUE_CONSTRAINTS = st.one_of(
    st.sampled_from(CLASSES).map(lambda c: f"sh:class {c}"),
    st.sampled_from(
        ["xsd:string", "xsd:integer", "xsd:decimal", "xsd:date", "rdf:langString", "xsd:boolean"]
    ).map(lambda d: f"sh:datatype {d}"),
    st.sampled_from(
        ["BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"]
    ).map(lambda k: f"sh:nodeKind sh:{k}"),
    st.tuples(
        st.sampled_from(["minInclusive", "minExclusive", "maxInclusive", "maxExclusive"]),
        st.sampled_from(["1", "2.0", '"2020-06-01"^^xsd:date', "1.5"]),
    ).map(lambda pair: f"sh:{pair[0]} {pair[1]}"),
    # Not minLength 0: of a blank node the recommendation wants a result at any length, and pySHACL gives none
    # (https://www.w3.org/TR/shacl/#MinLengthConstraintComponent, "or where v is a blank node").
    st.tuples(st.sampled_from(["minLength", "maxLength"]), st.integers(1, 6)).map(
        lambda p: f"sh:{p[0]} {p[1]}"
    ),
    st.sampled_from(
        [
            'sh:pattern "^[a-z]"',
            'sh:pattern "O" ; sh:flags "i"',
            'sh:pattern "\\\\d$"',
            'sh:pattern "\\\\w+ "',
        ]
    ),
    st.sampled_from(['sh:languageIn ( "en" )', 'sh:languageIn ( "de" "fr" )', "sh:languageIn ( )"]),
    st.lists(terms.filter(lambda t: not t.startswith("_:")), max_size=3).map(
        lambda t: f"sh:in ( {' '.join(t)} )"
    ),
    terms.filter(lambda t: not t.startswith("_:")).map(lambda t: f"sh:hasValue {t}"),
    predicates.map(lambda p: f"sh:equals {p}"),
    predicates.map(lambda p: f"sh:disjoint {p}"),
    st.just("sh:closed true ; sh:ignoredProperties ( rdf:type ex:q )"),
)
PATH_CONSTRAINTS = st.one_of(
    st.tuples(st.sampled_from(["minCount", "maxCount"]), st.integers(0, 3)).map(
        lambda p: f"sh:{p[0]} {p[1]}"
    ),
    st.just("sh:uniqueLang true"),
    predicates.map(lambda p: f"sh:lessThan {p}"),
    predicates.map(lambda p: f"sh:lessThanOrEquals {p}"),
)


@st.composite
def bodies(draw: st.DrawFn, depth: int, path: bool) -> str:
    """Return what stands between a shape's brackets."""
    parts = [f"sh:path {draw(paths())}"] if path else []
    simple = st.one_of(VALUE_CONSTRAINTS, PATH_CONSTRAINTS) if path else VALUE_CONSTRAINTS
    parts += _once(draw(st.lists(simple, min_size=1, max_size=2)))
    if depth:
        nested = (
            st.booleans()
            .flatmap(lambda has_path: bodies(depth - 1, has_path))
            .map(lambda body: f"[ {body} ]")
        )
        properties = bodies(depth - 1, True).map(lambda body: f"[ {body} ]")
        kind = draw(st.sampled_from(["", "node", "not", "and", "or", "xone", "property", "qualified"]))
        if kind == "node":
            parts.append(f"sh:node [ {draw(bodies(depth - 1, False))} ]")
        elif kind == "not":
            parts.append(f"sh:not {draw(nested)}")
        elif kind == "property":
            parts.append(f"sh:property {draw(properties)}")
        elif kind == "qualified" and path:
            bound = draw(st.sampled_from(["Min", "Max"]))
            parts.append(
                f"sh:qualifiedValueShape {draw(nested)} ; sh:qualified{bound}Count {draw(st.integers(0, 2))}"
            )
        elif kind in ("and", "or", "xone"):
            parts.append(f"sh:{kind} ( {' '.join(draw(st.lists(nested, min_size=1, max_size=2)))} )")
    return " ; ".join(parts)


def _once(parts: list[str]) -> list[str]:
    """Keep the first of each parameter, as most may stand only once on a shape."""
    return list({part.split()[0]: part for part in reversed(parts)}.values())


targets = st.one_of(
    st.sampled_from(["ex:a", "ex:b", '"one"', "1"]).map(lambda t: f"sh:targetNode {t}"),
    st.sampled_from(CLASSES).map(lambda c: f"sh:targetClass {c}"),
    predicates.map(lambda p: f"sh:targetSubjectsOf {p}"),
    predicates.map(lambda p: f"sh:targetObjectsOf {p}"),
)


@st.composite
def shapes(draw: st.DrawFn) -> str:
    severity = draw(st.sampled_from(["", " ; sh:severity sh:Warning"]))
    target = " ; ".join(draw(st.lists(targets, min_size=1, max_size=2, unique=True)))
    return f"ex:S {target} ; {draw(bodies(2, draw(st.booleans())))}{severity} ."


@st.composite
def profiles(draw: st.DrawFn) -> str:
    """Return many shapes made of a few pieces, so that many ask the same."""
    pieces = draw(
        st.lists(bodies(1, False).filter(lambda text: "lessThan" not in text), min_size=2, max_size=4)
    )
    # Not sh:lessThan: pySHACL refuses blank nodes and orders IRIs, neither of which SPARQL's "<" compares.
    counts = PATH_CONSTRAINTS.filter(lambda text: "lessThan" not in text)
    of_paths = _once(draw(st.lists(counts, min_size=1, max_size=2)))
    steps = [*PREDICATES, "[ sh:inversePath ex:p ]", "( ex:p ex:q )"]

    def property_shape() -> str:
        own = draw(st.sampled_from([*pieces, *of_paths]))
        return f"sh:property [ sh:path {draw(st.sampled_from(steps))} ; {own} ]"

    def node_shape(number: int) -> str:
        properties = [property_shape() for _ in range(draw(st.integers(2, 5)))]
        own = draw(st.one_of(st.just([]), st.sampled_from(pieces).map(lambda piece: [piece])))
        return f"ex:S{number} {' ; '.join([draw(targets), *own, *properties])} ."

    return "\n".join(node_shape(number) for number in range(3))
