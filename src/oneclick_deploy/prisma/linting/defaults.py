"""Defaults that Prisma prints and the server refuses, or reads as another value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oneclick_deploy.prisma.linting.finding import Severity
from oneclick_deploy.prisma.semantics.views import Enum, ScalarType, Unsupported
from oneclick_deploy.prisma.syntax.strings import quoted
from oneclick_deploy.prisma.syntax.tree import String
from oneclick_deploy.prisma.transforming.defaults import (
    NUMBER,
    closes_at_end,
    expression_of,
    quoted_json,
    translated,
)
from oneclick_deploy.prisma.transforming.native_types import UNINDEXABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.linting.finding import Finding
    from oneclick_deploy.prisma.linting.subject import Subject
    from oneclick_deploy.prisma.semantics.views import Default, ScalarField

_LITERAL = re.compile(
    r"[+-]?\s*(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|0x[0-9a-f]+)|[xb]?'(?:[^']|'')*'|\w+|\"[^\"]*\"",
    re.IGNORECASE,
)
_NOW = r"(?:current_timestamp|now|localtime|localtimestamp)(?:\s*\(\s*\d?\s*\))?"
_MYSQL_NOW = re.compile(rf"{_NOW}(?:\s+on\s+update\s+{_NOW})?", re.IGNORECASE)
_CALL = re.compile(r"\b([a-z_]\w*)\s*\(")
_TEXT = re.compile(r"'(?:[^']|'')*'")
# Functions that only other databases have: all of these were tried on each.
FOREIGN = {
    "sqlite": frozenset(
        {
            *("gen_random_uuid", "uuid_generate_v4", "uuid_generate_v1mc", "uuid", "uuid_to_bin"),
            *("now", "nextval", "to_char", "date_trunc", "timezone", "md5", "curdate"),
            *("unix_timestamp", "utc_timestamp", "sysdate", "last_insert_id"),
        }
    ),
    "postgresql": frozenset(
        {
            *("uuid", "uuid_to_bin", "curdate", "unix_timestamp", "utc_timestamp", "sysdate"),
            *("datetime", "strftime", "julianday", "unixepoch", "randomblob", "ifnull"),
            *("last_insert_id", "last_insert_rowid", "rand"),
        }
    ),
    "mysql": frozenset(
        {
            *(
                "gen_random_uuid",
                "uuid_generate_v4",
                "uuid_generate_v1mc",
                "nextval",
                "to_timestamp",
            ),
            *("date_trunc", "timezone", "datetime", "strftime", "julianday", "unixepoch"),
            *("randomblob", "last_insert_rowid", "random"),
        }
    ),
}
_TIMES = frozenset({"Date", "Time", "DateTime", "Timestamp"})


def default_rules(subject: Subject) -> Iterator[Finding]:
    """Look at the default of every column."""
    provider = subject.connector.provider
    for field in subject.fields():
        default = field.default
        if default is None:
            continue
        if default.function == "dbgenerated":
            yield from _expression(subject, field, default)
        elif default.function == "now" and provider == "mysql":
            yield from _now(subject, field, default)
        elif default.function is None and isinstance(default.value, String):
            yield from _text(subject, field, default, default.value)


def enum_rules(subject: Subject) -> Iterator[Finding]:
    """Prisma doubles no apostrophe in the list of an enum's values."""
    if subject.connector.provider == "sqlite":
        return
    for enum in subject.schema.enums:
        for value in enum.values:
            if "'" in value.database_name:
                message = f"The value {value.database_name!r} ends the text that it stands in."
                fix = "Map the value to a text without an apostrophe."
                yield subject.of_enum("OD202", enum, value.node.start, message, fix)


def type_rules(subject: Subject) -> Iterator[Finding]:
    """``Unsupported(...)`` names a type of the database that the schema was written for."""
    if subject.source == subject.connector.provider:
        return
    for field in subject.fields():
        if isinstance(field.type, Unsupported):
            message = f"{field.type.text} is a type of {subject.source}."
            fix = f"Give the field a type of Prisma's, or one that {subject.target.title} has."
            yield subject.of_field("OD215", field, message, fix)


