"""Reads the tables of a MySQL database out of its catalogue: the questions and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from attrs import frozen

from oneclick_deploy.data.columns import TargetKey, TargetTable
from oneclick_deploy.data.mysql.names import quoted
from oneclick_deploy.data.mysql.types import column_of

TABLES: Final = """
SELECT table_name, engine, auto_increment FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name
"""

COLUMNS: Final = """
SELECT table_name, column_name, data_type, column_type, is_nullable = 'YES', extra,
    character_maximum_length, character_octet_length, numeric_precision, numeric_scale,
    datetime_precision, character_set_name
FROM information_schema.columns WHERE table_schema = DATABASE()
ORDER BY table_name, ordinal_position
"""

KEYS: Final = """
SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema,
    k.referenced_table_name, k.referenced_column_name
FROM information_schema.key_column_usage k
WHERE k.table_schema = DATABASE()
    AND (k.constraint_name = 'PRIMARY' OR k.referenced_table_name IS NOT NULL)
ORDER BY k.table_name, k.constraint_name, k.ordinal_position
"""

# MariaDB's JSON is a text with such a check; MySQL's view has no name of the table.
CHECKS: Final = """
SELECT table_name, check_clause FROM information_schema.check_constraints
WHERE constraint_schema = DATABASE() AND check_clause LIKE 'json_valid(%'
"""


@frozen(kw_only=True)
class Reference:
    """A foreign key.

    Args:
        table: The table that holds it.
        key: Its columns, and those that they refer to.
        namespace: The database of the table that it refers to.
    """

    table: str
    key: TargetKey
    namespace: str


@frozen(kw_only=True)
class Catalogue:
    """What a database has.

    Args:
        tables: By name.
        engines: The storage engine of each table.
        counters: The next number of each table that counts.
        references: All foreign keys.
        charsets: The character set of each text column, by table and column.
        folds_names: Whether the server does not tell apart capital letters in names of tables.
    """

    tables: dict[str, TargetTable]
    engines: dict[str, str]
    counters: dict[str, int]
    references: tuple[Reference, ...] = ()
    charsets: dict[tuple[str, str], str]
    folds_names: bool = False

    @classmethod
    def of(
        cls,
        tables: Iterable[Sequence[Any]],
        columns: Iterable[Sequence[Any]],
        keys: Iterable[Sequence[Any]],
        checks: Iterable[Sequence[Any]] = (),
        *,
        folds_names: bool = False,
    ) -> Catalogue:
        """Read the answers to `TABLES`, `COLUMNS`, `KEYS` and, of MariaDB, `CHECKS`."""
        engines, counters = {}, {}
        for name, engine, counter in tables:
            engines[name] = engine or ""
            if counter is not None:
                counters[name] = int(counter)
        documents = {(table, clause) for table, clause in checks}
        found: dict[str, list[Any]] = {name: [] for name in engines}
        charsets = {}
        for table, name, *described in columns:
            if table not in found:
                continue
            is_document = (table, f"json_valid({quoted(name)})") in documents
            found[table].append(_column(name, described, is_document=is_document))
            if described[9]:
                charsets[table, name] = str(described[9]).lower()
        primary, references = _keys(keys)
        return cls(
            tables={
                name: TargetTable(
                    name=name,
                    columns=tuple(each),
                    primary_key=primary.get(name, ()),
                    foreign_keys=tuple(ref.key for ref in references if ref.table == name),
                )
                for name, each in found.items()
            },
            engines=engines,
            counters=counters,
            references=references,
            charsets=charsets,
            folds_names=folds_names,
        )

    def table(self, name: str) -> TargetTable | None:
        """The table of that name, as the server would find it."""
        exact = self.tables.get(name)
        if exact is not None or not self.folds_names:
            return exact
        return next((t for n, t in self.tables.items() if n.lower() == name.lower()), None)

    def is_utf8(self, table: TargetTable) -> bool:
        """Whether all texts of a table have the character set of what we send."""
        names = {column.name for column in table.columns}
        return all(
            charset == "utf8mb4"
            for (owner, name), charset in self.charsets.items()
            if owner == table.name and name in names
        )


def _column(name: str, described: Sequence[Any], *, is_document: bool) -> Any:
    data_type, column_type, nullable, extra, characters, octets, precision, scale, fraction = (
        described[:9]
    )
    return column_of(
        name,
        data_type=_text(data_type),
        column_type=_text(column_type),
        nullable=bool(nullable),
        extra=_text(extra or ""),
        characters=characters,
        octets=octets,
        precision=precision,
        scale=scale,
        fraction=fraction,
        is_document=is_document,
    )


def _keys(
    rows: Iterable[Sequence[Any]],
) -> tuple[dict[str, tuple[str, ...]], tuple[Reference, ...]]:
    primary: dict[str, tuple[str, ...]] = {}
    foreign: dict[tuple[str, str, str, str], list[tuple[str, str]]] = {}
    for table, constraint, column, to_namespace, to_table, to_column in rows:
        if to_table is None:
            primary[table] = (*primary.get(table, ()), column)
        else:
            place = (table, constraint, to_namespace, to_table)
            foreign.setdefault(place, []).append((column, to_column))
    references = tuple(
        Reference(
            table=table,
            namespace=namespace,
            key=TargetKey(
                name=name,
                columns=tuple(own for own, _ in pairs),
                references=to,
                referenced_columns=tuple(other for _, other in pairs),
            ),
        )
        for (table, name, namespace, to), pairs in foreign.items()
    )
    return primary, references


def _text(value: str | bytes) -> str:
    # MySQL 8 gives some of these columns as bytes.
    return value.decode() if isinstance(value, bytes) else value
