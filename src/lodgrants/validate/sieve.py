"""Large data looked through once, so that only what may break a shape is loaded.

Most nodes of most graphs conform. Where all that a shape asks of a focus node stands in the node's own quads,
one pass over the files, with a row for each subject, tells which nodes surely conform. The others, the
suspects, are loaded and validated as ever: what is true of them is decided there, here only who they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, all_of, any_of, sql, union
from lodgrants.rdf.formats import RdfFile
from lodgrants.rdf.graph import SUBCLASS_OF, TYPE
from lodgrants.rdf.lines import parquet_quads
from lodgrants.rdf.read import Kept, load_quads
from lodgrants.validate.look import (
    BITS,
    OTHER,
    Look,
    Suspicion,
    can_look,
    look_at,
    marked,
)
from lodgrants.validate.model import Shapes, Term
from lodgrants.validate.needs import EVIDENCE, HAS_EVIDENCE, own_predicates
from lodgrants.validate.order import entries, reachable
from lodgrants.validate.paths import TRIPLES

SUSPECTS = "_suspect"
_SUBJECTS = "_subject"


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which shapes a look at each subject tells enough of, and what is to be noted for them.

    ``nodes`` limits a plan to the suspects of these shapes; the quads of ``whole`` predicates are for others.
    """

    look: Look
    suspicions: Sequence[Suspicion]
    nodes: Mapping[Term, str | None]
    whole: frozenset[Term]


def compile_sieve(
    shapes: Shapes, only_shapes: Iterable[Term], queried: Collection[Term] | None
) -> Sieve | None:
    """Return the sieve for shapes with targets; None when it would hold nothing back.

    ``queried`` are the predicates that SPARQL constraints ask for.
    """
    starts, _ = entries(shapes, only_shapes)
    seen = [shapes[start] for start in starts if can_look(shapes, shapes[start])]
    below = reachable(shapes, [shape.node for shape in seen])
    others = reachable(shapes, set(starts) - {shape.node for shape in seen})
    whole = {*own_predicates(others), *(queried or ()), *((TYPE,) if others else ()), SUBCLASS_OF}
    if own_predicates(below) <= whole:
        return None
    look = Look()
    suspicions = [look_at(look, shapes, shape) for shape in seen]
    look.note_others()
    for predicate in (SUBCLASS_OF, HAS_EVIDENCE):
        look.has(predicate)
    nodes: dict[Term, str | None] = {shape.node: SUSPECTS for shape in below}
    return Sieve(look, suspicions, nodes | {shape.node: None for shape in others}, frozenset(whole))


def load_sifted(engine: Engine, files: Sequence[RdfFile], sieve: Sieve, predicates: Collection[Term]) -> None:
    """Create the tables of suspects, and of the quads with some predicates that validation needs of Parquet.

    :raises InputError: when a file does not hold quads.
    """
    quads = union(parquet_quads(engine, file.path) for file in files)
    engine.run(_subjects(sieve.look, quads))
    telling = [SUBCLASS_OF, HAS_EVIDENCE]
    marks = [sql("coalesce(bool_or(:m), FALSE)", m=marked(sieve.look.has(each))) for each in telling]
    ((subclasses, evidence),) = engine.rows(sql("SELECT _marks FROM _t", _marks=marks, _t=_SUBJECTS))
    engine.run(_suspects(sieve, subclasses))
    engine.drop(_SUBJECTS)
    load_quads(engine, files, Kept(tuple(sorted(predicates)), SUSPECTS, _whole(sieve, subclasses, evidence)))
    blank = sql("SELECT DISTINCT s FROM _t WHERE starts_with(s, '_:')", _t=TRIPLES)
    engine.run(sql("INSERT INTO _t SELECT * FROM _blank AS b", _t=SUSPECTS, _blank=blank))


