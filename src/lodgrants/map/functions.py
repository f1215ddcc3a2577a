"""The functions that a mapping may call, each as an SQL expression.

Implements RML-FNML (https://w3id.org/rml/fnml/spec) for the string, number, date and logic functions of
GREL that mappings use, for the conditions of IDLab's list, and for our own normalisers of money and dates.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from sqlglot import exp

from lodgrants.errors import MappingError, Problem, Where
from lodgrants.map.compile.scope import Scope
from lodgrants.map.compile.values import BOOLEAN, DOUBLE, INTEGER, TEXT, Value
from lodgrants.map.model import FunctionCall
from lodgrants.rdf.sql import Expr, call, concat, value, when

GREL = "http://users.ugent.be/~bjdmeest/function/grel.ttl#"
IDLAB = ("http://example.com/idlab/function/", "https://w3id.org/imec/idlab/function#")
OWN = "https://w3id.org/lodgrants/function#"

_OUTPUTS = {
    TEXT: ("stringOut", "stringOutput", "_stringOut", "out", "output_string", "listOut", "output_array"),
    INTEGER: ("output_number", "output_integer", "intOut", "stringOut"),
    DOUBLE: ("output_number", "doubleOut", "stringOut"),
    BOOLEAN: ("_boolOut", "boolOut", "output_bool", "stringOut", "_stringOut"),
}
Args = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its parameters (each with the names it goes by), what it returns, and its expression."""

    build: Callable[[Args, Scope], Expr]
    parameters: tuple[tuple[str, ...], ...]
    returns: str = TEXT
    optional: int = 0


_VALUE = ("valueParam", "valueParameter", "str", "_str", "value", "p_string", "stringParam", "p_any_e")
_VALUE2 = (
    "valueParam2",
    "valueParameter2",
    "str2",
    "otherStr",
    "value2",
    "p_string_sub",
    "string_sub",
    "_otherStr",
)
_FIND = ("param_find", "p_string_find")
_REPLACE = ("param_replace", "p_string_replace")
_FROM = ("p_int_i_from", "param_int_i_from")
_TO = ("p_int_i_opt_to", "param_int_i_opt_to", "p_int_i_to")
_MODE = ("modeParam", "p_string_mode")
_SEP = ("p_string_sep", "param_string_sep", "separator")
_CONDITION = ("strBoolean", "_strBoolean", "bool_b", "p_bool_b", "param_bool_b", "boolParam")
_YES, _NO = ("any_true", "p_any_true", "expression_e"), ("any_false", "p_any_false", "expression_e2")


def call_function(function_call: FunctionCall, inputs: list[tuple[str, Value]], scope: Scope) -> Value:
    """Return the value of a call; raise MappingError when a name in it is not known."""
    if problems := call_problems(function_call):
        raise MappingError(*problems)
    function = registry()[function_call.function]
    args: dict[str, Value] = {}
    for parameter, given in inputs:
        args[_slot(function, parameter, args) or ""] = given
    built = function.build(args, scope)
    return Value(built, function.returns, (built,))


def call_problems(function_call: FunctionCall, where: Where | None = None) -> list[Problem]:
    """Return what is wrong with a call: names that are not known, with the nearest, and what is missing."""
    iri, function = function_call.function, registry().get(function_call.function)
    if function is None:
        return [_unknown(f"the function {iri} is not known", iri, where, registry())]
    problems = []
    taken: dict[str, None] = {}
    for parameter, _ in function_call.inputs:
        slot = _slot(function, parameter, taken)
        if slot is None:
            known = [each for names in function.parameters for each in names]
            name = local_name(parameter)
            problems.append(_unknown(f"{iri} has no parameter {name}", name, where, known))
        else:
            taken[slot] = None
    needed = [names[0] for names in function.parameters[: len(function.parameters) - function.optional]]
    absent = [each for each in needed if each not in taken]
    if absent and not problems:
        problems.append(_unknown(f"{iri} needs the parameter {absent[0]}", absent[0], where))
    output = local_name(function_call.output) if function_call.output else None
    if output is not None and output not in _OUTPUTS[function.returns]:
        problems.append(_unknown(f"{iri} has no output {output}", output, where, _OUTPUTS[function.returns]))
    return problems


def local_name(iri: str) -> str:
    """Return what follows the namespace of an IRI."""
    return iri.rsplit("#")[-1].rsplit("/")[-1]


def _slot(function: Function, parameter: str, taken: Container[str]) -> str | None:
    name = local_name(parameter)
    for names in function.parameters:
        if name in names and (names[0] not in taken or names is function.parameters[-1]):
            return names[0]
    return None


def _unknown(message: str, name: str, where: Where | None, known: Iterable[str] = ()) -> Problem:
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else "`lodgrants map --functions` lists what there is"
    return Problem("LG-MAP-006", message, where, name, hint=hint)


def _text(args: Args, names: tuple[str, ...]) -> Expr:
    return args[names[0]].lexical()


