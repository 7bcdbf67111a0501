"""What a destination's columns take, in words that no single database owns."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen


class Kind(StrEnum):
    """The kind of value that a column holds."""

    ANY = "any"
    """Whatever SQLite's storage classes hold: the columns of libSQL and SQLite."""

    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    TEXT = "text"
    BYTES = "bytes"
    DATETIME = "datetime"
    DATE = "date"
    TIME = "time"
    JSON = "json"
    UUID = "uuid"
    ENUM = "enum"

    OTHER = "other"
    """A type that only the database knows: values go as text, and the server reads them."""


@frozen(kw_only=True)
class TargetColumn:
    """One column of a destination's table.

    Args:
        name: The column.
        kind: What it holds.
        type_name: The database's own name of the type, as it prints it.
        nullable: Whether it takes NULL.
        bits: Of an integer (8, 16, 32, 64) or a float (32, 64).
        unsigned: Whether an integer has no sign (MySQL).
        precision: Digits in all of a decimal; digits of the fraction of a second of a time.
        scale: Digits after the point of a decimal.
        length: The most characters of a text.
        most_bytes: The most bytes of a text or of bytes (MySQL's TEXT and BLOB families).
        values: The values of an enum, in order.
        with_timezone: Whether a time is a moment (``timestamptz``) or a wall clock's (UTC here).
        is_list: Whether it is an array.
        is_generated: Whether the database computes it, so that nothing may be written.
        is_identity: Whether the database numbers it when no value is given.
        binary_json: Whether JSON is stored parsed (``jsonb``, MySQL's ``JSON``).
    """

    name: str
    kind: Kind
    type_name: str = ""
    nullable: bool = True
    bits: int = 64
    unsigned: bool = False
    precision: int | None = None
    scale: int | None = None
    length: int | None = None
    most_bytes: int | None = None
    values: tuple[str, ...] = ()
    with_timezone: bool = False
    is_list: bool = False
    is_generated: bool = False
    is_identity: bool = False
    binary_json: bool = False


@frozen(kw_only=True)
class TargetKey:
    """A foreign key of the destination."""

    name: str
    columns: tuple[str, ...]
    references: str
    referenced_columns: tuple[str, ...]


@frozen(kw_only=True)
class TargetTable:
    """A table of a destination.

    Args:
        name: The table.
        namespace: The schema it lives in; empty where the database has none.
        columns: In the order of the database.
        primary_key: Names of its columns, in order; empty when there is none.
        foreign_keys: What it refers to.
    """

    name: str
    namespace: str = ""
    columns: tuple[TargetColumn, ...] = ()
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[TargetKey, ...] = ()

    def column(self, name: str) -> TargetColumn | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)
