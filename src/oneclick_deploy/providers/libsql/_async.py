"""The client of a libSQL server, and a transaction on it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from oneclick_deploy.errors import (
    AnswerTooLargeError,
    DatabaseError,
    OneClickError,
    StreamExpiredError,
)
from oneclick_deploy.http import AsyncHttp, CallKind, HttpSettings
from oneclick_deploy.providers.libsql import address, atomic, paging, wire
from oneclick_deploy.providers.libsql.bulk._async import AsyncBulkCalls
from oneclick_deploy.providers.libsql.models import (
    Description,
    Json,
    Page,
    ResultSet,
    Statement,
    StatementLike,
    Step,
    StepOutcome,
)
from oneclick_deploy.providers.libsql.values import Args
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret

T = TypeVar("T")


class AsyncLibsqlClient(AsyncBulkCalls):
    """Runs SQL on Turso Cloud or any libSQL server, over Hrana on HTTP.

    Args:
        url: ``libsql://``, ``https://``, or ``http://`` for this machine.
        token: A database or group token; ``None`` for servers that ask for none.
        allow_plain_http: Whether ``http://`` may lead to another machine.
        settings: Timeouts, retries, routes.
        cancel: Keeps further requests from leaving.
        transport: A replacement for the network, for tests.

    Raises:
        ConfigurationError: The address cannot be used.
    """

    def __init__(
        self,
        url: str,
        token: Secret | str | None = None,
        *,
        allow_plain_http: bool = False,
        settings: HttpSettings | None = None,
        cancel: CancelToken | None = None,
        transport: Any = None,
    ) -> None:
        self._target = address.parse(url, token=token, allow_plain_http=allow_plain_http)
        self._http = AsyncHttp(settings, cancel=cancel, transport=transport)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._target.base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def execute(
        self, sql: str | Statement, args: Args = (), *, repeatable: bool = False
    ) -> ResultSet:
        """Run one statement.

        Args:
            sql: The statement.
            args: Its arguments, by position or by name.
            repeatable: Whether it may be sent again when its answer was lost. Statements that
                only read always are.

        Raises:
            ConstraintError: The rows break a rule of the schema.
            DatabaseError: The database refused the statement.
            ApiError: The server refused the request.
            TransportError: No answer came; ``outcome_unknown`` says whether it may have run.
        """
        statement = sql if isinstance(sql, Statement) else Statement(sql, args)
        kind = wire.kind_of([statement], repeatable=repeatable)
        answer = await self._ask([wire.execute(statement)], kind=kind)
        return answer.take(0, wire.read_execute)

    async def batch(
        self,
        statements: Sequence[StatementLike],
        *,
        mode: atomic.Mode = "immediate",
        repeatable: bool = False,
    ) -> list[ResultSet]:
        """Run statements as one transaction in one request: all of them, or none.

        Args:
            statements: Texts, pairs of text and arguments, or `Statement` values.
            mode: ``immediate`` takes the lock for writing at once, ``deferred`` when the first
                statement writes.
            repeatable: Whether all may be sent again when the answer was lost.

        Raises:
            DatabaseError: One failed and all were undone; ``statement`` is its position.
            ConfigurationError: One of them begins or ends a transaction.
        """
        unit = atomic.transaction_unit(statements, mode=mode)
        if not unit.statements:
            return []
        kind = wire.kind_of(unit.statements, repeatable=repeatable)
        return await self._run_unit(unit, kind=kind)

    async def migrate(self, statements: Sequence[StatementLike]) -> list[ResultSet]:
        """Run schema changes as one transaction in one request, with foreign keys off around it.

        Raises:
            DatabaseError: One failed and all were undone; ``statement`` is its position.
            ConfigurationError: One of them begins or ends a transaction.
        """
        unit = atomic.migration_unit(statements)
        return await self._run_unit(unit, kind=CallKind.CREATE) if unit.statements else []

    async def batch_steps(
        self, steps: Sequence[Step], *, repeatable: bool = False
    ) -> list[StepOutcome]:
        """Run steps on conditions of your own, in one request, on a stream of their own.

        Errors of single steps are in their outcomes.

        Raises:
            DatabaseError: The server could not read the batch; nothing ran.
        """
        kind = CallKind.REPLACE if repeatable else CallKind.CREATE
        answer = await self._ask([wire.batch(steps)], kind=kind)
        return answer.take(
            0, lambda found: wire.read_batch(found, count=len(steps), target=self._target)
        )

    async def sequence(self, script: str, *, repeatable: bool = False) -> None:
        """Run a script of statements without arguments or results, up to the first error.

        It is not a transaction, unless the script begins one: what ran before the error stays.
        See `batch` and `migrate`.

        Raises:
            DatabaseError: A statement failed; ``statement`` is its position.
        """
        unit = atomic.script_unit(script)
        if unit.statements:
            kind = wire.kind_of(unit.statements, repeatable=repeatable)
            await self._run_unit(unit, kind=kind)

    async def describe(self, sql: str) -> Description:
        """Say what a statement would take and give, without running it.

        Raises:
            DatabaseError: The statement is wrong.
        """
        answer = await self._ask([wire.describe(sql)], kind=CallKind.READ)
        return answer.take(0, wire.read_description)

    async def ping(self) -> float:
        """Run an empty query; returns the seconds that it took."""
        start = time.perf_counter()
        await self.execute("SELECT 1")
        return time.perf_counter() - start

    async def version(self) -> str:
        """Ask for the server's name and version."""
        response = await self._http.send(wire.version(self._target))
        return wire.read_version(self._target, response)

    def transaction(self, *, mode: atomic.Mode = "immediate") -> AsyncTransaction:
        """Open an interactive transaction, for ``async with``.

        Leaving the block commits, an error rolls back. The server ends a stream that is quiet for
        10 seconds, and a write transaction after 5 when others wait: prefer `batch`.

        Raises:
            ConfigurationError: The mode does not exist.
        """
        return AsyncTransaction(self._http, self._target, begin=atomic.begin(mode))

    async def read_table(
        self,
        table: str,
        *,
        columns: Sequence[str] | None = None,
        page_rows: int = paging.PAGE_ROWS,
        page_bytes: int = paging.PAGE_BYTES,
    ) -> AsyncIterator[Page]:
        """Read a table of any size in pages, in the order of its key.

        Pages follow the rowid, or the primary key of ``WITHOUT ROWID`` tables. Each page is a read
        of its own: rows that others change meanwhile may be seen before or after the change.

        Args:
            table: The table.
            columns: The columns to read; all of them when ``None``.
            page_rows: Most rows of a page.
            page_bytes: Bytes of an answer that pages are adapted to.

        Raises:
            ConfigurationError: There is no such table or column, or it has no key (a view).
            AnswerTooLargeError: One single row exceeds the server's limit.
        """
        found = await self.execute(paging.shape_statement(table))
        reader = paging.TableReader(
            paging.read_shape(table, columns, found), page_rows=page_rows, page_bytes=page_bytes
        )
        while not reader.done:
            answer = await self._ask([wire.execute(reader.statement())], kind=CallKind.READ)
            try:
                result = answer.take(0, lambda each: wire.read_execute(each, exact=False))
            except AnswerTooLargeError as error:
                reader.shrink(error)
                continue
            page = reader.accept(result, size=answer.size)
            if page is not None and page.rows:
                yield page

    async def _run_unit(self, unit: atomic.Unit, *, kind: CallKind) -> list[ResultSet]:
        answer = await self._ask([wire.batch(unit.steps)], kind=kind)
        try:
            outcomes = answer.take(
                0, lambda found: wire.read_batch(found, count=len(unit.steps), target=self._target)
            )
        except DatabaseError as error:
            if error.code in atomic.UNREADABLE:
                error.statement = await self._find_unreadable(unit)
            raise
        return atomic.settle(unit, outcomes)

    async def _find_unreadable(self, unit: atomic.Unit) -> int | None:
        """Find the statement that the server could not read, by asking about each."""
        try:
            answer = await self._ask(atomic.probes(unit), kind=CallKind.READ)
        except OneClickError:
            return None
        return atomic.first_refused(answer.results)

    async def _ask(self, requests: Sequence[Json], *, kind: CallKind) -> wire.Answer:
        """Send requests on a stream of their own, which is closed with them."""
        request = wire.pipeline(self._target, [*requests, wire.CLOSE], kind=kind)
        response = await self._http.send(request)
        return wire.read_answer(self._target, response, count=len(requests) + 1, in_stream=False)


