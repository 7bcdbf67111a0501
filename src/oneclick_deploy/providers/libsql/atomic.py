"""All or nothing in one request: statements chained so that each runs only after a success.

Later requests of a pipeline run even after an error, so only a batch with conditions is atomic
(facts: Hrana wire facts).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from attrs import field, frozen

from oneclick_deploy.errors import ConfigurationError, DatabaseError
from oneclick_deploy.providers.libsql.conditions import all_of, any_of, negate, ok
from oneclick_deploy.providers.libsql.models import (
    Json,
    ResultSet,
    Statement,
    StatementLike,
    Step,
    StepOutcome,
    as_statement,
)
from oneclick_deploy.providers.libsql.statements import first_keyword, split_script
from oneclick_deploy.providers.libsql.wire import batch

Mode: TypeAlias = Literal["immediate", "deferred"]
_BEGIN: Final = {"immediate": "BEGIN IMMEDIATE", "deferred": "BEGIN DEFERRED"}
_ROLLBACK_TO = re.compile(r"\bROLLBACK\s+(?:TRANSACTION\s+)?TO\b", re.IGNORECASE)
_SAVEPOINT = '"oneclick batch"'
# sqld reads the whole batch before it runs any of it, and names no step when that fails.
UNREADABLE: Final = frozenset({"SQL_PARSE_ERROR", "SQL_MANY_STATEMENTS", "SQL_NO_STATEMENT"})


@frozen(kw_only=True)
class Unit:
    """Steps that succeed or fail as one.

    Args:
        steps: What to send as one batch.
        first: The position of the caller's first statement.
        statements: The caller's statements.
        closing: Whether a step after them makes everything valid.
    """

    steps: tuple[Step, ...]
    first: int
    statements: tuple[Statement, ...] = field(repr=False)
    closing: bool = True

    @property
    def end(self) -> int:
        """The position after the caller's last statement."""
        return self.first + len(self.statements)


def begin(mode: str) -> str:
    """The statement that opens a transaction.

    Raises:
        ConfigurationError: The mode does not exist.
    """
    if mode not in _BEGIN:
        raise ConfigurationError(
            f"{mode!r} is not a mode of a transaction", hint=f"Use {' or '.join(_BEGIN)}."
        )
    return _BEGIN[mode]


def transaction_unit(statements: Sequence[StatementLike], *, mode: str) -> Unit:
    """A transaction of its own."""
    own = _plain(statements)
    steps = [Step(statement=begin(mode)), *_chained(own, after=0)]
    steps += _ending(begun=0, last=len(own), commit="COMMIT", undo=("ROLLBACK",))
    return Unit(steps=tuple(steps), first=1, statements=own)


def migration_unit(statements: Sequence[StatementLike]) -> Unit:
    """A transaction with foreign keys off, as SQLite's procedure for changing tables demands.

    The switch has no effect inside a transaction, so it stands around it
    (sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
    """
    own = _plain(statements)
    steps = [
        Step(statement="PRAGMA foreign_keys=off"),
        Step(statement=begin("immediate"), condition=ok(0)),
        *_chained(own, after=1),
    ]
    steps += _ending(begun=1, last=1 + len(own), commit="COMMIT", undo=("ROLLBACK",))
    steps.append(Step(statement="PRAGMA foreign_keys=on"))
    return Unit(steps=tuple(steps), first=2, statements=own)


def savepoint_unit(statements: Sequence[StatementLike]) -> Unit:
    """A part of a transaction that is open already."""
    own = _plain(statements)
    release = f"RELEASE {_SAVEPOINT}"
    steps = [Step(statement=f"SAVEPOINT {_SAVEPOINT}"), *_chained(own, after=0)]
    undo = (f"ROLLBACK TO {_SAVEPOINT}", release)
    steps += _ending(begun=0, last=len(own), commit=release, undo=undo)
    return Unit(steps=tuple(steps), first=1, statements=own)


def script_unit(script: str) -> Unit:
    """A script as it stands: up to the first error, with whatever transactions it holds.

    Not sent as a Hrana ``sequence``, of which sqld skips what it cannot parse without a word
    (run: ``SELECT 1; nonsense; CREATE TABLE t(a)`` succeeds).
    """
    own = tuple(Statement(each) for each in split_script(script))
    steps = [
        Step(statement=each, condition=ok(position - 1) if position else None)
        for position, each in enumerate(own)
    ]
    return Unit(steps=tuple(steps), first=0, statements=own, closing=False)


def settle(unit: Unit, outcomes: Sequence[StepOutcome]) -> list[ResultSet]:
    """Give the results of the caller's statements.

    Raises:
        DatabaseError: A step failed, and everything was undone. ``statement`` is the position
            in what the caller passed, ``None`` when it was the begin or the commit.
    """
    needed = unit.end + unit.closing
    for position, outcome in enumerate(outcomes[:needed]):
        if outcome.error is not None:
            own = unit.first <= position < unit.end
            outcome.error.statement = position - unit.first if own else None
            raise outcome.error
    results = [outcome.result for outcome in outcomes[unit.first : needed]]
    done = [result for result in results if result is not None]
    if len(done) < len(results):
        raise DatabaseError(
            "the server skipped a part of the batch without a reason",
            hint="Read back what is there before trying again.",
        )
    return done[: len(unit.statements)]


def probes(unit: Unit) -> list[Json]:
    """Requests, one for each statement, that make the server read it and run nothing."""
    never = any_of()
    return [
        batch([Step(statement=Statement(each.sql), condition=never)]) for each in unit.statements
    ]


def first_refused(results: Sequence[Json | DatabaseError]) -> int | None:
    """The position of the first error among results."""
    refused = (
        position for position, result in enumerate(results) if isinstance(result, DatabaseError)
    )
    return next(refused, None)


def _plain(statements: Sequence[StatementLike]) -> tuple[Statement, ...]:
    own = tuple(as_statement(each) for each in statements)
    for position, each in enumerate(own):
        keyword = first_keyword(each.sql)
        inside = keyword == "ROLLBACK" and _ROLLBACK_TO.search(each.sql)
        if keyword in {"BEGIN", "COMMIT", "END", "ROLLBACK"} and not inside:
            raise ConfigurationError(
                f"statement {position} is {keyword}, which would end the transaction around it",
                hint="Leave BEGIN, COMMIT and ROLLBACK out: all statements are one transaction.",
            )
    return own


def _chained(statements: Sequence[Statement], *, after: int) -> list[Step]:
    return [
        Step(statement=each, condition=ok(after + position))
        for position, each in enumerate(statements)
    ]


def _ending(*, begun: int, last: int, commit: str, undo: Sequence[str]) -> list[Step]:
    """Commit after the last success; undo what was begun and not committed."""
    failed = all_of(ok(begun), negate(ok(last + 1)))
    return [
        Step(statement=commit, condition=ok(last)),
        *(Step(statement=each, condition=failed) for each in undo),
    ]
