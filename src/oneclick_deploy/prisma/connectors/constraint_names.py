"""The names that Prisma gives to keys, indexes and join tables when a schema names none.

They are made of database names, never of the schema's, and cut to the database's limit in bytes:
the names in an existing database are these, so they must come out the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_deploy.prisma.connectors.connector import Connector
from oneclick_deploy.prisma.records import Record


def primary_key_name(table: str, connector: Connector) -> str:
    """``User_pkey``."""
    return _with_suffix(table, "_pkey", connector.identifier_limit)


def unique_name(table: str, columns: Iterable[str], connector: Connector) -> str:
    """``User_email_key``."""
    return _with_suffix(f"{table}_{'_'.join(columns)}", "_key", connector.identifier_limit)


def index_name(table: str, columns: Iterable[str], connector: Connector) -> str:
    """``User_email_idx``."""
    return _with_suffix(f"{table}_{'_'.join(columns)}", "_idx", connector.identifier_limit)


def foreign_key_name(table: str, columns: Iterable[str], connector: Connector) -> str:
    """``Post_authorId_fkey``, of the table that holds the key."""
    return _with_suffix(f"{table}_{'_'.join(columns)}", "_fkey", connector.identifier_limit)


class JoinTableNames(Record):
    """The names of what belongs to an implicit many-to-many relation.

    Args:
        table: The table itself.
        primary_key: On PostgreSQL, over A and B.
        unique: On the others, over A and B.
        index_b: Over B.
        foreign_key_a: The key to the model whose name sorts first.
        foreign_key_b: The key to the other one.
    """

    table: str
    primary_key: str
    unique: str
    index_b: str
    foreign_key_a: str
    foreign_key_b: str


def join_table_names(relation_name: str, connector: Connector) -> JoinTableNames:
    """The names for a relation; an unnamed one is called ``CategoryToPost``."""
    limit = connector.identifier_limit
    table = _cut(f"_{relation_name}", limit)
    return JoinTableNames(
        table=table,
        primary_key=f"{_cut(table, limit - 8)}_AB_pkey",
        unique=f"{_cut(table, limit - 10)}_AB_unique",
        index_b=f"{_cut(table, limit - 8)}_B_index",
        foreign_key_a=f"{_cut(table, limit - 7)}_A_fkey",
        foreign_key_b=f"{_cut(table, limit - 7)}_B_fkey",
    )


def _with_suffix(stem: str, suffix: str, limit: int) -> str:
    return _cut(stem, limit - len(suffix)) + suffix


def _cut(text: str, size: int) -> str:
    """The longest start of a text that takes no more than ``size`` bytes."""
    if len(text) * 4 <= size:
        return text
    encoded = text.encode()
    return text if len(encoded) <= size else encoded[:size].decode(errors="ignore")
