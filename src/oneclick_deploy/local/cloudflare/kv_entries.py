"""The values of a KV namespace, in a SQLite file of their own, within KV's limits."""

from __future__ import annotations

import base64
import binascii
import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from oneclick_deploy.local.cloudflare.models import KvEntry

MAX_KEY = 512
MAX_VALUE = 25 * 1024 * 1024
MAX_METADATA = 1024
MIN_TTL = 60
MAX_LIST = 1000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
  key TEXT PRIMARY KEY, value BLOB NOT NULL, expiration INTEGER, metadata TEXT
) WITHOUT ROWID
"""


class KvError(ValueError):
    """A key, a value or an option that KV refuses.

    Args:
        status: The HTTP status that the binding answers with.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class KvFile:
    """One namespace.

    Args:
        path: The SQLite file; made when it is absent.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def get(self, key: str) -> KvEntry | None:
        """Read a value that has not expired."""
        with self._lock:
            row = self._database.execute(
                "SELECT key, value, expiration, metadata FROM entries"
                " WHERE key = ? AND coalesce(expiration, 9e18) > ?",
                (key, time.time()),
            ).fetchone()
        if row is None:
            return None
        metadata = json.loads(row[3]) if row[3] is not None else None
        return KvEntry(key=row[0], value=row[1], expiration=row[2], metadata=metadata)

    def put(self, entry: KvEntry) -> None:
        """Write a value."""
        metadata = None if entry.metadata is None else json.dumps(entry.metadata)
        with self._lock:
            self._database.execute(
                "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)",
                (entry.key, entry.value, entry.expiration, metadata),
            )

    def delete(self, key: str) -> None:
        """Remove a value. A missing one is fine."""
        with self._lock:
            self._database.execute("DELETE FROM entries WHERE key = ?", (key,))

    def list(
        self, *, prefix: str = "", limit: int = MAX_LIST, cursor: str = ""
    ) -> tuple[list[KvEntry], str]:
        """List keys in order, without their values, and the cursor of the next page."""
        after = _read_cursor(cursor)
        with self._lock:
            rows = self._database.execute(
                "SELECT key, expiration, metadata FROM entries"
                " WHERE coalesce(expiration, 9e18) > ? AND key > ?"
                " AND substr(key, 1, ?) = ? ORDER BY key LIMIT ?",
                (time.time(), after, len(prefix), prefix, limit + 1),
            ).fetchall()
        entries = [
            KvEntry(
                key=key,
                value=b"",
                expiration=expiration,
                metadata=None if metadata is None else json.loads(metadata),
            )
            for key, expiration, metadata in rows[:limit]
        ]
        more = len(rows) > limit
        return entries, _write_cursor(entries[-1].key) if more else ""


def make_entry(
    *,
    key: str,
    value: bytes,
    expiration: object = None,
    expiration_ttl: object = None,
    metadata: Any = None,
) -> KvEntry:
    """Check the parts of a value against KV's limits.

    Raises:
        KvError: A limit is broken.
    """
    check_key(key)
    if len(value) > MAX_VALUE:
        raise KvError(413, f"Value length of {len(value)} exceeds limit of {MAX_VALUE}.")
    if metadata is not None and len(json.dumps(metadata)) > MAX_METADATA:
        raise KvError(413, f"Metadata exceeds limit of {MAX_METADATA}.")
    now = int(time.time())
    expires: int | None = None
    if expiration_ttl is not None:
        expires = now + _whole(expiration_ttl, "expiration_ttl")
    elif expiration is not None:
        expires = _whole(expiration, "expiration")
    if expires is not None and expires < now + MIN_TTL:
        raise KvError(400, f"Invalid expiration. It must be at least {MIN_TTL} seconds from now.")
    return KvEntry(key=key, value=value, expiration=expires, metadata=metadata)


def check_key(key: str) -> None:
    """Check a key.

    Raises:
        KvError: It is empty, a dot name, or too long.
    """
    if key in ("", ".", ".."):
        raise KvError(400, f'Illegal key name "{key}". Please use a different name.')
    if len(key.encode("utf-8", errors="surrogatepass")) > MAX_KEY:
        raise KvError(414, f"The key exceeds the key length limit of {MAX_KEY}.")


def _whole(value: object, name: str) -> int:
    try:
        return int(str(value))
    except ValueError as error:
        raise KvError(400, f"Invalid {name} of {value}.") from error


def _write_cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _read_cursor(cursor: str) -> str:
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise KvError(400, "Invalid cursor.") from error