class AsyncTransaction:
    """An open transaction. Made by `AsyncLibsqlClient.transaction`, used with ``async with``."""

    def __init__(self, http: AsyncHttp, target: address.Target, *, begin: str) -> None:
        self._http = http
        self._target = target
        self._begin = begin
        self._baton: str | None = None
        self._open = False
        self._ended = False

    async def __aenter__(self) -> Self:
        answer = await self._ask([wire.execute(Statement(self._begin))])
        try:
            answer.take(0, wire.read_execute)
        except OneClickError:
            await self._abandon()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            await self._abandon()
        elif not self._ended:
            # Also when the stream is lost: then this raises, for nothing was committed.
            await self.commit()

    @property
    def open(self) -> bool:
        """Whether statements can still be run."""
        return self._open

    async def execute(self, sql: str | Statement, args: Args = ()) -> ResultSet:
        """Run one statement in the transaction.

        Raises:
            StreamExpiredError: The transaction is over, or the server ended it.
            DatabaseError: The database refused the statement; the transaction stays open.
        """
        statement = sql if isinstance(sql, Statement) else Statement(sql, args)
        self._check_open()
        return self._take(await self._ask([wire.execute(statement)]), wire.read_execute)

    async def batch(self, statements: Sequence[StatementLike]) -> list[ResultSet]:
        """Run statements in the transaction in one request: all of them, or none.

        Raises:
            StreamExpiredError: The transaction is over, or the server ended it.
            DatabaseError: One failed and these were undone; the transaction stays open.
        """
        unit = atomic.savepoint_unit(statements)
        self._check_open()
        if not unit.statements:
            return []

        def read(found: Json) -> list[ResultSet]:
            outcomes = wire.read_batch(found, count=len(unit.steps), target=self._target)
            return atomic.settle(unit, outcomes)

        answer = await self._ask([wire.batch(unit.steps)])
        try:
            return self._take(answer, read)
        except DatabaseError as error:
            if self._open and error.code in atomic.UNREADABLE:
                answer = await self._ask(atomic.probes(unit))
                error.statement = atomic.first_refused(answer.results)
            raise

    async def commit(self) -> None:
        """Make the changes valid and end the transaction.

        Raises:
            StreamExpiredError: The transaction is over; nothing was committed.
            DatabaseError: The commit was refused, for example by a deferred foreign key.
            TransportError: The answer was lost; whether it was committed is unknown.
        """
        await self._end("COMMIT")

    async def rollback(self) -> None:
        """Undo the changes and end the transaction.

        Raises:
            StreamExpiredError: The transaction is over already.
        """
        await self._end("ROLLBACK")

    async def _end(self, sql: str) -> None:
        self._check_open()
        self._ended = True
        answer = await self._ask([wire.execute(Statement(sql)), wire.CLOSE])
        self._open = False
        answer.take(0, wire.read_execute)

    def _take(self, answer: wire.Answer, read: Callable[[Json], T]) -> T:
        """Read the result; a transaction that timed out must not go on without one."""
        try:
            return answer.take(0, read)
        except StreamExpiredError:
            self._open = False
            raise

    def _check_open(self) -> None:
        if not self._open:
            raise StreamExpiredError(
                "the transaction is over",
                code="STREAM_EXPIRED",
                hint="Open a new one; nothing of an expired transaction was committed.",
            )

    async def _abandon(self) -> None:
        """Roll back on the way out of an error, which is more telling than a failed rollback."""
        if self._open:
            try:
                await self.rollback()
            except OneClickError:
                self._open = False

    async def _ask(self, requests: Sequence[Json]) -> wire.Answer:
        """Send requests on this stream. A lost answer loses the stream: its baton was in it."""
        baton, self._baton = self._baton, None
        self._open = False
        request = wire.pipeline(self._target, requests, baton=baton, kind=CallKind.CREATE)
        response = await self._http.send(request)
        answer = wire.read_answer(
            self._target, response, count=len(requests), in_stream=baton is not None
        )
        self._target = address.follow(self._target, answer.base_url)
        self._baton = answer.baton
        self._open = answer.baton is not None
        return answer
