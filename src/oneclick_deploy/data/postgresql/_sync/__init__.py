# Generated from src/oneclick_deploy/data/postgresql/_async/__init__.py by tools/unasync.py. Do not edit.
"""The import into PostgreSQL, as it is written."""