def _number(args: Args, names: tuple[str, ...]) -> Expr:
    return exp.TryCast(this=_text(args, names), to=exp.DataType.build("DOUBLE"))


def _integer(args: Args, names: tuple[str, ...]) -> Expr:
    return exp.TryCast(this=_text(args, names), to=exp.DataType.build("BIGINT"))


def _unary(name: str) -> Callable[[Args, Scope], Expr]:
    return lambda args, _scope: call(name, _text(args, _VALUE))


def _binary(name: str) -> Callable[[Args, Scope], Expr]:
    return lambda args, _scope: call(name, _text(args, _VALUE), _text(args, _VALUE2))


def _substring(args: Args, _scope: Scope) -> Expr:
    start = exp.Add(this=_integer(args, _FROM), expression=value(1))
    if _TO[0] not in args:
        return call("substr", _text(args, _VALUE), start)
    length = exp.Paren(this=exp.Sub(this=_integer(args, _TO), expression=_integer(args, _FROM)))
    return call("substr", _text(args, _VALUE), start, length)


def _escape(args: Args, _scope: Scope) -> Expr:
    """Return the text escaped for the mode: html, xml, url, csv or javascript."""
    text, mode = _text(args, _VALUE), call("lower", _text(args, _MODE))
    markup = text.copy()
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        markup = call("replace", markup, char, entity)
    doubled = concat('"', call("replace", text.copy(), '"', '""'), '"')
    cases = [
        exp.If(this=exp.In(this=mode.copy(), expressions=[value("html"), value("xml")]), true=markup),
        exp.If(this=mode.copy().eq(value("url")), true=call("url_encode", text.copy())),
        exp.If(this=mode.copy().eq(value("csv")), true=doubled),
    ]
    return exp.Case(ifs=cases, default=text)


def _equal(args: Args, _scope: Scope) -> Expr:
    return exp.EQ(this=_text(args, _VALUE), expression=_text(args, _VALUE2))


def _not_equal(args: Args, _scope: Scope) -> Expr:
    return exp.NEQ(this=_text(args, _VALUE), expression=_text(args, _VALUE2))


def _true(args: Args, names: tuple[str, ...] = _CONDITION) -> Expr:
    return call("lower", _text(args, names)).eq(value("true"))


def _if(args: Args, _scope: Scope) -> Expr:
    otherwise = _text(args, _NO) if _NO[0] in args else None
    return when(_true(args), _text(args, _YES), otherwise)


def _url(args: Args, _scope: Scope) -> Expr:
    text = call("upper", _text(args, _VALUE))
    known = call("regexp_matches", text.copy(), "^HTTPS?://")
    return when(known, text, concat("http://", text.copy()))


def _split(args: Args, scope: Scope) -> Expr:
    parts = call("string_split", _text(args, _VALUE), _text(args, _SEP))
    return scope.member(parts, f"split{len(scope.lists)}")


def _title(args: Args, _scope: Scope) -> Expr:
    word = exp.column("word")
    cased = concat(call("upper", call("left", word, 1)), call("lower", call("substr", word.copy(), 2)))
    lambda_ = exp.Lambda(this=cased, expressions=[exp.to_identifier("word")])
    return call(
        "array_to_string",
        call("list_transform", call("string_split", _text(args, _VALUE), " "), lambda_),
        " ",
    )


def _slug(args: Args, _scope: Scope) -> Expr:
    plain = call("lower", call("strip_accents", _text(args, _VALUE)))
    return call("trim", call("regexp_replace", plain, "[^a-z0-9]+", "-", "g"), "-")


def _amount(args: Args, _scope: Scope) -> Expr:
    """Return a sum as a plain decimal: the last mark with one or two digits after it is the point."""
    digits = call("regexp_replace", _text(args, _VALUE), r"[^0-9,.\-]", "", "g")
    cents = call("regexp_extract", digits, r"[.,]([0-9]{1,2})$", 1)
    whole = call(
        "regexp_replace", call("regexp_replace", digits.copy(), r"[.,][0-9]{1,2}$", ""), "[.,]", "", "g"
    )
    return when(cents.eq(value("")), whole, concat(whole.copy(), ".", cents.copy()))


def _date(args: Args, _scope: Scope) -> Expr:
    """Return a date in one of the usual orders as ISO 8601; NULL where it is none."""
    formats = [
        "%Y-%m-%d",
        "%d.%m.%Y",
        "%d.%m.%Y.",
        "%d/%m/%Y",
        "%d-%m-%Y",
        "%d %B %Y",
        "%B %d, %Y",
        "%Y/%m/%d",
    ]
    given = exp.Array(expressions=[value(each) for each in formats])
    parsed = call("try_strptime", call("trim", _text(args, _VALUE)), given)
    return exp.cast(exp.cast(parsed, "DATE"), "VARCHAR")


def _arithmetic(kind: type[exp.Binary]) -> Callable[[Args, Scope], Expr]:
    return lambda args, _scope: exp.Paren(
        this=kind(this=_number(args, _VALUE), expression=_number(args, _VALUE2))
    )


