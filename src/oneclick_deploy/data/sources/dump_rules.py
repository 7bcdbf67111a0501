"""What a dump may do: make tables, fill them, and nothing that reaches outside its database."""

from __future__ import annotations

import re
import sqlite3
from typing import Final

_ALLOWED: Final = frozenset(
    {
        sqlite3.SQLITE_ALTER_TABLE,
        sqlite3.SQLITE_ANALYZE,
        sqlite3.SQLITE_CREATE_INDEX,
        sqlite3.SQLITE_CREATE_TABLE,
        sqlite3.SQLITE_CREATE_TRIGGER,
        sqlite3.SQLITE_CREATE_VIEW,
        sqlite3.SQLITE_DELETE,
        sqlite3.SQLITE_DROP_INDEX,
        sqlite3.SQLITE_DROP_TABLE,
        sqlite3.SQLITE_DROP_TRIGGER,
        sqlite3.SQLITE_DROP_VIEW,
        sqlite3.SQLITE_DROP_VTABLE,
        sqlite3.SQLITE_INSERT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_REINDEX,
        sqlite3.SQLITE_SAVEPOINT,
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_UPDATE,
    }
)
_REFUSED: Final = {
    sqlite3.SQLITE_ATTACH: "it opens another file",
    sqlite3.SQLITE_DETACH: "it closes a database",
    sqlite3.SQLITE_TRANSACTION: "it ends the transaction",
}
MODULES: Final = frozenset({"fts3", "fts4", "fts5", "rtree", "rtree_i32", "geopoly"})
# Those of the command line, and those that load code; no build has all of them.
_FUNCTIONS: Final = frozenset(
    {
        *("load_extension", "readfile", "writefile", "edit", "fsdir", "lsmode", "mkdir"),
        *("fts3_tokenizer", "shell_add_schema", "shell_module_schema"),
    }
)
_PRAGMA: Final = re.compile(r"PRAGMA\s+(?:\"?\w+\"?\s*\.\s*)?\"?(\w+)", re.IGNORECASE)
_RUN: Final = frozenset({"application_id", "encoding", "user_version"})
# Asked by FTS5 and R*Tree themselves.
_ASKED: Final = frozenset({"data_version", "page_size"})
# Settings of the session that printed the dump.
_LEFT_OUT: Final = frozenset(
    {
        *("auto_vacuum", "automatic_index", "busy_timeout", "cache_size", "cache_spill"),
        *("case_sensitive_like", "checkpoint_fullfsync", "count_changes", "defer_foreign_keys"),
        *("foreign_keys", "fullfsync", "ignore_check_constraints", "journal_mode"),
        *("journal_size_limit", "legacy_alter_table", "legacy_file_format", "locking_mode"),
        *("page_size", "read_uncommitted", "recursive_triggers", "reverse_unordered_selects"),
        *("secure_delete", "short_column_names", "synchronous", "temp_store", "trusted_schema"),
        *("wal_autocheckpoint", "writable_schema", "optimize", "foreign_key_check"),
        *("integrity_check", "quick_check"),
    }
)
_ESCAPE: Final = re.compile(
    r"\\(?:\\|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\+([0-9a-fA-F]{6})|([0-9a-fA-F]{4}))"
)


class Rules:
    """Judges what a dump's statements do; ``refused`` says why the last one was refused."""

    def __init__(self) -> None:
        self.refused = ""

    def authorize(
        self,
        action: int,
        first: str | None,
        second: str | None,
        database: str | None,
        _source: str | None,
    ) -> int:
        """Answer SQLite, which asks before a statement is run."""
        self.refused = self.refused or self._objection(action, first or "", second or "", database)
        return sqlite3.SQLITE_DENY if self.refused else sqlite3.SQLITE_OK

    def leaves_out(self, statement: str) -> bool:
        """Whether a PRAGMA only sets up the session that printed the dump."""
        found = _PRAGMA.match(statement)
        return found is not None and found.group(1).lower() in _LEFT_OUT

    def _objection(self, action: int, first: str, second: str, database: str | None) -> str:
        if action == sqlite3.SQLITE_FUNCTION:
            return f"it calls {second}()" if second.lower() in _FUNCTIONS else ""
        if action == sqlite3.SQLITE_PRAGMA:
            known = first.lower() in _RUN or (first.lower() in _ASKED and not second)
            return "" if known else f"PRAGMA {first} is no part of a dump"
        if action == sqlite3.SQLITE_CREATE_VTABLE:
            return "" if second.lower() in MODULES else f"it makes a virtual table of {second}"
        if action in _ALLOWED:
            return "" if database != "temp" else "it makes or changes temporary tables"
        return _REFUSED.get(action, "it does more than to make and fill tables")


def unistr(text: float | str | bytes | None) -> str | None:
    r"""SQLite's ``unistr()``, which dumps of version 3.50 call, and older versions lack.

    Raises:
        ValueError: An escape is none of ``\\``, ``\XXXX``, ``\uXXXX``, ``\+XXXXXX`` and
            ``\UXXXXXXXX``.
    """
    if not isinstance(text, str):
        return None if text is None else str(text)
    if text.replace("\\\\", "").count("\\") != sum(
        1 for found in _ESCAPE.finditer(text) if found.group() != "\\\\"
    ):
        raise ValueError("invalid Unicode escape")
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    digits = next((group for group in found.groups() if group), "")
    return chr(int(digits, 16)) if digits else "\\"
