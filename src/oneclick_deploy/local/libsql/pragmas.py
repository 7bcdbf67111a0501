"""Which pragmas a libSQL server runs, and which of them it counts as writes.

Observed on sqld 0.24.32 by running each of them with a read-write and with a read-only token.
"""

from __future__ import annotations

from typing import Final

# Run with and without an argument; a read-only token may use them.
_READING: Final = frozenset(
    {
        "compile_options",
        "database_list",
        "encoding",
        "function_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "module_list",
        "pragma_list",
        "schema_version",
        "table_info",
        "table_list",
        "table_xinfo",
    }
)
# Run with and without an argument, and counted as writes.
_WRITING: Final = frozenset(
    {
        "collation_list",
        "data_version",
        "defer_foreign_keys",
        "foreign_key_check",
        "foreign_key_list",
        "foreign_keys",
        "freelist_count",
        "integrity_check",
        "page_count",
        "quick_check",
        "stats",
        "user_version",
    }
)
# Only asked for, never set, and counted as writes all the same.
_ASKED: Final = frozenset(
    {
        "analysis_limit",
        "application_id",
        "auto_vacuum",
        "automatic_index",
        "busy_timeout",
        "cache_size",
        "cache_spill",
        "cell_size_check",
        "checkpoint_fullfsync",
        "fullfsync",
        "hard_heap_limit",
        "journal_mode",
        "journal_size_limit",
        "legacy_alter_table",
        "legacy_file_format",
        "locking_mode",
        "max_page_count",
        "mmap_size",
        "page_size",
        "query_only",
        "read_uncommitted",
        "recursive_triggers",
        "reverse_unordered_selects",
        "secure_delete",
        "soft_heap_limit",
        "synchronous",
        "temp_store",
        "threads",
        "trusted_schema",
        "wal_autocheckpoint",
    }
)


def is_allowed_pragma(name: str, *, has_argument: bool) -> bool:
    """Whether the server runs this pragma."""
    if name == "schema_version":
        return not has_argument
    return name in _READING or name in _WRITING or (name in _ASKED and not has_argument)


def is_writing_pragma(name: str) -> bool:
    """Whether a pragma needs permission to write, as sqld has it."""
    return name in _WRITING or name in _ASKED


def sets_pragma(name: str, *, has_argument: bool) -> bool:
    """Whether a pragma changes the database file."""
    return has_argument and name == "user_version"


def is_harmless_pragma(name: str, *, has_argument: bool) -> bool:
    """Whether running a pragma only reads, so that a description may run it."""
    return name in _READING or (not has_argument and (name in _WRITING or name in _ASKED))
