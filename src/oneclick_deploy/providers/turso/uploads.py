"""The upload of a database file without I/O on the network, as Turso's own command line does it.

``PUT /v2/upload/start``, ``/v2/upload/{id}/chunk/{n}`` and ``/v2/upload/{id}/finalize`` on the host
of the database (facts: Loading an existing SQLite file). The documented ``POST /v1/upload`` takes
the whole file in one request and cannot be resumed; it is for hosts without the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from oneclick_deploy.errors import DataSourceError, EmptyDatabaseError, NotADatabaseError
from oneclick_deploy.http import CallKind, Request
from oneclick_deploy.http.values import bearer, json_request
from oneclick_deploy.providers.turso.decoding import pick
from oneclick_deploy.providers.turso.models import Database
from oneclick_deploy.providers.turso.names import segment
from oneclick_deploy.providers.turso.wire import Call, nothing
from oneclick_deploy.secrets import Secret

LARGEST_FILE: Final = 20 * 10**9
_PAGE_BYTES: Final = 4096
_HEADER_BYTES: Final = 100
_LARGEST_CHUNK: Final = 256 * 1024 * 1024
_SLOWEST_LINE: Final = 64 * 1024
_RECIPE: Final = (
    "Copy it with VACUUM INTO a file with page_size 4096 and auto_vacuum 0, set "
    "journal_mode=WAL there, run wal_checkpoint(TRUNCATE), and close it."
)


@frozen(kw_only=True)
class Upload:
    """An upload that the server has begun."""

    id: str
    chunk_size: int


def start(database: Database, size: int, *, token: Secret) -> Call[Upload]:
    """PUT /v2/upload/start."""

    def read(body: Any) -> Upload:
        identifier, chunk_size = pick(body, "upload_id"), pick(body, "chunk_size")
        if not isinstance(identifier, str) or not identifier:
            raise ValueError("`upload_id`")
        if not isinstance(chunk_size, int) or not 0 < chunk_size <= _LARGEST_CHUNK:
            raise ValueError("usable `chunk_size`")
        return Upload(id=identifier, chunk_size=chunk_size)

    request = json_request(
        "PUT",
        f"{database.http_url}/v2/upload/start",
        {"db_size_bytes": size},
        headers={"Authorization": bearer(token)},
        kind=CallKind.REPLACE,
    )
    return Call(request=request, read=read, token=token)


def chunk(
    database: Database, upload: Upload, number: int, content: bytes, *, token: Secret
) -> Call[None]:
    """PUT /v2/upload/{id}/chunk/{n}; the same chunk may be sent again."""
    return _put(database, upload, f"chunk/{number}", content=content, token=token)


def finalize(database: Database, upload: Upload, *, token: Secret) -> Call[None]:
    """PUT /v2/upload/{id}/finalize: the server checks the file and puts it to use."""
    return _put(database, upload, "finalize", content=b"", token=token)


def whole(database: Database, content: bytes, *, token: Secret) -> Call[None]:
    """POST /v1/upload: all of a file at once, which the server checks and puts to use."""
    request = Request(
        method="POST",
        url=f"{database.http_url}/v1/upload",
        headers=_headers(token),
        content=content,
        kind=CallKind.REPLACE,
        timeout=_seconds(content),
    )
    return Call(request=request, read=nothing, token=token)


def chunks(size: int, chunk_size: int) -> Iterator[tuple[int, int]]:
    """Where each chunk starts in the file, and its length."""
    for offset in range(0, size, chunk_size):
        yield offset, min(chunk_size, size - offset)


def read_chunk(path: Path, offset: int, length: int) -> bytes:
    """Read a part of the file.

    Raises:
        DataSourceError: The file became shorter, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read(length)
    except OSError as error:
        raise _unreadable(path, error) from None
    if len(content) != length:
        raise DataSourceError(
            f"{path.name} changed while it was uploaded", hint="Upload a copy that nobody writes."
        )
    return content


def checked_size(path: Path) -> int:
    """Return the size of a file that Turso would take.

    Raises:
        NotADatabaseError: It is not SQLite.
        DataSourceError: It has another format than Turso takes, or changes wait beside it.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
        log = path.with_name(f"{path.name}-wal")
        waiting = log.exists() and log.stat().st_size > 0
    except OSError as error:
        raise _unreadable(path, error) from None
    if not header:
        raise EmptyDatabaseError(f"{path.name} is empty", hint="Create its tables first.")
    if len(header) < _HEADER_BYTES or not header.startswith(b"SQLite format 3\x00"):
        raise NotADatabaseError(f"{path.name} is not an SQLite file", hint="Pass a database file.")
    for problem in _problems(header, size, waiting=waiting):
        raise DataSourceError(f"{path.name}: {problem}; Turso does not take that", hint=_RECIPE)
    return size


def _problems(header: bytes, size: int, *, waiting: bool) -> Iterator[str]:
    """What keeps a file from being uploaded, by its header's fields (sqlite.org/fileformat.html)."""
    if int.from_bytes(header[16:18], "big") != _PAGE_BYTES:
        yield f"its pages do not have {_PAGE_BYTES} bytes"
    if header[18:20] != b"\x02\x02":
        yield "it is not in WAL mode"
    if header[20] != 0:
        yield "its pages have reserved bytes"
    if int.from_bytes(header[52:56], "big") != 0:
        yield "it uses auto-vacuum"
    if int.from_bytes(header[56:60], "big") != 1:
        yield "its texts are not UTF-8"
    if waiting:
        yield "changes wait in its -wal file"
    if size % _PAGE_BYTES or size > LARGEST_FILE:
        yield "its size is not a number of whole pages, or over 20 GB"


def _put(
    database: Database, upload: Upload, action: str, *, content: bytes, token: Secret
) -> Call[None]:
    place = f"{database.http_url}/v2/upload/{segment(upload.id, what='upload')}/{action}"
    request = Request(
        method="PUT",
        url=place,
        headers=_headers(token),
        content=content,
        kind=CallKind.REPLACE,
        timeout=_seconds(content),
    )
    return Call(request=request, read=nothing, token=token)


def _headers(token: Secret) -> dict[str, str | Secret]:
    return {"Authorization": bearer(token), "Content-Type": "application/octet-stream"}


def _seconds(content: bytes) -> float:
    """Time for a call: what every call has, and more for what a slow line takes to send."""
    return 120.0 + len(content) / _SLOWEST_LINE


def _unreadable(path: Path, error: OSError) -> DataSourceError:
    return DataSourceError(
        f"{path.name} cannot be read: {error.strerror or type(error).__name__}",
        hint="Check the path and its permissions.",
    )
