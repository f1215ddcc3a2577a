"""Publish records of funded projects as linked data that can be trusted."""

__version__ = "0.1.0"
