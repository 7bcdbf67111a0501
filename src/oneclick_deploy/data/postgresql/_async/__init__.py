"""The import into PostgreSQL, as it is written."""
