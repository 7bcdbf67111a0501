"""The rows that are asked about: a table of the source, or some of it."""

from __future__ import annotations

import sqlite3
from typing import Any

from attrs import frozen

from oneclick_deploy.data.source import SourceTable
from oneclick_deploy.providers.libsql.identifiers import quote_identifier


@frozen(kw_only=True)
class Scope:
    """A table of the source, or some of its rows.

    Args:
        connection: The source.
        table: Its table.
        where: SQL of the rows; empty for all of them.
    """

    connection: sqlite3.Connection
    table: SourceTable
    where: str = ""

    @property
    def name(self) -> str:
        """The table, quoted."""
        return quote_identifier(self.table.name)

    def ask(self, wanted: str, *given: object, where: str = "", tail: str = "") -> sqlite3.Cursor:
        """Run ``SELECT wanted`` over the rows, or over those of them that ``where`` takes."""
        taken = " AND ".join(f"({each})" for each in (self.where, where) if each)
        clause = f" WHERE {taken}" if taken else ""
        query = f"SELECT {wanted} FROM {self.name}{clause} {tail}"  # noqa: S608 - quoted
        return self.connection.execute(query, given)

    def ask_one(self, wanted: str, *given: object, where: str = "", tail: str = "") -> Any:
        """The first row of an answer; None when there is none."""
        return self.ask(wanted, *given, where=where, tail=tail).fetchone()
