"""The validator as one function with keywords, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lodgrants.db.engine import Limits
from lodgrants.validate import run
from lodgrants.validate.model import Term

if TYPE_CHECKING:
    from lodgrants.validate.inputs import Data
    from lodgrants.validate.report.model import Report


def validate(
    data: Data,
    shapes: Data,
    *,
    engine: str = "auto",
    only_shapes: Sequence[Term] = (),
    only_focus: Sequence[Term] = (),
    limits: Limits | None = None,
) -> Report:
    """Validate data against SHACL shapes and return the report.

    ``data`` and ``shapes`` are each a path of a file or folder, quads in memory (columns ``s, p, o`` and
    perhaps ``g``: an Arrow table or reader, a DuckDB relation, or whatever else has Arrow's C stream), an
    rdflib graph, or a list of such. The report holds a database: use it in a ``with`` statement, or close it.

    :raises LodgrantsError: see `lodgrants.validate.run.validate`.
    """
    return run.validate(data, shapes, run.Options(only_shapes, only_focus, limits, engine))
