"""Reports: one table of results, written in many forms."""
