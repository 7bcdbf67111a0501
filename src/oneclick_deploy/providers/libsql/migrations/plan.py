"""What is sent for a migration, and what a refusal of it means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import field, frozen

from oneclick_deploy.errors import (
    AnswerTooLargeError,
    DatabaseBlockedError,
    DatabaseError,
    StreamExpiredError,
)
from oneclick_deploy.prisma.migrations.failures import ScriptFailure
from oneclick_deploy.prisma.migrations.scripts import Part
from oneclick_deploy.prisma.migrations.table import MigrationsTable, Record
from oneclick_deploy.prisma.migrations.ways import Way, leaves_open, sqlite_way
from oneclick_deploy.providers.libsql.atomic import UNREADABLE
from oneclick_deploy.providers.libsql.conditions import ok
from oneclick_deploy.providers.libsql.models import Step, StepOutcome
from oneclick_deploy.providers.libsql.statements import split_script

TABLE: Final = MigrationsTable(provider="sqlite")
# These are about the server or the stream, and say nothing about the script.
_NOT_THE_SCRIPT = (StreamExpiredError, DatabaseBlockedError, AnswerTooLargeError)


@frozen(kw_only=True)
class Plan:
    """A migration as libSQL is to run it.

    Args:
        way: How its statements are run.
        record: Its row.
        parts: The script's statements.
    """

    way: Way
    record: Record
    parts: tuple[Part, ...] = field(repr=False)

    @classmethod
    def of(cls, script: str, record: Record) -> Plan:
        """Plan a script.

        Raises:
            ConfigurationError: It holds NUL.
        """
        texts = split_script(script)
        return cls(way=sqlite_way(texts), record=record, parts=_located(script, texts))

    @property
    def problem(self) -> ScriptFailure | None:
        """Why it cannot be run at all."""
        if not leaves_open(part.text for part in self.parts):
            return None
        return ScriptFailure(
            message="the script leaves its transaction open",
            undone=True,
            hint="End what it begins with COMMIT.",
        )

    @property
    def statements(self) -> list[tuple[str, tuple[str | int | None, ...]]]:
        """The script with its row around it; the row comes first, and keeps others out."""
        begin = TABLE.started if self.way is Way.AS_WRITTEN else TABLE.claimed
        texts = [(part.text, ()) for part in self.parts]
        return [begin(self.record), *texts, TABLE.finished(self.record)]

    @property
    def steps(self) -> list[Step]:
        """The same as a chain outside of any transaction, which ends at the first error."""
        return [
            Step(statement=each, condition=ok(position - 1) if position else None)
            for position, each in enumerate(self.statements)
        ]

    def is_taken(self, error: DatabaseError) -> bool:
        """Whether the row was refused, because somebody has applied the migration meanwhile."""
        claims = self.way is not Way.AS_WRITTEN
        return claims and error.statement == 0 and "checksum" in error.message

    def failure(self, error: DatabaseError) -> ScriptFailure:
        """What the database refused.

        Raises:
            DatabaseError: It is not the script that was refused.
        """
        if error.retryable or isinstance(error, _NOT_THE_SCRIPT) or error.statement == 0:
            raise error
        number = error.statement - 1 if error.statement is not None else None
        known = number is not None and number < len(self.parts)
        return ScriptFailure(
            message=error.message,
            code=error.code,
            statement=number if known else None,
            part=self.parts[number] if known and number is not None else None,
            undone=self.way is not Way.AS_WRITTEN or error.code in UNREADABLE,
            hint=_hint(error),
        )


def first_error(outcomes: Sequence[StepOutcome]) -> DatabaseError | None:
    """The error of a chain, with the position of its statement."""
    for position, outcome in enumerate(outcomes):
        if outcome.error is not None:
            outcome.error.statement = position
            return outcome.error
    return None


def _located(script: str, texts: Sequence[str]) -> tuple[Part, ...]:
    found, position = [], 0
    for text in texts:
        offset = script.find(text, position)
        found.append(Part(text, offset))
        position = offset + len(text)
    return tuple(found)


def _hint(error: DatabaseError) -> str:
    if "no such column" in error.message:
        # Facts (prisma.md section 3): libSQL refuses double-quoted string literals.
        return 'libSQL takes "text" as a name, never as a value: use single quotes for values.'
    return "" if error.code in {"", "SQLITE_UNKNOWN"} else error.hint
