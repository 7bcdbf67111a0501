"""Virtual tables: which tables keep their content, and which of them hold no rows of their own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

_NAME: Final = r"(?:\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\[[^\]]*\]|'(?:[^']|'')*'|[^\s(.\"'`\[]+)"
_CREATE: Final = re.compile(
    rf"CREATE\s+VIRTUAL\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}(?:\s*\.\s*{_NAME})?"
    rf"\s+USING\s+(\w+)",
    re.IGNORECASE,
)
# What each module calls its tables, after the name of the virtual one (FTS5 section 9, FTS3
# section 10, R*Tree section 3.4, sqlite-vec).
_SHADOWS: Final = {
    "fts5": r"data|idx|content|docsize|config",
    "fts4": r"content|segments|segdir|docsize|stat",
    "fts3": r"content|segments|segdir|docsize|stat",
    "rtree": r"node|parent|rowid",
    "rtree_i32": r"node|parent|rowid",
    "geopoly": r"node|parent|rowid",
    "spellfix1": r"vocab",
    "vec0": r"info|chunks|rowids|auxiliary|(?:vector_chunks|metadatachunks|metadatatext)\d+",
}
# An index over another table, or one that keeps no texts, has no rows to move.
_CONTENT: Final = re.compile(r"[,(]\s*content\s*=\s*('[^']*'|\"[^\"]*\"|[^,)\s]*)", re.IGNORECASE)
_HOLDS_ROWS: Final = frozenset({"fts5", "fts4", "fts3", "rtree", "rtree_i32", "geopoly"})


def module_of(sql: str) -> str:
    """The module of a virtual table, in lower case; empty for any other table."""
    found = _CREATE.match(sql)
    return found.group(1).lower() if found else ""


def shadows_of(name: str, module: str, tables: Collection[str]) -> Iterator[str]:
    """Those of the tables in which a virtual table keeps its content."""
    endings = _SHADOWS.get(module)
    if endings is None:
        return
    pattern = re.compile(rf"{re.escape(name)}_(?:{endings})", re.IGNORECASE)
    yield from (table for table in tables if pattern.fullmatch(table))


def skipped_module(sql: str, module: str) -> str:
    """Why the rows of a virtual table are not moved; empty when they are."""
    if module not in _HOLDS_ROWS:
        return f"a virtual table of {module}"
    content = _CONTENT.search(sql) if module.startswith("fts") else None
    if content is None:
        return ""
    table = content.group(1).strip("'\"")
    return f"an {module} index over {table}" if table else f"an {module} index without its texts"
