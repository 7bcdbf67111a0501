"""Names of tables, columns, indexes and enum values that the server refuses or confuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.connectors.constraint_names import join_table_names
from oneclick_deploy.prisma.linting.finding import Finding, Severity
from oneclick_deploy.prisma.linting.subject import finding
from oneclick_deploy.prisma.semantics.views import RelationKind
from oneclick_deploy.prisma.transforming.names import FOREIGN, constraints_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from oneclick_deploy.prisma.linting.subject import Subject
    from oneclick_deploy.prisma.semantics.views import Model, ScalarField
    from oneclick_deploy.prisma.syntax.source import SourceFile

# "Identifiers" in the manuals: bytes on PostgreSQL, characters on MySQL.
_POSTGRESQL_BYTES = 63
_MYSQL_CHARACTERS = 64
# Everything beyond the Basic Multilingual Plane; "Schema Object Names" in MySQL's manual.
_LAST_OF_MYSQL = "\uffff"
# "System Columns" in PostgreSQL's manual.
_SYSTEM_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
_MIGRATIONS = "_prisma_migrations"
_RENAME = "Map it to another name, and rename it in the data as well."
# Tables that Turso has made in some databases, and D1 in all.
_RESERVED = {"turso": ("libsql_", "_litestream_"), "d1": ("_cf_",)}


def length_rules(subject: Subject) -> Iterator[Finding]:
    """Names beyond the server's limit, and characters that MySQL has not got in names."""
    if subject.connector.provider == "sqlite":
        return
    for model in subject.models:
        yield from _name(subject, model.database_name, _at_model(model))
        for field in model.scalar_fields:
            yield from _name(subject, field.database_name, _at_field(field))
    if subject.connector.provider != "postgresql":
        return
    for enum in subject.schema.enums:
        for value in enum.values:
            size = len(value.database_name.encode())
            if size > _POSTGRESQL_BYTES:
                message = f"The value has {size} bytes; PostgreSQL allows {_POSTGRESQL_BYTES}."
                fix = "Map the value to a shorter text."
                yield subject.of_enum("OD211", enum, value.node.start, message, fix)


def clash_rules(subject: Subject) -> Iterator[Finding]:
    """Names that differ in the schema and are one to the server."""
    same = _folding(subject.connector.provider)
    yield from _clashing_tables(subject, same)
    for model in subject.models:
        seen: dict[str, ScalarField] = {}
        for field in model.scalar_fields:
            first = seen.setdefault(same(field.database_name), field)
            if first is not field:
                message = (
                    f"{subject.target.title} takes {field.database_name} for the column "
                    f"{first.database_name}."
                )
                yield subject.of_field("OD212", field, message, _RENAME)


def reserved_rules(subject: Subject) -> Iterator[Finding]:
    """Names that the database, or Prisma, keeps for itself."""
    for model in subject.models:
        yield from _reserved_table(subject, model)
        if subject.connector.provider == "sqlite":
            yield from _reserved_indexes(subject, model)
        elif subject.connector.provider == "postgresql":
            for field in model.scalar_fields:
                if field.database_name in _SYSTEM_COLUMNS:
                    message = f"Every table of PostgreSQL has a column {field.database_name}."
                    yield subject.of_field("OD214", field, message, _RENAME)


Place = tuple["SourceFile", int, str]


def _at_model(model: Model) -> Place:
    return model.file, model.node.start, model.name


def _at_field(field: ScalarField) -> Place:
    return field.model.file, field.node.start, f"{field.model.name}.{field.name}"


def _name(subject: Subject, name: str, place: Place) -> Iterator[Finding]:
    file, start, where = place
    if subject.connector.provider == "postgresql":
        size = len(name.encode())
        if size > _POSTGRESQL_BYTES:
            message = f"The name has {size} bytes; PostgreSQL keeps the first {_POSTGRESQL_BYTES}."
            fix = "Map it to a shorter name: tools that compare the two see a drift otherwise."
            yield finding("OD211", file, start, where, message, fix, Severity.WARNING)
        return
    if len(name) > _MYSQL_CHARACTERS:
        message = f"The name has {len(name)} characters; MySQL allows {_MYSQL_CHARACTERS}."
        yield finding("OD211", file, start, where, message, _RENAME)
    if max(name, default="") > _LAST_OF_MYSQL or name.endswith(" "):
        message = "MySQL allows no such character in a name, and no blank at its end."
        yield finding("OD213", file, start, where, message, _RENAME)


