"""What a graph says otherwise than it did in the release before, as tables of the database.

A subject is *touched* when a statement about it came or went, in whatever named graph. All that was said of
touched subjects and all that is said of them is at hand; what is said of others has not changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lodgrants.db.engine import Engine
from lodgrants.db.fragment import sql
from lodgrants.publish.cottas import read_cottas


@dataclass(frozen=True, slots=True)
class Change:
    """A graph's change: all of its quads as files, those of changed graphs and of touched subjects as tables.

    Tables have the columns ``s, p, o, g``, that of touched subjects only ``s``; ``was`` and ``now`` hold the
    quads of changed graphs, ``before`` and ``after`` those of touched subjects.
    """

    name: str
    old: Path
    new: Path

    @property
    def touched(self) -> str:
        """The table of subjects of which something is said that was not, or no longer."""
        return f"_lg_{self.name}_touched"

    @property
    def was(self) -> str:
        """The table of what changed graphs said before."""
        return f"_lg_{self.name}_was"

    @property
    def now(self) -> str:
        """The table of what changed graphs say now."""
        return f"_lg_{self.name}_now"

    @property
    def before(self) -> str:
        """The table of all that was said of touched subjects."""
        return f"_lg_{self.name}_before"

    @property
    def after(self) -> str:
        """The table of all that is said of touched subjects."""
        return f"_lg_{self.name}_after"


def find_change(engine: Engine, change: Change, again: Path, changed: str) -> Change:
    """Make the tables of a change and return it.

    ``again`` is the file of what changed graphs say now, ``changed`` the table (``g``) of their names.
    """
    was = sql("SELECT s, p, o, q.g FROM _q AS q SEMI JOIN _c AS c ON q.g = c.g",
              _q=read_cottas(change.old), _c=changed)  # fmt: skip
    engine.create(change.was, was)
    engine.create(change.now, read_cottas(again))
    touched = sql(
        """
        SELECT DISTINCT s FROM (
            (SELECT * FROM _was EXCEPT SELECT * FROM _now)
            UNION ALL (SELECT * FROM _now EXCEPT SELECT * FROM _was)
        ) AS moved
        """,
        _was=change.was, _now=change.now,
    )  # fmt: skip
    engine.create(change.touched, touched)
    before = sql("SELECT q.s, p, o, g FROM _q AS q SEMI JOIN _t AS t ON q.s = t.s",
                 _q=read_cottas(change.old), _t=change.touched)  # fmt: skip
    engine.create(change.before, before)
    after = sql(
        """
        SELECT s, p, o, b.g FROM _before AS b ANTI JOIN _changed AS c ON b.g = c.g
        UNION ALL SELECT n.s, p, o, g FROM _now AS n SEMI JOIN _touched AS t ON n.s = t.s
        """,
        _before=change.before, _changed=changed, _now=change.now, _touched=change.touched,
    )  # fmt: skip
    engine.create(change.after, after)
    return change
