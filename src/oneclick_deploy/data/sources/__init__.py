"""Brings whatever preview data is given as into one private SQLite file."""
