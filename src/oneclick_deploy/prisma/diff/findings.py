"""What a migration would destroy, and what of it cannot work."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from oneclick_deploy.prisma.records import Record, by_type_and_value
from oneclick_deploy.prisma.sql.database import Provider

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oneclick_deploy.prisma.diff.steps import Step
    from oneclick_deploy.prisma.sql.database import Database


class Loss(StrEnum):
    """How data may be lost, or stand in the way. From `DROP_ROWS` on they are ours, not Prisma's."""

    DROP_TABLE = "a table is dropped"
    DROP_COLUMN = "a column is dropped"
    RECREATE_COLUMN = "a column is dropped and added again, empty"
    RISKY_CAST = "values are cast to a type that may not hold them"
    NOT_CASTABLE = "values are cast to a type that nothing is cast to"
    PRIMARY_KEY_CHANGE = "another primary key"
    ADD_UNIQUE = "values have to be unique that may not be"
    DROP_ENUM_VALUES = "values go that rows may hold"
    DROP_ROWS = "no column stays, and so no row is copied"
    CASCADE_ON_REDEFINE = "rows that refer to a table go, or forget it, while the table is copied"


class Obstacle(StrEnum):
    """Why a step cannot work. From `ADDED_DYNAMIC_DEFAULT` on they are ours, not Prisma's."""

    ADDED_REQUIRED_COLUMN = "a required column is added that has no default"
    ADDED_CLIENT_FILLED_COLUMN = "a required column is added that only Prisma's client fills"
    MADE_REQUIRED = "a column becomes required"
    MADE_LIST = "a column becomes a list"
    RECREATED_REQUIRED_COLUMN = "a required column is dropped and added again without a default"
    ADDED_DYNAMIC_DEFAULT = "SQLite adds no column whose default is computed"
    INDEX_NAME_TAKEN = "an index gets a name that another one still has"
    NEW_ENUM_VALUE_IN_USE = "PostgreSQL uses no enum value in the transaction that adds it"
    MISSING_COLUMN = "an enum is made anew for a column that is added only later"
    OLD_TYPE_IN_USE = "an enum is made anew while a column that goes later still has the old one"
    KEY_IN_USE = "a key goes that a foreign key rests on"
    REMADE_KEY = "a primary key is dropped, and then renamed"
    MISSING_SCHEMA = "Prisma believes that a PostgreSQL schema is there because it was listed"
    SERIAL_TYPE = "no column that is there can become SERIAL"
    UNNAMED_SEQUENCE = "Prisma drops a sequence whose name it does not know"


_OURS = frozenset(
    {
        Loss.DROP_ROWS,
        Loss.CASCADE_ON_REDEFINE,
        Obstacle.ADDED_DYNAMIC_DEFAULT,
        Obstacle.INDEX_NAME_TAKEN,
        Obstacle.NEW_ENUM_VALUE_IN_USE,
        Obstacle.MISSING_COLUMN,
        Obstacle.OLD_TYPE_IN_USE,
        Obstacle.KEY_IN_USE,
        Obstacle.REMADE_KEY,
        Obstacle.MISSING_SCHEMA,
        Obstacle.SERIAL_TYPE,
        Obstacle.UNNAMED_SEQUENCE,
    }
)

_HINTS = {
    Loss.DROP_TABLE: "If the model was renamed, keep its table with @@map; else save the rows.",
    Loss.DROP_COLUMN: "If the field was renamed, keep its column with @map; else save the values.",
    Loss.RECREATE_COLUMN: "Add the new column beside the old one, copy, and drop the old one later.",
    Loss.RISKY_CAST: "Look for values that the new type cannot hold before you migrate.",
    Loss.NOT_CASTABLE: "Add the new column beside the old one, copy, and drop the old one later.",
    Loss.PRIMARY_KEY_CHANGE: "Back the table up, and migrate while nothing writes to it.",
    Loss.ADD_UNIQUE: "Look for duplicates before you migrate.",
    Loss.DROP_ENUM_VALUES: "Give the rows that hold the values another one before you migrate.",
    Loss.DROP_ROWS: "If the fields were renamed, keep their columns with @map; else save the rows.",
    Loss.CASCADE_ON_REDEFINE: "Run the script outside a transaction, on one connection, so that "
    "PRAGMA foreign_keys=OFF works; inside one it does nothing (Cloudflare's D1, batches of libSQL).",
    Obstacle.ADDED_REQUIRED_COLUMN: "Give the field a @default, or make it optional.",
    Obstacle.ADDED_CLIENT_FILLED_COLUMN: "Add the field as optional, fill it, then require it.",
    Obstacle.MADE_REQUIRED: "Fill the NULLs first, or give the field a @default.",
    Obstacle.MADE_LIST: "Add the list as a new field, copy, and drop the old one later.",
    Obstacle.RECREATED_REQUIRED_COLUMN: "Give the field a @default, or make it optional.",
    Obstacle.ADDED_DYNAMIC_DEFAULT: "Make the field required (Prisma then copies the table), or "
    "give it a constant @default.",
    Obstacle.INDEX_NAME_TAKEN: "Give the index another name with map, or move it in two migrations.",
    Obstacle.NEW_ENUM_VALUE_IN_USE: "Add the value in one migration, and use it in the next one.",
    Obstacle.MISSING_COLUMN: "Change the enum in one migration, and add the column in the next one.",
    Obstacle.OLD_TYPE_IN_USE: "Drop the column in one migration, and change the enum in the next.",
    Obstacle.KEY_IN_USE: "Drop the foreign key before, and add it again behind, in the migration's "
    "file.",
    Obstacle.REMADE_KEY: "Remove RENAME CONSTRAINT from the migration's file: the key has its name.",
    Obstacle.MISSING_SCHEMA: "Create the schema yourself, unless it is there.",
    Obstacle.SERIAL_TYPE: "Write the type without SERIAL in the migration's file: INTEGER, BIGINT.",
    Obstacle.UNNAMED_SEQUENCE: "Write the sequence's name in the migration's file: "
    '"Table_column_seq".',
}


