"""Rewrites a schema for another database: `transform` and what it answers."""
