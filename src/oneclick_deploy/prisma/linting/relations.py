"""Relations: what is slow, what is lost, and what the server does not let refer to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.linting.finding import Severity
from oneclick_deploy.prisma.semantics.views import (
    IndexKind,
    ReferentialAction,
    RelationKind,
    ScalarType,
)
from oneclick_deploy.prisma.syntax.tree import Arity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.linting.finding import Finding
    from oneclick_deploy.prisma.linting.subject import Subject
    from oneclick_deploy.prisma.semantics.views import (
        IndexField,
        Model,
        RelationField,
        ScalarField,
    )

# PostgreSQL compares each of these with its own kind only.
_KINDS = {
    "Uuid": "uuid",
    "Inet": "inet",
    "Xml": "xml",
    "Bit": "bits",
    "VarBit": "bits",
    "Time": "time",
    "Timetz": "time",
    "Money": "money",
}


def index_rules(subject: Subject) -> Iterator[Finding]:
    """Relation fields that no index begins with."""
    is_emulated = subject.relation_mode == "prisma"
    # InnoDB makes the index of a foreign key itself.
    if subject.connector.provider == "mysql" and not is_emulated:
        return
    for model in subject.models:
        starts = _starts_of_keys(model)
        for relation in model.relation_fields:
            if not relation.fields or _is_covered(relation.fields, starts):
                continue
            names = ", ".join(field.name for field in relation.fields)
            fix = f"Add @@index([{names}]) to {model.name}."
            if is_emulated:
                message = (
                    f'No index begins with {names}: under relationMode = "prisma" every look-up '
                    f"and every delete of {relation.referenced_model.name} reads the whole table."
                )
                yield _at_relation(subject, "OD301", relation, message, fix)
            else:
                message = (
                    f"No index begins with {names}: each delete or change of a key of "
                    f"{relation.referenced_model.name} reads all of {model.name}."
                )
                yield _at_relation(subject, "OD302", relation, message, fix)


def join_table_rules(subject: Subject) -> Iterator[Finding]:
    """Without foreign keys, nobody removes the rows of join tables."""
    if subject.relation_mode != "prisma":
        return
    for relation in subject.schema.relations:
        field = relation.field_a or relation.field_b
        if relation.kind is RelationKind.MANY_TO_MANY and field is not None:
            message = (
                f"Deleting a {relation.model_a.name} or {relation.model_b.name} leaves its rows in "
                'the join table: under relationMode = "prisma" it has no foreign keys.'
            )
            fix = "Disconnect the others first, or write the join table as a model."
            yield _at_relation(subject, "OD303", field, message, fix)


def redefinition_rules(subject: Subject) -> Iterator[Finding]:
    """SQLite changes a table by making it anew; dropping the old one deletes what refers to it."""
    if subject.target.name not in {"turso", "d1"} or subject.relation_mode == "prisma":
        return
    losing: dict[Model, list[str]] = {}
    for relation in subject.schema.relations:
        held = relation.field_a
        if held is None or relation.kind is RelationKind.MANY_TO_MANY:
            continue
        if _on_delete(held) in {ReferentialAction.CASCADE, ReferentialAction.SET_NULL}:
            losing.setdefault(relation.model_b, []).append(f"{held.model.name}.{held.name}")
    for relation in subject.schema.relations:
        if relation.kind is RelationKind.MANY_TO_MANY:
            for model in (relation.model_a, relation.model_b):
                losing.setdefault(model, []).append(f"the join table {relation.name}")
    for model, places in losing.items():
        listed = ", ".join(dict.fromkeys(places))
        message = (
            f"A migration that makes {model.name} anew inside a transaction deletes rows, or sets "
            f"them to NULL, through {listed}: PRAGMA foreign_keys=OFF does nothing there."
        )
        fix = "Apply migrations with this library, which keeps the PRAGMA outside; back up first."
        severity = Severity.INFO
        if subject.target.name == "d1":
            fix = "Back up first, and look at migrations with DROP TABLE before they are applied."
            severity = Severity.WARNING
        yield subject.of_model("OD304", model, message, fix)._replace(severity=severity)


def type_rules(subject: Subject) -> Iterator[Finding]:
    """Foreign keys between columns that the server does not compare."""
    if subject.relation_mode == "prisma" or subject.connector.provider == "sqlite":
        return
    for model in subject.models:
        for relation in model.relation_fields:
            pairs = zip(relation.fields or (), relation.references or (), strict=False)
            for here, there in pairs:
                if not _fit(subject, here, there):
                    mine, other = subject.column_type(here), subject.column_type(there)
                    message = (
                        f"{here.name} is {mine}, {there.model.name}.{there.name} is {other}: the "
                        "server refuses a foreign key between them."
                    )
                    fix = f"Give both the same native type ({other})."
                    yield _at_relation(subject, "OD218", relation, message, fix)


def action_rules(subject: Subject) -> Iterator[Finding]:
    """Actions that the server refuses when the time comes."""
    if subject.relation_mode == "prisma":
        return
    for model in subject.models:
        for relation in model.relation_fields:
            given = {relation.on_delete, relation.on_update}
            required = [
                field.name for field in relation.fields or () if field.arity is Arity.REQUIRED
            ]
            if ReferentialAction.SET_NULL in given and required:
                message = (
                    f"Deleting a {relation.referenced_model.name} fails as long as rows refer to "
                    f"it: {', '.join(required)} cannot be NULL."
                )
                fix = "Make the field optional, or choose Cascade or Restrict."
                yield _at_relation(subject, "OD309", relation, message, fix)
            if subject.connector.provider == "mysql" and ReferentialAction.SET_DEFAULT in given:
                message = "InnoDB does not carry out SET DEFAULT."
                fix = "Choose another action, and set the default in the app."
                yield _at_relation(subject, "OD219", relation, message, fix)


def _at_relation(
    subject: Subject, code: str, relation: RelationField, message: str, fix: str
) -> Finding:
    found = subject.of_model(code, relation.model, message, fix)
    line, column = relation.model.file.position(relation.node.start)
    where = f"{relation.model.name}.{relation.name}"
    return found._replace(line=line, column=column, where=where)


def _starts_of_keys(model: Model) -> list[list[ScalarField]]:
    """The fields of each key that a look-up by its first fields can use."""
    keys: list[tuple[IndexField, ...]] = [
        index.fields
        for index in model.indexes
        if index.kind is not IndexKind.FULLTEXT
        and index.where is None
        and index.algorithm in {None, "BTree", "Hash"}
    ]
    if model.primary_key is not None:
        keys.append(model.primary_key.fields)
    return [[part.field for part in key] for key in keys]


def _is_covered(fields: tuple[ScalarField, ...], starts: list[list[ScalarField]]) -> bool:
    wanted = set(fields)
    return any(set(start[: len(wanted)]) == wanted for start in starts)


def _on_delete(field: RelationField) -> ReferentialAction:
    if field.on_delete is not None:
        return field.on_delete
    is_required = any(each.arity is Arity.REQUIRED for each in field.fields or ())
    return ReferentialAction.RESTRICT if is_required else ReferentialAction.SET_NULL


def _fit(subject: Subject, here: ScalarField, there: ScalarField) -> bool:
    mine, other = subject.column_type(here), subject.column_type(there)
    if mine is None or other is None or here.type is not there.type:
        return True
    if subject.connector.provider == "postgresql":
        return _KINDS.get(mine.name) == _KINDS.get(other.name)
    # "FOREIGN KEY Constraints" in MySQL's manual: integers must have one size and sign.
    if here.type in {ScalarType.INT, ScalarType.BIG_INT}:
        return mine.name == other.name
    return True
