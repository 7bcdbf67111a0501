"""Everything the emulated Turso remembers, in one SQLite file that survives restarts."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from oneclick_deploy.errors import LocalCloudError
from oneclick_deploy.local.turso.models import ApiToken, Database, Group

R = TypeVar("R", Group, Database, ApiToken)

_FORMAT: Final = "1"


class TursoState:
    """Groups, databases and tokens. Reads come from memory, every change is written through."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.RLock()
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The file holds the key that signs database tokens.
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        try:
            self._create_tables()
            self._check_format(file)
            self.groups: dict[str, Group] = self._load(Group)
            self.databases: dict[str, Database] = self._load(Database)
            self.api_tokens: dict[str, ApiToken] = self._load(ApiToken)
        except LocalCloudError:
            self._connection.close()
            raise
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            self._connection.close()
            raise LocalCloudError(
                f"the local cloud's state {file} cannot be read: {error}",
                hint="Delete the state directory to start afresh.",
            ) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def save(self, record: Group | Database | ApiToken) -> None:
        """Add or replace a record."""
        with self._lock:
            self._connection.execute(
                "INSERT INTO records (kind, key, body) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                (
                    type(record).__name__,
                    _key(record),
                    json.dumps(attrs.asdict(record), default=str),
                ),
            )
            self._table(record)[_key(record)] = record

    def remove(self, record: Group | Database | ApiToken) -> None:
        """Forget a record."""
        with self._lock:
            self._connection.execute(
                "DELETE FROM records WHERE kind = ? AND key = ?",
                (type(record).__name__, _key(record)),
            )
            self._table(record).pop(_key(record), None)

    def setting(self, name: str) -> str | None:
        """A single remembered text."""
        with self._lock:
            row = self._connection.execute(
                "SELECT value FROM settings WHERE name = ?", (name,)
            ).fetchone()
        return row[0] if row else None

    def set_setting(self, name: str, value: str) -> None:
        """Remember a single text."""
        with self._lock:
            self._connection.execute(
                "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, value)
            )

    def signing_key(self) -> Ed25519PrivateKey:
        """The key that signs database tokens; made at the first start."""
        stored = self.setting("signing key")
        if stored is not None:
            return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(stored))
        key = Ed25519PrivateKey.generate()
        raw = key.private_bytes(
            serialization.Encoding.Raw,
            serialization.PrivateFormat.Raw,
            serialization.NoEncryption(),
        )
        self.set_setting("signing key", raw.hex())
        return key

    def _create_tables(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS records"
            " (kind TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, key))"
        )
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)"
        )

    def _check_format(self, file: Path) -> None:
        written = self.setting("format")
        if written is None:
            self.set_setting("format", _FORMAT)
        elif written != _FORMAT:
            raise LocalCloudError(
                f"the local cloud's state {file} was written by another version",
                hint="Delete the state directory to start afresh.",
            )

    def _load(self, kind: type[R]) -> dict[str, R]:
        rows = self._connection.execute(
            "SELECT key, body FROM records WHERE kind = ? ORDER BY rowid", (kind.__name__,)
        )
        return {key: _read(kind, json.loads(body)) for key, body in rows}

    def _table(self, record: Group | Database | ApiToken) -> dict[str, Any]:
        if isinstance(record, Group):
            return self.groups
        if isinstance(record, Database):
            return self.databases
        return self.api_tokens


def _key(record: Group | Database | ApiToken) -> str:
    return record.id if isinstance(record, ApiToken) else record.name


def _read(kind: type[R], body: dict[str, Any]) -> R:
    known = {field.name for field in attrs.fields(kind)}
    values = {name: value for name, value in body.items() if name in known}
    for name in ("created_at", "branched_at"):
        if values.get(name):
            values[name] = datetime.fromisoformat(values[name])
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(value)
    return kind(**values)
