"""Patterns that the database's regular expressions lack, matched by Python's ``regex``."""

from __future__ import annotations

from dataclasses import dataclass

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import Sql, sql
from lodgrants.rdf.literals import text
from lodgrants.validate.components.scope import VALUE, Scope, Test


@dataclass(frozen=True, slots=True)
class MatchStep:
    """Texts to match with an expression, and the table for those that do."""

    table: str
    expression: str
    texts: Sql

    def run(self, engine: Engine) -> None:
        """Fill the table: a loop in Python, over each text once, for which the database has no means."""
        import pyarrow as pa
        import regex

        found = regex.compile(self.expression).search
        texts = (one for batch in engine.batches(self.texts) for one in batch.column(0).to_pylist())
        matching = pa.array([one for one in texts if found(one)], pa.string())
        engine.register(self.table, pa.table({"text": matching}))


def compile_match(expression: str, scope: Scope, table: str) -> tuple[MatchStep, Test]:
    """Return the step that matches the value nodes' texts, and the test that reads what it found."""
    texts = sql(
        "SELECT DISTINCT text FROM (SELECT :text AS text FROM _v AS v) AS t WHERE text IS NOT NULL",
        text=text(VALUE),
        _v=scope.values,
    )
    holds = sql("coalesce(:text IN (SELECT text FROM _m), FALSE)", text=text(VALUE), _m=table)
    return MatchStep(table, expression, texts), Test(holds)
