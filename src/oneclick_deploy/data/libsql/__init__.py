"""Moves a preview into libSQL: rows over Hrana into tables, or the whole file into a new database."""
