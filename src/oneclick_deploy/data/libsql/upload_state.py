"""What an upload remembers, so that another process goes on where this one ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from attrs import asdict, frozen

from oneclick_deploy.providers.turso.uploads import Upload

PREPARED: Final = "upload.db"
_STATE: Final = "upload.json"


@frozen(kw_only=True)
class UploadProgress:
    """How far an upload has come.

    Args:
        bytes_done: Bytes that the server has.
        bytes_total: Bytes in all.
        seconds: Since the first byte.
    """

    bytes_done: int
    bytes_total: int
    seconds: float = 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far; None while there is none."""
        if not self.bytes_done or not self.seconds:
            return None
        return self.seconds * (self.bytes_total - self.bytes_done) / self.bytes_done


UploadProgressHandler = Callable[[UploadProgress], object]


@frozen(kw_only=True)
class UploadState:
    """A file on its way.

    Args:
        fingerprint: Of the preview that the prepared file is a copy of.
        database_id: Where it goes.
        size: Bytes of the prepared file.
        upload_id: The server's name of the upload; empty before it began.
        chunk_size: Bytes of each chunk but the last.
        chunks_sent: How many chunks the server has for certain.
    """

    fingerprint: str
    database_id: str
    size: int
    upload_id: str = ""
    chunk_size: int = 0
    chunks_sent: int = 0

    @property
    def upload(self) -> Upload | None:
        """What the server began; ``None`` before."""
        if not self.upload_id:
            return None
        return Upload(id=self.upload_id, chunk_size=self.chunk_size)

    def save(self, folder: Path) -> None:
        """Write it beside the prepared file, whole or not at all."""
        beside = folder / f"{_STATE}.new"
        beside.write_text(json.dumps(asdict(self)), encoding="utf-8")
        beside.replace(folder / _STATE)

    @classmethod
    def load(cls, folder: Path, *, fingerprint: str, database_id: str) -> UploadState | None:
        """Read what an earlier process wrote about the same preview and database."""
        try:
            found = cls(**json.loads((folder / _STATE).read_text("utf-8")))
            size = (folder / PREPARED).stat().st_size
        except (OSError, ValueError, TypeError):
            return None
        same = (found.fingerprint, found.database_id, found.size)
        return found if same == (fingerprint, database_id, size) else None


def forget(folder: Path) -> None:
    """Remove the state and the prepared file."""
    for name in (_STATE, f"{_STATE}.new", PREPARED, f"{PREPARED}-wal", f"{PREPARED}-shm"):
        (folder / name).unlink(missing_ok=True)
