# Generated from src/oneclick_deploy/providers/turso/_async/__init__.py by tools/unasync.py. Do not edit.
"""The client of the Platform API, in parts by subject."""
