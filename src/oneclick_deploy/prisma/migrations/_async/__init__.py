"""Applying migrations, and the databases they are applied to."""
