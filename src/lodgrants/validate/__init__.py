"""SHACL validation compiled to SQL: ``lodgrants.validate(data, shapes)`` returns a report.

The room is also its main function, so that a program needs no name but ``lodgrants.validate``.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lodgrants.validate.inputs import Data
    from lodgrants.validate.report.model import Report


class _Validate(ModuleType):
    def __call__(self, data: Data, shapes: Data, **options: Any) -> Report:
        """Validate data against shapes; see `lodgrants.validate.library.validate`."""
        from lodgrants.validate.library import validate

        return validate(data, shapes, **options)


sys.modules[__name__].__class__ = _Validate
