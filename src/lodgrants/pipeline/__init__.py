"""The build: pages to records, records to quads, quads to checked and published files.

The only room that knows every stage. It returns what happened; the command line says it.
"""

from __future__ import annotations

from lodgrants.pipeline.build import build
from lodgrants.pipeline.plan import Plan, Progress, SourceSummary, Summary

__all__ = ["Plan", "Progress", "SourceSummary", "Summary", "build"]