def _numeric(name: str) -> Callable[[Args, Scope], Expr]:
    return lambda args, _scope: exp.cast(call(name, _number(args, _VALUE)), "BIGINT")


def _condition(kind: type[exp.Binary]) -> Callable[[Args, Scope], Expr]:
    return lambda args, _scope: exp.Paren(
        this=kind(this=_true(args, _VALUE), expression=_true(args, _VALUE2))
    )


@cache
def registry() -> dict[str, Function]:
    """Return all functions by IRI."""
    found = {GREL + name: function for name, function in (_grel_texts() | _grel_numbers()).items()}
    found |= {namespace + name: function for namespace in IDLAB for name, function in _idlab().items()}
    return found | {OWN + name: function for name, function in _own().items()}


def _grel_texts() -> dict[str, Function]:
    one, two = (_VALUE,), (_VALUE, _VALUE2)
    return {
        "toUpperCase": Function(_unary("upper"), one),
        "toLowerCase": Function(_unary("lower"), one),
        "toTitleCase": Function(_title, one),
        "string_trim": Function(_unary("trim"), one),
        "trim": Function(_unary("trim"), one),
        "string_length": Function(_unary("length"), one, INTEGER),
        "string_md5": Function(_unary("md5"), one),
        "string_sha1": Function(_unary("sha1"), one),
        "string_toString": Function(lambda args, _: _text(args, _VALUE), one),
        "string_toNumber": Function(lambda args, _: _number(args, _VALUE), one, DOUBLE),
        "string_replace": Function(
            lambda args, _: call("replace", _text(args, _VALUE), _text(args, _FIND), _text(args, _REPLACE)),
            (_VALUE, _FIND, _REPLACE),
        ),
        "string_substring": Function(_substring, (_VALUE, _FROM, _TO), optional=1),
        "string_split": Function(_split, (_VALUE, _SEP)),
        # A text that is missing leaves nothing to say, as in a template.
        "string_concat": Function(
            lambda args, _: exp.DPipe(this=_text(args, _VALUE), expression=_text(args, _VALUE2)), two
        ),
        "string_contains": Function(_binary("contains"), two, BOOLEAN),
        "string_startsWith": Function(_binary("starts_with"), two, BOOLEAN),
        "string_endsWith": Function(_binary("ends_with"), two, BOOLEAN),
        "string_indexOf": Function(
            lambda args, _: exp.Sub(this=_binary("instr")(args, _), expression=value(1)), two, INTEGER
        ),
        "escape": Function(_escape, (_VALUE, _MODE)),
    }


def _grel_numbers() -> dict[str, Function]:
    one, two = (_VALUE,), (_VALUE, _VALUE2)
    return {
        "math_round": Function(_numeric("round"), one, INTEGER),
        "math_floor": Function(_numeric("floor"), one, INTEGER),
        "math_ceil": Function(_numeric("ceil"), one, INTEGER),
        "math_abs": Function(lambda args, _: call("abs", _number(args, _VALUE)), one, DOUBLE),
        "math_sum": Function(_arithmetic(exp.Add), two, DOUBLE),
        "math_subtract": Function(_arithmetic(exp.Sub), two, DOUBLE),
        "math_multiply": Function(_arithmetic(exp.Mul), two, DOUBLE),
        "math_divide": Function(_arithmetic(exp.Div), two, DOUBLE),
        "boolean_and": Function(_condition(exp.And), two, BOOLEAN),
        "boolean_or": Function(_condition(exp.Or), two, BOOLEAN),
        "boolean_not": Function(lambda args, _: exp.not_(_true(args, _VALUE)), one, BOOLEAN),
        "controls_if": Function(_if, (_CONDITION, _YES, _NO), optional=1),
    }


def _idlab() -> dict[str, Function]:
    one, two = (_VALUE,), (_VALUE, _VALUE2)
    return {
        "equal": Function(_equal, two, BOOLEAN),
        "notEqual": Function(_not_equal, two, BOOLEAN),
        "isNull": Function(
            lambda args, _: exp.Is(this=_text(args, _VALUE), expression=exp.Null()), one, BOOLEAN
        ),
        "isNotNull": Function(
            lambda args, _: exp.Is(this=_text(args, _VALUE), expression=exp.Null()).not_(), one, BOOLEAN
        ),
        "stringContainsOtherString": Function(_binary("contains"), two, BOOLEAN),
        "trueCondition": Function(
            lambda args, _: when(_true(args), _text(args, _VALUE)), (_CONDITION, _VALUE)
        ),
        "toUpperCaseURL": Function(_url, one),
        "alwaysReturnsABC": Function(lambda _args, _: value("ABC"), ()),
        "slugify": Function(_slug, one),
    }


def _own() -> dict[str, Function]:
    one, idlab = (_VALUE,), _idlab()
    return {
        "slug": Function(_slug, one),
        "amount": Function(_amount, one),
        "date": Function(_date, one),
        "equal": idlab["equal"],
        "notEqual": idlab["notEqual"],
        "isNotNull": idlab["isNotNull"],
    }