def _expression(subject: Subject, field: ScalarField, default: Default) -> Iterator[Finding]:
    text, attribute = expression_of(default).strip(), default.attribute
    title, provider = subject.target.title, subject.connector.provider
    if not text:
        if not isinstance(field.type, Enum):
            message = (
                "A database made from this schema has no default here, and the client sends none."
            )
            fix = "Write the expression in dbgenerated(...), or a default of Prisma's."
            yield subject.of_field("OD313", field, message, fix, at=attribute)
        return
    if subject.source != provider:
        yield from _foreign_expression(subject, field, default, text)
        return
    bare = _TEXT.sub("''", text)
    foreign = sorted(set(_CALL.findall(bare.lower())) & FOREIGN[provider])
    # libSQL has one function that SQLite has not: sqld was asked.
    foreign = [name for name in foreign if (subject.target.name, name) != ("turso", "uuid")]
    if "::" in bare and provider != "postgresql":
        foreign.append("::")
    if foreign:
        message = f"{title} has no {', '.join(foreign)}."
        fix = "Take a function of Prisma's: now(), uuid(), cuid(); or write it for this database."
        yield subject.of_field("OD204", field, message, fix, at=attribute)
    elif not _is_complete(text, provider):
        message = f"{title} takes a default that is no plain value in brackets only."
        fix = f"Write @default(dbgenerated({quoted(f'({text})')}))."
        yield subject.of_field("OD203", field, message, fix, at=attribute)
    elif '"' in bare and provider == "sqlite" and text.startswith("("):
        message = "SQLite takes a text in double quotes for a column, which no default may name."
        fix = "Put the text between single quotes."
        yield subject.of_field("OD223", field, message, fix, at=attribute)


def _foreign_expression(
    subject: Subject, field: ScalarField, default: Default, text: str
) -> Iterator[Finding]:
    """SQL that was written for the schema's own database, and now meets another."""
    known = translated(text, field, subject.connector.provider)
    if known == f"dbgenerated({quoted(text)})":
        return
    message = f"This is SQL for {subject.source}: {text}"
    fix = "Take a function of Prisma's: now(), uuid(), cuid(); or write it for this database."
    if known is not None:
        fix = f"Write @default({known}); transform() does."
    yield subject.of_field("OD204", field, message, fix, at=default.attribute)


def _is_complete(text: str, provider: str) -> bool:
    """Whether a default needs no brackets: PostgreSQL never does."""
    if provider == "postgresql" or _LITERAL.fullmatch(text):
        return True
    if provider == "mysql" and _MYSQL_NOW.fullmatch(text):
        return True
    return text.startswith("(") and closes_at_end(text)


def _now(subject: Subject, field: ScalarField, default: Default) -> Iterator[Finding]:
    column = subject.column_type(field)
    # Prisma prints CURRENT_TIMESTAMP(3) where the type gives no precision.
    if column is not None and column.name in _TIMES and not column.arguments:
        message = (
            f"Prisma prints CURRENT_TIMESTAMP(3) for it, and {column.name} has no such digits."
        )
        fix = "Write @db.DateTime(3), or leave the native type out."
        if column.name in {"Date", "Time"}:
            fix = 'Write @default(dbgenerated("(CURRENT_DATE)")) or ("(CURRENT_TIME)").'
        yield subject.of_field("OD221", field, message, fix, at=default.attribute)


def _text(
    subject: Subject, field: ScalarField, default: Default, value: String
) -> Iterator[Finding]:
    provider, attribute = subject.connector.provider, default.attribute
    if field.type is ScalarType.JSON and provider == "sqlite" and not NUMBER.fullmatch(value.value):
        message = (
            "Prisma prints the JSON without quotes: SQLite refuses the table, or reads a name."
        )
        fix = f"Write @default({quoted_json(value.value)}); transform() does."
        yield subject.of_field("OD201", field, message, fix, at=attribute)
    if provider != "mysql":
        return
    if field.type is ScalarType.DATE_TIME:
        message = (
            "Prisma prints the date with its offset; MySQL takes that since 8.0.19, MariaDB not."
        )
        fix = "Let the app give the date."
        yield subject.of_field("OD208", field, message, fix, at=attribute)
    if field.type is ScalarType.STRING and "\\" in value.value:
        yield _backslash(subject, field, default, value.value)
    column = subject.column_type(field)
    if field.type is ScalarType.STRING and column is not None and column.name in UNINDEXABLE:
        message = f"MySQL takes no default for {column.name}; MariaDB does."
        fix = "Write @db.VarChar(n), or let the app give the text."
        yield subject.of_field("OD210", field, message, fix, at=attribute)


def _backslash(subject: Subject, field: ScalarField, default: Default, value: str) -> Finding:
    trailing = len(value) - len(value.rstrip("\\"))
    severity = Severity.ERROR if trailing % 2 else None
    message = (
        "The backslash at the end takes the closing quote with it."
        if trailing % 2
        else "Prisma prints the backslash single, and MySQL reads it as an escape."
    )
    fix = "Let the app give the text."
    return subject.of_field("OD209", field, message, fix, at=default.attribute, severity=severity)
