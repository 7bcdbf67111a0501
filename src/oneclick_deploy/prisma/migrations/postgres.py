"""What a batch for PostgreSQL looks like, and what its errors mean: all but the sending."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from oneclick_deploy.errors import (
    ConnectionFailedError,
    ConnectionLostError,
    DatabaseError,
    TransportError,
)
from oneclick_deploy.prisma.migrations.failures import ScriptFailure
from oneclick_deploy.prisma.migrations.scripts import Part, ends_open, parts
from oneclick_deploy.prisma.migrations.table import MigrationsTable, Record
from oneclick_deploy.prisma.migrations.ways import Way, leaves_open, postgres_way
from oneclick_deploy.secrets import Secret

if TYPE_CHECKING:
    import psycopg

# The number of Prisma's advisory lock.
LOCK: Final = 72707369
# libpq: PQTRANS_ACTIVE.
ACTIVE: Final = 1
# libpq: PGRES_EMPTY_QUERY, PGRES_COMMAND_OK, PGRES_TUPLES_OK.
_SUCCESSES: Final = {0, 1, 2}
_SYNTAX_ERROR: Final = "42601"
_HINTS: Final = {
    "25001": "Give this statement a migration of its own: several in one file are one transaction.",
    "42501": "Use a user who may create tables in this schema.",
    "55P04": "Add the value in one migration and use it in the next.",
    "57014": "The server ended the statement: raise its statement_timeout or lock_timeout.",
}
_CONNECTION_HINT: Final = (
    "Check host, port, user and password; a sleeping server may need a second try."
)


@frozen(kw_only=True)
class Batch:
    """A script as PostgreSQL is to run it.

    Args:
        script: The script.
        statements: Its statements.
        as_written: Whether it runs alone, with its row around it.
    """

    script: str = field(repr=False)
    statements: tuple[Part, ...] = field(repr=False)
    as_written: bool

    @classmethod
    def of(cls, script: str) -> Batch:
        """Look at a script."""
        found = tuple(parts(script, provider="postgresql"))
        special = postgres_way([part.text for part in found]) is Way.AS_WRITTEN
        return cls(script=script, statements=found, as_written=special or ends_open(script))

    @property
    def problem(self) -> ScriptFailure | None:
        """Why it cannot be run at all."""
        if not leaves_open(part.text for part in self.statements):
            return None
        return ScriptFailure(
            message="the script leaves its transaction open",
            undone=True,
            hint="End what it begins with COMMIT.",
        )

    @property
    def moves_search_path(self) -> bool:
        """Whether the session must be put back afterwards; dumps empty the search path."""
        return "search_path" in self.script.lower()

    def with_row(self, table: MigrationsTable, record: Record) -> str:
        """The script, and its row as one statement more."""
        # The time of the statement is the time at which the batch arrived.
        sql, args = table.applied(record, began="statement_timestamp()")
        row = sql % tuple(_literal(str(value)) for value in args)
        return f"{self.script}\n;\n{row}"

    def failure(self, error: psycopg.Error, *, done: int | None) -> ScriptFailure:
        """What PostgreSQL refused.

        Args:
            error: The error of psycopg.
            done: How many statements ran before it, when known.
        """
        number = self._number(error, done)
        known = number is not None and number < len(self.statements)
        code = error.sqlstate or ""
        return ScriptFailure(
            message=_words(error),
            code=code,
            statement=number if known else None,
            part=self.statements[number] if known and number is not None else None,
            # A batch that cannot be read does not begin.
            undone=not self.as_written or (code == _SYNTAX_ERROR and done == 0),
            hint=_HINTS.get(code, ""),
        )

    def _number(self, error: psycopg.Error, done: int | None) -> int | None:
        position = error.diag.statement_position
        if position is None:
            # None ran when the batch could not even be read.
            return done
        before = [part for part in self.statements if part.offset < int(position)]
        return len(before) - 1 if before else None


def successes(results: Iterable[Any]) -> int:
    """How many statements of a batch succeeded, from libpq's results."""
    return sum(int(result.status) in _SUCCESSES for result in results)


def database_error(error: psycopg.Error, *, lost: bool) -> DatabaseError | TransportError:
    """Make the error for a refused statement, or a lost connection."""
    if lost:
        return ConnectionLostError(
            f"the connection to PostgreSQL broke: {_words(error)}", outcome_unknown=True
        )
    code = error.sqlstate or ""
    return DatabaseError(_words(error), code=code, hint=_HINTS.get(code, ""))


def not_connected(error: psycopg.Error, url: Secret | str) -> ConnectionFailedError:
    """Make the error for a server that does not let us in."""
    words = " ".join(str(error).split())
    text = url.reveal() if isinstance(url, Secret) else url
    # libpq never shows a password; it may show the text of a URL that it cannot read.
    if text in words:
        words = "the URL cannot be read"
    return ConnectionFailedError(f"PostgreSQL cannot be reached: {words}", hint=_CONNECTION_HINT)


def _words(error: psycopg.Error) -> str:
    primary, detail = error.diag.message_primary, error.diag.message_detail
    return " ".join(filter(None, (primary or str(error), detail)))


def _literal(text: str) -> str:
    quoted = "'" + text.replace("'", "''") + "'"
    return " E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted
