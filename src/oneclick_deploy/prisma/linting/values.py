"""Values that are stored otherwise than the app expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.linting.subject import finding
from oneclick_deploy.prisma.semantics.views import IndexKind, ScalarType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.linting.finding import Finding
    from oneclick_deploy.prisma.linting.subject import Subject
    from oneclick_deploy.prisma.semantics.views import Model, ScalarField

# The alphabets of these have no capitals.
_LOWER_CASE_IDS = frozenset({"cuid", "uuid"})
_JAVASCRIPT = "2^53"
_EXAMPLES = 3


def number_rules(subject: Subject) -> Iterator[Finding]:
    """Keys that do not number themselves, decimals that lose digits, and large numbers."""
    if not subject.target.is_sqlite:
        return
    large = []
    for field in subject.fields():
        if field.type is ScalarType.DECIMAL:
            message = "SQLite keeps a Decimal as a binary fraction of about 15 digits."
            fix = "Keep money as whole cents in Int or BigInt."
            yield subject.of_field("OD305", field, message, fix)
        elif field.type is ScalarType.BIG_INT:
            large.append(field)
            if field.is_autoincrement:
                message = "On SQLite a BigInt key does not number itself: creating a row fails."
                fix = "Make it an Int, with what refers to it, or a String @default(cuid())."
                attribute = field.default.attribute if field.default is not None else None
                yield subject.of_field("OD216", field, message, fix, at=attribute)
    if large and subject.target.name == "turso":
        message = f"Reading a number beyond {_JAVASCRIPT} fails: {_listed(large)}."
        fix = 'Add intMode: "bigint" to what the adapter is made with.'
        yield subject.of_field("OD314", large[0], message, fix)


def date_rules(subject: Subject) -> Iterator[Finding]:
    """Dates on SQLite have no type; who writes them decides on their form."""
    if not (subject.target.is_sqlite and subject.target.adapter):
        return
    dates = [field for field in subject.fields() if field.type is ScalarType.DATE_TIME]
    if dates:
        message = (
            f"{subject.target.adapter} writes dates as text. Prisma's own engine wrote numbers, and "
            "SQL's CURRENT_TIMESTAMP a third form; SQLite compares them wrongly: "
            f"{_listed(dates)}."
        )
        fix = "Bring imported dates into the adapter's form; raw SQL must write it as well."
        yield subject.of_field("OD306", dates[0], message, fix)


def updated_at_rules(subject: Subject) -> Iterator[Finding]:
    """``@updatedAt`` leaves no default in the database."""
    for field in subject.fields():
        if field.is_updated_at and field.default is None and field.arity == "required":
            message = "The database has no default for it: raw SQL, and adding it to a table, fail."
            fix = "Write @default(now()) @updatedAt."
            yield subject.of_field("OD307", field, message, fix)


def case_rules(subject: Subject) -> Iterator[Finding]:
    """On MySQL, texts that differ in case only are equal."""
    if subject.connector.provider != "mysql":
        return
    for model in subject.models:
        for field in _unique_texts(model):
            if field.default is not None and field.default.function in _LOWER_CASE_IDS:
                continue
            message = "MySQL takes Ann and ann for one value here, as it does É and e."
            fix = "Store such texts in one case; for tokens, give the column a binary collation."
            yield subject.of_field("OD308", field, message, fix)


def table_rules(subject: Subject) -> Iterator[Finding]:
    """Tables without a key, with too many columns, and views."""
    for model in subject.models:
        if model.primary_key is None and not subject.target.is_sqlite:
            message = "Without a primary key, rows cannot be changed once the table is replicated."
            fix = "Make a unique field the @id, or add one."
            yield subject.of_model("OD311", model, message, fix)
        count = len(model.scalar_fields)
        if subject.target.name == "d1" and count > 100:
            message = f"The table has {count} columns; D1 allows 100."
            yield subject.of_model("OD217", model, message, "Split the model in two.")
    for view in subject.schema.views:
        message = "Prisma prints no SQL for views: the database will not have it."
        fix = "Write CREATE VIEW into a migration of your own."
        yield subject.of_model("OD312", view, message, fix)
    if subject.target.name == "d1" and subject.models:
        block = subject.block
        message = "D1 has no transactions: $transaction runs its statements one by one."
        fix = "Order writes so that a half-done change does no harm."
        yield finding("OD315", block.file, block.start, "", message, fix)


def _unique_texts(model: Model) -> list[ScalarField]:
    keys = [index.fields for index in model.indexes if index.kind is IndexKind.UNIQUE]
    if model.primary_key is not None:
        keys.append(model.primary_key.fields)
    found = (part.field for key in keys for part in key)
    return list(dict.fromkeys(field for field in found if field.type is ScalarType.STRING))


def _listed(fields: list[ScalarField]) -> str:
    names = [f"{field.model.name}.{field.name}" for field in fields[:_EXAMPLES]]
    more = len(fields) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")
