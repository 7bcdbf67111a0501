# Generated from src/oneclick_deploy/data/postgresql/_async/loading.py by tools/unasync.py. Do not edit.
"""Loads one table by COPY, and compares both sides: first by a guess, then by the exact plan."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from attrs import frozen

from oneclick_deploy.data.canonical import Answer, Difference, Digest, search, source_digest
from oneclick_deploy.data.conversion import TablePlan
from oneclick_deploy.data.postgresql._sync.session import Session
from oneclick_deploy.data.postgresql.comparing import (
    columns_of,
    differs,
    digest_of,
    digest_sql,
    key_range,
    merged_digest_sql,
    number_key,
    rows_sql,
    source_rows,
)
from oneclick_deploy.data.postgresql.failures import is_about_values
from oneclick_deploy.data.postgresql.jobs import Job
from oneclick_deploy.data.postgresql.lines import (
    Block,
    read_blocks,
    select_lines,
)
from oneclick_deploy.data.postgresql.statements import (
    RELEASE,
    SAVEPOINT,
    STAGED,
    TAKE_BACK,
    copy_in,
    merge,
    qualified,
    stage,
)
from oneclick_deploy.data.postgresql.tally import Tally
from oneclick_deploy.data.postgresql.trust import Guess, full_plan, guess_plan
from oneclick_deploy.data.problems import Policies
from oneclick_deploy.errors import DatabaseError
from oneclick_deploy.runtime import threads
from oneclick_deploy.runtime.cancel import CancelToken

P = ParamSpec("P")
T = TypeVar("T")

_THREAD: Final = "oneclick-digest"


class _GuessError(Exception):
    """What was loaded by a guess is not what the preview holds."""


@frozen(kw_only=True)
class Loaded:
    """A table whose rows are there.

    Args:
        job: What was asked for.
        plan: How the rows went over.
        digest: That of both sides.
        bytes: Bytes that were sent.
        seconds: How long the rows took.
        verify_seconds: How long comparing took.
        merged: How many rows were not there yet, of a table with rows; None when all are there now.
    """

    job: Job
    plan: TablePlan
    digest: Digest
    bytes: int
    seconds: float
    verify_seconds: float
    merged: int | None = None


class TableLoader:
    """Loads tables over one session.

    Args:
        session: With an open transaction.
        connection: The preview.
        policies: What to do with values that PostgreSQL refuses.
        update: Whether rows that are there take the preview's values.
        tally: Counts what is sent.
        cancel: Stops a load between two blocks.
    """

    def __init__(
        self,
        session: Session,
        connection: sqlite3.Connection,
        *,
        policies: Policies,
        update: bool,
        tally: Tally,
        cancel: CancelToken,
    ) -> None:
        self._session = session
        self._connection = connection
        self._policies = policies
        self._update = update
        self._tally = tally
        self._cancel = cancel
        self._rows = self._size = 0

    def load(self, job: Job) -> Loaded:
        """Load a table.

        Raises:
            DataSourceError: Values are refused, cannot be read, or are not the same afterwards.
            DatabaseError: The server refused something else.
        """
        self._cancel.check()
        connection = self._connection
        guess = self._in_thread(guess_plan, connection, job)
        if guess is None:
            plan = self._in_thread(full_plan, connection, job, self._policies)
        else:
            plan = guess.plan
        if job.merges:
            self._session.run(stage(job.place, [each.name for each in columns_of(plan)]))
        if guess is not None:
            # FREEZE wants a table that is new, or emptied, since the last savepoint.
            emptied = f"; TRUNCATE {qualified(job.place)}" if job.is_new else ""
            self._session.run(SAVEPOINT + emptied)
            if loaded := self._try(job, guess):
                self._session.run(RELEASE)
                return loaded
            self._session.run(TAKE_BACK + emptied)
            plan = self._in_thread(full_plan, connection, job, self._policies)
        return self._load(job, plan)

    def _try(self, job: Job, guess: Guess) -> Loaded | None:
        """Load by a guess; None when something speaks against it."""
        try:
            return self._load(job, guess.plan, guess)
        except _GuessError:
            pass
        except DatabaseError as error:
            if not is_about_values(error):
                raise
        self._tally.take_back(rows=self._rows, size=self._size)
        return None

    def _load(self, job: Job, plan: TablePlan, guess: Guess | None = None) -> Loaded:
        start = time.perf_counter()
        self._send(job, plan)
        sent = time.perf_counter()
        digest = self._compare(job, plan, digest_sql(job, plan), guess)
        compared = time.perf_counter()
        merged = None
        if job.merges:
            columns = [each.name for each in columns_of(plan)]
            written = self._session.run(merge(job.target, columns, update=self._update))
            if self._update:
                self._compare(job, plan, merged_digest_sql(job, plan))
            else:
                merged = written
        self._tally.tell(job.source.name)
        return Loaded(
            job=job,
            plan=plan,
            digest=digest,
            bytes=self._size,
            seconds=sent - start,
            verify_seconds=compared - sent,
            merged=merged,
        )

    def _send(self, job: Job, plan: TablePlan) -> None:
        blocks = read_blocks(self._connection, select_lines(plan))
        self._rows = self._size = 0

        def following() -> Block | None:
            self._cancel.check()
            block = self._in_thread(next, blocks, None)
            if block is not None:
                self._rows += block.rows
                self._size += len(block.data)
                self._tally.add(job.source.name, rows=block.rows, size=len(block.data))
            return block

        table = qualified(STAGED if job.merges else job.place)
        columns = [each.name for each in columns_of(plan)]
        self._session.send(copy_in(table, columns, freeze=job.is_new), following)

    def _digests(
        self, plan: TablePlan, sql: str, guess: Guess | None
    ) -> tuple[Digest | None, Digest]:
        """The digests of both sides, which compute at the same time; None for a wrong guess."""
        stop = CancelToken()

        def compute() -> Digest | None:
            if guess is not None and not guess.holds(self._connection):
                return None
            return source_digest(self._connection, plan, cancel=stop)

        ours = threads.Background(lambda: threads.to_thread(compute), name=_THREAD)
        try:
            theirs = digest_of((self._session.fetch(sql))[0])
        except BaseException:
            # Nobody else may use its connection before the thread has ended.
            stop.cancel()
            with contextlib.suppress(Exception):
                ours.result()
            raise
        return ours.result(), theirs

    def _compare(self, job: Job, plan: TablePlan, sql: str, guess: Guess | None = None) -> Digest:
        """Compare both sides.

        Raises:
            _GuessError: They are not the same, and the plan was a guess.
            DataSourceError: They are not the same.
        """
        ours, theirs = self._digests(plan, sql, guess)
        if ours is None or (guess is not None and ours != theirs):
            raise _GuessError
        if ours != theirs:
            raise differs(job, ours, theirs, self._difference(job, plan))
        return ours

    def _difference(self, job: Job, plan: TablePlan) -> Difference | None:
        """Find the first cell that differs, where rows have a number for a key."""
        keys = number_key(plan)
        if keys is None:
            return None
        mine, theirs = keys
        first, last = self._in_thread(key_range, self._connection, plan, mine)
        steps = search(job.target.name, columns_of(plan), first=first, last=last)
        try:
            question = next(steps)
            while True:
                ours = f"{mine} BETWEEN {question.first} AND {question.last}"
                where = f"{theirs} BETWEEN {question.first} AND {question.last}"
                question = steps.send(
                    self._few(job, plan, keys, ours, where)
                    if question.wants_rows
                    else self._part(job, plan, ours, where)
                )
        except StopIteration as done:
            found: Difference | None = done.value
            return found

    def _part(self, job: Job, plan: TablePlan, ours: str, where: str) -> Answer:
        source = self._in_thread(source_digest, self._connection, plan, where=ours)
        found = self._session.fetch(digest_sql(job, plan, where=where))
        return Answer(source=source, destination=digest_of(found[0]))

    def _few(
        self, job: Job, plan: TablePlan, keys: tuple[str, str], ours: str, where: str
    ) -> Answer:
        source = self._in_thread(source_rows, self._connection, plan, keys[0], ours)
        found = self._session.fetch(rows_sql(job, plan, keys[1], where))
        return Answer(source=source, destination={row[0]: row[1:] for row in found})

    def _in_thread(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run SQLite's part of the work.

        A caller that is cancelled waits for the call under way: a thread cannot be stopped, and its
        connection must not be used by another one meanwhile.
        """
        return threads.protect(lambda: threads.to_thread(function, *args, **kwargs))
