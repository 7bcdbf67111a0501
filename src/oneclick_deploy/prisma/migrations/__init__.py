"""Migrations: what the directory holds, what the database has, and what is to be applied."""
