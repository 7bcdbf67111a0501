"""Histories for the tests, and what they leave in a database."""

from __future__ import annotations

from oneclick_deploy.prisma.migrations import Migration, MigrationHistory

CREATE_USER = "-- CreateTable\nCREATE TABLE account (id INTEGER PRIMARY KEY, name VARCHAR(20));\n"
CREATE_POST = "CREATE TABLE post (id INTEGER PRIMARY KEY);\r\nINSERT INTO post VALUES (1);\r\n"
# The second of its statements fails when it runs, not when it is read.
HALF = "CREATE TABLE half (id INTEGER PRIMARY KEY);\n-- é\nINSERT INTO post (id) VALUES (1);\nSELECT 1;\n"


def history(provider: str, **scripts: str) -> MigrationHistory:
    """A history of scripts by name, in that order."""
    return MigrationHistory(
        provider=provider,
        migrations=tuple(Migration.of(name, script) for name, script in scripts.items()),
    )


def two(provider: str) -> MigrationHistory:
    return history(provider, a_user=CREATE_USER, b_post=CREATE_POST)


def broken(provider: str) -> MigrationHistory:
    return history(provider, a_user=CREATE_USER, b_post=CREATE_POST, c_half=HALF, d_last="SELECT 1")
