# Generated from src/oneclick_deploy/providers/turso/_async/uploads.py by tools/unasync.py. Do not edit.
"""The upload of an SQLite file into a database that waits for one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from oneclick_deploy.providers.turso import uploads
from oneclick_deploy.providers.turso._sync.session import TursoSession
from oneclick_deploy.providers.turso.models import Database
from oneclick_deploy.runtime import threads
from oneclick_deploy.secrets import Secret


class UploadCalls(TursoSession):
    """What can be done with files."""

    def upload_database(
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
        size = threads.to_thread(uploads.checked_size, file)
        upload = self._run(uploads.start(database, size, token=shown))
        for number, (offset, length) in enumerate(uploads.chunks(size, upload.chunk_size)):
            content = threads.to_thread(uploads.read_chunk, file, offset, length)
            self._run(uploads.chunk(database, upload, number, content, token=shown))
            if on_progress is not None:
                on_progress(offset + length, size)
        self._run(uploads.finalize(database, upload, token=shown))

    def begin_upload(self, database: Database, size: int, *, token: Secret | str) -> uploads.Upload:
        """Begin the upload of a file, for whoever sends its chunks one by one.

        Raises:
            NotFoundError: The host takes files only in one piece; see `upload_at_once`.
        """
        return self._run(uploads.start(database, size, token=Secret(token)))

    def send_chunk(
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
        self._run(uploads.chunk(database, upload, number, content, token=Secret(token)))

    def finish_upload(
        self, database: Database, upload: uploads.Upload, *, token: Secret | str
    ) -> None:
        """Let the server check the file and put it to use.

        Raises:
            ApiError: The server refused the file, or did this before.
        """
        self._run(uploads.finalize(database, upload, token=Secret(token)))

    def upload_at_once(self, database: Database, content: bytes, *, token: Secret | str) -> None:
        """Send a whole file in one request, which cannot be taken up again.

        Raises:
            ApiError: The server refused the file, or did this before.
        """
        self._run(uploads.whole(database, content, token=Secret(token)))
