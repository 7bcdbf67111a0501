"""The own libSQL server: each database is one SQLite file, run by Python's sqlite3 module."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sqlite3
import threading
from collections.abc import AsyncGenerator, Callable, Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from oneclick_deploy.local.libsql.answers import Answer, json_answer
from oneclick_deploy.local.libsql.messages import read_cursor, read_json, read_pipeline
from oneclick_deploy.local.libsql.pipeline import Permissions, PipelineRunner
from oneclick_deploy.local.libsql.refusals import RequestRefusedError
from oneclick_deploy.local.libsql.session import Session
from oneclick_deploy.local.libsql.streams import STREAM_SECONDS, Stream, Streams
from oneclick_deploy.local.libsql.turn import TRANSACTION_SECONDS, WriteTurn

T = TypeVar("T")

# A statement that waits for the write lock keeps its thread for up to five seconds.
_THREADS: Final = 64
_SWEEP_SECONDS: Final = 1.0
_PIECE_BYTES: Final = 64 * 1024


class _Database:
    """One file, its streams and its write lock."""

    def __init__(self, path: Path, *, stream_seconds: float, transaction_seconds: float) -> None:
        self.path = path
        self.types: dict[Any, list[str | None]] = {}
        self.turn = WriteTurn(seconds=transaction_seconds)
        self.streams = Streams(self._open_session, seconds=stream_seconds)
        self.rows_read = 0
        self.rows_written = 0
        # The last connection to close a database writes its log back; one stays open all the time.
        self._keeper = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._keeper.execute("PRAGMA schema_version")

    def close(self) -> None:
        """Close all streams and the file."""
        self.streams.close()
        self._keeper.close()

    def _open_session(self) -> Session:
        return Session(self.path, self.turn, self.types, on_rows=self._count)

    def _count(self, read: int, written: int) -> None:
        self.rows_read += read
        self.rows_written += written


class _Job:
    """A request on a thread, which can be stopped from the loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stream: Stream | None = None
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self._stopped

    def runs_on(self, stream: Stream) -> None:
        """Note the stream whose statement must be interrupted to stop the job."""
        with self._lock:
            self._stream = stream

    def stop(self) -> None:
        """Interrupt the running statement."""
        with self._lock:
            self._stopped = True
            if self._stream is not None:
                self._stream.session.interrupt()


