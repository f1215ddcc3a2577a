"""Capture -> records with evidence: layout readers, value parsers, source profiles."""
