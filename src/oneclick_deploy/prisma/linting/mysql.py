"""What is too long for MySQL: keys, rows, texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.semantics.views import Enum, IndexKind, ScalarType
from oneclick_deploy.prisma.transforming.native_types import UNINDEXABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.linting.finding import Finding
    from oneclick_deploy.prisma.linting.subject import Subject
    from oneclick_deploy.prisma.semantics.views import (
        Index,
        IndexField,
        Model,
        PrimaryKey,
        ScalarField,
    )

# "InnoDB Limits" in MySQL's manual: with the row format DYNAMIC, which is the default.
_LONGEST_KEY = 3072
# "Limits on Table Column Count and Row Size": all columns together, without what BLOBs hold.
_LONGEST_ROW = 65_535
# utf8mb4, which Prisma gives every table.
_BYTES = 4
_SIZES = {
    **dict.fromkeys(("TinyInt", "UnsignedTinyInt", "Year", "Bit"), 1),
    **dict.fromkeys(("SmallInt", "UnsignedSmallInt"), 2),
    **dict.fromkeys(("MediumInt", "UnsignedMediumInt", "Date"), 3),
    **dict.fromkeys(("Int", "UnsignedInt", "Float"), 4),
    **dict.fromkeys(("Time",), 6),
    **dict.fromkeys(("Timestamp",), 7),
    **dict.fromkeys(("BigInt", "UnsignedBigInt", "Double", "DateTime"), 8),
    "Decimal": 30,
    **dict.fromkeys(UNINDEXABLE, 12),
}
_ENUM_SIZE = 2
# @db.Text and its like are refused by Prisma itself (OD100); these pass it.
_WITHOUT_LENGTH = frozenset({ScalarType.JSON, ScalarType.BYTES})


def key_rules(subject: Subject) -> Iterator[Finding]:
    """Keys on types without a length, and keys that are too long."""
    if subject.connector.provider != "mysql":
        return
    for model in subject.models:
        keys: list[Index | PrimaryKey] = list(model.indexes)
        if model.primary_key is not None:
            keys.append(model.primary_key)
        for key in keys:
            if getattr(key, "kind", None) is not IndexKind.FULLTEXT:
                yield from _key(subject, model, key)


def row_rules(subject: Subject) -> Iterator[Finding]:
    """Rows that are too long, and what texts of the default length mean."""
    if subject.connector.provider != "mysql":
        return
    for model in subject.models:
        size = sum(_size(subject, field, 2) for field in model.scalar_fields)
        if size > _LONGEST_ROW:
            message = f"A row takes up to {size} bytes; MySQL allows {_LONGEST_ROW}."
            fix = "Write @db.Text for texts that no key needs, or @db.VarChar(n) with a smaller n."
            yield subject.of_model("OD207", model, message, fix)
        plain = [field for field in model.scalar_fields if _is_plain_text(field)]
        if plain:
            names = ", ".join(field.name for field in plain)
            message = f"{names} hold 191 characters at most; MySQL refuses longer texts."
            fix = "Add @db.Text, or @db.VarChar(n), to those that may be longer."
            yield subject.of_model("OD310", model, message, fix)


def time_rules(subject: Subject) -> Iterator[Finding]:
    """MySQL's TIMESTAMP counts seconds in 32 bits."""
    for field in subject.fields() if subject.connector.provider == "mysql" else ():
        native = field.native_type
        if native is not None and native.name == "Timestamp" and subject.source == "mysql":
            message = "TIMESTAMP holds no date after 19 January 2038."
            fix = "Write @db.DateTime(3)."
            yield subject.of_field("OD316", field, message, fix, at=native.attribute)


def _key(subject: Subject, model: Model, key: Index | PrimaryKey) -> Iterator[Finding]:
    for part in key.fields:
        column = subject.column_type(part.field)
        has_length = part.length is not None and part.field.type is not ScalarType.JSON
        is_endless = part.field.type in _WITHOUT_LENGTH and not has_length
        if is_endless and (column is None or column.name in UNINDEXABLE):
            message = f"{model.name}.{part.field.name} has no length that a key could end at."
            fix = "Key a String of a fixed length instead, such as a hash of it."
            yield subject.of_model("OD205", model, message, fix, at=key.attribute)
            return
    size = sum(_part_size(subject, part) for part in key.fields)
    if size > _LONGEST_KEY:
        message = f"The key takes up to {size} bytes; MySQL allows {_LONGEST_KEY}."
        fix = "Give the texts in it a shorter @db.VarChar(n), or the key fewer fields."
        yield subject.of_model("OD206", model, message, fix, at=key.attribute)


def _part_size(subject: Subject, part: IndexField) -> int:
    if part.length is not None:
        return part.length * (_BYTES if part.field.type is ScalarType.STRING else 1)
    return _size(subject, part.field, 0)


def _size(subject: Subject, field: ScalarField, overhead: int) -> int:
    """How many bytes a column takes at most; ``overhead`` is what a text's length takes."""
    if isinstance(field.type, Enum):
        return _ENUM_SIZE
    column = subject.column_type(field)
    if column is None:
        return 0
    if column.name in {"VarChar", "Char", "VarBinary", "Binary"}:
        length = int(column.arguments[0]) if column.arguments else 1
        return length * (_BYTES if column.name.endswith("Char") else 1) + overhead
    return _SIZES.get(column.name, 0)


def _is_plain_text(field: ScalarField) -> bool:
    return (
        field.type is ScalarType.STRING
        and field.native_type is None
        # Ids that the client makes are short.
        and (field.default is None or field.default.function is None)
    )
