"""Uploads of database files: ``POST /v1/upload`` as documented, and the CLI's ``PUT /v2/upload``."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import tempfile
from pathlib import Path
from typing import Any, Final

from oneclick_deploy.local.libsql.answers import Answer, json_answer
from oneclick_deploy.local.libsql.refusals import RequestRefusedError
from oneclick_deploy.local.server import Receive
from oneclick_deploy.local.turso.account import Account
from oneclick_deploy.local.turso.database_file import problem_of_file
from oneclick_deploy.local.turso.gate import DatabaseGate
from oneclick_deploy.local.turso.models import Database

# Turso's CLI takes files of at most 20 GB.
_MAX_FILE_BYTES: Final = 20 * 10**9
_CHUNK_BYTES: Final = 16 * 1024 * 1024
_CHUNK: Final = re.compile(r"/v2/upload/(?P<id>[A-Za-z0-9_-]{1,64})/chunk/(?P<number>[0-9]{1,9})")
_FINALIZE: Final = re.compile(r"/v2/upload/(?P<id>[A-Za-z0-9_-]{1,64})/finalize")


class _Upload:
    """A file that arrives in chunks, in order."""

    def __init__(self, file: Path, size: int) -> None:
        self.id = secrets.token_urlsafe(16)
        self.file = file
        self.size = size
        self.chunks = 0


class DatabaseUploads:
    """Takes the file of one database that was created with the seed ``database_upload``."""

    def __init__(self, account: Account, gate: DatabaseGate, directory: Path) -> None:
        self._account = account
        self._gate = gate
        self._directory = directory
        self._uploads: dict[str, _Upload] = {}
        self._activating = asyncio.Lock()

    async def answer(
        self, method: str, path: str, headers: dict[str, str], receive: Receive
    ) -> Answer:
        """Answer a request under ``/v1/upload`` or ``/v2/upload``."""
        chunk, finalize = _CHUNK.fullmatch(path), _FINALIZE.fullmatch(path)
        known = path in {"/v1/upload", "/v2/upload/start"} or chunk or finalize
        if not known:
            return Answer(status=404)
        if method != ("POST" if path == "/v1/upload" else "PUT"):
            return Answer(status=405)
        database = self._draft(headers)
        if path == "/v1/upload":
            return await self._whole(database, receive)
        if path == "/v2/upload/start":
            return await self._start(receive)
        if chunk:
            return await self._take_chunk(chunk["id"], int(chunk["number"]), receive)
        return await self._finalize(database, finalize["id"] if finalize else "")

    def close(self) -> None:
        """Throw unfinished uploads away."""
        for upload in self._uploads.values():
            upload.file.unlink(missing_ok=True)
        self._uploads.clear()

    def _draft(self, headers: dict[str, str]) -> Database:
        permissions = self._gate.permissions(headers.get("authorization"))
        database = self._gate.record()
        if not permissions.can_write:
            raise RequestRefusedError(403, {"error": "the token is read-only"})
        if not database.draft:
            raise _bad("the database was not created with the seed type database_upload")
        if database.encryption_cipher:
            raise _bad("the local cloud does not take encrypted files")
        return database

    async def _whole(self, database: Database, receive: Receive) -> Answer:
        file = self._temporary()
        try:
            await _receive_into(file, receive, limit=_MAX_FILE_BYTES)
            return await self._activate(database, file)
        finally:
            file.unlink(missing_ok=True)

    async def _start(self, receive: Receive) -> Answer:
        body = await _read_small(receive)
        size = body.get("db_size_bytes")
        if isinstance(size, bool) or not isinstance(size, int) or not 0 < size <= _MAX_FILE_BYTES:
            raise _bad("db_size_bytes must be a positive number, 20 GB at most")
        upload = _Upload(self._temporary(), size)
        self._uploads[upload.id] = upload
        return json_answer({"chunk_size": _CHUNK_BYTES, "upload_id": upload.id})

    async def _take_chunk(self, upload_id: str, number: int, receive: Receive) -> Answer:
        upload = self._upload(upload_id)
        # A chunk may come again when its answer was lost; one may not be left out.
        if number > upload.chunks:
            raise _bad(f"chunk {upload.chunks} is expected")
        offset = number * _CHUNK_BYTES
        wanted = min(_CHUNK_BYTES, upload.size - offset)
        if wanted <= 0:
            raise _bad("the file has no such chunk")
        taken = await _receive_into(upload.file, receive, limit=wanted, offset=offset)
        if taken != wanted:
            raise _bad(f"chunk {number} must have {wanted} bytes, it has {taken}")
        upload.chunks = max(upload.chunks, number + 1)
        return Answer()

    async def _finalize(self, database: Database, upload_id: str) -> Answer:
        upload = self._upload(upload_id)
        if upload.chunks * _CHUNK_BYTES < upload.size:
            raise _bad("the upload is incomplete")
        answer = await self._activate(database, upload.file)
        upload.file.unlink(missing_ok=True)
        del self._uploads[upload_id]
        return answer

    async def _activate(self, database: Database, file: Path) -> Answer:
        problem = await asyncio.to_thread(problem_of_file, file)
        if problem is not None:
            raise _bad(problem)
        async with self._activating:
            # Of two uploads at once, the second must not replace a database in use.
            if not self._gate.record().draft:
                raise _bad("the database has its content already")
            await self._account.plane.load(database.id, file)
            await self._account.activate(self._gate.record())
        return Answer()

    def _upload(self, upload_id: str) -> _Upload:
        upload = self._uploads.get(upload_id)
        if upload is None:
            raise RequestRefusedError(404, {"error": "upload not found"})
        return upload

    def _temporary(self) -> Path:
        self._directory.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            dir=self._directory, prefix="upload-", suffix=".part", delete=False
        ) as file:
            return Path(file.name)


def _bad(reason: str) -> RequestRefusedError:
    return RequestRefusedError(400, {"error": reason})


async def _receive_into(file: Path, receive: Receive, *, limit: int, offset: int = 0) -> int:
    """Write the request's body into a file as it arrives; return its size."""
    size = 0
    with file.open("r+b") as out:
        out.seek(offset)
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _bad("the request ended early")
            piece = message.get("body", b"")
            size += len(piece)
            if size > limit:
                raise RequestRefusedError(413, {"error": "the body is too large"})
            out.write(piece)
            if not message.get("more_body"):
                return size


async def _read_small(receive: Receive) -> dict[str, Any]:
    from oneclick_deploy.local.libsql.front import read_body

    try:
        content = json.loads(await read_body(receive))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise _bad("the body must be a JSON object")
    return content