def _folding(provider: str) -> Callable[[str], str]:
    """What two names must have in common to be one."""
    if provider == "postgresql":
        return _first_bytes
    return _ascii_lower if provider == "sqlite" else str.lower


def _first_bytes(name: str) -> str:
    return name.encode()[:_POSTGRESQL_BYTES].decode(errors="ignore")


def _ascii_lower(name: str) -> str:
    return name.encode().lower().decode()


def _clashing_tables(subject: Subject, same: Callable[[str], str]) -> Iterator[Finding]:
    # On MySQL tables are files: whether their case counts is the server's choice.
    provider = subject.connector.provider
    fold = str if provider == "mysql" else same
    seen: dict[tuple[str | None, str], str] = {}
    for namespace, what, name, (file, start, where) in _relations(subject):
        called = f"{what} {name}"
        first = seen.setdefault((namespace, fold(name)), called)
        if first != called:
            message = f"{subject.target.title} takes the {called} for the {first}."
            yield finding("OD212", file, start, where, message, _RENAME)
    if provider != "mysql":
        yield from _clashing_indexes(subject, fold, seen)


def _relations(subject: Subject) -> Iterator[tuple[str | None, str, str, Place]]:
    """What shares one space of names, each with its namespace: tables, and enums as types."""
    for model in subject.models:
        yield model.namespace, "table", model.database_name, _at_model(model)
    for relation in subject.schema.relations:
        if relation.kind is RelationKind.MANY_TO_MANY:
            name = join_table_names(relation.name, subject.connector).table
            yield relation.model_a.namespace, "join table", name, _at_model(relation.model_a)
    for enum in subject.schema.enums if subject.connector.provider == "postgresql" else ():
        # A table is a type as well.
        place = (enum.file, enum.node.start, enum.name)
        yield enum.namespace, "enum", enum.database_name, place


def _clashing_indexes(
    subject: Subject, fold: Callable[[str], str], seen: dict[tuple[str | None, str], str]
) -> Iterator[Finding]:
    """Indexes with the name of a table; two with one name are Prisma's to report (OD104)."""
    for model in subject.models:
        for constraint in constraints_of(model, subject.connector):
            first = seen.get((model.namespace, fold(constraint.name)))
            if constraint.kind == FOREIGN or first is None or first.startswith("enum "):
                continue
            start = constraint.attribute.start if constraint.attribute else model.node.start
            message = f"The {constraint.kind} {constraint.name} has the name of the {first}."
            fix = "Give it another name with map:."
            yield finding("OD212", model.file, start, model.name, message, fix)


def _reserved_table(subject: Subject, model: Model) -> Iterator[Finding]:
    target, name = subject.target, model.database_name
    lower = name.lower()
    owner = ""
    if name == _MIGRATIONS:
        owner = "Prisma"
    elif target.is_sqlite and lower.startswith("sqlite_"):
        owner = "SQLite"
    elif lower.startswith(_RESERVED.get(target.name, ("\0",))):
        owner = target.title
    if owner:
        message = f"{owner} keeps the name {name} for a table of its own."
        found = subject.of_model("OD214", model, message, _RENAME)
        # Turso makes these only for databases that it replicates in certain ways.
        yield found._replace(severity=Severity.WARNING) if owner == "Turso" else found


def _reserved_indexes(subject: Subject, model: Model) -> Iterator[Finding]:
    for constraint in constraints_of(model, subject.connector):
        if constraint.name.lower().startswith("sqlite_") and constraint.attribute is not None:
            message = f"SQLite keeps names such as {constraint.name} for itself."
            fix = "Give the index another name with map:."
            yield subject.of_model("OD214", model, message, fix, at=constraint.attribute)
