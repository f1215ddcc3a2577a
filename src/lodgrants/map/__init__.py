"""RML, R2RML and YARRRML mappings compiled to SQL; `lodgrants.map(...)` runs one.

The package is also that function: a library user writes `lodgrants.map("mapping.ttl")`, and the name is
that of the command and of this room.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _CallablePackage(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> Any:
        from lodgrants.map.api import run

        return run(*args, **options)


sys.modules[__name__].__class__ = _CallablePackage
