"""Bring the content of an SQLite file into sqld without changing a bit of it."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from oneclick_deploy.local.libsql.file_access import without_file_access
from oneclick_deploy.local.libsql.refusals import RequestRefusedError
from oneclick_deploy.local.libsql.values import encode_value, encoded_size

_INSERT_SCHEMA: Final = "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql)"
_BATCH_BYTES: Final = 1_000_000
_BATCH_ROWS: Final = 2_000


class ContentReader:
    """Reads a file as a dump of its schema and as Hrana requests that insert its rows."""

    def __init__(self, file: Path) -> None:
        uri = f"{file.as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        # Text that is not UTF-8 cannot be read as text: the rows come as bytes with their types.
        self._rows = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._rows.text_factory = bytes
        self._requests: Iterator[list[dict[str, Any]]] = self._all_requests()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._rows.close()

    def schema_dump(self) -> bytes:
        """The tables, in the form of a dump that sqld loads.

        Raises:
            RequestRefusedError: The schema would reach files when it runs in sqld.
        """
        for (sql,) in self._connection.execute(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"
        ):
            if without_file_access(sql) != sql:
                raise RequestRefusedError(
                    400, {"error": "the schema of the file uses functions that reach files"}
                )
        lines = ["PRAGMA foreign_keys=OFF;", "BEGIN TRANSACTION;"]
        virtual = False
        for name, sql in self._schema("table"):
            if name.startswith("sqlite_"):
                continue  # SQLite makes its own tables itself
            if sql.lower().startswith("create virtual table"):
                # Its shadow tables are in the file; creating it would make them a second time.
                if not virtual:
                    lines.append("PRAGMA writable_schema=ON;")
                virtual = True
                row = f"'table', {_literal(name)}, {_literal(name)}, 0, {_literal(sql)}"
                lines.append(f"{_INSERT_SCHEMA} VALUES ({row});")
            else:
                lines.append(f"{sql};")
        if virtual:
            lines.append("PRAGMA writable_schema=OFF;")
        return "\n".join([*lines, "COMMIT;", ""]).encode()

    def next_requests(self) -> list[dict[str, Any]]:
        """The requests of the next pipeline; none at the end."""
        return next(self._requests, [])

    def _all_requests(self) -> Iterator[list[dict[str, Any]]]:
        for table, sql in self._schema("table"):
            if sql.lower().startswith("create virtual table"):
                continue
            if table.startswith("sqlite_") and table != "sqlite_sequence":
                continue
            yield from self._rows_of(table)
        # Triggers come last, so that no insert above runs one.
        later = [sql for kind in ("index", "view", "trigger") for _, sql in self._schema(kind)]
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        yield [
            *({"type": "sequence", "sql": sql} for sql in later),
            {"type": "sequence", "sql": f"PRAGMA user_version = {version}"},
        ]

    def _schema(self, kind: str) -> list[tuple[str, str]]:
        return self._connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL ORDER BY rowid",
            (kind,),
        ).fetchall()

    def _rows_of(self, table: str) -> Iterator[list[dict[str, Any]]]:
        columns = self._columns(table)
        listed = ", ".join(columns)
        types = ", ".join(f"typeof({column})" for column in columns)
        insert = f"INSERT INTO {_name(table)} ({listed}) VALUES "  # noqa: S608 - quoted names
        source = f"SELECT {listed}, {types} FROM {_name(table)}"  # noqa: S608 - quoted names
        if table == "sqlite_sequence":
            yield [{"type": "sequence", "sql": "DELETE FROM sqlite_sequence"}]
        steps: list[dict[str, Any]] = []
        size = 0
        for row in self._rows.execute(source):
            values, kinds = row[: len(columns)], row[len(columns) :]
            marks, args = _bound(values, kinds)
            steps.append({"stmt": {"sql": f"{insert}({', '.join(marks)})", "args": args}})
            size += sum(map(encoded_size, values))
            if size >= _BATCH_BYTES or len(steps) >= _BATCH_ROWS:
                yield [_all_or_nothing(steps)]
                steps, size = [], 0
        if steps:
            yield [_all_or_nothing(steps)]

    def _columns(self, table: str) -> list[str]:
        """The stored columns, with the row id where it is not a column already."""
        found = self._connection.execute(
            "SELECT name, hidden, lower(type), pk FROM pragma_table_xinfo(?)", (table,)
        ).fetchall()
        names = [name for name, hidden, _, _ in found if hidden == 0]
        keys = [kind for _, _, kind, pk in found if pk]
        has_row_id = not self._connection.execute(
            "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?", (table,)
        ).fetchone()[0]
        lowered = {name.lower() for name in names}
        if has_row_id and keys != ["integer"]:
            for alias in ("rowid", "_rowid_", "oid"):
                if alias not in lowered:
                    return [alias, *map(_name, names)]
        return [_name(name) for name in names]


def _bound(values: tuple[Any, ...], kinds: tuple[bytes, ...]) -> tuple[list[str], list[Any]]:
    """SQL for each value and the arguments; what JSON cannot carry becomes a literal."""
    marks = []
    args = []
    for value, kind in zip(values, kinds, strict=True):
        if kind == b"text":
            try:
                args.append(encode_value(value.decode()))
                marks.append("?")
            except UnicodeDecodeError:
                marks.append(f"CAST(x'{value.hex()}' AS TEXT)")
        elif isinstance(value, float) and not math.isfinite(value):
            marks.append("9e999" if value > 0 else "-9e999")
        else:
            args.append(encode_value(value))
            marks.append("?")
    return marks, args


def _all_or_nothing(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """A batch in one transaction, with foreign keys off: tables come in the order of the file."""
    chained: list[dict[str, Any]] = [
        {"stmt": {"sql": "PRAGMA foreign_keys = OFF"}},
        {"stmt": {"sql": "BEGIN IMMEDIATE"}},
    ]
    chained += ({**step, "condition": {"type": "ok", "step": n}} for n, step in enumerate(steps, 1))
    last = len(chained) - 1
    chained.append({"stmt": {"sql": "COMMIT"}, "condition": {"type": "ok", "step": last}})
    return {"type": "batch", "batch": {"steps": chained}}


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
