"""Names and texts inside quotes.

Prisma writes a name between quotes as it is; a name that holds the quote itself then ends early.
Here the quote is doubled, which is what every server reads back as that name. This is the only
difference from Prisma's text, and it shows only where that text would not run.
"""

from __future__ import annotations


def sqlite(name: str) -> str:
    """A name for SQLite: ``"name"``."""
    if '"' in name:
        name = name.replace('"', '""')
    return f'"{name}"'


def postgresql(name: str) -> str:
    """A name for PostgreSQL: ``"name"``."""
    if '"' in name:
        name = name.replace('"', '""')
    return f'"{name}"'


def mysql(name: str) -> str:
    """A name for MySQL: the name between backticks."""
    if "`" in name:
        name = name.replace("`", "``")
    return f"`{name}`"


def text(value: str) -> str:
    """A string literal. Only the apostrophe is doubled: Prisma leaves the rest as it is."""
    return "'" + value.replace("'", "''") + "'"


def unescaped(value: str) -> str:
    """A value of an enum's list, in which Prisma doubles nothing."""
    return f"'{value}'"


def qualified(namespace: str | None, name: str) -> str:
    """A PostgreSQL name, with its schema unless that is the default one."""
    return postgresql(name) if namespace is None else f"{postgresql(namespace)}.{postgresql(name)}"
