"""Readers of the forms that values take on pages: lists, places in prose, names without labels."""
