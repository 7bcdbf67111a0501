# Generated from src/oneclick_deploy/prisma/migrations/_async/__init__.py by tools/unasync.py. Do not edit.
"""Applying migrations, and the databases they are applied to."""
