"""Templates of SQL: values are quoted, parts are enclosed, constant text stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from lodgrants.db.engine import open_engine
from lodgrants.db.fragment import all_of, any_of, call, case, column, sql, union


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_a_text_comes_back_from_the_database_as_it_was(text: str) -> None:
    assert sql("SELECT :text", text=text).text == f"SELECT {exp.Literal.string(text).sql('duckdb')}"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_a_name_is_quoted_as_sqlglot_does(name: str) -> None:
    assert column(name).text == exp.to_identifier(name, quoted=True).sql("duckdb")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (sql("SELECT ':a' , x[2:3] FROM _t AS t", _t="it"), "SELECT ':a' , x[2:3] FROM \"it\" AS t"),
        (sql("x IN (:m) OR y = :v", m=["a", "b"], v=3), "x IN ('a', 'b') OR y = 3"),
        (sql("x IN (:m)", m=sql("SELECT 1")), "x IN (SELECT 1)"),
        (sql("f(:m, :n, :t)", m=["a", None], n=None, t=True), "f(['a', NULL], NULL, TRUE)"),
        (sql(":a = 1", a=sql("b OR c")), "(b OR c) = 1"),
        (sql("SELECT _c", _c=[sql("1 AS a"), sql("2 AS b")]), "SELECT 1 AS a, 2 AS b"),
        (sql("f({'k': 1}, :m)", m={"k": "v"}), "f({'k': 1}, {'k': 'v'})"),
        (all_of([]), "TRUE"),
        (any_of([]), "FALSE"),
        (any_of([sql("a"), sql("b")]), "(a) OR (b)"),
        (union([sql("SELECT 1"), sql("SELECT 2")]), "(SELECT 1) UNION ALL (SELECT 2)"),
        (call("f", "x", sql("y")), "f('x', (y))"),
        (case([], sql("x")), "(x)"),
        (case([(sql("a"), sql("b"))], None), "CASE WHEN (a) THEN (b) ELSE NULL END"),
        (sql("SELECT :e", e=exp.column("a")), "SELECT (a)"),
    ],
)
def test_parts_stand_where_the_template_says(made: object, expected: str) -> None:
    assert getattr(made, "text", None) == expected


def test_a_part_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        sql("SELECT :missing")


def test_what_is_made_runs() -> None:
    with open_engine() as engine:
        engine.run(sql("CREATE TABLE _t AS SELECT unnest(:rows) AS a", _t='odd "name', rows=["x'", "y"]))
        assert engine.rows(sql("SELECT a FROM _t WHERE a IN (:m)", _t='odd "name', m=["x'"])) == [("x'",)]
