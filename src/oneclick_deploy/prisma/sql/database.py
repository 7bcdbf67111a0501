"""The database that a schema describes: tables, columns, keys, as values.

The differ compares two of these and the renderers print them; neither looks at the schema again.
Names are those of the database, already cut to its limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from oneclick_deploy.prisma.records import Record, by_type_and_value
from oneclick_deploy.prisma.semantics.views import ReferentialAction, ScalarType, Sort
from oneclick_deploy.prisma.syntax.tree import Arity


class Provider(StrEnum):
    """The databases whose SQL can be printed."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    MYSQL = "mysql"


class ColumnType(Record):
    """The type of a column; exactly one of the first three is set.

    Args:
        scalar: A scalar of the language.
        enum: The database name of an enum; SQLite has none, there the scalar is a String.
        unsupported: The text of ``Unsupported("...")``.
        native: The native type's name (``VarChar``), the provider's default one where none was
            given and the provider has one; None on SQLite.
        arguments: The native type's arguments, as Prisma prints them.
        enum_values: The values of the enum, in order, as the database stores them.
        enum_namespace: The schema that the enum lives in, None for ``public``.
    """

    scalar: ScalarType | None = None
    enum: str | None = None
    unsupported: str | None = None
    native: str | None = None
    arguments: tuple[str, ...] = ()
    enum_values: tuple[str, ...] = ()
    enum_namespace: str | None = None


class LiteralKind(StrEnum):
    """What a literal is, as Prisma's differ tells them apart."""

    INT = "int"
    BIG_INT = "bigint"
    NUMBER = "number"
    BOOLEAN = "boolean"
    STRING = "string"
    ENUM = "enum"
    DATE_TIME = "datetime"
    JSON = "json"
    BYTES = "bytes"
    LIST = "list"


@by_type_and_value
class Literal(Record):
    """A default that is a value.

    Args:
        kind: What it is.
        value: What it is worth, in one spelling: ``int``, ``bool``, ``bytes``, a tuple of
            literals, else ``str``: a Float or Decimal without needless zeros, an enum's database
            value, a date in RFC 3339, JSON as it was written.
        sql: The text after ``DEFAULT``; None when the provider prints no default for the type.
    """

    kind: LiteralKind
    value: object
    sql: str | None


@by_type_and_value
class Now(Record):
    """``now()``."""

    sql: str


@by_type_and_value
class DatabaseGenerated(Record):
    """``dbgenerated("...")``.

    Args:
        text: The expression; empty for ``dbgenerated()``, a default that only the database knows.
        sql: The text after ``DEFAULT``; None where nothing is printed.
    """

    text: str
    sql: str | None


@by_type_and_value
class Sequence(Record):
    """``autoincrement()`` on PostgreSQL; elsewhere it is no default, only `Column.auto_increment`.

    Args:
        name: That of the sequence where one was given.
        sql: Nothing is printed: the column's type says it.
    """

    name: str | None = None
    sql: None = None


ColumnDefault = Literal | Now | DatabaseGenerated | Sequence


class Column(Record):
    """A column.

    Args:
        default: What the database fills in; its ``sql`` is the text to print, or None.
        auto_increment: Whether the table's own numbering fills it. On SQLite that is every Int
            that is a table's whole key, with or without ``autoincrement()``.
        client_default: Whether Prisma's client fills it: ``cuid()``, ``uuid()``, ...
    """

    name: str
    type: ColumnType
    arity: Arity
    default: ColumnDefault | None = None
    auto_increment: bool = False
    client_default: bool = False

    @property
    def is_required(self) -> bool:
        """Whether NULL is refused."""
        return self.arity is Arity.REQUIRED


class KeyColumn(Record):
    """A column inside a key or index.

    Args:
        operator_class: As PostgreSQL names it, or the raw text.
        is_default_operator_class: Whether PostgreSQL would have taken that class anyway.
        is_raw_operator_class: Whether it was written as raw text, which Prisma compares as such.
    """

    name: str
    sort: Sort | None = None
    length: int | None = None
    operator_class: str | None = None
    is_default_operator_class: bool = False
    is_raw_operator_class: bool = False


class PrimaryKey(Record):
    """A table's primary key. ``name`` is printed by PostgreSQL only."""

    name: str
    columns: tuple[KeyColumn, ...]


class IndexKind(StrEnum):
    """What an index is for."""

    NORMAL = "normal"
    UNIQUE = "unique"
    FULLTEXT = "fulltext"


class Index(Record):
    """An index.

    Args:
        algorithm: As the schema names it; None for BTree.
        where: The SQL of a partial index's condition, without brackets.
    """

    name: str
    kind: IndexKind
    columns: tuple[KeyColumn, ...]
    algorithm: str | None = None
    where: str | None = None


class ForeignKey(Record):
    """A foreign key, seen from the table that holds it."""

    name: str
    columns: tuple[str, ...]
    referenced_table: str
    referenced_namespace: str | None
    referenced_columns: tuple[str, ...]
    on_delete: ReferentialAction
    on_update: ReferentialAction


class Table(Record):
    """A table.

    Args:
        namespace: The PostgreSQL schema; None for the default one, ``public``, named or not, and
            where the database has none.
        foreign_keys: In the order in which they are added.
    """

    name: str
    columns: tuple[Column, ...]
    namespace: str | None = None
    primary_key: PrimaryKey | None = None
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((each for each in self.columns if each.name == name), None)


class EnumType(Record):
    """A PostgreSQL enum type; ``namespace`` is None for ``public``."""

    name: str
    values: tuple[str, ...]
    namespace: str | None = None


class Extension(Record):
    """A PostgreSQL extension; ``name`` is the database's."""

    name: str
    namespace: str | None = None
    version: str | None = None


class Database(Record):
    """Everything a schema describes, in the order in which Prisma prints it.

    Args:
        provider: Whose SQL this is for.
        namespaces: The PostgreSQL schemas in which a table or an enum lives, sorted; ``public``
            is written out.
        extensions: Sorted by the names that the schema uses for them.
        tables: Models in order, then join tables in the order of their relations.
        foreign_keys: Every foreign key with its table, in the order in which they are added.
        known_namespaces: The PostgreSQL schemas that the datasource lists, in use or not; the
            default one when it lists none. Prisma takes those of the old side for existing.
    """

    provider: Provider
    namespaces: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    enums: tuple[EnumType, ...] = ()
    tables: tuple[Table, ...] = ()
    foreign_keys: tuple[tuple[Table, ForeignKey], ...] = ()
    known_namespaces: tuple[str, ...] = ()

    def indexes(self) -> Iterator[tuple[Table, Index]]:
        """Every index with its table, in the order in which they are created."""
        return ((table, index) for table in self.tables for index in table.indexes)


EMPTY = {provider: Database(provider=provider) for provider in Provider}
