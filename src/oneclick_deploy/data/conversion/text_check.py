"""Which columns hold texts that are not UTF-8, found in large pieces rather than value by value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from oneclick_deploy.data.conversion.scope import Scope

_ROWID_NAMES: Final = frozenset({"rowid", "_rowid_", "oid"})
_LEAST_ROWID: Final = -(1 << 63)
_GREATEST_ROWID: Final = (1 << 63) - 1
_FIRST_ROWS: Final = 64
_MOST_ROWS: Final = 8_192
_PIECE: Final = 1 << 20


def unclean_columns(scope: Scope, columns: Sequence[str], *, nul_is_clean: bool) -> frozenset[str]:
    """Those of the columns that hold a text which is not UTF-8.

    Args:
        scope: The rows.
        columns: SQL of columns that hold nothing but texts.
        nul_is_clean: Whether NUL may be in a text.
    """
    if not columns:
        return frozenset()
    unclean: set[str] = set()
    for pieces in _pieces(scope, columns):
        for column, piece in zip(columns, pieces, strict=True):
            if piece is not None and not is_clean(piece, nul_is_clean=nul_is_clean):
                unclean.add(column)
    return frozenset(unclean)


def is_clean(piece: bytes, *, nul_is_clean: bool) -> bool:
    """Whether some bytes are UTF-8, and hold no NUL unless the destination takes it."""
    if not nul_is_clean and b"\0" in piece:
        return False
    if piece.isascii():
        return True
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True


def _pieces(scope: Scope, columns: Sequence[str]) -> Iterator[Sequence[bytes | None]]:
    """The texts of each column, with commas between them, some rows at a time.

    A comma ends a sequence of bytes that is cut short, so that no value completes another's.
    """
    if len(scope.table.key) != 1 or scope.table.key[0] not in _ROWID_NAMES:
        yield from scope.ask(", ".join(f"CAST({column} AS BLOB)" for column in columns))
        return
    rowid = scope.table.key[0]
    joined = ", ".join(f"CAST(group_concat({column}) AS BLOB)" for column in columns)
    first, rows = _LEAST_ROWID, _FIRST_ROWS
    while True:
        last = _row_after(scope, rowid, first, rows)
        pieces = scope.ask_one(joined, first, last, where=f"{rowid} BETWEEN ? AND ?")
        yield pieces
        if last == _GREATEST_ROWID:
            return
        first = last + 1
        size = sum(len(piece) for piece in pieces if piece)
        rows = min(rows * 2, _MOST_ROWS) if size < _PIECE else max(rows // 2, 1)


def _row_after(scope: Scope, rowid: str, first: int, rows: int) -> int:
    """The last rowid of so many rows; rowids may be far apart."""
    query = f"SELECT {rowid} FROM {scope.name} WHERE {rowid} >= ? ORDER BY 1 LIMIT 1 OFFSET ?"  # noqa: S608
    found = scope.connection.execute(query, (first, rows - 1)).fetchone()
    return found[0] if found else _GREATEST_ROWID
