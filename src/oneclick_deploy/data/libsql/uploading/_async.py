"""The upload of a preview's file, taken up where it was cut, and compared when it has arrived."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from attrs import evolve

from oneclick_deploy.data.libsql.comparing._async import AsyncComparison
from oneclick_deploy.data.libsql.destination import Scope, matched, place_query, read_place
from oneclick_deploy.data.libsql.preparation import prepare
from oneclick_deploy.data.libsql.upload_state import (
    PREPARED,
    UploadProgress,
    UploadProgressHandler,
    UploadState,
    forget,
)
from oneclick_deploy.data.report import ImportReport, TableReport
from oneclick_deploy.data.source import SqliteSource
from oneclick_deploy.errors import (
    ApiError,
    DataSourceError,
    DeployCancelledError,
    NotFoundError,
    OneClickError,
    TransportError,
)
from oneclick_deploy.providers.libsql import AsyncLibsqlClient
from oneclick_deploy.providers.turso import AsyncTursoClient, Database
from oneclick_deploy.providers.turso.uploads import read_chunk
from oneclick_deploy.runtime import aio
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret

T = TypeVar("T")
# Turso's own command line waits 2 s and doubles that up to a minute (facts). Each of these tries is
# several of the HTTP client, which come faster.
TRIES = 6
FIRST_WAIT = 2.0
LONGEST_WAIT = 60.0
# Of a token that is minted for the upload alone, and minted again well before its end.
TOKEN_LIFE = "10m"  # noqa: S105 - a span of time
TOKEN_SECONDS = 240.0
# A host without uploads in chunks takes the file as one request, which is held in memory.
MOST_AT_ONCE = 256 * 1024 * 1024


class AsyncTursoUpload:
    """One upload of a preview into a database that was created with `Seed.upload`.

    The preview is copied and prepared, sent in the chunks that the server asks for, each again
    until it has arrived, and compared table by table with what the new database answers. With a
    ``folder``, what was sent is remembered there: the next upload of the same preview goes on at
    the first chunk that the server may lack, also in another process.

    Args:
        source: The open preview database.
        turso: The platform, for the tokens of the upload.
        database: What `create_database` gave.
        client: The same database, with a token of its own, for the comparison.
        folder: Keeps the prepared copy and the state until the upload is done; a temporary one
            when ``None``.
        on_progress: Called with the bytes that were sent.
        discard: Deletes the database when the upload has failed for good. An error of the network,
            or a cancellation, is not for good when there is a folder to go on from.
        cancel: Ends waits, and keeps further chunks from leaving.
    """

    def __init__(
        self,
        source: SqliteSource,
        turso: AsyncTursoClient,
        database: Database,
        *,
        client: AsyncLibsqlClient,
        folder: Path | None = None,
        on_progress: UploadProgressHandler | None = None,
        discard: Callable[[], Awaitable[None]] | None = None,
        cancel: CancelToken | None = None,
    ) -> None:
        self._source = source
        self._turso = turso
        self._database = database
        self._client = client
        self._folder = folder
        self._on_progress = on_progress
        self._discard = discard
        self._cancel = cancel
        self._token: Secret | None = None
        self._minted = 0.0
        self._requests = 0
        self._begun = 0.0

    async def run(self) -> ImportReport:
        """Upload, or finish an upload, and compare both sides.

        Raises:
            DataSourceError: The preview cannot be prepared, or arrived otherwise than it was sent.
            ApiError: The server refused the file.
            TransportError: It could not be reached.
            DeployCancelledError: The cancel token was used.
        """
        if self._folder is not None:
            return await self._run_in(self._folder, lasting=True)
        with tempfile.TemporaryDirectory(prefix="oneclick-upload-") as folder:
            return await self._run_in(Path(folder), lasting=False)

    async def _run_in(self, folder: Path, *, lasting: bool) -> ImportReport:
        try:
            report = await self._upload_and_compare(folder)
        except BaseException as error:
            passing = isinstance(error, TransportError | DeployCancelledError | aio.Cancelled)
            if self._discard is not None and not (lasting and passing):
                await aio.protect(self._discard)
                await aio.to_thread(forget, folder)
            raise
        await aio.to_thread(forget, folder)
        return report

    async def _upload_and_compare(self, folder: Path) -> ImportReport:
        self._begun = time.monotonic()
        state = await aio.to_thread(self._prepared, folder)
        try:
            await self._send(folder, state)
        except NotFoundError:
            # An upload of an earlier process that the server has forgotten meanwhile.
            if not state.upload_id:
                raise
            await self._send(folder, evolve(state, upload_id="", chunks_sent=0))
        sent = time.monotonic()
        tables = await self._compare()
        return ImportReport(
            tables=tables,
            requests=self._requests,
            seconds=time.monotonic() - self._begun,
            load_seconds=sent - self._begun,
            verify_seconds=time.monotonic() - sent,
        )

    def _prepared(self, folder: Path) -> UploadState:
        """Find the state of an earlier process, or make the copy."""
        known = UploadState.load(
            folder, fingerprint=self._source.fingerprint, database_id=self._database.db_id
        )
        if known is not None:
            return known
        folder.mkdir(parents=True, exist_ok=True)
        forget(folder)
        size = prepare(self._source.connection, folder / PREPARED)
        state = UploadState(
            fingerprint=self._source.fingerprint, database_id=self._database.db_id, size=size
        )
        state.save(folder)
        return state

    async def _send(self, folder: Path, state: UploadState) -> None:
        upload = state.upload
        if upload is None:
            try:
                upload = await self._try(
                    lambda token: self._turso.begin_upload(self._database, state.size, token=token)
                )
            except NotFoundError:
                await self._send_at_once(folder, state)
                return
            state = evolve(state, upload_id=upload.id, chunk_size=upload.chunk_size)
            await aio.to_thread(state.save, folder)
        while (offset := state.chunks_sent * upload.chunk_size) < state.size:
            length = min(upload.chunk_size, state.size - offset)
            content = await aio.to_thread(read_chunk, folder / PREPARED, offset, length)
            await self._send_chunk(state, content)
            state = evolve(state, chunks_sent=state.chunks_sent + 1)
            await aio.to_thread(state.save, folder)
            self._tell(offset + length, state.size)
        began = upload
        await self._settled(
            lambda token: self._turso.finish_upload(self._database, began, token=token)
        )

    async def _send_chunk(self, state: UploadState, content: bytes) -> None:
        upload = state.upload
        if upload is None:
            raise AssertionError  # a chunk follows the start
        await self._try(
            lambda token: self._turso.send_chunk(
                self._database, upload, state.chunks_sent, content, token=token
            )
        )

    async def _send_at_once(self, folder: Path, state: UploadState) -> None:
        if state.size > MOST_AT_ONCE:
            raise DataSourceError(
                f"the host of {self._database.name} takes files in one piece only, and the preview "
                f"has {state.size} bytes",
                hint="Create the database in a group on AWS, or empty, and import its rows.",
            )
        content = await aio.to_thread(read_chunk, folder / PREPARED, 0, state.size)
        await self._settled(
            lambda token: self._turso.upload_at_once(self._database, content, token=token)
        )
        self._tell(state.size, state.size)

    async def _settled(self, send: Callable[[Secret], Awaitable[None]]) -> None:
        """Send what puts the file to use; the database itself tells whether a lost one arrived."""
        try:
            await self._try(send)
        except (ApiError, TransportError):
            if not await self._is_in_use():
                raise

    async def _is_in_use(self) -> bool:
        try:
            await self._client.execute("SELECT 1")
        except OneClickError:
            return False
        return True

    async def _try(self, send: Callable[[Secret], Awaitable[T]]) -> T:
        """Send, again while the network or the server fails, each time with a token that lives."""
        for attempt in range(1, TRIES + 1):
            try:
                token = await self._fresh_token()
                self._requests += 1
                return await send(token)
            except (ApiError, TransportError) as error:
                if attempt == TRIES or not error.retryable:
                    raise
                wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (attempt - 1))
                await aio.sleep(wait, cancel=self._cancel)
        raise AssertionError  # the last attempt returns or raises

    async def _fresh_token(self) -> Secret:
        if self._cancel is not None:
            self._cancel.check()
        if self._token is None or time.monotonic() - self._minted > TOKEN_SECONDS:
            self._token = await self._turso.create_database_token(
                self._database.name, expiration=TOKEN_LIFE
            )
            self._minted = time.monotonic()
        return self._token

    async def _compare(self) -> tuple[TableReport, ...]:
        scope = Scope()
        holding = {each: each.table.rows for each in scope.selections(self._source)}
        answers = await self._client.batch(
            [place_query(each.table.name) for each in holding], mode="deferred"
        )
        places = [
            read_place(each.table.name, found.rows)
            for each, found in zip(holding, answers, strict=True)
        ]
        comparison = AsyncComparison(self._source, self._client)
        return tuple(
            [
                TableReport(name=move.name, rows=move.rows, checksum=await comparison.whole(move))
                for move in matched(scope, holding, places)
            ]
        )

    def _tell(self, done: int, total: int) -> None:
        if self._on_progress is not None:
            self._on_progress(
                UploadProgress(
                    bytes_done=done, bytes_total=total, seconds=time.monotonic() - self._begun
                )
            )