@by_type_and_value
class Destructive(Record):
    """Something that may lose data, or fail on the data that is there.

    Args:
        kind: How.
        step: The place of the step among `SqlDiff.steps`.
        message: Prisma's own words, as it puts them when it has not counted the rows.
        table: The table whose rows are at stake; None for an enum.
        columns: The columns at stake; none for a whole table.
        namespace: The table's or enum's PostgreSQL schema, None for the default one.
        enum: The enum whose values go.
        values: Those values.
    """

    kind: Loss
    step: int
    message: str
    table: str | None = None
    columns: tuple[str, ...] = ()
    namespace: str | None = None
    enum: str | None = None
    values: tuple[str, ...] = ()

    @property
    def column(self) -> str | None:
        """The column at stake, the first one where there are several."""
        return self.columns[0] if self.columns else None

    @property
    def hint(self) -> str:
        """What may be done about it."""
        return _HINTS[self.kind]

    @property
    def is_prismas(self) -> bool:
        """Whether Prisma warns of it, too."""
        return self.kind not in _OURS

    @property
    def depends_on_transaction(self) -> bool:
        """Whether nothing is lost when the script runs outside a transaction."""
        return self.kind is Loss.CASCADE_ON_REDEFINE


@by_type_and_value
class Unexecutable(Record):
    """A step that cannot work; Prisma's own kinds only fail if the table has rows.

    Args:
        kind: Why.
        step: The place of the step among `SqlDiff.steps`.
        message: Prisma's own words where it has any.
        table: The table.
        column: The column; None when it is the table that is in question.
        namespace: The table's PostgreSQL schema, None for the default one.
    """

    kind: Obstacle
    step: int
    message: str
    table: str
    column: str | None = None
    namespace: str | None = None

    @property
    def hint(self) -> str:
        """What may be done about it."""
        return _HINTS[self.kind]

    @property
    def is_prismas(self) -> bool:
        """Whether Prisma finds it, too."""
        return self.kind not in _OURS


def findings_of(
    steps: Sequence[Step], old: Database, new: Database
) -> tuple[tuple[Destructive, ...], tuple[Unexecutable, ...]]:
    """What is to be said of the steps, in their order; Prisma's findings before ours."""
    from oneclick_deploy.prisma.diff import data_loss

    found = [*data_loss.findings_of(steps, old, new)]
    if new.provider is not Provider.MYSQL:
        from oneclick_deploy.prisma.diff import index_names

        found += index_names.findings_of(steps, old)
    if new.provider is Provider.SQLITE:
        from oneclick_deploy.prisma.diff import sqlite_pitfalls

        found += sqlite_pitfalls.findings_of(steps, old)
    elif new.provider is Provider.POSTGRESQL:
        from oneclick_deploy.prisma.diff import postgresql_pitfalls

        found += postgresql_pitfalls.findings_of(steps, old, new)
    return (
        tuple(each for each in found if isinstance(each, Destructive)),
        tuple(each for each in found if isinstance(each, Unexecutable)),
    )


def heading(warnings: Iterable[Destructive], unexecutable: Iterable[Unexecutable]) -> str:
    """The comment that Prisma puts above a script that is dangerous; empty for a safe one."""
    messages = [each.message for each in warnings if each.is_prismas]
    messages += [each.message for each in unexecutable if each.is_prismas]
    if not messages:
        return ""
    lines = "".join(f"  - {message}\n" for message in messages)
    return f"/*\n  Warnings:\n\n{lines}\n*/\n"