def _subjects(look: Look, quads: Sql) -> Sql:
    """Create the table of subjects with all that is noted of them."""
    names = sorted(look.predicates)
    marks = [sql("bit_or(_f) AS _f", _f=f"marks_{number}") for number in look.columns]
    values = [
        sql("any_value(value) FILTER (WHERE p = :p) AS _c", p=names.index(predicate), _c=f"first_{number}")
        for predicate, number in look.first.items()
    ] + [
        sql("list(value) FILTER (WHERE p = :p) AS _c", p=names.index(predicate), _c=f"list_{number}")
        for predicate, number in look.lists.items()
    ]
    return sql(
        "CREATE TABLE _t AS"
        " SELECT s, _noted, count(*) FILTER (WHERE [_is_single][p + 1]) <> :once AS repeated FROM"
        " (SELECT v.s, v.p, v.value, _marks FROM _rows AS v) AS r GROUP BY s",
        _t=_SUBJECTS,
        _noted=[*marks, *values],
        _is_single=[sql(":x", x=name in look.single) for name in names],
        once=_set_bits([look.has(predicate) for predicate in look.single], look.columns),
        _marks=[_marks(look, names, number) for number in look.columns],
        _rows=sql(
            "SELECT s, list_position(:names, p) - 1 AS p, o AS value FROM _quads AS q WHERE p IN (:names)",
            names=names,
            _quads=quads,
        ),
    )


def _marks(look: Look, names: Sequence[Term], number: int) -> Sql:
    """Return one of the columns of a quad's marks: those of its predicate, and those that tests set."""
    # A constant list is the fastest way from a number to another.
    always = [
        _mask((mark for mark, when in look.marks[name].items() if when is None), number) for name in names
    ]
    tested = sql("0")
    for place, name in enumerate(names):
        tests = [
            sql("IF(:when, :bit, 0)", when=when, bit=_mask((mark,), number))
            for mark, when in look.marks[name].items()
            if when and mark // BITS == number
        ]
        if tests:
            bits = reduce(lambda one, other: sql(":a | :b", a=one, b=other), tests)
            tested = sql("IF(v.p = :p, :bits, :others)", p=place, bits=bits, others=tested)
    return sql(
        "[_always][v.p + 1] | :tested AS _name", _always=always, tested=tested, _name=f"marks_{number}"
    )


def _mask(numbers: Iterable[int], column: int) -> Sql:
    """Return the bits of some marks in one column."""
    return sql(
        "CAST(:bits AS BIGINT)",
        bits=sum(1 << number % BITS for number in numbers if number // BITS == column),
    )


def _set_bits(numbers: Sequence[int], columns: Iterable[int]) -> Sql:
    """Return how many of some marks a group of quads has."""
    counts = [
        sql("bit_count(bit_or(_c) & :mask)", _c=f"marks_{column}", mask=_mask(numbers, column))
        for column in columns
    ]
    return reduce(lambda one, other: sql(":a + :b", a=one, b=other), counts)


def _suspects(sieve: Sieve, subclasses: bool) -> Sql:
    """Create the table of nodes that may break a shape; with subclasses, a type may be of any class."""
    broken, strays = [], []
    for suspicion in sieve.suspicions:
        marks = (*suspicion.targets, *((OTHER,) if subclasses else ()))
        focus = any_of(marked(number) for number in marks)
        broken.append(all_of([focus, suspicion.condition]))
        strays += [_strays(focus, *of_class) for of_class in suspicion.of_class]
    nodes = sql(
        "SELECT v.value AS node FROM (SELECT *, s AS value FROM _t) AS v WHERE :broken",
        _t=_SUBJECTS,
        broken=any_of(broken),
    )
    return sql(
        "CREATE TABLE _t AS SELECT DISTINCT node FROM _q AS q", _t=SUSPECTS, _q=union([nodes, *strays])
    )


def _strays(focus: Sql, values: int, class_: int) -> Sql:
    """Return the focus nodes with a value that is not surely of a class."""
    return sql(
        "SELECT u.s AS node FROM (SELECT s, unnest(_values) AS value FROM _t WHERE :focus) AS u"
        " ANTI JOIN (SELECT s FROM _t WHERE :is_a) AS i ON i.s = u.value",
        _values=f"list_{values}",
        _t=_SUBJECTS,
        focus=focus,
        is_a=marked(class_),
    )


def _whole(sieve: Sieve, subclasses: bool, evidence: bool) -> dict[Term, Collection[Term] | None]:
    """Return the predicates, or those with some objects, whose quads are loaded whoever they are about."""
    asked = {number for suspicion in sieve.suspicions for _, number in suspicion.of_class}
    classes = [class_ for class_, number in sieve.look.classes.items() if number in asked]
    types = {TYPE: None if subclasses else classes} if classes else {}
    return {**types, **dict.fromkeys((*sieve.whole, *(EVIDENCE if evidence else ())))}