class PythonEngine:
    """Keeps databases as files in one directory and answers Hrana requests for them."""

    kind = "python"

    def __init__(
        self,
        directory: Path,
        *,
        stream_seconds: float = STREAM_SECONDS,
        transaction_seconds: float = TRANSACTION_SECONDS,
    ) -> None:
        self._directory = directory
        self._stream_seconds = stream_seconds
        self._transaction_seconds = transaction_seconds
        self._databases: dict[str, _Database] = {}
        self._opening = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._sweep: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Get ready to serve."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="oneclick-libsql")

    async def stop(self) -> None:
        """Close all streams; the files stay."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        pool, self._pool = self._pool, None
        for database in self._databases.values():
            database.close()
        self._databases.clear()
        if pool is not None:
            await asyncio.get_running_loop().run_in_executor(None, pool.shutdown)

    async def create(self, database: str) -> None:
        """Make an empty database."""
        await self._in_thread(_make_empty, self._path(database))

    async def fork(self, source: str, database: str) -> None:
        """Make a database with the present content of another one."""
        await self._in_thread(_copy_content, self._path(source), self._path(database))

    async def load(self, database: str, file: Path) -> None:
        """Make a database from an SQLite file that was checked before."""
        await self._in_thread(_take_file, file, self._path(database))

    async def delete(self, database: str) -> None:
        """Remove a database with its streams."""
        known = self._databases.pop(database, None)
        if known is not None:
            await self._in_thread(known.close)
        path = self._path(database)
        for name in (path, *_companions(path)):
            name.unlink(missing_ok=True)

    async def discard_others(self, databases: AbstractSet[str]) -> None:
        """Remove what a killed process left of databases that do not exist."""
        for path in self._directory.glob("*.db"):
            if path.stem not in databases:
                await self.delete(path.stem)

    async def storage_bytes(self, database: str) -> int:
        """The size of the file and its write-ahead log."""
        path = self._path(database)
        return sum(name.stat().st_size for name in (path, *_companions(path)) if name.exists())

    async def rows(self, database: str) -> tuple[int, int]:
        """The rows read and written since the start."""
        known = self._databases.get(database)
        return (known.rows_read, known.rows_written) if known else (0, 0)

    async def version(self) -> str:
        """The text of ``/version``."""
        return f"oneclick-deploy local libsql (SQLite {sqlite3.sqlite_version})"

    async def pipeline(
        self, database: str, body: bytes, *, version: int, permissions: Permissions
    ) -> Answer:
        """Answer ``/v2/pipeline`` or ``/v3/pipeline``."""
        job = _Job()
        work = partial(self._run_pipeline, job, database, body, version, permissions)
        try:
            return await self._in_thread(work)
        except asyncio.CancelledError:
            job.stop()
            raise
        finally:
            self._plan_sweep()

    async def cursor(self, database: str, body: bytes, *, permissions: Permissions) -> Answer:
        """Answer ``/v3/cursor``; the entries are sent while the batch runs."""
        message = read_cursor(read_json(body))
        known = self._database(database)
        stream = await self._in_thread(known.streams.take, message.baton)
        entries = PipelineRunner(stream, permissions).cursor(message.batch)
        try:
            first = await self._in_thread(_next_piece, entries)
        except BaseException:
            await asyncio.shield(self._in_thread(known.streams.drop, stream))
            raise
        head = {"baton": known.streams.promise(stream), "base_url": None}
        pieces = self._pieces(known, stream, _line(head) + first, entries)
        return Answer(content_type="text/plain", pieces=pieces)

    async def dump(self, database: str) -> Answer:
        """Answer ``/dump`` with the database as SQL text."""
        text = await self._in_thread(_dump, self._path(database))
        return Answer(body=text)

    def _run_pipeline(
        self, job: _Job, database: str, body: bytes, version: int, permissions: Permissions
    ) -> Answer:
        message = read_pipeline(read_json(body), version=version)
        known = self._database(database)
        stream = known.streams.take(message.baton)
        job.runs_on(stream)
        try:
            results = PipelineRunner(stream, permissions).run(message.requests)
        except BaseException:
            known.streams.drop(stream)
            raise
        if job.stopped:
            known.streams.drop(stream)
        baton = known.streams.give_back(stream)
        return json_answer({"baton": baton, "base_url": None, "results": results})

    async def _pieces(
        self, known: _Database, stream: Stream, first: bytes, entries: Any
    ) -> AsyncGenerator[bytes]:
        try:
            piece = first
            while piece:
                yield piece
                piece = await self._in_thread(_next_piece, entries)
        except RequestRefusedError as refused:
            # The status is already sent; Hrana has an entry for this.
            yield _line({"type": "error", "error": {"message": str(refused), "code": "FAILED"}})
            stream.close()
        except BaseException:
            # The thread may still run a statement of this stream; closing waits for it.
            if self._pool is not None:
                self._pool.submit(known.streams.drop, stream)
            raise
        finally:
            known.streams.give_back(stream)
            self._plan_sweep()

    def _database(self, database: str) -> _Database:
        with self._opening:
            known = self._databases.get(database)
            if known is None:
                path = self._path(database)
                if self._pool is None or not path.is_file():
                    raise RequestRefusedError(
                        404, {"error": f"Namespace `{database}` doesn't exist"}
                    )
                known = _Database(
                    path,
                    stream_seconds=self._stream_seconds,
                    transaction_seconds=self._transaction_seconds,
                )
                self._databases[database] = known
            return known

    def _path(self, database: str) -> Path:
        return self._directory / f"{database}.db"

    async def _in_thread(self, call: Callable[..., T], *arguments: Any) -> T:
        if self._pool is None:
            raise RequestRefusedError(503, {"error": "the server is stopping"})
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, call, *arguments)

    def _plan_sweep(self) -> None:
        """Look after waiting streams once a second, as long as there are any."""
        if self._sweep is None and self._pool is not None:
            loop = asyncio.get_running_loop()
            self._sweep = loop.call_later(_SWEEP_SECONDS, self._run_sweep)

    def _run_sweep(self) -> None:
        self._sweep = None
        if self._pool is None:
            return
        waiting = [known.streams for known in self._databases.values() if known.streams.waiting]
        for streams in waiting:
            self._pool.submit(streams.expire)
        if waiting:
            self._plan_sweep()


def _companions(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def _make_empty(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("PRAGMA journal_mode = WAL")
        # Writes the first page, so that the file is a database from the start.
        connection.execute("PRAGMA user_version = 0")


def _copy_content(source: Path, target: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as origin,
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        origin.backup(copy)
        copy.execute("PRAGMA journal_mode = WAL")


def _take_file(file: Path, target: Path) -> None:
    for name in (target, *_companions(target)):
        name.unlink(missing_ok=True)
    shutil.copyfile(file, target)


def _dump(path: Path) -> bytes:
    with contextlib.closing(
        sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
    ) as connection:
        lines = ["PRAGMA foreign_keys=OFF;", *connection.iterdump()]
    return ("\n".join(lines) + "\n").encode()


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _next_piece(entries: Any) -> bytes:
    """Some lines of a cursor, up to about 64 KiB; empty at the end."""
    piece = bytearray()
    for entry in entries:
        piece += _line(entry)
        if len(piece) >= _PIECE_BYTES:
            break
    return bytes(piece)
