# Generated from src/oneclick_deploy/deploy/_async/__init__.py by tools/unasync.py. Do not edit.
"""The part of a deployment that talks to providers."""
