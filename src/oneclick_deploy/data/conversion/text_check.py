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
            if piece is not None and not _is_clean(piece, nul_is_clean=nul_is_clean):
                unclean.add(column)
    return frozenset(unclean)


def _is_clean(piece: bytes, *, nul_is_clean: bool) -> bool:
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
    inner = ", ".join(f"{column} AS c{at}" for at, column in enumerate(columns))
    outer = ", ".join(f"CAST(group_concat(c{at}) AS BLOB)" for at in range(len(columns)))
    some = f"(SELECT {rowid} AS k, {inner} FROM {scope.name} WHERE {rowid} >= ?"  # noqa: S608
    some += f" AND ({scope.where or 1}) ORDER BY {rowid} LIMIT ?)"
    query = f"SELECT max(k), {outer} FROM {some}"  # noqa: S608 - quoted
    start, rows = _LEAST_ROWID, _FIRST_ROWS
    while True:
        end, *pieces = scope.connection.execute(query, (start, rows)).fetchone()
        if end is None:
            return
        yield pieces
        if end == _GREATEST_ROWID:
            return
        start = end + 1
        size = sum(len(piece) for piece in pieces if piece)
        rows = min(rows * 2, _MOST_ROWS) if size < _PIECE else max(rows // 2, 1)
