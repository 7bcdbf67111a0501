"""Looks for what will hurt in production: `lint`, its findings, and the table of their codes."""
