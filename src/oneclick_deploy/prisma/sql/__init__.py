"""From a schema to SQL: the database that a schema describes, and one renderer per provider."""
