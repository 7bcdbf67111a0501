"""The upload of an SQLite file into a database that waits for one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from oneclick_deploy.providers.turso import uploads
from oneclick_deploy.providers.turso._async.session import AsyncTursoSession
from oneclick_deploy.providers.turso.models import Database
from oneclick_deploy.runtime import aio
from oneclick_deploy.secrets import Secret


class AsyncUploadCalls(AsyncTursoSession):
    """What can be done with files."""

    async def upload_database(
        self,
        database: Database,
        path: Path | str,
        *,
        token: Secret | str,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Fill a database that was created with `Seed.upload` with an SQLite file, bit by bit.

        The file is sent in the server's chunks, each of which may be repeated; it is read while it
        is sent, and must not change meanwhile. Delete the database when this fails for good: a
        database without its file cannot be used.

        Args:
            database: What `create_database` gave.
            path: The file: WAL mode, pages of 4096 bytes, UTF-8, no auto-vacuum, checkpointed.
            token: A token of the database with full access.
            on_progress: Called with the bytes that were sent and the size of the file.

        Raises:
            DataSourceError: The file is not what Turso takes; nothing was sent.
            ApiError: The server refused the file.
        """
        file, shown = Path(path), Secret(token)
        size = await aio.to_thread(uploads.checked_size, file)
        upload = await self._run(uploads.start(database, size, token=shown))
        for number, (offset, length) in enumerate(uploads.chunks(size, upload.chunk_size)):
            content = await aio.to_thread(uploads.read_chunk, file, offset, length)
            await self._run(uploads.chunk(database, upload, number, content, token=shown))
            if on_progress is not None:
                on_progress(offset + length, size)
        await self._run(uploads.finalize(database, upload, token=shown))

    async def begin_upload(
        self, database: Database, size: int, *, token: Secret | str
    ) -> uploads.Upload:
        """Begin the upload of a file, for whoever sends its chunks one by one.

        Raises:
            NotFoundError: The host takes files only in one piece; see `upload_at_once`.
        """
        return await self._run(uploads.start(database, size, token=Secret(token)))

    async def send_chunk(
        self,
        database: Database,
        upload: uploads.Upload,
        number: int,
        content: bytes,
        *,
        token: Secret | str,
    ) -> None:
        """Send one chunk. They go in order; one whose answer was lost is sent again.

        Raises:
            NotFoundError: The server has forgotten this upload.
        """
        await self._run(uploads.chunk(database, upload, number, content, token=Secret(token)))

    async def finish_upload(
        self, database: Database, upload: uploads.Upload, *, token: Secret | str
    ) -> None:
        """Let the server check the file and put it to use.

        Raises:
            ApiError: The server refused the file, or did this before.
        """
        await self._run(uploads.finalize(database, upload, token=Secret(token)))

    async def upload_at_once(
        self, database: Database, content: bytes, *, token: Secret | str
    ) -> None:
        """Send a whole file in one request, which cannot be taken up again.

        Raises:
            ApiError: The server refused the file, or did this before.
        """
        await self._run(uploads.whole(database, content, token=Secret(token)))
